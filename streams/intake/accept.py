"""The door: every partner record is accepted, in our own words, or set aside with a reason. Nothing else happens.

The checks stand in the order of EVENTS section 1, and the first that fails names the reason: readable, known type and
version, envelope, source and agreement, schema, identifier, future. Whether an event was said before is found later, by
``streams.intake.statements``, from the digest. The door is pure: the time of receipt comes with the record.

What is set aside is told by reason and JSON pointers, never by value: pointers into the data for ``SCHEMA``,
``IDENTIFIER`` and ``FUTURE_TIME`` of a fact, and otherwise to an attribute, as ``/id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import Struct
from pydantic import ValidationError

from models.calendar.local_time import MINUTE, local_day
from schemas.facts import Version
from schemas.hub import Hub
from schemas.identifiers import AgencyId, Moment
from schemas.statements import Raw, Statement
from schemas.wire.common import pointers_of
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.kinds import READ
from streams.intake.agreement import Agreements, route_of
from streams.intake.checks import refuse_bad_identifiers, refuse_facts_to_come, refuse_sprawl
from streams.intake.envelope import Envelope, open_record, open_structured
from streams.intake.headers import Headers, list_headers, read_headers
from streams.intake.pseudonyms import HubKey, Pseudonyms
from streams.intake.reading import read_json
from streams.intake.refused import Refused
from streams.intake.translate import Sender, translate

MAX_VALUE_BYTES: Final = 256 * 1024
MAX_KEY_BYTES: Final = 4 * 1024
LARGE_VALUE_BYTES: Final = 8 * 1024  # a typical event has a twentieth
MAX_AHEAD: Final = 5 * MINUTE  # how far a partner's clock may be ahead of the time of receipt
DIGEST_BYTES: Final = 16


class PartnerRecord(Struct, frozen=True, gc=False):
    """A record of a partner's topic as the broker gave it; ``timestamp`` is the broker's, in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers | Mapping[str, bytes | None] | None = None

    def __repr__(self) -> str:
        return f"PartnerRecord({self.topic}/{self.partition}@{self.offset})"


class Accepted(Struct, frozen=True, gc=False):
    """The event keeps to the contract."""

    statement: Statement


class SetAside(Struct, frozen=True, gc=False):
    """The event does not, and ``fields`` say where. ``bug`` names the place in our code, for ``HANDLER_BUG``."""

    reason: Reason
    fields: tuple[str, ...] = ()
    bug: str | None = None


Answer: TypeAlias = Accepted | SetAside


class Door:
    """What intake needs to know to answer: what the hub agreed on, and the key of its pseudonyms."""

    def __init__(self, hub: Hub, key: HubKey) -> None:
        self._agreements = Agreements(hub)
        self._pseudonyms = Pseudonyms(key)

    def accept(self, record: PartnerRecord) -> Answer:
        """The answer to a record of a partner's topic. Never raises; a fault of ours is ``HANDLER_BUG``."""
        try:
            return Accepted(self._accept_record(record))
        except Refused as refused:
            return SetAside(refused.reason, refused.fields)
        except Exception as bug:  # noqa: BLE001 - the one place where an event of any content is set aside
            return _name_the_bug(bug)

    def accept_line(self, line: bytes, clock: Moment | None = None, place: int = 0) -> Answer:
        """The answer to a line of a file: an event in structured mode, without the line's end.

        It counts as received at the event's own time, or at ``clock``, the latest before it, if that is later.
        ``place`` is the line's number, for the reader of a report. Never raises.
        """
        try:
            return Accepted(self._accept_line(line, clock, place))
        except Refused as refused:
            return SetAside(refused.reason, refused.fields)
        except Exception as bug:  # noqa: BLE001 - as above
            return _name_the_bug(bug)

    def _accept_record(self, record: PartnerRecord) -> Statement:
        if record.value is None:
            raise Refused(Reason.NULL_VALUE)
        headers = list_headers(record.headers)
        if len(record.value) >= MAX_VALUE_BYTES or len(record.key or b"") >= MAX_KEY_BYTES:
            raise Refused(Reason.TOO_LARGE)
        told = read_headers(headers)
        content = read_json(record.value)
        route = route_of(record.topic)
        envelope = open_record(told, content, None if route is None else route.kind)
        raw = Raw(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=record.timestamp,
            key=record.key,
            value=record.value,
            headers=tuple([(name, content or b"") for name, content in headers]),
        )
        received_at = Moment(record.timestamp * 1000)
        agency = self._agency_of(envelope, received_at, None if route is None else route.agency)
        return self._accept(envelope, agency, received_at, digest_of(record.value, told.attributes), raw)

    def _accept_line(self, line: bytes, clock: Moment | None, place: int) -> Statement:
        if len(line) >= MAX_VALUE_BYTES:
            raise Refused(Reason.TOO_LARGE)
        envelope = open_structured(read_json(line))
        received_at = envelope.time if clock is None else max(clock, envelope.time)
        raw = Raw(topic="", partition=0, offset=place, timestamp=received_at // 1000, key=None, value=line, headers=())
        agency = self._agency_of(envelope, received_at, None)
        return self._accept(envelope, agency, received_at, digest_of(line), raw)

    def _agency_of(self, envelope: Envelope, received_at: Moment, owner: AgencyId | None) -> AgencyId:
        agency = self._agreements.agency_of(envelope.source)
        if agency is None:
            raise Refused(Reason.NO_AGREEMENT, "/source")
        if owner is not None and agency != owner:
            raise Refused(Reason.SOURCE_MISMATCH, "/source")
        if not self._agreements.cover(agency, envelope.kind, local_day(received_at)):
            raise Refused(Reason.NO_AGREEMENT)
        return agency

    def _accept(self, envelope: Envelope, agency: AgencyId, received_at: Moment, digest: bytes, raw: Raw) -> Statement:
        if len(raw.value) > LARGE_VALUE_BYTES:
            refuse_sprawl(envelope.data)
        try:
            event = READ[envelope.kind](envelope.data)
        except ValidationError as error:
            raise Refused(Reason.SCHEMA, *pointers_of(error)) from None
        refuse_bad_identifiers(event, agency)
        if envelope.time > received_at + MAX_AHEAD:
            raise Refused(Reason.FUTURE_TIME, "/time")
        version = Version(envelope.time, envelope.id, envelope.source)
        sender = Sender(agency, envelope.kind, version, digest, received_at, raw)
        statement = translate(event, sender, self._pseudonyms)
        refuse_facts_to_come(statement)
        return statement


def digest_of(value: bytes, attributes: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """What tells a repeated event from another under the same id: 16 bytes of SHA-256.

    Over the value and, in binary mode, all ``ce_`` headers: by name, each with its length, so that no two sets of them
    read alike. In structured mode, and in a file, the value alone.
    """
    told = [f"\0{name}\0{len(text)}\0{text}" for name, text in sorted(attributes.items())]
    return sha256(value + "".join(told).encode()).digest()[:DIGEST_BYTES]


def _name_the_bug(bug: Exception) -> SetAside:
    """Where in our code it happened and of what class it is. Its text may quote the event, so that is left out."""
    place = bug.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" at {place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}"
    return SetAside(Reason.HANDLER_BUG, bug=f"{type(bug).__name__}{where}")
