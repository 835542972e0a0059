"""Rules between fields as JSON Schema, so that what is published refuses what the code refuses.

What JSON Schema cannot say (one time before another, check digits, no session twice) stands in the descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue
from pydantic.config import JsonDict


def when(
    field: str,
    is_: str | Sequence[str],
    then: Mapping[str, JsonValue],
    otherwise: Mapping[str, JsonValue] | None = None,
) -> JsonDict:
    """If ``field`` has this value, or one of these, then these constraints on other fields; else those."""
    value: JsonDict = {"const": is_} if isinstance(is_, str) else {"enum": list(is_)}
    rule: JsonDict = {"if": {"properties": {field: value}}}
    if then:
        rule["then"] = {"properties": dict(then)}
    if otherwise:
        rule["else"] = {"properties": dict(otherwise)}
    return rule


def both_or_neither(one: str, other: str) -> JsonDict:
    """Either both fields are null or none is."""
    null: JsonDict = {"type": "null"}
    return {
        "if": {"properties": {one: null}},
        "then": {"properties": {other: null}},
        "else": {"properties": {other: {"not": null}}},
    }
