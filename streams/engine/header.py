"""The header before a table's value: all that the engine may know of a row.

A row is 22 bytes of header, then a payload which the engine never reads. Big-endian:

======== ===== ==========================================================================
field    bytes meaning
======== ===== ==========================================================================
layout   1     0xE1: an earlyword row, this layout
schema   1     version of the payload; its owner's business
guard    8     offset, in the table's source partition, of the last record the row contains
wake_at  8     when the row wants to be looked at again, ms since 1970 UTC; 0 = never
checksum 4     CRC-32 of the fields above and the payload
======== ===== ==========================================================================

The guard lets recovery compare two rows of one key without knowing what they say (`highest.py`), `wake_at`
lets the due list be rebuilt without decoding (`due.py`), and the checksum refuses a row that rotted.
A tombstone has no value, so its guard travels in a Kafka record header.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple
from zlib import crc32

LAYOUT: Final = 0xE1
NEVER: Final = 0
GUARD_HEADER: Final = "earlyword-guard"
"""Name of the Kafka record header in which a tombstone carries its guard."""

_FIELDS = struct.Struct(">BBQQ")
_NUMBER = struct.Struct(">Q")
_CHECKSUM = struct.Struct(">I")
SIZE: Final = _FIELDS.size + _CHECKSUM.size


class CorruptRow(Exception):  # noqa: N818 - named for what it is
    """A stored row is not what was written.

    Operator: the changelog holds a damaged or foreign row. Do not skip it: restore the topic, or rebuild the
    table from its source topic.
    """


class Row(NamedTuple):
    """A row taken apart."""

    schema: int
    guard: int
    wake_at: int
    payload: bytes

    def __repr__(self) -> str:
        return f"Row(schema={self.schema}, guard={self.guard}, wake_at={self.wake_at})"


def pack(payload: bytes, *, guard: int, wake_at: int = NEVER, schema: int = 0) -> bytes:
    """The row to store: header and payload.

    `guard` is an offset >= 0, `wake_at` ms since 1970 UTC or NEVER, `schema` 0 to 255.
    Raises struct.error outside these ranges.
    """
    fields = _FIELDS.pack(LAYOUT, schema, guard, wake_at)
    return b"".join((fields, _CHECKSUM.pack(crc32(payload, crc32(fields))), payload))


def unpack(row: bytes) -> Row:
    """A row taken apart and checked. Raises CorruptRow."""
    check(row)
    _, schema, guard, wake_at = _FIELDS.unpack_from(row)
    return Row(schema, guard, wake_at, row[SIZE:])


def check(row: bytes) -> None:
    """Raise CorruptRow unless the row is exactly what `pack` made."""
    if len(row) < SIZE or row[0] != LAYOUT:
        raise CorruptRow("no row header of a known layout")
    payload = memoryview(row)
    if crc32(payload[SIZE:], crc32(payload[: _FIELDS.size])) != _CHECKSUM.unpack_from(row, _FIELDS.size)[0]:
        raise CorruptRow("the checksum does not match")


def guard_of(row: bytes) -> int:
    """The guard of a row that was checked before."""
    return int.from_bytes(row[2:10], "big")


def wake_of(row: bytes) -> int:
    """When a row that was checked before wants to be looked at: ms since 1970 UTC, or NEVER."""
    return int.from_bytes(row[10:18], "big")


def tombstone_headers(guard: int) -> tuple[tuple[str, bytes], ...]:
    """The Kafka record headers of a tombstone that contains everything up to `guard`."""
    return ((GUARD_HEADER, _NUMBER.pack(guard)),)


def tombstone_guard(headers: Iterable[tuple[str, bytes]]) -> int | None:
    """The guard a tombstone carries; None for one that somebody else wrote."""
    for name, value in headers:
        if name == GUARD_HEADER and len(value) == _NUMBER.size:
            return int(_NUMBER.unpack(value)[0])
    return None
