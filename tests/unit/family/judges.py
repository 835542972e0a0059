"""Real snapshots with weights that a test chooses, and hubs that ask them."""

from __future__ import annotations

from msgspec.structs import replace

from models.family.features import FEATURES
from models.hub.sequence import Sequence
from models.learning.judge import SnapshotJudge
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import Snapshot, begin, check_body
from schemas.desk_events import Raised
from schemas.examples import Mode, Scored
from schemas.statements import Statement
from tests.telling import hub

WEIGHTS = {
    "police-90": 1.7351, "days-since-concern": 0.6183, "unauthorised-28": 1.1237, "early-help-open": -0.5419,
    "no-need-found-365": -0.8123, "enquiries-365": 0.9137, "missing-365": 1.3319, "referrals-365": 0.7717,
}  # fmt: skip


def a_snapshot(weights: dict[str, float] | None = None) -> Snapshot:
    """A snapshot of the registered specification with these weights, and 0 for all others."""
    body = begin(NEED_WITHIN_90_DAYS, {"river": "test", "python": "test"}).body
    chosen = {feature.name: 0.0 for feature in FEATURES} | (WEIGHTS if weights is None else weights)
    body = replace(body, weights=chosen)
    check_body(body)
    return Snapshot(body)


def a_judge(
    mode: Mode = "live", threshold: float | None = 0.05, weights: dict[str, float] | None = None
) -> SnapshotJudge:
    return SnapshotJudge(a_snapshot(weights), mode, threshold)


def judged(*told: Statement, judge: object = None) -> Sequence:
    """A hub that was told this while this judge was in force, by default a live one."""
    sequence = hub()
    sequence.judge = judge or a_judge()  # type: ignore[assignment]
    for statement in told:
        sequence.hear(statement)
    return sequence


def scored(told: Sequence) -> list[Scored]:
    return [example for example in told.examples if isinstance(example, Scored)]


def raised_by_model(told: Sequence) -> list[Raised]:
    return [event for event in told.told_to_desk if isinstance(event, Raised) and event.reason.model is not None]
