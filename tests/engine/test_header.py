"""A row says what it is, and nothing but what was written passes for a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine.header import (
    GUARD_HEADER,
    NEVER,
    SIZE,
    CorruptRow,
    check,
    guard_of,
    pack,
    tombstone_guard,
    tombstone_headers,
    unpack,
    wake_of,
)

OFFSETS = st.integers(0, 2**63 - 1)
ROWS = st.builds(
    lambda payload, guard, wake, schema: pack(payload, guard=guard, wake_at=wake, schema=schema),
    st.binary(max_size=200),
    OFFSETS,
    OFFSETS,
    st.integers(0, 255),
)


@given(payload=st.binary(max_size=200), guard=OFFSETS, wake=OFFSETS, schema=st.integers(0, 255))
def test_a_row_gives_back_what_was_put_in(payload: bytes, guard: int, wake: int, schema: int) -> None:
    row = pack(payload, guard=guard, wake_at=wake, schema=schema)
    assert tuple(unpack(row)) == (schema, guard, wake, payload)
    assert (guard_of(row), wake_of(row)) == (guard, wake)
    assert len(row) == SIZE + len(payload)


@given(row=ROWS, place=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(row: bytes, place: int, bit: int) -> None:
    damaged = bytearray(row)
    damaged[place % len(row)] ^= 1 << bit
    with pytest.raises(CorruptRow):
        check(bytes(damaged))


@given(row=ROWS, cut=st.integers(1))
def test_a_row_cut_short_is_found(row: bytes, cut: int) -> None:
    with pytest.raises(CorruptRow):
        check(row[: -(cut % len(row)) or None][: len(row) - 1])


def test_bytes_without_a_header_are_no_row() -> None:
    for foreign in (b"", b"{}", b"\xe1" * 21):
        with pytest.raises(CorruptRow):
            unpack(foreign)


def test_a_row_that_never_wants_to_wake_says_so() -> None:
    assert wake_of(pack(b"", guard=0)) == NEVER


@given(OFFSETS)
def test_a_tombstone_carries_its_guard_in_a_record_header(guard: int) -> None:
    assert tombstone_guard(tombstone_headers(guard)) == guard


def test_a_tombstone_of_other_hands_has_no_guard() -> None:
    assert tombstone_guard(()) is None
    assert tombstone_guard([("traceparent", b"x"), (GUARD_HEADER, b"short")]) is None


def test_the_repr_of_a_row_keeps_its_payload_to_itself() -> None:
    assert repr(unpack(pack(b"marker-word", guard=7))) == "Row(schema=0, guard=7, wake_at=0)"
