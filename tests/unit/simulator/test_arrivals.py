"""A message is the same event as a line and as a record, and the reference SDK reads both alike."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event

from streams.simulator.addressing import address
from streams.simulator.arrivals import STRUCTURED, to_event, to_line, to_record
from streams.simulator.town import SMALL, arrivals

GOOD = [arrival for arrival in arrivals(replace(SMALL, days=90)) if arrival.fate == "accepted"]
AGENCIES = {dict(arrival.attributes)["source"]: arrival.agency for arrival in GOOD}


def test_a_line_and_a_record_say_the_same() -> None:
    modes = set()
    for arrival in GOOD[::10] + [arrival for arrival in GOOD if arrival.structured]:
        event, record = to_event(arrival), to_record(arrival)
        modes.add(arrival.structured)
        if arrival.structured:
            assert record.value == to_line(arrival)
            assert record.headers == (("content-type", STRUCTURED),)
            continue
        told = {name.removeprefix("ce_"): value.decode() for name, value in record.headers}
        assert told.pop("content-type") == event.pop("datacontenttype") == "application/json"
        assert event == told | {"data": json.loads(record.value or b"")}
    assert modes == {True, False}


def test_the_reference_sdk_reads_the_records() -> None:
    for arrival in GOOD[::25] + [arrival for arrival in GOOD if arrival.structured][:5]:
        record = to_record(arrival)
        read = from_kafka_event(KafkaMessage(dict(record.headers), record.key, record.value or b""))
        told = dict(arrival.attributes)
        assert (read.get_id(), read.get_source(), read.get_type()) == (told["id"], told["source"], told["type"])
        assert read.get_time() == datetime.fromisoformat(told["time"])
        assert read.get_data() == to_event(arrival)["data"]


def test_a_record_goes_to_its_agencys_topic_under_the_agencys_own_key_at_its_time_of_receipt() -> None:
    arrival = GOOD[0]
    record = to_record(arrival)
    assert record.topic == f"earlyword.in.{arrival.agency}.{arrival.kind}.v1"
    assert record.key == arrival.key.encode()
    assert record.timestamp_ms == arrival.received_ms


def test_what_is_shown_of_messages_holds_nothing_of_them() -> None:
    for arrival in GOOD[:50]:
        assert repr(arrival) == f"Arrival({arrival.agency}, {arrival.kind}, accepted)"
        assert repr(to_record(arrival)) == f"Record({to_record(arrival).topic})"


def test_a_line_is_addressed_to_the_topic_of_its_source_and_type_byte_for_byte() -> None:
    for arrival in GOOD[::10]:
        line = to_line(arrival)
        record = address(line, AGENCIES.get, timestamp_ms=7)
        assert record is not None
        assert (record.topic, record.value, record.timestamp_ms) == (to_record(arrival).topic, line, 7)
        assert record.headers == (("content-type", STRUCTURED),)


def test_the_key_of_a_line_is_the_senders_reference_of_the_subject_never_an_nhs_number() -> None:
    kinds = set()
    for arrival in GOOD:
        record = address(to_line(arrival), AGENCIES.get)
        assert record is not None
        assert record.key is not None
        kinds.add(arrival.kind)
        nhs = [one["value"] for one in _identifiers(arrival.data) if one["scheme"] == "nhs-number"]
        assert record.key.decode() not in nhs
    assert len(kinds) == 5


def test_a_line_that_names_no_topic_goes_where_the_caller_says_or_nowhere() -> None:
    line = to_line(GOOD[0])
    nobodys = replace(GOOD[0], attributes=(*GOOD[0].attributes[:2], ("source", "urn:nobody"), *GOOD[0].attributes[3:]))
    for unreadable in (b"not JSON", b"\xff", b"[" * 100_000, b"[]", b'"text"', line[:40], to_line(nobodys)):
        assert address(unreadable, AGENCIES.get) is None
        record = address(unreadable, AGENCIES.get, unreadable_topic="earlyword.in.riverton-council.referral.v1")
        assert record is not None
        assert record.topic == "earlyword.in.riverton-council.referral.v1"
        assert record.value == unreadable


def _identifiers(data: bytes) -> list[dict[str, str]]:
    said = json.loads(data)
    children = said.get("children") or [said["child"]]
    return [one for child in children for one in child["identifiers"]]
