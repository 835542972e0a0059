"""The CloudEvents SDK as an independent peer: what it writes we accept, and both read the same out of it."""

from __future__ import annotations

import json

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from msgspec.structs import replace

from models.calendar.local_time import to_moment
from schemas.wire.times import read_time
from streams.intake.accept import Accepted
from streams.intake.headers import list_headers
from tests.unit.intake.told import DATA, a_door, event_of, record_of


def written_by_the_sdk(kind: str) -> CloudEvent:
    attributes = {name: value for name, value in event_of(kind).items() if name != "data"}
    attributes["time"] = read_time(attributes["time"])
    return CloudEvent({**attributes, "datacontenttype": "application/json", "partitionkey": "P-00731"}, DATA[kind])


@pytest.mark.parametrize("write", [to_binary, to_structured])
@pytest.mark.parametrize("kind", DATA)
def test_what_the_sdk_writes_is_accepted(kind: str, write: object) -> None:
    message = to_binary(written_by_the_sdk(kind), JSONFormat())
    if write is to_structured:
        message = to_structured(written_by_the_sdk(kind), JSONFormat())
    answer = a_door().accept(replace(record_of(kind), value=message.value, headers=message.headers))
    expected = a_door().accept(record_of(kind))
    assert isinstance(answer, Accepted), answer
    assert isinstance(expected, Accepted)
    statement = answer.statement
    assert replace(statement, raw=expected.statement.raw, digest=expected.statement.digest) == expected.statement


@pytest.mark.parametrize("kind", DATA)
def test_the_sdk_reads_what_we_accept_as_we_do(kind: str) -> None:
    record = record_of(kind)
    answer = a_door().accept(record)
    assert isinstance(answer, Accepted)
    headers = {name: content for name, content in list_headers(record.headers) if content is not None}
    event = from_kafka(KafkaMessage(headers=headers, key=None, value=record.value or b""), JSONFormat())
    version = answer.statement.version
    assert (event.get_id(), event.get_source()) == (version.event_id, version.source)
    assert event.get_time() is not None
    assert to_moment(event.get_time()) == version.recorded_at  # type: ignore[arg-type]
    assert event.get_data() == DATA[kind] == json.loads(answer.statement.raw.value)
