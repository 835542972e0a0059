"""Malformed messages: one small table of everything a partner's program gets wrong, each with the reason it earns.

A fault is laid over a copy of a good message. About half of the time the partner notices and the good message, under
the same id, arrives afterwards: only accepted events claim their id. DECRYPT and HANDLER_BUG are not the partners'
doing and are not made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import msgspec

from streams.simulator.agencies import POLICE
from streams.simulator.arrivals import Arrival
from streams.simulator.days import LONDON
from streams.simulator.dice import Wheel
from streams.simulator.identifiers import as_temporary, with_wrong_digit, with_wrong_letter
from streams.simulator.statements import Data

_VALUE_LIMIT: Final = 256 * 1024  # bytes; EVENTS section 1
_HEADERS_LIMIT: Final = 4 * 1024
_NOTICED: Final = 0.5  # faults after which the good message comes: ours

Spoil = Callable[[Arrival], Arrival]


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to be malformed: the reason it earns, on the broker and in a file (None: a file cannot hold it)."""

    name: str
    reason: str
    in_file: str | None
    spoil: Spoil
    weight: float = 1.0
    fits: Callable[[Arrival], bool] = lambda _: True


def spoil_some(rng: Random, arrivals: Iterable[Arrival], share: float) -> Iterator[Arrival]:
    """These arrivals, and malformed copies of about ``share`` of them."""
    wheel = Wheel({fault: fault.weight for fault in FAULTS})
    for arrival in arrivals:
        fault = wheel.pick(rng) if rng.random() < share else None
        if fault is None or arrival.fate != "accepted" or not fault.fits(arrival):
            yield arrival
            continue
        spoilt = replace(fault.spoil(arrival), fate=fault.reason, fate_in_file=fault.in_file)
        noticed_ms = rng.randint(600_000, 21_600_000)
        if rng.random() < _NOTICED:
            yield spoilt
            yield replace(arrival, received_ms=arrival.received_ms + noticed_ms)
        else:
            yield arrival
            yield replace(spoilt, received_ms=arrival.received_ms + noticed_ms)


def one_of_each(arrivals: Iterable[Arrival]) -> dict[str, Arrival]:
    """Every fault once, by its name, over the first of these messages that it fits."""
    good = [arrival for arrival in arrivals if arrival.fate == "accepted"]
    return {
        fault.name: replace(fault.spoil(first), fate=fault.reason, fate_in_file=fault.in_file)
        for fault in FAULTS
        for first in [arrival for arrival in good if fault.fits(arrival)][:1]
    }


def _bytes(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda arrival: replace(arrival, data=change(arrival.data))


def _data(change: Callable[[Data], Data]) -> Spoil:
    return lambda arrival: replace(arrival, data=msgspec.json.encode(change(msgspec.json.decode(arrival.data))))


def _attribute(name: str, text: str | None) -> Spoil:
    """Another text for an attribute; None leaves it out."""

    def spoil(arrival: Arrival) -> Arrival:
        pairs = ((known, text if known == name else old) for known, old in arrival.attributes)
        return replace(arrival, attributes=tuple((known, new) for known, new in pairs if new is not None))

    return spoil


def _without(data: Data) -> Data:
    return dict(list(data.items())[:-1])


def _first_identifier(data: Data, change: Callable[[Data], Data]) -> Data:
    child = data["child"]
    if not isinstance(child, dict):
        raise TypeError("only a message about one child can have its identifier spoilt")
    first, *rest = child["identifiers"]
    return data | {"child": {"identifiers": [change(first), *rest]}}


def _identifier(change: Callable[[str], str]) -> Spoil:
    return _data(lambda data: _first_identifier(data, lambda one: one | {"value": change(str(one["value"]))}))


def _mark_twice(data: Data) -> Data:
    marks = data["marks"]
    return data | {"marks": [*marks[:1], *marks[:1]] if isinstance(marks, list) else []}


def _first_mark(field: str, value: object) -> Spoil:
    def change(data: Data) -> Data:
        marks = data["marks"]
        first = marks[0] | {field: value} if isinstance(marks, list) else {}
        return data | {"marks": [first]}

    return _data(change)


def _clock_ahead(arrival: Arrival) -> Arrival:
    """A day ahead, where five minutes are borne; still ahead when it is sent hours later."""
    ahead = datetime.fromtimestamp(arrival.received_ms // 1000, UTC) + timedelta(days=1)
    return _attribute("time", ahead.isoformat())(arrival)


def _mark_to_come(arrival: Arrival) -> Arrival:
    """A mark of next week; said, not taken back, as a retraction may be of any date."""
    received = datetime.fromtimestamp(arrival.received_ms // 1000, LONDON).date()
    said = _data(lambda data: data | {"action": "assert"})(arrival)
    return _first_mark("date", (received + timedelta(days=8)).isoformat())(said)


def _no_offset(arrival: Arrival) -> Arrival:
    time = dict(arrival.attributes)["time"]
    return _attribute("time", time[:19])(arrival)


def _is(*kinds: str) -> Callable[[Arrival], bool]:
    return lambda arrival: arrival.kind in kinds


def _first_scheme(scheme: str) -> Callable[[Arrival], bool]:
    start = b'{"child":{"identifiers":[{"scheme":"' + scheme.encode() + b'"'
    return lambda arrival: start[1:] in arrival.data and b'"children"' not in arrival.data


def _binary(arrival: Arrival) -> bool:
    return not arrival.structured


def _header(name: str, value: bytes) -> Spoil:
    return lambda arrival: replace(arrival, extra_headers=((name, value),))


def _padded(data: bytes) -> bytes:
    return data[:-1] + b" " * _VALUE_LIMIT + data[-1:]


_DEEP: Final = b"[" * 10_000 + b"]" * 10_000

FAULTS: Final = (
    Fault("cut short", "JSON", "JSON", _bytes(lambda data: data[: len(data) * 2 // 3])),
    Fault("not UTF-8", "JSON", "JSON", _bytes(lambda data: data.replace(b'":"', b'":"\xff\xfe', 1))),
    Fault("not a number", "JSON", "JSON", _bytes(lambda data: data[:-1] + b',"weight":NaN}')),
    Fault("nested 10,000 deep", "JSON", "JSON", _bytes(lambda data: data[:-1] + b',"deep":' + _DEEP + b"}"), 0.1),
    Fault("no value", "NULL_VALUE", None, lambda arrival: replace(arrival, null_value=True), fits=_binary),
    Fault("header not UTF-8", "HEADER_DECODE", None, _header("ce_subject", b"\xc3\x28"), fits=_binary),
    Fault("headers too large", "TOO_LARGE", None, _header("ce_subject", b"x" * _HEADERS_LIMIT), 0.3, _binary),
    Fault("value too large", "TOO_LARGE", "TOO_LARGE", _bytes(_padded), 0.03),
    Fault("old CloudEvents", "NOT_CLOUDEVENT", "NOT_CLOUDEVENT", _attribute("specversion", "0.3")),
    Fault("no id", "NOT_CLOUDEVENT", "NOT_CLOUDEVENT", _attribute("id", None)),
    Fault("id with a space", "NOT_CLOUDEVENT", "NOT_CLOUDEVENT", _attribute("id", "event 1")),
    Fault("no time", "NOT_CLOUDEVENT", "NOT_CLOUDEVENT", _attribute("time", None)),
    Fault("time without offset", "NOT_CLOUDEVENT", "NOT_CLOUDEVENT", _no_offset),
    Fault("unknown kind", "TYPE_UNKNOWN", "TYPE_UNKNOWN", _attribute("type", "org.earlyword.housing-note.v1")),
    Fault("unknown version", "TYPE_UNKNOWN", "TYPE_UNKNOWN", _attribute("type", "org.earlyword.referral.v9")),
    Fault("unknown system", "NO_AGREEMENT", "NO_AGREEMENT", _attribute("source", "https://elsewhere.example/mis")),
    Fault(
        "another agency's system", "SOURCE_MISMATCH", "NO_AGREEMENT", _attribute("source", POLICE.source),
        fits=lambda arrival: arrival.agency != POLICE.agency,
    ),
    Fault("unknown field", "SCHEMA", "SCHEMA", _data(lambda data: data | {"forename": "Example"}), 3.0),
    Fault("missing field", "SCHEMA", "SCHEMA", _data(_without), 3.0),
    Fault("unknown action", "SCHEMA", "SCHEMA", _data(lambda data: data | {"action": "delete"})),
    Fault("unknown code", "SCHEMA", "SCHEMA", _first_mark("code", "H"), 2.0, _is("school-absence")),
    Fault(
        "number for a text", "SCHEMA", "SCHEMA", _data(lambda data: data | {"school": 900001}),
        fits=_is("school-absence"),
    ),
    Fault("session twice", "SCHEMA", "SCHEMA", _data(_mark_twice), fits=_is("school-absence")),
    Fault(
        "no children", "SCHEMA", "SCHEMA", _data(lambda data: data | {"children": []}),
        fits=_is("police-notification"),
    ),
    Fault(
        "decided before referred", "SCHEMA", "SCHEMA",
        _data(lambda data: data | {"outcome": "assessment", "decided_at": "2001-01-01T00:00:00Z"}),
        fits=_is("referral"),
    ),
    Fault(
        "date as in a letter", "SCHEMA", "SCHEMA", _data(lambda data: data | {"occurred_on": "01/09/2025"}),
        fits=_is("outcome"),
    ),
    Fault(
        "another agency's identifier", "SCHEMA", "SCHEMA",
        _data(lambda data: _first_identifier(data, lambda one: one | {"agency": "riverton-health"})),
        fits=lambda arrival: arrival.kind == "outcome" and arrival.agency != "riverton-health",
    ),
    Fault("wrong check letter", "IDENTIFIER", "IDENTIFIER", _identifier(with_wrong_letter), 3.0, _first_scheme("upn")),
    Fault("temporary UPN", "IDENTIFIER", "IDENTIFIER", _identifier(as_temporary), 1.0, _first_scheme("upn")),
    Fault(
        "wrong check digit", "IDENTIFIER", "IDENTIFIER", _identifier(with_wrong_digit), 8.0,
        _first_scheme("nhs-number"),
    ),
    Fault("clock ahead", "FUTURE_TIME", None, _clock_ahead),
    Fault("mark to come", "FUTURE_TIME", "FUTURE_TIME", _mark_to_come, fits=_is("school-absence")),
)  # fmt: skip
