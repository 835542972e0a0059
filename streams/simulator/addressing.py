"""From a line of a file to a record: which topic and which key a structured CloudEvent goes under."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, get_args

import msgspec

from streams.simulator.agencies import Kind
from streams.simulator.arrivals import STRUCTURED, Record, inbound_topic

_PREFIX: Final = "org.earlyword."
_OWN_REFERENCES: Final = ("link_id", "notification_id", "referral_id", "outcome_id")


def address(
    line: bytes,
    agency_of: Callable[[str], str | None],
    unreadable_topic: str | None = None,
    timestamp_ms: int | None = None,
) -> Record | None:
    """The record that publishes this line (without its end), byte for byte, in structured mode.

    ``agency_of`` names the agency of a CloudEvents source. A line that names no topic, because it is no CloudEvent of
    a known kind or its source belongs to nobody, goes to ``unreadable_topic``; without one the answer is None, and it
    is for the caller to report the line.
    """
    event = _read(line)
    agency = agency_of(_text(event, "source"))
    kind = _text(event, "type").removeprefix(_PREFIX).partition(".")[0]
    topic = unreadable_topic if agency is None or kind not in get_args(Kind) else inbound_topic(agency, kind)
    if topic is None:
        return None
    key = next(_keys(kind, event.get("data")), None)
    return Record(
        topic=topic,
        key=None if key is None else key.encode(),
        value=line,
        headers=(("content-type", STRUCTURED),),
        timestamp_ms=timestamp_ms,
    )


def _read(line: bytes) -> dict[object, object]:
    try:
        event: object = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return dict(event) if isinstance(event, dict) else {}


def _text(event: dict[object, object], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""


def _keys(kind: str, data: object) -> Iterator[str]:
    """The sender's own references of the subject, best first; never an NHS number."""
    if not isinstance(data, dict):
        return
    if kind != "family-link":
        for scheme, value in _identifiers(data):
            if scheme != "nhs-number":
                yield value
    for name in _OWN_REFERENCES:
        if isinstance(data.get(name), str):
            yield data[name]


def _identifiers(data: dict[object, object]) -> Iterator[tuple[str, str]]:
    children = data.get("children")
    for child in children if isinstance(children, list) else [data.get("child")]:
        identifiers = child.get("identifiers") if isinstance(child, dict) else None
        for one in identifiers if isinstance(identifiers, list) else []:
            if isinstance(one, dict) and isinstance(one.get("scheme"), str) and isinstance(one.get("value"), str):
                yield one["scheme"], one["value"]
