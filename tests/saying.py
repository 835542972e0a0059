"""Statements for tests: valid by default, saying only what matters. Times are given as local dates and hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from models.calendar.local_time import day_of, to_moment
from schemas.facts import Mark, Notification, Outcome, Part, Referral, Saying, Version
from schemas.identifiers import AgencyId, Day, FactKey, FamilyId, IdentifierId, Moment
from schemas.statements import InFamily, Marks, Named, Raw, SameChild, Statement

LONDON = ZoneInfo("Europe/London")
START = date(2026, 3, 2)  # a Monday

GRADES = {"green": 1, "amber": 2, "red": 3, None: None}
NO_RAW = Raw("", 0, 0, 0, None, b"", ())


def day(number: float) -> Day:
    """The n-th day from START."""
    return Day(day_of(START) + int(number))


def moment(number: float) -> Moment:
    """A moment: whole days from START and a fraction of the day, on the wall clock."""
    whole = START + timedelta(days=int(number // 1))
    seconds = round((number % 1) * 86_400)
    return to_moment(datetime.combine(whole, time(), LONDON) + timedelta(seconds=seconds))


def said(
    body: Saying | Marks | SameChild | InFamily,
    *,
    key: str,
    at: float,
    agency: str = "riverton-council",
    kind: Any = "referral",
    children: tuple[tuple[str, ...], ...] = (("a",),),
    parts: tuple[Part | None, ...] | None = None,
    recorded: float | None = None,
    event_id: str | None = None,
    retracted: bool = False,
) -> Statement:
    """A statement received ``at`` (days from START); recorded then too unless said otherwise."""
    version = Version(moment(at if recorded is None else recorded), event_id or f"{key}-{at}", f"urn:{agency}")
    named = tuple(
        Named(tuple(IdentifierId(name) for name in names), None if parts is None else parts[index])
        for index, names in enumerate(children)
    )
    digest = sha256(repr((version.recorded_at, version.event_id, key, retracted, children)).encode() + _bytes(body))
    return Statement(
        FactKey(key), AgencyId(agency), kind, version, digest.digest()[:16], moment(at), retracted, named, body, NO_RAW
    )


def referral(
    key: str = "r1", *, at: float, on: float | None = None, source: str = "3A", outcome: str | None = None,
    decided: float | None = None, **more: Any,
) -> Statement:  # fmt: skip
    """A referral dated ``on`` (default: when it was received)."""
    on = at if on is None else on
    decided = on if decided is None and outcome is not None else decided
    body = Referral(
        moment(on), day(on), source, "N1", outcome,
        None if decided is None else moment(decided), None if decided is None else day(decided), (), None, None,
    )  # fmt: skip
    return said(body, key=key, at=at, **more)


def notification(
    key: str = "n1", *, at: float, on: float | None = None, grade: str | None = "green", occurrence: str | None = None,
    notice: str = "PPN", concerns: tuple[str, ...] = (), **more: Any,
) -> Statement:  # fmt: skip
    """A police notification dated ``on`` (default: when it was received)."""
    on = at if on is None else on
    body = Notification(notice, moment(on), day(on), on_occurrence(key, occurrence), GRADES[grade], concerns, None)  # type: ignore[arg-type]
    children = more.get("children", (("a",),))
    parts = more.pop("parts", tuple(Part("subject", True, False) for _ in children))
    return said(body, key=key, at=at, agency="riverton-police", kind="police-notification", parts=parts, **more)


def on_occurrence(key: str, occurrence: str | None) -> str:
    """Notifications have an occurrence of their own unless told otherwise."""
    return occurrence or f"occurrence of {key}"


def outcome(
    key: str = "o1", *, at: float, on: float | None = None, what: str = "cin-plan-started", **more: Any
) -> Statement:
    """An outcome dated ``on`` (default: when it was received)."""
    body = Outcome(what, day(at if on is None else on), None, None)
    return said(body, key=key, at=at, kind="outcome", **more)


def marks(*told: tuple[float, int, str], at: float, child: str = "a", school: str = "123456", **more: Any) -> Statement:
    """School marks: (day, 0 for AM or 1 for PM, code)."""
    body = Marks(school, tuple(Mark(day(on), session, code) for on, session, code in told))  # type: ignore[arg-type]
    key = more.pop("key", child)
    return said(body, key=key, at=at, agency="oakfield", kind="school-absence", children=((child,),), **more)


def same_child(key: str, *identifiers: str, at: float, **more: Any) -> Statement:
    """A same-child link."""
    body = SameChild(tuple(IdentifierId(name) for name in identifiers))
    return said(body, key=key, at=at, kind="family-link", children=(identifiers,), **more)


def in_family(key: str, identifier: str, family: str, *, at: float, **more: Any) -> Statement:
    """An in-family link."""
    body = InFamily(IdentifierId(identifier), FamilyId(family))
    return said(body, key=key, at=at, kind="family-link", children=((identifier,),), **more)


def _bytes(body: object) -> bytes:
    import msgspec

    return msgspec.msgpack.encode(body)
