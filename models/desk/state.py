"""What is remembered of a desk, and nothing else about it anywhere.

A desk is one story for a whole hub: every prompt that is not closed, of all teams, and of each closed one as much as is
needed to open it again for some weeks and to know it again for as long as facts are kept. Everything else in here
(who is due when, who waits, which prompt holds a reason) follows from the prompts and is kept only because looking it
up must be quick; it is not stored. ``models.desk.keeping`` is the one place that keeps the two in step.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from models.desk.shelf import Shelf
from models.freshness.heard import FeedDays
from schemas.identifiers import ChildId, Day, FamilyId, Moment, PromptId, ReasonId, TeamId
from schemas.prompts import NotKnown, PromptKind, PromptStatus, Reason, SpeaksAgainst

TAKING_UP: Final = frozenset({"acknowledged", "assigned"})
"""Actions by which somebody says that the prompt is theirs."""


class HeldReason(Struct, frozen=True, array_like=True):
    """A reason as last stated. ``reason`` None: it no longer holds, but may again."""

    id: ReasonId
    since: Moment
    question: str
    children: tuple[ChildId, ...]
    reason: Reason | None

    def __repr__(self) -> str:
        return f"HeldReason({self.id})"


class TakenAction(Struct, frozen=True, array_like=True):
    """An action once told: accepted or refused, and whether it was taken back."""

    id: str
    action: str
    by: str
    at: Moment
    accepted: bool
    withdrawn: bool = False

    def __repr__(self) -> str:
        return f"TakenAction({self.action})"


class HeldPrompt(Struct, frozen=True, array_like=True):
    """A prompt as the desk holds it.

    ``said`` are the family's own notes, renewed by each reason; ``notes`` what the desk added, oldest first.
    ``was_opened``: it has been open and so has used its place in the budget. ``reasons_grew_at``: the revision that
    last gained a reason. ``moved_by``: the action that gave the present status, ``moved_from`` the status before.
    Snoozed without ``snoozed_until``, it sleeps until something new happens.
    """

    id: PromptId
    revision: int
    family: FamilyId
    kind: PromptKind
    team: TeamId
    status: PromptStatus
    question: str
    reasons: tuple[HeldReason, ...]
    speaks_against: tuple[SpeaksAgainst, ...]
    not_known: tuple[NotKnown, ...]
    said: tuple[str, ...]
    raised_at: Moment
    due_at: Moment
    updated_at: Moment
    notes: tuple[str, ...] = ()
    basis_changed: bool = False
    was_opened: bool = False
    reasons_grew_at: int = 1
    snoozed_until: Moment | None = None
    closes_at: Moment | None = None
    moved_by: str | None = None
    moved_from: PromptStatus | None = None
    actions: tuple[TakenAction, ...] = ()

    def __repr__(self) -> str:
        return f"HeldPrompt({self.id}, revision {self.revision})"


class ClosedPrompt(Struct, frozen=True, array_like=True):
    """What is kept of a closed prompt. ``body`` is the prompt whole (packed), as long as it can be reopened."""

    id: PromptId
    family: FamilyId
    kind: PromptKind
    revision: int
    due_at: Moment
    closed_on: Day
    reasons: tuple[ReasonId, ...]
    actions: tuple[str, ...]
    body: bytes | None

    def __repr__(self) -> str:
        return f"ClosedPrompt({self.id})"


class DayOfClosings(Struct, frozen=True, array_like=True):
    """The prompts that were closed on one local day; ``has_bodies`` while they can be reopened."""

    day: Day
    prompts: tuple[PromptId, ...]
    has_bodies: bool


class Opened(Struct, frozen=True, array_like=True):
    """How many prompts opened for a team on one local day, counted against its budget."""

    team: TeamId
    day: Day
    count: int


Queue = tuple[tuple[Moment, PromptId], ...]
"""Prompts that wait above a team's budget, oldest first."""

Agenda = tuple[tuple[Moment, int, PromptId], ...]
"""What time will do to prompts, soonest first: moment, CLOSES or WAKES, prompt."""

CLOSES: Final = 0
WAKES: Final = 1
"""At one moment prompts close first (EVENTS section 4, *Time*), then snoozed ones come back, then waiting ones open."""


class DeskState(Struct, frozen=True, kw_only=True):
    """One hub's desk.

    ``clock`` is the latest moment told; it never goes back. ``day`` is the local day whose budget the waiting prompts
    were let into. ``raised`` and ``forgotten`` count prompts since the desk began: raised = live + closed + forgotten.
    ``heard`` are the days on which each feed was heard.
    """

    clock: Moment = Moment(0)
    day: Day = Day(0)
    live: Shelf[HeldPrompt] = Shelf()
    closed: Shelf[ClosedPrompt] = Shelf()
    closings: tuple[DayOfClosings, ...] = ()
    opened: tuple[Opened, ...] = ()
    raised: int = 0
    forgotten: int = 0
    heard: FeedDays = {}
    # From here on everything follows from the prompts.
    by_family: Shelf[PromptId] = Shelf()
    by_reason: Shelf[PromptId] = Shelf()
    queues: tuple[tuple[TeamId, Queue], ...] = ()
    agenda: Agenda = ()

    def __repr__(self) -> str:
        return f"DeskState({len(self.live)} live, {len(self.closed)} closed)"


class Counts(Struct, frozen=True, kw_only=True):
    """Every prompt that was ever raised, by where it is now: ``raised`` is the sum of the others up to ``forgotten``.

    ``overdue`` are those open or waiting that nobody took up by their due time.
    """

    raised: int
    open: int
    waiting: int
    snoozed: int
    closed: int
    forgotten: int
    overdue: int


def counts(desk: DeskState) -> Counts:
    """How many prompts there are in each status. Looks at every live prompt: for metrics, once in a while."""
    statuses = [held.status for held in desk.live]
    return Counts(
        raised=desk.raised,
        open=statuses.count("open"),
        waiting=statuses.count("waiting"),
        snoozed=statuses.count("snoozed"),
        closed=len(desk.closed),
        forgotten=desk.forgotten,
        overdue=sum(is_overdue(held, desk.clock) for held in desk.live),
    )


def is_overdue(held: HeldPrompt, now: Moment) -> bool:
    """Whether this prompt is in sight and past its due time, and nobody has taken it up."""
    return held.status in {"open", "waiting"} and held.due_at <= now and not is_taken_up(held)


def is_taken_up(held: HeldPrompt) -> bool:
    """Whether somebody has acknowledged this prompt or was assigned to it, and has not taken that back."""
    return any(taken.accepted and not taken.withdrawn and taken.action in TAKING_UP for taken in held.actions)


def oldest_open(desk: DeskState) -> Moment | None:
    """When the oldest prompt was raised that is open; None if none is. Looks at every live prompt, as ``counts``."""
    return min((held.raised_at for held in desk.live if held.status == "open"), default=None)


def live_prompt(desk: DeskState, family: FamilyId, kind: PromptKind) -> HeldPrompt | None:
    """The prompt of this family and kind that is not closed; there is at most one."""
    prompt_id = desk.by_family.get(family_key(family, kind))
    return None if prompt_id is None else desk.live.get(prompt_id)


def family_key(family: FamilyId, kind: PromptKind) -> str:
    """Under which a live prompt is found by family and kind."""
    return f"{kind} {family}"


def queue_of(desk: DeskState, team: TeamId) -> Queue:
    """The prompts that wait for room in this team's budget, oldest first."""
    return next((queue for one, queue in desk.queues if one == team), ())
