"""What all kinds share: how a partner names a child, and how a format says which of its fields is at fault.

Formats are strict: text stays text, every field is present, nothing unasked is taken in (EVENTS section 1). They hold
identifiers, so nothing here shows its content in a ``repr``, and a fault is a JSON pointer, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, ValidationError
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

MAX_POINTERS: Final = 20  # enough to mend an event by; they travel in a Kafka header

_FIELD_NAME: Final = re.compile(r"[a-z][A-Za-z_]{0,38}[0-9]{0,2}")
_RULE: Final = "rule"

SOURCE_CHARACTERS: Final = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]"
"""A character of a CloudEvents ``source``: those of a URI reference (RFC 3986)."""

Text64 = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""A partner's own id or reference, in whatever form the partner gives it."""

AgencyName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$", max_length=64)]
Scheme = Literal["upn", "nhs-number", "la-child-id", "police-nominal", "local"]
Action = Literal["assert", "retract"]


class WireModel(BaseModel):
    """A partner's words: strict, closed, frozen, and silent about their content."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        """Nothing: what partners say does not belong in a log line."""
        return ()

    def __str__(self) -> str:
        return f"{type(self).__name__}()"


def _leave_out_default(schema: JsonDict) -> None:
    del schema["default"]  # "" is our own way to say "not given": nobody may send it


class Identifier(WireModel):
    """One name under which an agency knows a child. ``agency`` (default: the sender) says whose name it is."""

    scheme: Scheme
    value: Text64
    agency: AgencyName = Field(default="", json_schema_extra=_leave_out_default)


Identifiers = Annotated[tuple[Identifier, ...], Strict(False), Field(min_length=1, max_length=8)]


class Child(WireModel):
    """A child, by identifiers alone. Nothing else about a person is accepted."""

    identifiers: Identifiers


class Statement(WireModel):
    """What every kind begins with. A retraction is a whole valid statement; only its key and time count."""

    action: Action = "assert"

    def children_named(self) -> tuple[tuple[str, tuple[Identifier, ...]], ...]:
        """Every child that the statement names: JSON pointer to its identifiers, and the identifiers."""
        raise NotImplementedError


def broken_rule(*pointers: str) -> PydanticCustomError:
    """The error of a rule between fields, for a model's own validator: ``pointers`` are relative to the model."""
    return PydanticCustomError(_RULE, "fields that do not go together", {"at": pointers})


def pointers_of(error: ValidationError) -> tuple[str, ...]:
    """Where the data breaks its schema: JSON pointers in order, each once, at most ``MAX_POINTERS``."""
    faults = error.errors(include_url=False, include_input=False)
    above = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    found: set[str] = set()
    for fault in faults:
        # A list is also called too short where an item is at fault; that item has an error of its own.
        if fault["type"] == "too_short" and fault["loc"] in above:
            continue
        below = fault["ctx"]["at"] if fault["type"] == _RULE else ("",)
        found.update(point_to(*fault["loc"]) + rest for rest in below)
    return tuple(sorted(found)[:MAX_POINTERS])


def point_to(*path: str | int) -> str:
    """A JSON pointer (RFC 6901) along this path, as far as its parts look like names of fields.

    Names of unknown fields are a partner's words, and a careless one may be the name of a child or a number of hers.
    """
    pointer = ""
    for part in path:
        if isinstance(part, str) and _FIELD_NAME.fullmatch(part) is None:
            break
        pointer = f"{pointer}/{part}"
    return pointer
