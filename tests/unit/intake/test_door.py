"""The door: order of the checks, both modes, agreements, the time of receipt, and what tells a repeat."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from models.calendar.local_time import to_moment
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.times import read_time
from streams.hub import BUILT_IN_HUB
from streams.intake.accept import Accepted, Door, PartnerRecord, SetAside, digest_of
from streams.intake.pseudonyms import PUBLISHED_KEY
from tests.unit.intake.told import DATA, LOCAL, a_door, data_of, event_of, line_of, record_of


def accepted(record: PartnerRecord) -> Accepted:
    answer = a_door().accept(record)
    assert isinstance(answer, Accepted), answer
    return answer


def refused(record: PartnerRecord) -> tuple[Reason, tuple[str, ...]]:
    answer = a_door().accept(record)
    assert isinstance(answer, SetAside)
    return answer.reason, answer.fields


@pytest.mark.parametrize("kind", DATA)
def test_a_record_in_either_mode_says_the_same(kind: str) -> None:
    binary = record_of(kind)
    structured = replace(
        binary, value=line_of(kind), headers=[("content-type", b"application/cloudevents+json; charset=UTF-8")]
    )
    one, other = accepted(binary).statement, accepted(structured).statement
    assert replace(one, raw=other.raw, digest=other.digest) == other


def test_headers_may_come_as_a_dict() -> None:
    record = record_of("referral")
    assert accepted(replace(record, headers=dict(record.headers or ()))) == accepted(
        replace(record, headers=tuple(record.headers or ()))
    )


def test_the_statement_keeps_the_record_as_it_was() -> None:
    record = record_of("referral")
    raw = accepted(record).statement.raw
    assert (raw.topic, raw.partition, raw.offset, raw.timestamp) == (record.topic, 3, 417, record.timestamp)
    assert (raw.key, raw.value, raw.headers) == (record.key, record.value, tuple(record.headers or ()))


def test_the_three_times_are_told_apart() -> None:
    statement = accepted(record_of("referral")).statement
    assert statement.version.recorded_at == to_moment(read_time("2026-03-02T16:20:00Z"))
    assert statement.received_at == to_moment(read_time("2026-03-02T16:30:00Z"))
    assert statement.body.referred_at == to_moment(read_time("2026-03-02T09:15:00Z"))  # type: ignore[union-attr]


def test_the_first_check_that_fails_names_the_reason() -> None:
    """One record with every fault at once; each is mended in turn."""
    data: dict[str, Any] = data_of(
        "referral", referral_id="", child={"identifiers": [{"scheme": "upn", "value": "X999400124001"}]}
    )
    faults: dict[str, Any] = {
        "type": "org.example.other",
        "specversion": "0.3",
        "source": "https://systems.example/elsewhere",
        "time": "2026-03-02T16:40:00Z",
    }
    record = replace(record_of("referral", data, **faults), value=None)
    assert refused(record)[0] is Reason.NULL_VALUE
    large = json.dumps(data).encode().ljust(256 * 1024)
    assert refused(record_of("referral", large, subject=b"\xff", **faults))[0] is Reason.TOO_LARGE
    assert refused(record_of("referral", b"{", subject=b"\xff", **faults))[0] is Reason.HEADER_DECODE
    assert refused(record_of("referral", b"{", **faults))[0] is Reason.JSON
    assert refused(record_of("referral", data, **faults)) == (Reason.TYPE_UNKNOWN, ("/type",))
    del faults["type"]
    assert refused(record_of("referral", data, **faults)) == (Reason.NOT_CLOUDEVENT, ("/specversion",))
    del faults["specversion"]
    assert refused(record_of("referral", data, **faults)) == (Reason.NO_AGREEMENT, ("/source",))
    del faults["source"]
    assert refused(record_of("referral", data, **faults)) == (Reason.SCHEMA, ("/referral_id",))
    data["referral_id"] = "R-1"
    assert refused(record_of("referral", data, **faults)) == (Reason.IDENTIFIER, ("/child/identifiers/0/value",))
    data["child"] = {"identifiers": [LOCAL]}
    data["referred_at"] = "2026-03-09T09:15:00Z"
    assert refused(record_of("referral", data, **faults)) == (Reason.FUTURE_TIME, ("/time",))
    del faults["time"]
    assert refused(record_of("referral", data, **faults)) == (Reason.FUTURE_TIME, ("/referred_at",))
    data["referred_at"] = "2026-03-02T09:15:00Z"
    accepted(record_of("referral", data, **faults))


@pytest.mark.parametrize(
    ("kind", "to_come"),
    [
        ("referral", {"referred_at": "2026-03-09T09:15:00Z"}),
        ("police-notification", {"occurred_at": "2026-03-09T09:15:00Z"}),
        ("outcome", {"occurred_on": "9999-12-31", "kind": "cin-plan-started", "result": None}),
        ("school-absence", {"marks": [{"date": "2026-03-04", "session": "AM", "code": "/"}]}),
    ],
)
def test_a_retraction_has_no_date_that_could_be_too_far_ahead(kind: str, to_come: dict[str, object]) -> None:
    assert refused(record_of(kind, data_of(kind, **to_come)))[0] is Reason.FUTURE_TIME
    accepted(record_of(kind, data_of(kind, action="retract", **to_come)))


def test_the_longest_prefix_names_the_agency() -> None:
    annexe = "https://systems.example/oakfield/annexe/mis"
    assert refused(record_of("referral", source=annexe)) == (Reason.SOURCE_MISMATCH, ("/source",))
    there = record_of("referral", source=annexe, topic="earlyword.in.oakfield-annexe.referral.v1")
    assert accepted(there).statement.agency == "oakfield-annexe"


def test_a_prefix_is_plain_text() -> None:
    assert accepted(record_of("referral", source="https://systems.example/oakfieldX")).statement.agency == "oakfield"


@pytest.mark.parametrize(
    ("received", "is_in_force"),
    [
        ("2026-03-01T23:59:59.999Z", False),
        ("2026-03-02T00:00:00Z", True),
        ("2026-03-31T22:59:59.999Z", True),  # 23:59 in summer time
        ("2026-03-31T23:00:00Z", False),
    ],
)
def test_an_agreement_holds_on_its_first_and_last_local_day(received: str, is_in_force: bool) -> None:
    data = data_of("referral", referred_at="2026-02-20T09:15:00Z")
    answer = a_door().accept(record_of("referral", data, received=received, time="2026-02-27T10:00:00Z"))
    assert isinstance(answer, Accepted) == is_in_force
    assert isinstance(answer, Accepted) or answer.reason is Reason.NO_AGREEMENT


@pytest.mark.parametrize("topic", ["earlyword.in.oakfield.referral.v2", "earlyword.prompts.v1", "", "x" * 300])
def test_on_a_topic_of_nobody_no_type_is_the_right_one(topic: str) -> None:
    assert refused(replace(record_of("referral"), topic=topic)) == (Reason.TYPE_UNKNOWN, ("/type",))


def test_a_repeat_has_the_same_digest_and_a_change_of_a_byte_has_not() -> None:
    first = accepted(record_of("referral")).statement.digest
    assert accepted(record_of("referral")).statement.digest == first
    assert len(first) == 16
    record = record_of("referral")
    others = [
        replace(record, value=(record.value or b"") + b" "),
        record_of("referral", subject="s-1"),
        record_of("referral", time="2026-03-02T16:20:00Z"),
    ]
    assert first not in {accepted(other).statement.digest for other in others}


def test_headers_that_are_not_the_events_do_not_count_for_a_repeat() -> None:
    record = record_of("referral")
    more = [("trace", b"1"), *reversed(list(record.headers or ())), ("earlyword-dead-letter-attempts", b"1")]
    assert accepted(replace(record, headers=more)).statement.digest == accepted(record).statement.digest


def test_attributes_of_a_digest_cannot_be_read_in_two_ways() -> None:
    digests = {
        digest_of(b"{}", attributes)
        for attributes in ({}, {"a": "b"}, {"a": "", "b": ""}, {"ab": ""}, {"a": "b\0c"}, {"a": "b", "c": ""})
    }
    assert len(digests) == 6


def test_a_line_counts_as_received_at_its_own_time_or_the_latest_before_it() -> None:
    door = Door(BUILT_IN_HUB, PUBLISHED_KEY)
    event, later = to_moment(read_time("2026-03-02T16:20:00Z")), to_moment(read_time("2026-03-02T16:21:00Z"))
    for clock, received_at in ((None, event), (event, event), (later, later)):
        answer = door.accept_line(line_of("referral"), clock)
        assert isinstance(answer, Accepted)
        assert answer.statement.received_at == received_at


@pytest.mark.parametrize(
    ("source", "agency"),
    [
        ("oakfield", "oakfield"),
        ("https://systems.example/oakfield", "oakfield"),
        ("https://systems.example/oakfield//", "oakfield"),
        ("urn:riverton:oakfield", "oakfield"),
        ("a/b:c", "c"),
        ("x" * 64, "x" * 64),
        ("x" * 65, None),
        ("https://systems.example/oakfield?x=1", None),
        ("https://systems.example/Oakfield", None),
        ("//", None),
    ],
)
def test_without_a_hub_file_the_last_part_of_the_source_names_the_agency(source: str, agency: str | None) -> None:
    answer = Door(BUILT_IN_HUB, PUBLISHED_KEY).accept_line(line_of("referral", source=source))
    if agency is None:
        assert isinstance(answer, SetAside)
        assert answer.reason is Reason.NO_AGREEMENT
    else:
        assert isinstance(answer, Accepted)
        assert answer.statement.agency == agency


def test_a_fault_of_ours_is_set_aside_by_place_and_without_its_text() -> None:
    answer = a_door().accept(replace(record_of("referral"), timestamp=10**30))
    assert isinstance(answer, SetAside)
    assert answer.reason is Reason.HANDLER_BUG
    assert answer.bug is not None
    assert answer.bug.startswith("OverflowError at models.calendar.local_time:")


def test_names_of_attributes_are_named_only_where_they_look_like_names() -> None:
    answer = a_door().accept(record_of("referral", **{"Ann Example": "x"}))
    assert answer == SetAside(Reason.NOT_CLOUDEVENT, ("",))


def test_no_answer_shows_what_the_partner_said() -> None:
    for record in (record_of("referral"), record_of("referral", data_of("referral", referral_id=7))):
        shown = repr(a_door().accept(record)) + repr(record)
        assert "R-1" not in shown
        assert "W999400124001" not in shown
        assert "oakfield-1" not in shown


def test_a_structured_event_of_json_that_is_no_event_is_not_one() -> None:
    door = Door(BUILT_IN_HUB, PUBLISHED_KEY)
    event = event_of("referral")
    assert isinstance(door.accept_line(json.dumps(event).encode()), Accepted)
    assert isinstance(door.accept_line(json.dumps([event]).encode()), SetAside)
