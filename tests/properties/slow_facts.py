"""What is known at a moment, worked out anew from the plain list of all statements told so far (EVENTS 1 and 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from models.ids import derive
from schemas.facts import WireKind
from schemas.identifiers import AgencyId
from streams.intake.pseudonyms import PUBLISHED_KEY, Pseudonyms
from tests.properties.slow_calendar import local, on

NAMES = Pseudonyms(PUBLISHED_KEY)
ORDER = ("nhs-number", "upn", "la-child-id", "police-nominal", "local")
GRADES = {"green": 1, "standard": 1, "amber": 2, "medium": 2, "red": 3, "high": 3, None: 0}
UNAUTHORISED = ("G", "N", "O", "U")
AUTHORISED = ("C1", "M", "J1", "S", "C", "R", "I")
EXCUSED = ("C2", "E", "T")
PRESENT = ("/", "\\", "L", "K", "V", "P", "W", "B")

Session = tuple[date, str]


@dataclass(frozen=True)
class Told:
    """One statement as it was received; ``identifiers`` are those chosen on receipt, one for each child it names."""

    event: dict[str, Any]
    received_at: datetime
    identifiers: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.event["data"])

    @property
    def rank(self) -> tuple[datetime, bytes, bytes]:
        return moment(self.event["time"]), self.event["id"].encode(), self.event["source"].encode()


@dataclass(frozen=True)
class Fact:
    """What the later statement under a natural key says.

    ``parts``: the entries about each child that it names; ``holders``: under which of the child's identifiers it is
    held.
    """

    key: tuple[str, ...]
    agency: str
    kind: str
    at: datetime
    data: dict[str, Any]
    parts: dict[str, list[dict[str, Any]]]
    holders: dict[str, str]

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place in time; of facts of one time, by natural key, which is only known by its pseudonym."""
        return self.at, repr(self.key) if self.kind == "school-absence" else pseudonym(self.key)

    @property
    def on(self) -> date:
        return on(self.at)

    @property
    def is_notification(self) -> bool:
        return self.kind == "police-notification" and self.data["notice_type"] != "ENCOMPASS"

    @property
    def is_concern(self) -> bool:
        return self.kind == "referral" or self.is_notification

    @property
    def occurrence(self) -> tuple[str, str]:
        return self.agency, self.data["occurrence_ref"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def agency_of(event: dict[str, Any]) -> str:
    """The built-in hub: the last non-empty part of the source."""
    return [part for part in str(event["source"]).replace(":", "/").split("/") if part][-1]


def kind_of(event: dict[str, Any]) -> str:
    return str(event["type"].split(".")[2])


def is_retracted(event: dict[str, Any]) -> bool:
    return bool(event["data"].get("action") == "retract")


def children_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    return list(event["data"].get("children") or [event["data"]["child"]])


def identifiers_of(event: dict[str, Any], child: dict[str, Any]) -> list[str]:
    """The child's pseudonyms, in the order of EVENTS section 1."""
    in_order = sorted(child["identifiers"], key=lambda given: ORDER.index(given["scheme"]))
    sender = agency_of(event)
    return [NAMES.identifier(given["scheme"], given.get("agency", sender), given["value"]) for given in in_order]


def newest(told: Iterable[Told], key: Callable[[Told], Any]) -> dict[Any, Told]:
    """The statement that wins under each key."""
    found: dict[Any, Told] = {}
    for one in told:
        held = found.get(key(one))
        if held is None or one.rank > held.rank:
            found[key(one)] = one
    return found


def key_of(told: Told) -> tuple[str, ...]:
    """The natural key, of what is not a message of marks."""
    agency, kind, data = agency_of(told.event), kind_of(told.event), told.data
    name = {
        "referral": "referral_id",
        "police-notification": "notification_id",
        "outcome": "outcome_id",
        "family-link": "link_id",
    }[kind]
    return (agency, kind, data[name], *([data["kind"]] if kind == "outcome" else []))


def pseudonym(key: tuple[str, ...]) -> str:
    """A natural key as the product knows it."""
    agency, kind, *names = key
    return NAMES.fact(AgencyId(agency), cast("WireKind", kind), *reversed(names))


def is_of_key(told: Told, key: tuple[str, ...]) -> bool:
    return kind_of(told.event) == key[1] and key_of(told) == key


class Links:
    """The links in force."""

    def __init__(self, told: Iterable[Told]) -> None:
        stated = newest((one for one in told if kind_of(one.event) == "family-link"), key_of)
        live = [one for one in stated.values() if not is_retracted(one.event)]
        self.same = [self._named(one) for one in live if one.data["statement"] == "same-child"]
        self.within = [one for one in live if one.data["statement"] == "in-family"]
        self.named = {name for one in live for name in self._named(one)}
        self.at_home = {name for one in self.within for name in self._named(one)}

    def _named(self, told: Told) -> list[str]:
        return identifiers_of(told.event, told.data["child"])

    def choose(self, names: list[str]) -> str:
        return next((name for name in names if name in self.named), names[0])

    def connected(self, name: str) -> set[str]:
        """All identifiers of one child."""
        found = {name}
        while more := {other for same in self.same if found & set(same) for other in same} - found:
            found |= more
        return found

    def child(self, name: str) -> str:
        return derive("child", min(self.connected(name)))

    def family(self, name: str) -> str:
        connected = self.connected(name)
        placed = [one for one in self.within if set(self._named(one)) & connected]
        if not placed:
            return derive("family", self.child(name))
        latest = max(placed, key=lambda one: one.rank)
        return NAMES.family(agency_of(latest.event), latest.data["family"])


class Known:
    """Everything that is known after these statements."""

    def __init__(self, told: tuple[Told, ...]) -> None:
        self.told = told
        self.links = Links(told)
        self.facts: list[Fact] = []
        self.marks: dict[str, dict[Session, Fact]] = defaultdict(dict)
        ordinary = [one for one in told if kind_of(one.event) not in ("family-link", "school-absence")]
        for key, one in newest(ordinary, key_of).items():
            if not is_retracted(one.event):
                self.facts.append(self._fact(key, one))
        self._take_marks([one for one in told if kind_of(one.event) == "school-absence"])
        names = {name for one in told for name in one.identifiers} | self.links.at_home
        self.families: dict[str, set[str]] = defaultdict(set)
        for name in names:
            self.families[self.links.family(name)].add(self.links.child(name))

    def _fact(self, key: tuple[str, ...], told: Told) -> Fact:
        data, kind = told.data, kind_of(told.event)
        parts: dict[str, list[dict[str, Any]]] = {}
        named = sorted({name for one in self.told if is_of_key(one, key) for name in one.identifiers}, reverse=True)
        holders = {self.links.child(name): name for name in named}  # the first of the names it was ever told under
        for name, part in zip(told.identifiers, children_of(told.event), strict=True):
            child = self.links.child(name)
            parts.setdefault(child, []).append(part)
        at = local(date.fromisoformat(data["occurred_on"])) if kind == "outcome" else None
        at = at or moment(data.get("referred_at") or data["occurred_at"])
        return Fact(key, key[0], kind, at, data, parts, holders)

    def _take_marks(self, told: list[Told]) -> None:
        said: dict[tuple[str, str, str, str], list[tuple[Told, str]]] = defaultdict(list)
        for one in told:
            child = self.links.child(one.identifiers[0])
            for mark in one.data["marks"]:
                said[child, one.data["school"], mark["date"], mark["session"]].append((one, mark["code"]))
        for (child, school, day, half), versions in said.items():
            one, code = max(versions, key=lambda version: version[0].rank)
            if is_retracted(one.event):
                continue
            held = date.fromisoformat(day)
            at = local(held, 0 if half == "AM" else 12)
            key = (child, "school-absence", school, day, half)
            saying = {"class": class_of(code)}
            mark = Fact(
                key, agency_of(one.event), "school-absence", at, saying, {child: []}, {child: one.identifiers[0]}
            )
            rival = self.marks[child].get((held, half), mark)
            self.marks[child][held, half] = min(mark, rival, key=which_counts)

    def of_family(self, family: str) -> list[Fact]:
        """The facts about its children, marks left out."""
        return [fact for fact in self.facts if self.named_in(fact, family)]

    def named_in(self, fact: Fact, family: str) -> list[str]:
        """The children of the family that the fact names."""
        return [child for child in fact.parts if child in self.families[family]]

    def grade(self, fact: Fact, family: str) -> int:
        """The highest grade of the occurrence's live notifications that name a child of the family."""
        return max(
            GRADES[other.data["grade"]]
            for other in self.of_family(family)
            if other.is_notification and other.occurrence == fact.occurrence
        )

    def sessions(self, child: str, first: date, last: date, until: datetime) -> dict[Session, str]:
        """Each session the child has marks for, dated in these days and not after ``until``, with its class."""
        return {
            (day, half): str(mark.data["class"])
            for (day, half), mark in self.marks[child].items()
            if first <= day <= last and mark.at <= until
        }

    def marks_of(self, child: str, sessions: Iterable[Session]) -> set[tuple[Fact, str]]:
        """The marks that count in these sessions, as facts named."""
        return {(self.marks[child][session], child) for session in sessions}


CLASSES = ("unauthorised", "authorised", "excused", "present", "not possible")
"""In the order in which one counts before another, where two schools speak of one session."""


def class_of(code: str) -> str:
    for name, codes in zip(CLASSES, (UNAUTHORISED, AUTHORISED, EXCUSED, PRESENT), strict=False):
        if code in codes:
            return name
    return "not possible"


def which_counts(mark: Fact) -> tuple[int, tuple[str, ...]]:
    """Of several schools' marks for one session the first counts; of equal ones the first school's."""
    return CLASSES.index(mark.data["class"]), mark.key
