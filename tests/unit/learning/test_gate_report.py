"""The report for the gate says what the evaluation measured, and leaves open what it could not."""

from __future__ import annotations

from msgspec.structs import replace

from models.learning.canonical import to_canonical
from models.learning.contest import LEARNER, RULE
from models.learning.evidence import Counts
from models.learning.gate import find_missing, hash_gate_plan
from models.learning.gate_report import make_report
from models.learning.measures.groups import measure_groups
from models.learning.specification import hash_specification
from tests.unit.learning.gating import PLAN, RAILS
from tests.unit.learning.making import a_plan, evaluate, throw_examples

DAY = 86_400_000_000
EXAMPLES = tuple(
    replace(one, t_event=one.t_event * DAY // 4, t_label=None if one.t_label is None else one.t_label * DAY // 4)
    for one in throw_examples(rows=800)
)
DAILY = a_plan(per_day=PLAN.per_day)
HELD, FIGURES = evaluate(EXAMPLES, DAILY)


def test_the_figures_are_the_evaluations() -> None:
    report = make_report(PLAN, "a version", HELD, FIGURES, DAILY, None, {"model card": ()}, looks=2, rails=RAILS)
    learner = FIGURES.of(LEARNER)
    assert report.plan == hash_gate_plan(PLAN)
    assert report.specification == hash_specification(HELD.specification)
    assert report.version == "a version"
    assert report.prompts == Counts(learner.at_capacity.precision.hits, learner.at_capacity.precision.of)
    assert report.recall == Counts(learner.at_capacity.recall.hits, learner.at_capacity.recall.of)
    assert report.average_precision == learner.average_precision.interval
    assert report.looks_at_average_precision == 2
    assert report.matured_positives == FIGURES.measured_positives > 0
    assert report.evidence_against_rule == FIGURES.of(RULE).evidence_ahead
    assert learner.calibration.slope is not None
    assert report.slope == learner.calibration.slope.interval
    assert (report.papers, report.rails) == ({"model card": ()}, RAILS)


def test_under_another_capacity_than_the_plans_no_rate_is_told() -> None:
    other = a_plan(per_day=PLAN.per_day + 1)
    report = make_report(PLAN, "a version", HELD, FIGURES, other, None, {})
    assert (report.prompts, report.recall, report.days_within_capacity) == (None, None, None)
    told = {one.what for one in find_missing(PLAN, hash_gate_plan(PLAN), report, today=report.until, signed_by="A")}
    assert {"precision was not measured", "recall was not measured", "no day was compared with the capacity"} <= told


def test_a_group_is_told_beside_everybody_else_or_not_at_all() -> None:
    groups = {"area": ["north"] * 300 + ["south"] * 300 + ["west"] * 30}
    labels = [number % 3 == 0 for number in range(630)]
    prompted = [number % 2 == 0 for number in range(630)]
    figures = replace(FIGURES, groups=measure_groups(groups, prompted, labels))
    report = make_report(PLAN, "a version", HELD, figures, DAILY, None, {})
    north, south, west = report.groups
    assert (west.missed, west.others) == (None, None)  # ten positives are too few, and with them the next smallest
    told = north if north.missed is not None else south
    assert told.missed == Counts(50, 100)
    assert told.others == Counts(55, 110)


def test_where_no_positive_was_measured_no_average_precision_is_told() -> None:
    held, figures = evaluate([replace(one, label=False) for one in EXAMPLES], DAILY)
    report = make_report(PLAN, "a version", held, figures, DAILY, None, {})
    assert (report.average_precision, report.slope, report.matured_positives) == (None, None, 0)
    assert to_canonical(report)
