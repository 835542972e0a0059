"""A map that never changes: putting something on gives another shelf, which shares nearly everything with this one.

The desk's state is frozen, yet one event touches one prompt of thousands. A plain dict would be copied whole each time,
a shelf copies one small compartment. It is never stored itself, only its values, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar
from zlib import crc32

V = TypeVar("V")

_COMPARTMENTS: Final = 128


class Shelf(Generic[V]):
    """Values by id."""

    __slots__ = ("_compartments", "_size")

    def __init__(self, items: Iterable[tuple[str, V]] = ()) -> None:
        compartments: list[dict[str, V]] = [{} for _ in range(_COMPARTMENTS)]
        for key, value in items:
            compartments[_place(key)][key] = value
        self._compartments = tuple(compartments)
        self._size = sum(map(len, compartments))

    def get(self, key: str) -> V | None:
        """What lies under this id, None for nothing."""
        return self._compartments[_place(key)].get(key)

    def put(self, key: str, value: V) -> Shelf[V]:
        """The shelf with this under its id, instead of what may have lain there."""
        place = _place(key)
        compartment = self._compartments[place].copy()
        compartment[key] = value
        return self._with(place, compartment)

    def without(self, key: str) -> Shelf[V]:
        """The shelf without what lies under this id; the same shelf if there is nothing."""
        place = _place(key)
        if key not in self._compartments[place]:
            return self
        compartment = self._compartments[place].copy()
        del compartment[key]
        return self._with(place, compartment)

    def _with(self, place: int, compartment: dict[str, V]) -> Shelf[V]:
        other: Shelf[V] = Shelf.__new__(Shelf)
        before = self._compartments
        other._compartments = (*before[:place], compartment, *before[place + 1 :])
        other._size = self._size + len(compartment) - len(before[place])
        return other

    def __contains__(self, key: str) -> bool:
        return key in self._compartments[_place(key)]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[V]:
        """The values, in the order of their ids."""
        items = sorted(item for compartment in self._compartments for item in compartment)
        return (self._compartments[_place(key)][key] for key in items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shelf) and self._compartments == other._compartments

    __hash__ = None  # type: ignore[assignment]  # values need not be hashable, and nobody asks

    def __repr__(self) -> str:
        return f"Shelf({self._size})"


def _place(key: str) -> int:
    return crc32(key.encode()) % _COMPARTMENTS
