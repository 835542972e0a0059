"""The envelope of an event: CloudEvents 1.0 in both modes, with our own strict profile (EVENTS section 1).

Binary: every attribute is a header, the value is the data. Structured: one JSON object holds both, and the content type
is ``application/cloudevents+json``. A record that is both, or says a thing twice, is refused: two readers could take it
for two different events. Extensions are let through unread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models.calendar.local_time import to_moment
from schemas.facts import WireKind
from schemas.identifiers import Moment
from schemas.wire.common import point_to
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
# The characters of RFC 3986; as long as binary mode allows for all headers, because facts keep their source.
_SOURCE: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,4095}")
_OPTIONAL_TEXTS: Final = ("subject", "dataschema")
_OUR_SCHEMA: Final = "urn:earlyword:schema:"
_MINOR: Final = re.compile(r"(?:1\.)?[0-9]{1,4}")


class Envelope(NamedTuple):
    """What the envelope says, checked; ``data`` is not yet."""

    kind: WireKind
    id: str
    source: str
    time: Moment
    data: Any


def open_record(told: Told, content: Any, belongs: WireKind | None) -> Envelope:
    """The envelope of a Kafka record: ``content`` is its value, read; ``belongs`` the kind that its topic is for.

    Raises Refused with ``NOT_CLOUDEVENT`` or ``TYPE_UNKNOWN``. Without ``belongs`` no type is the right one.
    """
    is_structured = _ENVELOPE_TYPE.fullmatch(told.attributes.get(CONTENT_TYPE, "")) is not None
    if told.twice:
        raise Refused(Reason.NOT_CLOUDEVENT, *told.twice)
    if is_structured and told.is_binary:
        raise Refused(Reason.NOT_CLOUDEVENT, f"/{CONTENT_TYPE}")
    if is_structured:
        return open_structured(content, {belongs})
    return _check(told.attributes, content, {belongs})


def open_structured(content: Any, belong: set[WireKind | None] | None = None) -> Envelope:
    """The envelope of a record or a line in structured mode, of one of the kinds that ``belong`` (None: of any).

    Raises Refused with ``NOT_CLOUDEVENT`` or ``TYPE_UNKNOWN``.
    """
    if not isinstance(content, dict):
        raise Refused(Reason.NOT_CLOUDEVENT, "")
    attributes = {name: value for name, value in content.items() if value is not None and name != "data"}
    return _check(attributes, content.get("data"), belong)


def _check(attributes: Mapping[str, Any], data: Any, belong: set[WireKind | None] | None) -> Envelope:
    kind = _known_kind(attributes, belong)
    faults = [point_to(name) for name, value in attributes.items() if not _is_attribute(name, value)]
    identity, source, time = attributes.get("id"), attributes.get("source"), attributes.get("time")
    if attributes.get("specversion") != "1.0":
        faults.append("/specversion")
    if not isinstance(identity, str) or _ID.fullmatch(identity) is None:
        faults.append("/id")
    if not isinstance(source, str) or _SOURCE.fullmatch(source) is None:
        faults.append("/source")
    moment = _moment(time)
    if moment is None:
        faults.append("/time")
    faults += [f"/{name}" for name in _OPTIONAL_TEXTS if not _is_text(attributes.get(name, "none"))]
    content_type = attributes.get(CONTENT_TYPE, "application/json")
    if not isinstance(content_type, str) or _JSON_TYPE.fullmatch(content_type) is None:
        faults.append(f"/{CONTENT_TYPE}")
    if kind is None:
        faults.append("/type")
    if faults or kind is None or moment is None:
        raise Refused(Reason.NOT_CLOUDEVENT, *sorted(set(faults)))
    return Envelope(kind, str(identity), str(source), moment, data)


def _known_kind(attributes: Mapping[str, Any], belong: set[WireKind | None] | None) -> WireKind | None:
    """The kind that the type names; None where no type is given. Raises Refused with ``TYPE_UNKNOWN``."""
    type_ = attributes.get("type")
    if not isinstance(type_, str) or type_ == "":
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


def _is_attribute(name: str, value: object) -> bool:
    return _NAME.fullmatch(name) is not None and name != "data" and isinstance(value, (str, bool, int))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _moment(time: object) -> Moment | None:
    if not isinstance(time, str):
        return None
    try:
        return to_moment(read_time(time))
    except ValueError:
        return None
