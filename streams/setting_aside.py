"""A record that a process cannot use, as an output: whole, with a note of why, to ``earlyword.dead-letters.v1``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from schemas.statements import Statement
from schemas.wire.dead_letter_v1 import Reason
from streams.dead_letters import Original, headers_of, write_letter
from streams.delivery import Sent
from streams.topics import DEAD_LETTERS

APP_VERSION = version("earlyword")
PARTITIONS = 3

AnyHeaders = Sequence[tuple[str, bytes | None]] | Mapping[str, bytes | None] | None


def set_aside(original: Original, headers: AnyHeaders, reason: Reason, fields: Sequence[str] = ()) -> Sent:
    """The dead letter of this record. Letters of one partition stay together, in order."""
    listed = list(headers.items()) if isinstance(headers, Mapping) else list(headers or ())
    letter = write_letter(original, listed, reason, fields, app_version=APP_VERSION)
    return Sent(
        DEAD_LETTERS, letter.key, letter.value, tuple(_no_nulls(headers_of(letter))), original.partition % PARTITIONS
    )


def set_aside_statement(statement: Statement) -> Sent:
    """The dead letter of an event whose id was used before for other bytes; the event itself is in the statement."""
    return set_aside(statement.raw, statement.raw.headers, Reason.ID_REUSE, ("/id",))


def _no_nulls(headers: Iterable[tuple[str, bytes | None]]) -> Iterable[tuple[str, bytes]]:
    """A header without a value cannot be sent by our client; an empty one says as much."""
    return ((name, value or b"") for name, value in headers)
