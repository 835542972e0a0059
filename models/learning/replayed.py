"""What families told the learner in a replay, as examples: how a row was scored, and what became of it.

The two records of a row come months apart. That their features agree to the bit is what was promised when they were
frozen; it is looked at here, because a label that could reach back into them would make every figure a lie.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from models.calendar.local_time import local_day, midnight
from models.family.episodes import HORIZON_DAYS
from models.learning.examples import Example, put_in_order
from schemas.examples import Matured, Scored
from schemas.identifiers import FamilyId, Moment


class ContradictingRowsError(ValueError):
    """A row whose records do not agree with each other. Its message names the row's id alone.

    Operator: the families' process has a bug, or somebody has changed the records; nothing here may be trusted.
    """


class Replayed(Struct, frozen=True, kw_only=True):
    """The rows in order of time. ``states`` counts them by what became of them, ``pending`` included; ``rule_at`` is
    when a rule first put the family to the desk, from a row's beginning to its horizon."""

    examples: tuple[Example, ...]
    states: dict[str, int]
    prompted: dict[str, int]
    rule_at: dict[str, Moment]

    def __repr__(self) -> str:
        return "Replayed(...)"


def leave_out_unscored(told: Iterable[Scored | Matured]) -> list[Scored | Matured]:
    """These without the labels of rows whose scoring is not among them.

    No model was asked when they began, or the scoring's retention is over: nothing was said that could be measured.
    """
    known = list(told)
    scored = {one.row for one in known if isinstance(one, Scored)}
    return [one for one in known if one.row in scored]


def join(told: Iterable[Scored | Matured], raised: Iterable[tuple[FamilyId, Moment]]) -> Replayed:
    """The rows that were told; ``raised`` are the candidates of rules, for review. Raises ContradictingRowsError."""
    scored: dict[str, Scored] = {}
    matured: dict[str, Matured] = {}
    for one in told:
        if isinstance(one, Scored):
            scored.setdefault(one.row, one)  # the first scoring opened the row; a live model may be asked again
        elif matured.setdefault(one.row, one) != one:
            raise ContradictingRowsError(f"the row {one.row} has two labels")
    if unknown := matured.keys() - scored.keys():
        raise ContradictingRowsError(f"the row {min(unknown)} has a label and was never scored")
    examples, _ = put_in_order(_example(one, matured.get(row)) for row, one in scored.items())
    return Replayed(
        examples=examples,
        states=dict(sorted(Counter(_state(matured.get(row)) for row in scored).items())),
        prompted=dict(sorted(Counter(one.prompted for one in matured.values()).items())),
        rule_at=_first_raised(scored, matured, raised),
    )


def _example(scored: Scored, matured: Matured | None) -> Example:
    if matured is None:
        return Example(
            id=scored.row,
            t_event=scored.at,
            t_label=None,
            label=None,
            features=scored.features,
            family=str(scored.family),
        )
    if (matured.features, matured.feature_list, matured.began_in) != (
        scored.features,
        scored.feature_list,
        scored.family,
    ):
        raise ContradictingRowsError(f"the row {scored.row} was not kept as it was scored")
    is_known = matured.state in {"positive", "negative"}
    return Example(
        id=scored.row,
        t_event=scored.at,
        t_label=matured.at if is_known else None,
        label=matured.state == "positive" if is_known else None,
        features=scored.features,
        family=str(matured.family),
        t_outcome=None if matured.outcome_on is None else midnight(matured.outcome_on),
    )


def _state(matured: Matured | None) -> str:
    return "pending" if matured is None else matured.state


def _first_raised(
    scored: Mapping[str, Scored], matured: Mapping[str, Matured], raised: Iterable[tuple[FamilyId, Moment]]
) -> dict[str, Moment]:
    """When a rule first put a row's family to the desk, whichever of the families that the row was in that was."""
    moments: dict[FamilyId, list[Moment]] = defaultdict(list)
    for family, at in sorted(raised):
        moments[family].append(at)
    first = {}
    for row, one in scored.items():
        label = matured.get(row)
        families = (one.family,) if label is None else (*label.was_in, label.family)
        known = sorted(moment for family in families for moment in moments.get(family, ()))
        place = bisect_left(known, one.at)
        if place < len(known) and local_day(known[place]) - local_day(one.at) <= HORIZON_DAYS:
            first[row] = known[place]
    return first
