"""How many families and children are held: counted from the families' own changelog, as a recovery would read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from streams.engine.header import tombstone_guard
from streams.engine.highest import HighestGuard
from streams.engine.memory import TICK_PREFIX
from streams.families.step import read_row

CHANGELOG: Final = "earlyword-families-families-changelog"


class Homes(Struct, frozen=True):
    """The families of whom something is held, and their children."""

    families: int
    children: int


def count_homes(rows: Iterable[Any]) -> Homes:
    """Count from the rows of the changelog. Raises CorruptRow."""
    memory = HighestGuard({})
    for row in rows:
        if not row.key.startswith(TICK_PREFIX):
            memory.replay(row.key, row.value, None if row.value is not None else tombstone_guard(row.headers))
    held = [story for story in map(read_row, memory.rows.values()) if story.strands]
    children = {strand.child for story in held for strand in story.strands.values()}
    return Homes(len(held), len(children))
