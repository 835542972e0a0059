"""Episodes: the rows that a model is learned from and measured by, frozen when they begin, labelled when they are over.

A row opens when a referral or police notification that is new to the family reaches it after at least 28 quiet days,
unless a plan or placement says that its need is known already. Several events of a few weeks share one outcome: one row
an episode keeps intervals honest (LEARNING section 5). What is known at that moment is written down and never looked up
again: features worked out anew at label time would know the answer.

The label is final at the midnight that begins the 104th day after: 90 days in which an outcome counts, 14 in which it
may still be told or corrected. It goes by the newest statements then known:

* **void** if a child with a story left or joined the family by a link in between, so that the features describe nobody
  (a story that went whole took its rows along: ``models.family.row_moves``);
  or if a plan or placement is known by then to have been open already on the day of the row, which was told too late;
* **censored** if a child died or was moved to another authority (closure reasons RC2, RC5) before any outcome that
  would count: nobody can know any more, and "no outcome" would be a lie;
* **positive** if a child that the family had then began a child in need plan, a child protection plan or a placement,
  dated after the day of the row and at most 90 days after it; else **negative**.

Nothing here hangs on a model: the same events give the same rows whichever was in force, or none.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.family.features import FEATURE_LIST, describe
from models.family.state import FamilyState, Row
from models.family.view import Plan, View
from models.ids import derive
from schemas.events import Told
from schemas.examples import Matured, PromptedBy, RowState
from schemas.facts import Outcome, Referral
from schemas.identifiers import ChildId, Day, FamilyId, Moment

QUIET_DAYS: Final = 28
HORIZON_DAYS: Final = 90
GRACE_DAYS: Final = 14
MOST_PENDING: Final = 4
"""104 days hold no more beginnings that are more than 28 days apart."""

NEED: Final = frozenset({"cin-plan", "cp-plan", "looked-after"})
"""What counts as need that was recorded: child in need and child protection plans, placements."""
LEFT: Final = frozenset({"RC2", "RC5"})
"""Reasons for closure that end what can be known: the child died, or went to another authority (DOMAIN 2.1)."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[float, ...]).decode


class Label(Struct, frozen=True):
    """What became of a row; ``on`` is the day of the outcome that made it positive."""

    state: RowState
    on: Day | None = None


def row_id(family: FamilyId, row: Row) -> str:
    """Derived from the family it began in and the moment: a family opens no two at one, and a replay gives the same.

    ``family`` is the one that it is in now.
    """
    return derive("example", row.was_in[0] if row.was_in else family, row.opened_at)


def raw_of(row: Row) -> tuple[float, ...]:
    """The raw values of a row."""
    return _unpack(row.features)


def matures_on(row: Row) -> Day:
    """The local day on which the label of a row is final."""
    return Day(row.on + HORIZON_DAYS + GRACE_DAYS)


def matures_at(row: Row) -> Moment:
    """The midnight that begins it."""
    return midnight(matures_on(row))


def open_row(before: FamilyState, after: FamilyState, told: Told) -> FamilyState:
    """The story with a row opened, if this statement begins an episode; else the same story.

    ``before`` and ``after`` are the family without and with what was told, both at the present moment.
    """
    if told.saying is None or told.kind not in {"referral", "police-notification"} or not told.named:
        return after
    today = local_day(after.clock)
    if after.rows and _is_young_or_full(after.rows, today):
        return after
    if any(told.fact in strand.facts for strand in before.strands.values()):
        return after
    view = View(after)
    if view.concern(told.fact) is None or any(plan.plan in NEED for plan in view.open_plans()):
        return after
    row = Row(
        opened_at=after.clock,
        on=today,
        feature_list=FEATURE_LIST,
        features=pack_features(describe(view, after.clock)),
        who=tuple(sorted(after.strands)),
    )
    return replace(after, rows=(*after.rows, row))


def _is_young_or_full(rows: tuple[Row, ...], today: Day) -> bool:
    """Whether these rows keep others from opening. One that came from another family and is void tells of none here."""
    told_here = [row for row in rows if not (row.is_void and row.was_in)]
    return bool(told_here) and (today - told_here[-1].on <= QUIET_DAYS or len(told_here) >= MOST_PENDING)


def pack_features(raw: tuple[float, ...]) -> bytes:
    """Raw values in few bytes: most are small whole numbers. ``raw_of`` gives back the same bits."""
    return _pack([int(value) if value.is_integer() else value for value in raw])


def note_prompt(state: FamilyState, by: PromptedBy) -> FamilyState:
    """The story that knows that a prompt was raised now: every row within its horizon is prompted by it.

    One that the event raised which opened the row counts, too. A model's word outweighs a rule's.
    """
    if not state.rows:
        return state
    today = local_day(state.clock)
    rows = tuple(
        replace(row, prompted=by)
        if today - row.on <= HORIZON_DAYS and (row.prompted == "none" or by == "model")
        else row
        for row in state.rows
    )
    return state if rows == state.rows else replace(state, rows=rows)


def close_rows(state: FamilyState) -> tuple[FamilyState, tuple[Matured, ...]]:
    """The story without the rows whose labels are final now, and these rows with their labels."""
    if not state.rows or matures_at(state.rows[0]) > state.clock:
        return state, ()
    view = View(state)
    due = tuple(row for row in state.rows if matures_at(row) <= state.clock)
    return replace(state, rows=state.rows[len(due) :]), tuple(_matured(view, row) for row in due)


def _matured(view: View, row: Row) -> Matured:
    label = Label("void") if row.is_void else label_of(view, row)
    return Matured(
        row=row_id(view.family, row),
        family=view.family,
        at=matures_at(row),
        day=matures_on(row),
        state=label.state,
        outcome_on=label.on,
        prompted=row.prompted,
        feature_list=row.feature_list,
        features=raw_of(row),
        was_in=row.was_in,
    )


def label_of(view: View, row: Row) -> Label:
    """What became of the children that the family had, by what is known now."""
    strands = view.state.strands
    children = {strands[identifier].child for identifier in row.who if identifier in strands}
    plans = [plan for plan in view.plans() if plan.plan in NEED and plan.child in children]
    if any(plan.is_open(row.on) for plan in plans):
        return Label("void")
    began = min((plan.on for plan in plans if _is_within(plan, row)), default=None)
    left = min(
        (on for child in children for on in _left(view, child) if 0 <= on - row.on <= HORIZON_DAYS), default=None
    )
    if left is not None and (began is None or left < began):
        return Label("censored")
    return Label("negative") if began is None else Label("positive", began)


def _is_within(plan: Plan, row: Row) -> bool:
    return 0 < plan.on - row.on <= HORIZON_DAYS


def _left(view: View, child: ChildId) -> list[Day]:
    """The days on which a child died, or went to another authority."""
    days: list[Day] = []
    for _, known in view.facts(child):
        saying = known.saying
        if isinstance(saying, Outcome) and saying.kind == "case-closed" and saying.result in LEFT:
            days.append(saying.on)
        elif isinstance(saying, Referral) and saying.closure_reason in LEFT and saying.closed_on is not None:
            days.append(saying.closed_on)
    return days
