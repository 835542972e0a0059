"""Partners' formats: text stays text, times have an offset, and nothing shows what it holds."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.wire.common import point_to, pointers_of
from schemas.wire.kinds import FORMATS, KIND_OF_TYPE, READ, type_of
from schemas.wire.prompt_action_v1 import PromptAction
from schemas.wire.times import read_date, read_time
from tests.unit.intake.told import DATA, data_of


@pytest.mark.parametrize("kind", FORMATS)
def test_a_valid_event_shows_nothing_of_its_content(kind: Any) -> None:
    event = READ[kind](DATA[kind])
    shown = f"{event!r} {event} {event.children_named()!r} {event.model_copy()!r}"
    for told in ("W999400124001", "9990000018", "P-00731", "R-1", "N-1", "A-1", "L-1", "2026"):
        assert told not in shown


@pytest.mark.parametrize("kind", FORMATS)
def test_an_event_is_written_as_it_was_read(kind: Any) -> None:
    event = READ[kind](DATA[kind])
    again = READ[kind](event.model_dump(mode="json", exclude_defaults=True))
    assert again == event


@pytest.mark.parametrize("kind", FORMATS)
def test_a_frozen_event_stays_as_it_is(kind: Any) -> None:
    event = READ[kind](DATA[kind])
    with pytest.raises(ValidationError):
        event.action = "retract"  # type: ignore[misc]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_type_leads_to_its_kind(kind: Any) -> None:
    assert KIND_OF_TYPE[type_of(kind)] == kind


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T09:15:00Z", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("2026-03-02t09:15:00z", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("2026-03-02T09:15:00-00:00", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("2026-03-02T09:15:00+23:59", datetime(2026, 3, 1, 9, 16, tzinfo=UTC)),
        ("2026-03-02T09:15:00.5Z", datetime(2026, 3, 2, 9, 15, 0, 500_000, tzinfo=UTC)),
        ("2026-03-02T09:15:00.1234569Z", datetime(2026, 3, 2, 9, 15, 0, 123_456, tzinfo=UTC)),
        ("0002-01-01T00:00:00Z", datetime(2, 1, 1, tzinfo=UTC)),
        ("9998-12-31T23:59:59Z", datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_with_an_offset_is_that_moment(text: str, moment: datetime) -> None:
    assert read_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02T09:15:00",
        "2026-03-02 09:15:00Z",
        "2026-03-02T09:15Z",
        "2026-03-02T09:15:00.Z",
        "2026-03-02T09:15:00,5Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T23:59:60Z",
        "2026-03-02T09:60:00Z",
        "2026-02-29T09:15:00Z",
        "2026-13-01T09:15:00Z",
        "2026-03-02T09:15:00+0100",
        "2026-03-02T09:15:00+24:00",
        "2026-03-02T09:15:00+01",
        "20260302T091500Z",
        "2026-W10-1T09:15:00Z",
        "+2026-03-02T09:15:00Z",
        "2026-03-02T09:15:00Z\n",
        " 2026-03-02T09:15:00Z",
        "２０２６-03-02T09:15:00Z",
        "0000-03-02T09:15:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "1772442900",
    ],
)
def test_any_other_text_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not ") as refusal:
        read_time(text)
    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("text", ["2026-03-02", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_calendar_date_is_that_day(text: str) -> None:
    assert read_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    ["", "2026-3-2", "20260302", "2026-02-29", "2026-04-31", "2026-W10-1", "0000-01-01", "2026-03-02\n", "2026-03-0２"],
)
def test_any_other_text_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not "):
        read_date(text)


@pytest.mark.parametrize("value", [0, 1, 1.5, True, False, None, [], {}, b"2026-03-02", date(2026, 3, 2)])
@pytest.mark.parametrize(("kind", "field"), [("referral", "referred_at"), ("outcome", "occurred_on")])
def test_only_text_becomes_a_time_or_a_date(kind: Any, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        READ[kind](data_of(kind, **{field: value}))
    assert pointers_of(refusal.value) == (f"/{field}",)


def test_a_pointer_ends_before_a_name_that_is_no_name_of_a_field() -> None:
    assert point_to("children", 3, "role") == "/children/3/role"
    assert point_to("children", 3, "Ann Example", "role") == "/children/3"
    assert point_to("9990000018") == ""
    assert point_to("a/b") == ""


def test_at_most_twenty_faults_are_named() -> None:
    with pytest.raises(ValidationError) as refusal:
        READ["school-absence"](data_of("school-absence", marks=[{} for _ in range(20)]))
    assert len(pointers_of(refusal.value)) == 20


ACTION = {
    "action_id": "a-1",
    "prompt_id": "p-1",
    "revision": 1,
    "action": "acknowledged",
    "by": "worker-7",
    "at": "2026-03-02T10:00:00Z",
}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"action": "assigned", "to": "worker-8"},
        {"action": "noted", "note": "called back"},
        {"action": "snoozed", "until": "2026-03-05T08:00:00Z", "note": "waiting for the school"},
        {"action": "disposed", "disposition": "already-known", "useful": "partly"},
        {"action": "withdrawn", "withdraws": "a-0"},
        {"action": "reopened", "to": None, "until": None, "note": None, "disposition": None},
        {"action": "contested"},
    ],
)
def test_an_action_with_what_belongs_to_it_is_read(more: dict[str, Any]) -> None:
    assert PromptAction.model_validate({**ACTION, **more}).action == {**ACTION, **more}["action"]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"action": "assigned"}, "/to"),
        ({"action": "noted"}, "/note"),
        ({"action": "disposed", "useful": "yes"}, "/disposition"),
        ({"action": "disposed", "disposition": "already-known"}, "/useful"),
        ({"action": "withdrawn"}, "/withdraws"),
        ({"disposition": "already-known"}, "/disposition"),
        ({"useful": "no"}, "/useful"),
        ({"withdraws": "a-0"}, "/withdraws"),
        ({"revision": 0}, "/revision"),
        ({"revision": "1"}, "/revision"),
        ({"score": 7}, "/score"),
        ({"action": "escalated"}, "/action"),
    ],
)
def test_an_action_without_it_is_refused(more: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PromptAction.model_validate({**ACTION, **more})
    assert pointers_of(refusal.value) == (place,)
