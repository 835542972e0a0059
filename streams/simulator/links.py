"""What the hub's matching system says: which identifiers are one child, which child belongs to which family.

Links come before, between and after the events they are about. Some children nobody ever links. Some links are wrong
and are withdrawn, some children move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from streams.simulator.agencies import MATCHING
from streams.simulator.days import local
from streams.simulator.people import Child, Family
from streams.simulator.statements import Data, Statement, child, identifier, retraction

# All ours.
_NEVER_LINKED: Final = 0.04  # of children
_KNOWN_AT_THE_START: Final = 0.7  # of families; the others are matched after somebody first writes about them
_NOMINAL_KNOWN: Final = 0.5  # of children known at the start, those whose police nominal is known, too
_NOMINAL_NEVER: Final = 0.05
_FIRST_IN_A_WRONG_FAMILY: Final = 0.012
_WRONGLY_JOINED: Final = 0.005
_MOVES_A_YEAR: Final = 0.015
_WITHDRAWN_A_YEAR: Final = 0.004


@dataclass(frozen=True, slots=True)
class FirstHeard:
    """When somebody first wrote about a child, by the council's reference, and under each police nominal."""

    by_council_id: Mapping[str, datetime]
    by_nominal: Mapping[str, datetime]


def hear_first(statements: Iterable[Statement]) -> FirstHeard:
    """The first time each identifier of council and police was written."""
    firsts: dict[str, dict[str, datetime]] = {"la-child-id": {}, "police-nominal": {}}
    for statement in statements:
        for scheme, value in _identifiers(statement.data):
            known = firsts.get(scheme)
            if known is not None and (value not in known or statement.recorded_at < known[value]):
                known[value] = statement.recorded_at
    return FirstHeard(firsts["la-child-id"], firsts["police-nominal"])


def tell_links(
    rng: Random, families: tuple[Family, ...], heard: FirstHeard, start: date, days: int
) -> Iterator[Statement]:
    """Every link of the town."""
    opening = local(start, 5 * 60 + 30)
    for family in families:
        known = rng.random() < _KNOWN_AT_THE_START
        for member in family.children:
            if rng.random() < _NEVER_LINKED:
                continue
            matched_at = opening if known else _matched_at(rng, member, heard)
            if matched_at is None:
                continue
            matcher = _Matcher(rng, member, family, families)
            yield from matcher.tell_child(matched_at + timedelta(seconds=rng.randint(0, 1500)))
            yield from matcher.tell_nominals(matched_at, heard, at_once=known)
            yield from matcher.tell_changes(matched_at, start, days)


def _matched_at(rng: Random, member: Child, heard: FirstHeard) -> datetime | None:
    times = [heard.by_council_id.get(member.council_id), *map(heard.by_nominal.get, member.nominals)]
    first = min((time for time in times if time is not None), default=None)
    return None if first is None else first + timedelta(hours=rng.uniform(1, 72))


class _Matcher:
    """Writes the links of one child."""

    def __init__(self, rng: Random, member: Child, family: Family, families: tuple[Family, ...]) -> None:
        self._rng = rng
        self._child = member
        self._family = family
        self._families = families

    def tell_child(self, at: datetime) -> Iterator[Statement]:
        """One child by the references of council, school and health; and its family, now and then a wrong one first."""
        references = [identifier("la-child-id", self._child.council_id)]
        references += [] if self._child.upn is None else [identifier("upn", self._child.upn)]
        references += [identifier("nhs-number", self._child.nhs_number)]
        same = self._same_child("C", references, at)
        home = self._in_family(self._family.reference, at)
        if self._rng.random() < _FIRST_IN_A_WRONG_FAMILY:
            wrong = self._rng.choice(self._families).reference
            yield self._in_family(wrong, at - timedelta(seconds=60))
            home = self._in_family(self._family.reference, at + timedelta(days=self._rng.uniform(3, 30)), "person")
        yield from (same, home) if self._rng.random() < 0.8 else (home, same)

    def tell_nominals(self, at: datetime, heard: FirstHeard, *, at_once: bool) -> Iterator[Statement]:
        """The police's nominals: known from the start, matched after the first notice, or never."""
        for place, nominal in enumerate(self._child.nominals):
            luck = self._rng.random()
            first = heard.by_nominal.get(nominal)
            if luck < _NOMINAL_NEVER:
                continue
            if at_once and place == 0 and luck < _NOMINAL_NEVER + _NOMINAL_KNOWN:
                matched = at + timedelta(minutes=30)
            elif first is not None:
                matched = max(at, first) + timedelta(hours=self._rng.uniform(0.2, 120))
            else:
                continue
            yield self._same_child(f"N{place}", self._with_nominal(nominal), matched)

    def tell_changes(self, at: datetime, start: date, days: int) -> Iterator[Statement]:
        """Moves to another family, wrong joins found out, links withdrawn."""
        other = self._rng.choice(self._families)
        on = local(start + timedelta(days=self._rng.randrange(days)), self._rng.uniform(9 * 60, 17 * 60))
        on = max(on, at + timedelta(hours=1))
        luck = self._rng.random() * 365 / days
        if luck < _MOVES_A_YEAR and other is not self._family:
            yield self._in_family(other.reference, on, "person")
        elif luck < _MOVES_A_YEAR + _WITHDRAWN_A_YEAR:
            home = self._in_family(self._family.reference, on, "person")
            yield Statement(home.kind, home.system, home.recorded_at, home.key, retraction(home.data))
        elif luck < _MOVES_A_YEAR + _WITHDRAWN_A_YEAR + _WRONGLY_JOINED and other is not self._family:
            wrong = self._same_child("W", self._with_nominal(self._rng.choice(other.children).nominals[0]), on)
            yield wrong
            found_out = on + timedelta(days=self._rng.uniform(2, 30))
            yield Statement(wrong.kind, wrong.system, found_out, wrong.key, retraction(wrong.data))

    def _with_nominal(self, nominal: str) -> list[Data]:
        return [
            identifier("la-child-id", self._child.council_id),
            identifier("police-nominal", nominal, "riverton-police"),
        ]

    def _same_child(self, name: str, references: list[Data], at: datetime) -> Statement:
        return self._link(f"{name}-{self._child.number:06d}", "same-child", child(*references), None, at, "system")

    def _in_family(self, family: str, at: datetime, basis: str = "system") -> Statement:
        named = child(identifier("la-child-id", self._child.council_id))
        return self._link(f"F-{self._child.number:06d}", "in-family", named, family, at, basis)

    def _link(
        self, link_id: str, statement: str, named: Data, family: str | None, at: datetime, basis: str
    ) -> Statement:
        data: Data = {
            "link_id": link_id,
            "statement": statement,
            "child": named,
            "family": family,
            "valid_from": at.date().isoformat(),
            "basis": basis,
        }
        return Statement("family-link", MATCHING, at, link_id, data)


def _identifiers(data: Data) -> Iterator[tuple[str, str]]:
    named: Any = data.get("children") or [data["child"]]
    for each in named:
        for one in each["identifiers"]:
            yield one["scheme"], one["value"]
