"""Families and children are counted as a recovery would read them: of two rows the one that contains more."""

from typing import Any

import msgspec
from msgspec import Struct

from models.family.state import Address, FamilyState, Strand
from schemas.identifiers import ChildId, FamilyId, IdentifierId, Moment
from streams.demo.homes import Homes, count_homes
from streams.engine.header import pack, tombstone_headers
from streams.engine.memory import TICK_PREFIX
from streams.families.step import FamilyRow


class Row(Struct, frozen=True):
    """A record of the changelog."""

    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def a_row(family: str, guard: int, *children: str, addresses: dict[Any, Any] | None = None) -> Row:
    strands = {IdentifierId(f"i-{child}"): Strand(ChildId(child), 0) for child in children}
    state = FamilyState(FamilyId(family), strands=strands, addresses=addresses or {})
    payload = msgspec.msgpack.encode(FamilyRow({}, (), state))
    return Row(family.encode(), pack(payload, guard=guard))


def test_the_newest_row_of_each_family_counts() -> None:
    assert count_homes([a_row("f1", 1, "a"), a_row("f2", 1, "b"), a_row("f1", 5, "a", "c")]) == Homes(2, 3)


def test_a_row_that_comes_late_from_a_sleeper_does_not_count() -> None:
    assert count_homes([a_row("f1", 5, "a", "b"), a_row("f1", 2, "a")]) == Homes(1, 2)


def test_a_family_that_is_gone_or_only_an_address_is_none() -> None:
    moved = {IdentifierId("i-a"): Address(FamilyId("f2"), 1, Moment(0), ChildId("c-a"))}
    gone = Row(b"f3", None, tombstone_headers(9))
    rows = [a_row("f1", 1, addresses=moved), a_row("f2", 1, "a"), a_row("f3", 2, "b"), gone]
    assert count_homes(rows) == Homes(1, 1)


def test_a_heartbeat_is_no_family() -> None:
    assert count_homes([Row(TICK_PREFIX + b"3", b"12345678")]) == Homes(0, 0)
