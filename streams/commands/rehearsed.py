"""How a rehearsal is told: the balance, the figures as a table, and what another rule pack would have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from models.family.rules import RulePack
from streams.rehearsal import Balance, Difference, Figures
from streams.rehearsal.difference import Asked, OtherWords

WIDTH = 110
MOST_LISTED = 40
"""Prompts listed under one heading; all of them are in the JSON."""


class Told(Struct, frozen=True):
    """One rehearsal under one pack."""

    pack: RulePack
    balance: Balance
    figures: Figures

    @property
    def name(self) -> str:
        """The pack as people call it."""
        return f"{self.pack.id}, version {self.pack.version}"


def as_json(told: Told, against: Told | None, difference: Difference | None, *, figures: bool = False) -> bytes:
    """One object: the balance of EVENTS section 6; with another pack ``against`` and ``difference``; if asked for,
    ``figures``."""
    said: dict[str, Any] = msgspec.to_builtins(told.balance)
    if figures:
        said["figures"] = told.figures
    if against is not None and difference is not None:
        said["rules"] = {"id": told.pack.id, "version": told.pack.version}
        said["against"] = {
            "rules": {"id": against.pack.id, "version": against.pack.version},
            "prompts": against.balance.prompts,
            "revisions": against.balance.revisions,
            **({"figures": against.figures} if figures else {}),
        }
        said["difference"] = {
            "same": difference.same,
            "only_rules": difference.only_first,
            "only_against": difference.only_second,
            "other_words": [
                {
                    "rules": two.first,
                    "against": two.second,
                    "only_rules": two.only_first,
                    "only_against": two.only_second,
                }
                for two in difference.other_words
            ],
        }
    return msgspec.json.encode(said)


def show(told: Told, against: Told | None, difference: Difference | None) -> None:
    """Print all of it on the screen."""
    screen = Console(highlight=False, markup=False, width=WIDTH)
    for line in _say_balance(told.balance):
        screen.print(line)
    for one in (told, against):
        if one is not None:
            screen.print()
            _show_figures(screen, one)
    if against is not None and difference is not None:
        screen.print()
        _show_difference(screen, told, against, difference)


def _say_balance(balance: Balance) -> Iterator[str]:
    aside = sum(balance.set_aside.values())
    yield f"{balance.read} read = {balance.accepted} accepted + {balance.duplicates} duplicates + {aside} set aside"
    if balance.expired:
        yield f"{balance.expired} of those accepted were older than what is kept"
    for reason, count in balance.set_aside.items():
        yield f"  {count} {reason}"
    yield f"{balance.prompts} prompts, {balance.revisions} revisions"


def _show_figures(screen: Console, told: Told) -> None:
    figures = told.figures
    if figures.first_day is None:
        screen.print(f"Under {told.name}: nothing was accepted, so there is nothing to measure.")
        return
    screen.print(f"Under {told.name}, over {figures.days} local days from {figures.first_day.isoformat()}:")
    table = _table("team", "budget", "opened", "a day", "most", "on", "days above", "waited", "never opened")
    for team in figures.teams:
        table.add_row(
            team.team,
            "none" if team.daily_budget is None else str(team.daily_budget),
            str(team.opened),
            _decimal(team.opened_a_day),
            str(team.most_in_a_day),
            "-" if team.busiest_day is None else team.busiest_day.isoformat(),
            "-" if team.daily_budget is None else str(team.above_budget),
            str(team.waited),
            str(team.never_opened),
        )
    screen.print(table)
    screen.print(
        f"{figures.families_prompted} of {figures.families} families that hold facts were ever prompted"
        f" ({_percent(figures.share_of_families_prompted)})"
    )
    screen.print(
        f"{figures.prompts_of_several_agencies} of {figures.prompts} prompts named facts of two or more agencies"
        f" ({_percent(figures.share_of_prompts_of_several_agencies)})"
    )
    kinds = ", ".join(f"{count} {kind}" for kind, count in figures.by_kind.items())
    screen.print(f"Prompts by kind: {kinds or 'none'}; by rule that was ever among their reasons:")
    table = _table("rule", "prompts")
    for rule, count in sorted(figures.by_rule.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(rule, str(count))
    screen.print(table)


def _show_difference(screen: Console, told: Told, against: Told, difference: Difference) -> None:
    screen.print(f"A is {told.name}; B is {against.name}.")
    screen.print(
        f"{difference.same} prompts say the same under both, {len(difference.other_words)} are raised by both in other"
        f" words, {len(difference.only_first)} only by A, {len(difference.only_second)} only by B."
    )
    for heading, listed in (
        ("Raised only by A:", [list(_say(asked)) for asked in difference.only_first]),
        ("Raised only by B:", [list(_say(asked)) for asked in difference.only_second]),
        ("Raised by both, in other words:", [list(_say_both(words)) for words in difference.other_words]),
    ):
        if listed:
            screen.print()
            screen.print(heading)
        for lines in listed[:MOST_LISTED]:
            for line in lines:
                screen.print(line, soft_wrap=True)
        if len(listed) > MOST_LISTED:
            screen.print(f"  and {len(listed) - MOST_LISTED} more; --json lists them all")


def _say(asked: Asked) -> Iterator[str]:
    yield f"  {asked.raised_on.isoformat()}  {asked.prompt_id}  {asked.kind}, {asked.team}: {', '.join(asked.rules)}"
    yield from (f"    {text}" for text in asked.reasons)


def _say_both(words: OtherWords) -> Iterator[str]:
    first, second = words.first, words.second
    yield f"  {first.raised_on.isoformat()}  {first.prompt_id}  {first.kind}, {first.team}: {', '.join(first.rules)}"
    if second.prompt_id != first.prompt_id:
        yield f"    B raised it on {second.raised_on.isoformat()} as {second.prompt_id}: {', '.join(second.rules)}"
    yield from (f"    only A: {text}" for text in words.only_first)
    yield from (f"    only B: {text}" for text in words.only_second)
    if first.questions != second.questions:
        yield f"    A asks: {' '.join(first.questions)}"
        yield f"    B asks: {' '.join(second.questions)}"


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), show_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number == 0 else "right")
    return table


def _decimal(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "of none" if share is None else f"{share:.1%}"
