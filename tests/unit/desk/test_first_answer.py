"""The time from a prompt to the first action by which somebody answered it, as the desk process tells it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from faust.types import TP

from models.calendar.local_time import MINUTE, to_datetime
from models.desk.policy import DeskPolicy
from models.ids import derive
from schemas.desk_events import ActionTaken, DeskEvent, DeskRecord, Raised
from schemas.events import ACTIONS_LOG, FAMILY_LOG, Origin
from schemas.hub import Team
from schemas.identifiers import FamilyId, Moment, ReasonId, RuleId, TeamId
from schemas.prompts import Reason, RuleVersion
from streams.delivery import Sent
from streams.desk.step import DeskInHand, step
from streams.engine import Batch
from streams.topics import DEAD_LETTERS, DESK_EVENTS

RAISED_AT = Moment(1_795_000_000_000_000)
POLICY = DeskPolicy(
    teams=(Team(id=TeamId("front-door"), daily_budget=None, hours=(None,) * 7),), open_case_team=TeamId("front-door")
)
PROMPT = derive("prompt", FamilyId("f-1"), "review", ReasonId("r-1"))


def raised() -> Raised:
    reason = Reason(
        id=ReasonId("r-1"),
        text="Said so.",
        since=to_datetime(RAISED_AT),
        rule=RuleVersion(id=RuleId("repeat-missing"), version=1),
        model=None,
        facts=(),
    )
    return Raised(
        family=FamilyId("f-1"),
        kind="review",
        at=RAISED_AT,
        question="Would you look?",
        reason=reason,
        children=(),
        speaks_against=(),
        notes=(),
        open_case=False,
        bypasses_budget=False,
    )


def action(name: str, minutes: int, action_id: str, **said: Any) -> ActionTaken:
    at = Moment(RAISED_AT + minutes * MINUTE)
    given = {"to": "w-2", "note": "Said.", "disposition": "already-known", "useful": "yes"} | said
    return ActionTaken(
        at=at, action_id=action_id, prompt_id=PROMPT, revision=1, action=name, by="w-1", taken_at=at, **given
    )


def waited(*events: DeskEvent, twice: bool = False) -> list[int]:
    """Minutes waited, as told over one batch per event; ``twice``: each batch comes again after a crash."""
    rows: dict[bytes, bytes] = {}
    told: list[int] = []
    for offset, event in enumerate(events):
        origin = Origin(FAMILY_LOG if isinstance(event, Raised) else ACTIONS_LOG, offset, 0)
        value = msgspec.msgpack.encode(DeskRecord(origin, event))
        batch = Batch(TP(DESK_EVENTS, 0), [SimpleNamespace(value=value, offset=offset)], offset)
        for _ in range(1 + twice):
            told += step(rows, batch, DeskInHand(), POLICY, _fail, _set_aside).waited
    return [microseconds // MINUTE for microseconds in told]


def _fail(record: object) -> Any:
    raise AssertionError("an event was set aside as a bug")


def _set_aside(refused: object, origin: object) -> Sent:
    return Sent(DEAD_LETTERS, None, b"handed back", (), 0)


@pytest.mark.parametrize("name", ["acknowledged", "assigned", "disposed"])
def test_the_first_answer_is_timed_and_no_later_one(name: str) -> None:
    told: list[DeskEvent] = [raised(), action(name, 30, "a-1"), action("acknowledged", 40, "a-2")]
    assert waited(*told[:2]) == [30]
    assert waited(*told[:2], twice=True) == [30]
    if name != "disposed":
        assert waited(*told) == [30]


def test_a_note_or_an_objection_is_no_answer() -> None:
    assert waited(raised(), action("noted", 5, "a-1"), action("contested", 6, "a-2")) == []


def test_what_was_handed_back_or_told_twice_is_no_answer() -> None:
    assert waited(raised(), action("acknowledged", 9, "a-2"), action("acknowledged", 9, "a-2")) == [9]
    handed_back = [action("assigned", 5, "a-1", to=None), action("snoozed", 6, "a-2", until=RAISED_AT)]
    assert waited(raised(), *handed_back, action("acknowledged", 9, "a-3")) == [9]
