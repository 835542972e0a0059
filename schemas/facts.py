"""What partners say about a child, in our own words: the closed vocabulary of facts.

Made by ``streams.intake`` from a partner's wire event, kept in ``models.family`` state, so the field order is a
stored format (array-like MessagePack): append only, and bump ``FAMILY_STATE_VERSION`` otherwise.
Local dates (``Day``) are made once, at the door, in Europe/London.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.identifiers import Day, FactKey, Moment

WireKind: TypeAlias = Literal["referral", "school-absence", "police-notification", "outcome", "family-link"]
"""The five kinds that partners publish (EVENTS section 2)."""

Grade: TypeAlias = Literal[1, 2, 3]
"""Grade of a notification: 1 green or standard, 2 amber or medium, 3 red or high."""

Session: TypeAlias = Literal[0, 1]
"""Half a school day: 0 is AM (counts as 00:00), 1 is PM (12:00)."""


class Version(Struct, frozen=True, gc=False, order=True, array_like=True):
    """Which of two statements under one natural key is the later: greatest time, then id, then source."""

    recorded_at: Moment
    event_id: str
    source: str

    def __repr__(self) -> str:
        return "Version(...)"


class Referral(Struct, frozen=True, gc=False, array_like=True, tag="r"):
    """Somebody asked services to look at a child."""

    referred_at: Moment
    on: Day
    source_code: str
    primary_need: str | None
    outcome: str | None
    decided_at: Moment | None
    decided_on: Day | None
    factors: tuple[str, ...]
    closed_on: Day | None
    closure_reason: str | None

    def __repr__(self) -> str:
        return "Referral(...)"


class Missing(Struct, frozen=True, gc=False, array_like=True):
    """A missing episode: category M (missing) or A (away without authorisation)."""

    category: str
    started_at: Moment
    started_on: Day
    ended_at: Moment | None
    ended_on: Day | None

    def __repr__(self) -> str:
        return "Missing(...)"


class Notification(Struct, frozen=True, gc=False, array_like=True, tag="n"):
    """The police told of an incident. Several notifications may share one ``occurrence`` (a pseudonym)."""

    notice_type: str
    occurred_at: Moment
    on: Day
    occurrence: str
    grade: Grade | None
    concerns: tuple[str, ...]
    missing: Missing | None

    def __repr__(self) -> str:
        return "Notification(...)"


class Outcome(Struct, frozen=True, gc=False, array_like=True, tag="o"):
    """What services found or did later: an assessment, a plan, a placement, a closure."""

    kind: str
    on: Day
    result: str | None
    referral: FactKey | None

    def __repr__(self) -> str:
        return "Outcome(...)"


Saying: TypeAlias = Referral | Notification | Outcome
"""A statement with a natural key of its own; school marks are kept apart, in weeks."""


class Part(Struct, frozen=True, gc=False, array_like=True):
    """How a police notification names one child."""

    role: str
    present: bool
    spoken_to: bool

    def __repr__(self) -> str:
        return "Part(...)"


class Mark(Struct, frozen=True, gc=False, array_like=True):
    """One child, one session, one register code."""

    on: Day
    session: Session
    code: str

    def __repr__(self) -> str:
        return "Mark(...)"
