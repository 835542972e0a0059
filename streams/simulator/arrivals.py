"""One message as the broker receives it, and what should become of it; as a line of a file and as a Kafka record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from streams.simulator.agencies import Kind
from streams.topics import partner_topic

Fate = str
"""``accepted``, ``expired`` (accepted, but older than the retention), ``duplicate``, or the reason of a dead letter."""

Medium = Literal["broker", "file"]

STRUCTURED: Final = b"application/cloudevents+json"
BINARY: Final = b"application/json"


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it is published; ``timestamp_ms`` is the time of receipt, None leaves it to the broker."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int | None

    def __repr__(self) -> str:
        return f"Record({self.topic})"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message, received at ``received_ms`` (milliseconds since 1970) on the topic of ``agency`` and ``kind``.

    ``attributes`` are those of the CloudEvent in the order in which they are written; ``data`` is its JSON, which a
    fault may have spoilt. ``value`` and ``headers`` replace those of the Kafka record where a fault lies there.
    ``fate`` is what becomes of it on the broker, ``fate_in_file`` in a file; None where a file cannot hold it.
    """

    received_ms: int
    agency: str
    kind: Kind
    key: str
    attributes: tuple[tuple[str, str], ...]
    data: bytes
    structured: bool
    fate: Fate = "accepted"
    fate_in_file: Fate | None = "accepted"
    null_value: bool = False
    extra_headers: tuple[tuple[str, bytes], ...] = ()

    def __repr__(self) -> str:
        return f"Arrival({self.agency}, {self.kind}, {self.fate})"

    @property
    def id(self) -> str:
        """The event's id; empty where it has none."""
        return dict(self.attributes).get("id", "")


def inbound_topic(agency: str, kind: str) -> str:
    """The topic on which an agency sends a kind (INTERFACES 1.2)."""
    return partner_topic(agency, kind)


def to_line(arrival: Arrival) -> bytes:
    """The structured CloudEvent on one line, without the line's end; spoilt where the message is spoilt."""
    pairs = (*arrival.attributes, ("datacontenttype", "application/json"))
    head = b",".join(msgspec.json.encode(name) + b":" + msgspec.json.encode(text) for name, text in pairs)
    return b"{" + head + b',"data":' + arrival.data + b"}"


def to_event(arrival: Arrival) -> dict[str, object]:
    """The structured CloudEvent as a dict. Raises ValueError where the message is no JSON object."""
    event: object = msgspec.json.decode(to_line(arrival))
    if not isinstance(event, dict):
        raise TypeError("a CloudEvent is a JSON object")
    return event


def to_record(arrival: Arrival) -> Record:
    """The Kafka record: binary CloudEvents mode, or structured for the systems that send so."""
    headers: list[tuple[str, bytes]]
    if arrival.structured:
        value, headers = to_line(arrival), [("content-type", STRUCTURED)]
    else:
        value = arrival.data
        headers = [(f"ce_{name}", text.encode()) for name, text in arrival.attributes]
        headers.append(("content-type", BINARY))
    return Record(
        topic=inbound_topic(arrival.agency, arrival.kind),
        key=arrival.key.encode(),
        value=None if arrival.null_value else value,
        headers=(*headers, *arrival.extra_headers),
        timestamp_ms=arrival.received_ms,
    )
