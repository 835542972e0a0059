"""A prompt in words, as a duty worker reads it and as the family may: what is asked, on what it rests, what is missing.

Pure: a prompt in, lines out. Nothing is added to what the prompt says but the sentences that frame it, and no id is
shown but a short reference. Facts that read the same, because they were said of several children, are told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from textwrap import wrap
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from schemas.prompts import NOTHING_AGAINST, FactNamed, NotKnown, Prompt, Reason, SpeaksAgainst

WIDTH: Final = 96
REFERENCE_LETTERS: Final = 6
MARGIN: Final = "  "
_T = TypeVar("_T")
_LONDON: Final = ZoneInfo("Europe/London")

_KINDS: Final = {"review": "A request to look", "step-down": "A request to look whether less is needed"}
_STATUSES: Final = {
    "open": "Open",
    "waiting": "Waiting: the team's number for the day is reached",
    "snoozed": "Put aside until later",
    "closed": "Closed",
}

CONTEST: Final = (
    "The family may see this and object to it; a worker may, too. Whoever contests it (`contested`, with the"
    " reference, on the topic of prompt actions) leaves a lasting note here. It is a question, not a finding:"
    " nothing is decided by it."
)


def tell_prompt(prompt: Prompt, width: int = WIDTH) -> tuple[str, ...]:
    """The prompt as lines of at most ``width`` characters."""
    lines = [*_tell_head(prompt, width), "", *_fold(prompt.question, width), "", "Why this is asked"]
    for reason in prompt.reasons:
        lines += _tell_reason(reason, width)
    lines += ["", "What speaks the other way"]
    lines += _tell_against(prompt.speaks_against, width)
    lines += ["", "What is not known"]
    lines += _tell_not_known(prompt.not_known, width)
    if notes := [note for note in prompt.notes if not _says_nothing_against(note, prompt)]:
        lines += ["", "Notes", *(line for note in notes for line in _item(note, width))]
    return (*lines, "", "How to contest it", *_fold(CONTEST, width, MARGIN))


def refer_to(prompt: Prompt) -> str:
    """A short reference by which people may name a prompt to each other."""
    return prompt.prompt_id[-REFERENCE_LETTERS:]


def say_agency(agency: str) -> str:
    """An agency's id as a name: ``riverton-police`` is Riverton police."""
    words = agency.replace("-", " ")
    return words[:1].upper() + words[1:]


def say_date(day: date) -> str:
    """A date as a person says it: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"


def say_time(moment: datetime) -> str:
    """A moment by the clock on the wall: 3 March 2026 at 14:05."""
    local = moment.astimezone(_LONDON)
    return f"{say_date(local.date())} at {local:%H:%M}"


def say_due(moment: datetime) -> str:
    """When something is due; midnight is the end of the day before."""
    local = moment.astimezone(_LONDON)
    if local.hour or local.minute:
        return f"by {say_time(moment)}"
    return f"by the end of {say_date((local - timedelta(minutes=1)).date())}"


def _tell_head(prompt: Prompt, width: int) -> Iterator[str]:
    children = len(prompt.children)
    about = f"about one family, {children} {'child' if children == 1 else 'children'}"
    yield from _fold(f"{_KINDS[prompt.kind]} ({refer_to(prompt)}), {about}. For the team {prompt.team}.", width)
    yield from _fold(
        f"{_STATUSES[prompt.status]}. Raised {say_time(prompt.raised_at)}, to be looked at {say_due(prompt.due_at)}.",
        width,
    )
    if prompt.basis_changed:
        yield from _fold("Since it was raised, facts that it rested on were corrected, taken back or moved.", width)


def _tell_reason(reason: Reason, width: int) -> Iterator[str]:
    rule = f" (rule {reason.rule.id}, version {reason.rule.version})" if reason.rule is not None else ""
    yield from _item(f"{reason.text}{rule}", width)
    yield from _tell_facts(reason.facts, width, MARGIN * 2)


def _tell_against(spoken: tuple[SpeaksAgainst, ...], width: int) -> Iterator[str]:
    if not spoken:
        yield from _item("Nothing recorded.", width)
    for text, count in _count(said.text for said in spoken):
        yield from _item(text + _times(count), width)
        facts = tuple(fact for said in spoken if said.text == text for fact in said.facts if fact.text != text)
        yield from _tell_facts(facts, width, MARGIN * 2)


def _tell_not_known(unknown: tuple[NotKnown, ...], width: int) -> Iterator[str]:
    if not unknown:
        yield from _item("Nothing is recorded as unknown; what nobody sent cannot be seen here.", width)
    for text, count in _count(told.text for told in unknown):
        yield from _item(text + _times(count), width)


def _tell_facts(facts: Iterable[FactNamed], width: int, margin: str) -> Iterator[str]:
    """Facts in order of their dates, those that read the same once."""
    ordered = sorted(facts, key=lambda fact: fact.on)
    sessions = [fact for fact in ordered if fact.kind == "school-absence"]
    others = [fact for fact in ordered if fact.kind != "school-absence"]
    for (agency, text), count in _count((fact.agency, fact.text) for fact in others):
        yield from _item(f"{text} Told by {say_agency(agency)}{_times(count)}.", width, margin)
    for (agency, words), _ in _count((fact.agency, _session_words(fact.text)) for fact in sessions):
        days = [fact.on for fact in sessions if (fact.agency, _session_words(fact.text)) == (agency, words)]
        many = f"{len(days)} half-days" if len(days) > 1 else "one half-day"
        yield from _item(f"{words}, {many}: {say_days(days)}. Told by {say_agency(agency)}.", width, margin)


def say_days(days: Iterable[date]) -> str:
    """Dates in a row, each once, month and year only where they change: 14, 15 April and 12 May 2026."""
    once = sorted(set(days))
    if not once:
        return ""
    last = once[-1]
    parts = [
        say_date(day)
        if day == last or day.year != after.year
        else f"{day.day} {day:%B}"
        if day.month != after.month
        else f"{day.day}"
        for day, after in zip(once, [*once[1:], last], strict=True)
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _session_words(text: str) -> str:
    """What is said of a session, without its time: the dates are told together."""
    return text.partition(", morning of ")[0].partition(", afternoon of ")[0].rstrip(".")


def _says_nothing_against(note: str, prompt: Prompt) -> bool:
    """The sentence that stands in the notes for an empty list; here it stands where it belongs."""
    return not prompt.speaks_against and note == NOTHING_AGAINST


def _count(told: Iterable[_T]) -> Iterator[tuple[_T, int]]:
    counted: dict[_T, int] = {}
    for each in told:
        counted[each] = counted.get(each, 0) + 1
    yield from counted.items()


def _times(count: int) -> str:
    return "" if count == 1 else f" ({count} entries)"


def _item(text: str, width: int, margin: str = "") -> list[str]:
    return wrap(text, width, initial_indent=f"{margin}- ", subsequent_indent=f"{margin}  ")


def _fold(text: str, width: int, margin: str = "") -> list[str]:
    return wrap(text, width, initial_indent=margin, subsequent_indent=margin)
