"""The product's own pure path beside the slow oracle: what each raised, and what differs."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

from models.calendar.local_time import day_of, to_moment
from models.family.rules import parse_pack
from models.ids import derive
from streams.hub import BUILT_IN_HUB
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.rehearsal import rehearse
from tests.properties.slow_calendar import DAY
from tests.properties.slow_facts import Fact, pseudonym
from tests.properties.slow_story import Raise, Story
from tests.properties.wire_histories import Event, line_of

PACK = parse_pack(Path("models/rules/default.toml").read_text(encoding="utf-8"))

SOME_WEEKS = 40 * DAY

Raised = tuple[str, str, datetime, frozenset[str]]


def difference(events: list[Event], story: Story | None = None) -> list[str]:
    """What only one of them raised or opened, in words; nothing where they agree."""
    story = story or tell_slowly(events)
    ours = rehearse(map(line_of, events), BUILT_IN_HUB, PACK, PUBLISHED_KEY, to_moment(end_of(events)))
    found = [f"set aside: {ours.balance().set_aside}"] if ours.balance().set_aside else []
    revisions = ours.sequence.revisions
    raised: dict[str, Raised] = {}
    for prompt in revisions:
        for reason in prompt.reasons:
            assert reason.rule is not None
            named = [fact.fact for fact in reason.facts]
            if len(set(named)) != len(named):
                found.append(f"named twice: {reason.rule.id}")
            raised.setdefault(reason.id, (reason.rule.id, prompt.family, reason.since, frozenset(named)))
    expected = Counter(map(as_raised, story.raises))
    found += _only("raised by us alone", Counter(raised.values()) - expected, story)
    found += _only("raised by the letter alone", expected - Counter(raised.values()), story)
    first = {prompt.prompt_id: prompt for prompt in reversed(revisions)}.values()
    opened = Counter((str(prompt.kind), str(prompt.family), prompt.raised_at, prompt.due_at) for prompt in first)
    wanted = Counter((prompt.kind, prompt.family, prompt.raised_at, prompt.due_at) for prompt in story.prompts)
    found += [f"prompt of ours alone: {prompt}" for prompt in opened - wanted]
    found += [f"prompt of the letter alone: {prompt}" for prompt in wanted - opened]
    return found


def tell_slowly(events: list[Event]) -> Story:
    """The second reading of the contract, told these events and some weeks after them."""
    story = Story()
    for event in events:
        story.tell(event)
    story.let_time_pass(end_of(events))
    return story


def end_of(events: list[Event]) -> datetime:
    return max(datetime.fromisoformat(event["time"]) for event in events) + SOME_WEEKS


def as_raised(one: Raise) -> Raised:
    """As it is published."""
    return one.rule, one.family, one.since, frozenset(id_of(fact, child) for fact, child in one.named)


def id_of(fact: Fact, child: str) -> str:
    holder = fact.holders[child]
    if fact.kind == "school-absence":
        _, _, school, day, half = fact.key
        return derive("fact", holder, school, day_of(date.fromisoformat(day)), 0 if half == "AM" else 1)
    return derive("fact", pseudonym(fact.key), holder)


def _only(title: str, raised: Counter[Raised], story: Story) -> list[str]:
    words = {
        id_of(fact, child): "/".join(fact.key[1:])
        for known in story.all_known
        for fact in known
        for child in fact.parts
    }
    return [
        f"{title}: {rule} {family[-4:]} {since.isoformat()} {sorted(words.get(fact, fact) for fact in facts)}"
        for rule, family, since, facts in raised
    ]


def shrink(events: list[Event]) -> list[Event]:
    """Fewer events that still differ."""
    size = len(events)
    while size >= 1:
        start = 0
        while start < len(events):
            fewer = events[:start] + events[start + size :]
            if fewer and difference(fewer):
                events = fewer
            else:
                start += size
        size //= 2
    return events
