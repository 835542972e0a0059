"""The envelope of an event: CloudEvents 1.0 in both modes, with our own strict profile (EVENTS section 1).

Binary: every attribute is a header, the value is the data. Structured: one JSON object holds both, and the content type
is ``application/cloudevents+json``. A record that is both, or says a thing twice, is refused: two readers could take it
for two different events. Extensions are let through unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final, TypeGuard

from msgspec import Struct

from models.calendar.local_time import to_moment
from schemas.facts import WireKind
from schemas.identifiers import Moment
from schemas.wire.common import MAX_POINTERS, SOURCE_CHARACTERS, point_to
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.kinds import KIND_OF_TYPE
from schemas.wire.times import read_time
from streams.intake.headers import CONTENT_TYPE, Told
from streams.intake.refused import Refused

_STRUCTURED: Final = "application/cloudevents+json"
_CHARSET: Final = r'(?:\s*;\s*charset\s*=\s*"?(?:utf-8|us-ascii)"?)?\s*'
_WORD: Final = r"[a-z0-9!#$&^_.+-]+"
_JSON_TYPE: Final = re.compile(rf"\s*(?:(?:application|text)/json|{_WORD}/{_WORD}\+json){_CHARSET}", re.I | re.A)
_ENVELOPE_TYPE: Final = re.compile(rf"\s*{re.escape(_STRUCTURED)}{_CHARSET}", re.I | re.A)

_NAME: Final = re.compile(r"[a-z0-9]+")
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# As long as binary mode allows for all headers, because facts keep their source.
_SOURCE: Final = re.compile(SOURCE_CHARACTERS + "{1,4095}")
_OWN: Final = frozenset({"id", "source", "specversion", "time", "type", "subject", "dataschema", CONTENT_TYPE})
_OUR_SCHEMA: Final = "urn:earlyword:schema:"
_MINOR: Final = re.compile(r"(?:1\.)?[0-9]{1,4}")


class Envelope(Struct, frozen=True, gc=False):
    """What the envelope says, checked; ``data`` is not yet."""

    kind: WireKind
    id: str
    source: str
    time: Moment
    data: Any

    def __repr__(self) -> str:
        return f"Envelope({self.kind})"


def open_record(told: Told, content: Any, belongs: WireKind | None) -> Envelope:
    """The envelope of a Kafka record: ``content`` is its value, read; ``belongs`` the kind that its topic is for.

    Raises Refused with ``NOT_CLOUDEVENT`` or ``TYPE_UNKNOWN``. Without ``belongs`` no type is the right one.
    """
    if told.twice:
        raise Refused(Reason.NOT_CLOUDEVENT, *told.twice)
    attributes: dict[str, Any] = told.attributes
    if told.content_type is None:
        return _check(attributes, content, (belongs,))
    if _is_envelope(told.content_type):
        if attributes:
            raise Refused(Reason.NOT_CLOUDEVENT, f"/{CONTENT_TYPE}")
        return open_structured(content, (belongs,))
    if CONTENT_TYPE in attributes:
        raise Refused(Reason.NOT_CLOUDEVENT, f"/{CONTENT_TYPE}")
    return _check({**attributes, CONTENT_TYPE: told.content_type}, content, (belongs,))


def open_structured(content: Any, belong: Collection[WireKind | None] | None = None) -> Envelope:
    """The envelope of a record or a line in structured mode, of one of the kinds that ``belong`` (None: of any).

    Raises Refused with ``NOT_CLOUDEVENT`` or ``TYPE_UNKNOWN``.
    """
    if not isinstance(content, dict):
        raise Refused(Reason.NOT_CLOUDEVENT, "")
    attributes = {name: value for name, value in content.items() if value is not None and name != "data"}
    return _check(attributes, content.get("data"), belong)


def _check(attributes: Mapping[str, Any], data: Any, belong: Collection[WireKind | None] | None) -> Envelope:
    kind = _known_kind(attributes, belong)
    moment = _moment(attributes.get("time"))
    identity, source = attributes.get("id"), attributes.get("source")
    faults = [
        attribute
        for attribute, is_sound in (
            ("id", isinstance(identity, str) and _ID.fullmatch(identity) is not None),
            ("source", isinstance(source, str) and _SOURCE.fullmatch(source) is not None),
            ("specversion", attributes.get("specversion") == "1.0"),
            ("time", moment is not None),
            ("type", kind is not None),
            ("subject", _is_text(attributes.get("subject", "none"))),
            ("dataschema", _is_text(attributes.get("dataschema", "none"))),
            (CONTENT_TYPE, _is_json(attributes.get(CONTENT_TYPE, "application/json"))),
        )
        if not is_sound
    ]
    faults += [name for name in attributes.keys() - _OWN if not _is_extension(name, attributes[name])]
    if faults or kind is None or moment is None:
        raise Refused(Reason.NOT_CLOUDEVENT, *sorted(map(point_to, faults))[:MAX_POINTERS])
    return Envelope(kind, str(identity), str(source), moment, data)


def _known_kind(attributes: Mapping[str, Any], belong: Collection[WireKind | None] | None) -> WireKind | None:
    """The kind that the type names; None where no type is given. Raises Refused with ``TYPE_UNKNOWN``."""
    type_ = attributes.get("type")
    if not _is_text(type_):
        return None
    kind = KIND_OF_TYPE.get(type_)
    if kind is None or (belong is not None and kind not in belong):
        raise Refused(Reason.TYPE_UNKNOWN, "/type")
    schema = attributes.get("dataschema")
    if isinstance(schema, str) and schema.startswith(_OUR_SCHEMA):
        claimed, _, minor = schema.removeprefix(_OUR_SCHEMA).rpartition(":")
        if claimed != type_ or _MINOR.fullmatch(minor) is None:
            raise Refused(Reason.TYPE_UNKNOWN, "/dataschema")
    return kind


def _moment(time: object) -> Moment | None:
    if not isinstance(time, str):
        return None
    try:
        return to_moment(read_time(time))
    except ValueError:
        return None


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


@lru_cache(maxsize=256)
def _is_envelope(content_type: str) -> bool:
    return _ENVELOPE_TYPE.fullmatch(content_type) is not None


def _is_json(content_type: object) -> bool:
    return content_type == "application/json" or (
        isinstance(content_type, str) and _JSON_TYPE.fullmatch(content_type) is not None
    )


def _is_extension(name: str, value: object) -> bool:
    """CloudEvents: small letters and digits; text, a truth value or a whole number. ``data`` is no attribute."""
    return _NAME.fullmatch(name) is not None and name != "data" and isinstance(value, (str, int))
