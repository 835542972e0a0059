"""The contract as the product reads it: what becomes of messages and files of the town."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from models.calendar.local_time import to_moment
from models.family.rules import RulePack, parse_pack
from schemas.hub import Hub
from streams.intake.accept import Answer, Door, PartnerRecord, SetAside
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.rehearsal import Rehearsal, rehearse
from streams.simulator.arrivals import Arrival, to_line, to_record
from streams.simulator.days import local
from streams.simulator.stories import START, Story
from streams.simulator.telling import to_lines

PACK: Final[RulePack] = parse_pack(Path("models/rules/default.toml").read_text(encoding="utf-8"))
RULES: Final = frozenset(str(rule.id) for rule in PACK.rule)


def on_the_broker(door: Door, arrival: Arrival) -> Answer:
    """What intake says to a message as a Kafka record."""
    record = to_record(arrival)
    return door.accept(
        PartnerRecord(record.topic, 0, 0, record.timestamp_ms or 0, record.key, record.value, record.headers)
    )


def name_of(answer: Answer) -> str:
    """``accepted``, or the reason why not."""
    return answer.reason.name if isinstance(answer, SetAside) else "accepted"


def at_the_door(fate: str) -> str:
    """The fate as far as a single message shows it: what was said before is found out later."""
    return "accepted" if fate in ("duplicate", "expired", "ID_REUSE") else fate


def rehearse_arrivals(arrived: Iterable[Arrival], hub: Hub) -> Rehearsal:
    """These messages as a file, rehearsed."""
    return rehearse((to_line(arrival) for arrival in arrived if arrival.fate_in_file), hub, PACK, PUBLISHED_KEY)


def rehearse_story(story: Story, hub: Hub) -> Rehearsal:
    """A story up to 24:00 of its last day."""
    until = to_moment(local(START + timedelta(days=story.until + 1), 0))
    return rehearse(to_lines(story.events()).splitlines(), hub, PACK, PUBLISHED_KEY, until=until)
