"""A plan, and a report in which everything holds: a test spoils what it is about."""

from __future__ import annotations

from msgspec.structs import replace

from models.learning.adopting import Rails
from models.learning.evidence import Counts, GroupCounts
from models.learning.gate import PAPERS, GatePlan, GateReport, Missing, find_missing, hash_gate_plan
from models.learning.measures.interval import Interval
from models.learning.specification import hash_specification
from schemas.identifiers import Day
from tests.unit.learning.rows import FIRST_DAY, SPECIFICATION

TODAY = Day(FIRST_DAY + 10)
PLAN = GatePlan(
    specification=hash_specification(SPECIFICATION),
    label="first plan within 90 days",
    cohort="episodes of families below a plan",
    decides="principal social worker",
    yields="calibration",
    one_feature_rule="contacts",
    horizon_days=90,
    per_day=8,
    alpha=0.05,
    precision_bar=0.4,
    recall_bar=0.2,
    average_precision_bar=0.3,
    positives_at_the_look=200,
    fewest_prompts=300,
    fewest_group_positives=20,
    most_missed_difference=0.1,
    days_within_capacity=0.95,
)
RAILS = Rails(
    step_bound=0.05,
    total_bound=0.2,
    precision_bar=0.4,
    alpha=0.05,
    most_missed_difference=0.1,
    group_report_days=92,
)


def a_report(**said: object) -> GateReport:
    """A report that passes."""
    told = {
        "plan": hash_gate_plan(PLAN),
        "specification": PLAN.specification,
        "version": "0123456789abcdef",
        "until": FIRST_DAY,
        "prompts": Counts(200, 320),
        "recall": Counts(200, 500),
        "average_precision": Interval(0.31, 0.4),
        "looks_at_average_precision": 1,
        "matured_positives": 500,
        "evidence_against_rule": 25.0,
        "evidence_against_incumbent": None,
        "has_incumbent": False,
        "true_positives": 90,
        "true_positives_of_rules": 70,
        "groups": (a_group(),),
        "accepted_groups": (),
        "slope": Interval(0.9, 1.1),
        "days_within_capacity": Counts(99, 100),
        "papers": dict.fromkeys(PAPERS, ()),
        "rails": RAILS,
        **said,
    }
    return GateReport(**told)  # type: ignore[arg-type]


def a_group(missed: int = 100, of: int = 400) -> GroupCounts:
    """A group whose children are missed as often as others, unless it is said otherwise."""
    return GroupCounts(trait="area", group="north", missed=Counts(missed, of), others=Counts(110, 400))


def ask(
    report: GateReport, *, plan: GatePlan = PLAN, registered: str | None = "as it is", signed_by: str | None = "A. Name"
) -> tuple[Missing, ...]:
    """What is missing, with the plan registered unless it is said otherwise."""
    known = hash_gate_plan(PLAN) if registered == "as it is" else registered
    return find_missing(plan, known, report, today=TODAY, signed_by=signed_by)


def another_plan(**said: object) -> GatePlan:
    """The plan, changed afterwards."""
    return replace(PLAN, **said)  # type: ignore[arg-type]
