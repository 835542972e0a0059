"""Whether a new version of a schema breaks those who keep to the old one (INTERFACES section 1.5).

What partners send must be readable for ever: the *new* schema accepts all that the old one allowed. What we publish
must be readable by those who have not moved yet: the *old* schema accepts all that the new one allows. Both are one
question, asked of two schemas: could the reader refuse what the writer may write?

The answer errs on the side of yes: a pattern, a format or a rule between fields that changed at all counts as a break.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

Schema = dict[str, Any]

_LOWER: Final = ("minimum", "minLength", "minItems")
_UPPER: Final = ("maximum", "maxLength", "maxItems")
_AS_THEY_ARE: Final = ("pattern", "format", "uniqueItems", "if", "then", "else", "not", "contains", "oneOf")


class Break(Struct, frozen=True):
    """A place, as a path of field names, and what the reader would refuse there."""

    place: str
    what: str


def breaks_partners(old: Schema, new: Schema) -> tuple[Break, ...]:
    """Where a new version of an inbound schema would refuse events that the old one allowed."""
    return tuple(_refusals(_Side(new, new), _Side(old, old), ""))


def breaks_readers(old: Schema, new: Schema) -> tuple[Break, ...]:
    """Where a reader who keeps to the old version of what we publish would refuse the new one."""
    return tuple(_refusals(_Side(old, old), _Side(new, new), ""))


class _Side(Struct, frozen=True):
    part: Schema
    whole: Schema

    def at(self, part: Schema) -> _Side:
        """Another part of the same schema, references followed."""
        while "$ref" in part:
            part = self.whole["$defs"][part["$ref"].removeprefix("#/$defs/")]
        return _Side(part, self.whole)


def _refusals(reader: _Side, writer: _Side, place: str) -> Iterator[Break]:
    reads, writes = reader.part, writer.part
    if "anyOf" in reads or "anyOf" in writes:
        yield from _alternatives(reader, writer, place)
        return
    if not _types(writes) <= _types(reads):
        yield Break(place, "another type")
        return
    if not _values(writes) <= _values(reads) and _values(reads) != {_ANYTHING}:
        yield Break(place, "a value that is not in the list")
    for bound in _LOWER:
        if bound in reads and writes.get(bound, float("-inf")) < reads[bound]:
            yield Break(place, f"less than {bound}")
    for bound in _UPPER:
        if bound in reads and writes.get(bound, float("inf")) > reads[bound]:
            yield Break(place, f"more than {bound}")
    for word in _AS_THEY_ARE:
        if word in reads and reads[word] != writes.get(word):
            yield Break(place, f"another {word}")
    if any(rule not in writes.get("allOf", []) for rule in reads.get("allOf", [])):
        yield Break(place, "what breaks a rule between fields")
    yield from _fields(reader, writer, place)
    if "items" in reads:
        yield from _refusals(reader.at(reads["items"]), writer.at(writes.get("items", {})), f"{place}[]")


def _fields(reader: _Side, writer: _Side, place: str) -> Iterator[Break]:
    known, written = reader.part.get("properties", {}), writer.part.get("properties", {})
    for name in reader.part.get("required", []):
        if name not in writer.part.get("required", []):
            yield Break(f"{place}/{name}", "a missing field")
    for name, part in written.items():
        if name in known:
            yield from _refusals(reader.at(known[name]), writer.at(part), f"{place}/{name}")
        elif reader.part.get("additionalProperties") is False:
            yield Break(f"{place}/{name}", "an unknown field")


def _alternatives(reader: _Side, writer: _Side, place: str) -> Iterator[Break]:
    """Each thing that may be written has to be one of those that may be read."""
    readable = [reader.at(part) for part in reader.part.get("anyOf", [reader.part])]
    for part in writer.part.get("anyOf", [writer.part]):
        if not any(not tuple(_refusals(one, writer.at(part), place)) for one in readable):
            yield Break(place, "an alternative")


_ANYTHING: Final = "anything"
_EVERY_TYPE: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def _types(part: Schema) -> frozenset[str]:
    told = part.get("type", _EVERY_TYPE)
    types = frozenset({told} if isinstance(told, str) else told)
    return types | {"integer"} if "number" in types else types


def _values(part: Schema) -> set[str]:
    if "const" in part:
        return {repr(part["const"])}
    return {repr(value) for value in part["enum"]} if "enum" in part else {_ANYTHING}
