"""Which identifiers are one child, and to which family a child belongs: the map that link statements draw.

Identifiers that live *same-child* statements connect are one child. A child belongs to the family of its latest live
*in-family* statement; without one it is a family of its own, under a derived id, so nothing waits and nothing is
dropped. Families never merge: children move. The map depends on the set of statements alone, not on their order: per
natural key the newest counts, and a retraction is newest like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from models.ids import derive
from schemas.facts import Version
from schemas.identifiers import ChildId, FactKey, FamilyId, IdentifierId
from schemas.statements import InFamily, LinkStated, SameChild


class Placement(Struct, frozen=True, gc=False):
    """Where an identifier belongs: its child and its family."""

    child: ChildId
    family: FamilyId

    def __repr__(self) -> str:
        return "Placement(...)"


class Replacement(Struct, frozen=True, gc=False):
    """An identifier whose child or family a link statement changed."""

    identifier: IdentifierId
    before: Placement
    after: Placement

    def __repr__(self) -> str:
        return "Replacement(...)"


class LinkMap:
    """The links in force after ``links`` statements. ``apply`` is its only change."""

    def __init__(self) -> None:
        self.links = 0
        self._stated: dict[FactKey, LinkStated] = {}
        self._same: dict[IdentifierId, set[FactKey]] = {}
        self._within: dict[IdentifierId, set[FactKey]] = {}
        self._homes: dict[FamilyId, set[FactKey]] = {}
        self._placements: dict[IdentifierId, Placement] = {}

    def is_named(self, identifier: IdentifierId) -> bool:
        """Whether any link in force names this identifier."""
        return bool(self._same.get(identifier) or self._within.get(identifier))

    def choose(self, identifiers: tuple[IdentifierId, ...]) -> IdentifierId:
        """The identifier that a statement's child goes by: the first that a link in force names, else the first."""
        return next((identifier for identifier in identifiers if self.is_named(identifier)), identifiers[0])

    def place(self, identifier: IdentifierId) -> Placement:
        """The child and the family that this identifier belongs to as the links stand."""
        if not self.is_named(identifier):
            return _alone(identifier)
        placement = self._placements.get(identifier)
        if placement is None:
            placement = self._placements[identifier] = self._place(self._connected(identifier))
        return placement

    def is_home(self, family: FamilyId) -> bool:
        """Whether an in-family link in force gives this family a child."""
        return any(
            self.place(identifier).family == family
            for key in self._homes.get(family, ())
            for identifier in _named_by(self._stated[key])
        )

    def apply(self, stated: LinkStated) -> tuple[Replacement, ...]:
        """Count one more link statement; the identifiers that it gave another child or family, in order."""
        self.links += 1
        held = self._stated.get(stated.key)
        if held is not None and held.version >= stated.version:
            return ()
        touched = set(_named_by(held)) | set(_named_by(stated))
        affected = {other for identifier in touched for other in self._connected(identifier)}
        before = {identifier: self.place(identifier) for identifier in affected}
        self._forget(held)
        self._stated[stated.key] = stated
        self._learn(stated)
        affected |= {other for identifier in touched for other in self._connected(identifier)}
        for identifier in affected:
            self._placements.pop(identifier, None)
        return tuple(
            Replacement(identifier, was, now)
            for identifier in sorted(affected)
            if (was := before.get(identifier) or _alone(identifier)) != (now := self.place(identifier))
        )

    def _forget(self, stated: LinkStated | None) -> None:
        if stated is not None and isinstance(stated.link, InFamily):
            self._homes[stated.link.family].remove(stated.key)
        for index in (self._same, self._within):
            for identifier in _named_by(stated):
                keys = index.get(identifier)
                if keys is not None and stated is not None:
                    keys.discard(stated.key)
                    if not keys:
                        del index[identifier]

    def _learn(self, stated: LinkStated) -> None:
        index = self._within if isinstance(stated.link, InFamily) else self._same
        if isinstance(stated.link, InFamily):
            self._homes.setdefault(stated.link.family, set()).add(stated.key)
        for identifier in _named_by(stated):
            index.setdefault(identifier, set()).add(stated.key)

    def _connected(self, identifier: IdentifierId) -> set[IdentifierId]:
        """All identifiers of one child."""
        found, edge = {identifier}, [identifier]
        while edge:
            for key in self._same.get(edge.pop(), ()):
                for other in _named_by(self._stated[key]):
                    if other not in found:
                        found.add(other)
                        edge.append(other)
        return found

    def _place(self, connected: set[IdentifierId]) -> Placement:
        child = _child_of(connected)
        newest: tuple[Version, FactKey] | None = None
        family = FamilyId(derive("family", child))
        for identifier in connected:
            for key in self._within.get(identifier, ()):
                stated = self._stated[key]
                if isinstance(stated.link, InFamily) and (newest is None or (stated.version, key) > newest):
                    newest, family = (stated.version, key), stated.link.family
        return Placement(child, family)


def _child_of(connected: Iterable[IdentifierId]) -> ChildId:
    return ChildId(derive("child", min(connected)))


@lru_cache(maxsize=65_536)  # most children are linked to nobody, and their marks come every day
def _alone(identifier: IdentifierId) -> Placement:
    child = _child_of((identifier,))
    return Placement(child, FamilyId(derive("family", child)))


def _named_by(stated: LinkStated | None) -> tuple[IdentifierId, ...]:
    match stated:
        case LinkStated(link=SameChild(identifiers=identifiers)):
            return identifiers
        case LinkStated(link=InFamily(identifier=identifier)):
            return (identifier,)
        case _:
            return ()
