"""The summary: one screen of a hundred columns at most that says what came, what became of it, and shows a prompt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec import to_builtins
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.prompts import Prompt
from schemas.wire.dead_letter_v1 import Reason
from streams.demo.model import Measured, ModelSummary
from streams.demo.play import Played, Result, describe_machine
from streams.demo.prompts import PromptTally
from streams.demo.telling import say_date, tell_prompt
from streams.topics import DEAD_LETTERS, PROMPTS

WIDTH = 100


def show(played: Played, console: Console) -> None:
    """Print the summary."""
    result = played.result
    last_day = result.first_day + timedelta(days=result.days - 1)
    console.rule(f"A town from {say_date(result.first_day)} to {say_date(last_day)}")
    console.print(_lines(_say_balance(result)))
    console.print(_list_reasons(result))
    console.print(_lines(_say_prompts(result)))
    console.print(_list_rules(result.tally))
    if (prompt := played.told.prompts.choose()) is not None:
        console.print(_frame(prompt))
    console.print(_lines(say_model(result.model)))
    console.print(_lines(_say_speed(result)))
    console.print(_lines(_say_places(played)))


def open_screen() -> Console:
    """Where the summary goes: the standard output, at most a hundred columns wide."""
    screen = Console(highlight=False)
    return screen if screen.width <= WIDTH and screen.is_terminal else Console(highlight=False, width=WIDTH)


def as_json(result: Result) -> dict[str, Any]:
    """The summary for programs."""
    balance, tally = result.balance, result.tally
    return {
        "holds": result.holds,
        "faults": list(result.faults),
        "balance": {
            "published": balance.published,
            "accepted": balance.accepted,
            "duplicates": balance.duplicates,
            "expired": balance.expired,
            "set_aside": balance.set_aside,
        },
        "families": result.homes.families,
        "children": result.homes.children,
        "prompts": tally.prompts,
        "revisions": tally.revisions,
        "by_rule": tally.by_rule,
        "by_status": tally.by_status,
        "of_several_agencies": tally.of_several_agencies,
        "model": to_builtins(result.model) | {"agrees": result.model.agrees},
        "restarts": result.restarts,
        "seconds": result.seconds,
        "events_per_second": round(result.events_per_second, 1),
        "machine": describe_machine(),
    }


def _say_balance(result: Result) -> Iterable[str]:
    yield str(result.balance)
    if result.balance.expired:
        yield f"({result.balance.expired:,} of those accepted were older than what is kept, and were not kept.)"
    if result.faults:
        yield "The balance does NOT hold:"
        yield from (f"  {fault}" for fault in result.faults)
    else:
        yield "Every record is accounted for, once; the town's own ledger says the same."
    if result.tally.prompts == 0:
        yield "No prompt was raised in so small a town, so nothing is shown; ask for more families or days."


def _list_reasons(result: Result) -> Table:
    table = _table("set aside", "why")
    for name, count in sorted(result.balance.set_aside.items(), key=lambda pair: -pair[1]):
        table.add_row(f"{count:,}", f"{name}: {Reason[name].value}")
    return table


def _say_prompts(result: Result) -> Iterable[str]:
    tally, homes = result.tally, result.homes
    closed = tally.by_status.get("closed", 0)
    yield f"Families known: {homes.families:,}, with {homes.children:,} children."
    yield (
        f"Prompts raised: {tally.prompts:,}, in {tally.revisions:,} revisions; closed at their due time: {closed:,},"
        f" open or waiting: {tally.prompts - closed:,}."
    )
    yield (
        f"Resting on what two or more agencies told, and none saw alone: {tally.of_several_agencies:,}"
        f" ({tally.share_of_several:.0%})."
    )


def _list_rules(tally: PromptTally) -> Table:
    table = _table("prompts", "rule")
    for rule, count in sorted(tally.by_rule.items(), key=lambda pair: -pair[1]):
        table.add_row(f"{count:,}", rule)
    return table


STATES = {
    "positive": "followed by a plan or placement",
    "negative": "not",
    "censored": "cut short",
    "void": "about a family that was put together anew",
    "pending": "not final yet",
}


def say_model(model: ModelSummary) -> Iterable[str]:
    """The model's year in words: what it was told, what it learned, what the gate says to it."""
    yield f"The model ran in {model.mode}: it prompted nobody, and what it worked out was shown to nobody."
    final = ", ".join(f"{model.states[state]:,} {words}" for state, words in STATES.items() if state in model.states)
    yield f"Episodes written down as they began: {model.rows:,}; {final or 'none is final'}."
    if model.closed_through is None:
        yield "Nothing was learned: no label was final before the year was over."
        return
    yield (
        f"Learned, when the last of them was final: {model.learned:,}, {model.positives:,} of them positive, days up to"
        f" {model.closed_through}. Learned once more from the topic they give the same snapshot: {_yes(model.agrees)}."
    )
    if model.measured is None:
        yield "Too few were final to measure anything."
    else:
        yield from _say_gate(model.measured)


def _say_gate(measured: Measured) -> Iterable[str]:
    if measured.average_precision is not None and measured.interval is not None:
        low, high = measured.interval
        yield (
            f"Average precision on the later {measured.rows:,} ({measured.positives:,} positive):"
            f" {measured.average_precision:.2f} [{low:.2f}, {high:.2f}], where knowing nothing gives"
            f" {measured.base_rate:.2f}."
        )
    if measured.passed:
        yield "The gate: passed, but for a signature."
        return
    conditions = dict.fromkeys(missing.partition(":")[0] for missing in measured.missing)
    yield f"The gate: not passed, for want of {', '.join(conditions)}. It stays in shadow; the rules go on alone."


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def _frame(prompt: Prompt) -> Panel:
    words = Text("\n".join(tell_prompt(prompt)))
    return Panel(words, title="One of them, as a duty worker reads it", title_align="left", width=WIDTH, padding=(0, 1))


def _say_speed(result: Result) -> Iterable[str]:
    machine = describe_machine()
    yield (
        f"Replayed at {result.events_per_second:,.0f} events/s, from the first event published to the last one settled,"
        f" with broker, publisher and all processes on these {machine['cores']} cores: a replay, held back so that"
        " topics keep step, not a benchmark (that is `earlyword benchmark`)."
    )
    again = f"; processes started again on the way: {result.restarts}" if result.restarts else ""
    yield f"From nothing to here: {result.seconds['total']:.0f} s{again}."


def _say_places(played: Played) -> Iterable[str]:
    stand = played.stand
    yield f"Prompts are on {PROMPTS} of {stand.broker}, what was set aside on {DEAD_LETTERS}."
    for instance, address in stand.metrics().items():
        yield f"Metrics of {instance}: {address}"
    stays = "" if stand.folder.is_kept else " (removed when the demo ends, unless --keep)"
    yield f"hub.toml, logs and data are in {stand.folder.path}{stays}"


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number == 0 else "left")
    return table


def _lines(sentences: Iterable[str]) -> Text:
    return Text("\n".join(sentences) + "\n")
