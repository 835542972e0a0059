"""The vocabulary of the XML reader: what a file may look like, and a finished part of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TypeAlias

from msgspec import Struct


class Use(Enum):
    """What becomes of an element without a tree of its own."""

    TEXT = "text"
    """Its text is kept."""
    SKIPPED = "skipped"
    """Known, and passed over without a word: its text never enters memory as a value."""
    NOT_USED = "not used"
    """A known module that is passed over and reported once per occurrence."""


Tree: TypeAlias = Mapping[str, "Tree | Use"]


class Layout(Struct, frozen=True, kw_only=True):
    """The elements of one format, by local name; namespaces and prefixes do not matter."""

    root: str
    tree: Tree
    records: frozenset[str]
    """Elements handed over one by one when they end; all else is forgotten then."""
    repeatable: frozenset[str]
    """Elements that are numbered in places, from 1."""
    tolerated: frozenset[str]
    """Elements that should stand once but lose nothing when they stand several times."""


class Part(Struct, frozen=True, kw_only=True):
    """A finished element with the parts that are kept of it. ``line`` and ``column`` count from 1."""

    name: str
    place: str
    line: int
    column: int
    text: str
    """Stripped; empty where the element is empty or has a tree."""
    is_too_long: bool
    """More text than a value, or more parts than a record may have; what is here is not all of it."""
    is_whole: bool
    """False for a record that the end of a damaged file cut off: its finished parts are there, the rest is not."""
    parts: tuple[Part, ...]

    def first(self, name: str) -> Part | None:
        """The first part of this name."""
        return next(self.each(name), None)

    def each(self, name: str) -> Iterator[Part]:
        """Every part of this name, in order."""
        return (part for part in self.parts if part.name == name)

    def __repr__(self) -> str:
        return f"Part({self.place}, line {self.line})"
