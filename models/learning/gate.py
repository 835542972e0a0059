"""The gate: what must hold before a model may prompt anybody.

The plan is registered before the first label and never changed; its hash is in the audit and in the report. The report
is made from rows that were scored in shadow. ``find_missing`` names everything that does not hold, not only the first:
whoever has to sign must see the whole of it. The ninth condition is a person: nothing here lets a model in.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import Struct

from models.learning.adopting import Rails
from models.learning.canonical import hash_of, to_canonical
from models.learning.evidence import Counts, GroupCounts
from models.learning.measures.anytime import confidence_sequence
from models.learning.measures.interval import Interval
from models.learning.measures.proportions import newcombe
from schemas.identifiers import Day

NOT_FILLED: Final = "REQUIRED: not filled"
"""What cards, ATRS records and plans say where somebody still has to write."""

PAPERS: Final = ("ATRS record", "model card", "proxy audit")
ENOUGH_EVIDENCE: Final = 20.0
"""An e-value of 20: at most one in twenty worse models would ever reach it, at any look."""

Condition: TypeAlias = Literal[
    "plan", "precision", "recall", "average precision", "better", "groups", "slope", "capacity", "papers", "sign-off"
]
"""``plan``, then the nine of the design in their order."""


class GatePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is fixed beforehand. ``specification`` is the recipe's hash; bars are lower bounds, from 0 to 1."""

    specification: str
    label: str
    cohort: str
    decides: str
    """Who may sign, by office."""
    yields: str
    """Where base rates differ, equal rates exclude calibration: which of them gives way."""
    one_feature_rule: str
    horizon_days: int
    per_day: int
    alpha: float
    precision_bar: float
    recall_bar: float
    average_precision_bar: float
    positives_at_the_look: int
    """Average precision is looked at once, when so many positives have matured."""
    fewest_prompts: int
    fewest_group_positives: int
    most_missed_difference: float
    days_within_capacity: float


class AcceptedGroup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of which too little is known, accepted by the signatory in writing until a day, that day included."""

    trait: str
    group: str
    by: str
    because: str
    until: Day


class GateReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured by a plan, and the rails that the signatory would set. None: not measured."""

    plan: str
    specification: str
    version: str
    """The snapshot that would be signed for."""
    until: Day
    """The last day on which a row that is counted here was scored."""
    prompts: Counts | None
    """Those that would have been, within the daily room: true positives among them."""
    recall: Counts | None
    average_precision: Interval | None
    looks_at_average_precision: int
    matured_positives: int
    evidence_against_rule: float | None
    evidence_against_incumbent: float | None
    has_incumbent: bool
    true_positives: int | None
    """At the load of the rules alone; beside it those of the rules."""
    true_positives_of_rules: int | None
    groups: tuple[GroupCounts, ...]
    accepted_groups: tuple[AcceptedGroup, ...]
    slope: Interval | None
    days_within_capacity: Counts | None
    papers: dict[str, tuple[str, ...]]
    """The fields that are not filled yet, by paper."""
    rails: Rails | None


class Missing(Struct, frozen=True):
    """What does not hold, in words that say what to do."""

    condition: Condition
    what: str


def hash_gate_plan(plan: GatePlan) -> str:
    """The name of a plan: 16 hexadecimal digits."""
    return hash_of(to_canonical(plan))


def hash_report(report: GateReport) -> str:
    """The name of a report, by which a head says that it passed."""
    return hash_of(to_canonical(report))


def find_missing(
    plan: GatePlan, registered: str | None, report: GateReport, *, today: Day, signed_by: str | None
) -> tuple[Missing, ...]:
    """Everything that does not hold; empty only where all nine conditions do. ``registered`` is the plan's hash."""
    asked: tuple[tuple[Condition, list[str]], ...] = (
        ("plan", _ask_plan(plan, registered, report)),
        ("precision", _ask_precision(plan, report)),
        ("recall", _ask_rate("recall", report.recall, plan.recall_bar, plan.alpha)),
        ("average precision", _ask_average_precision(plan, report)),
        ("better", _ask_better(report)),
        ("groups", _ask_groups(plan, report, today)),
        ("slope", _ask_slope(report)),
        ("capacity", _ask_capacity(plan, report)),
        ("papers", _ask_papers(report)),
        ("sign-off", [] if _is_filled(signed_by) else ["a named person has to sign"]),
    )
    return tuple(Missing(condition, what) for condition, found in asked for what in found)


def _ask_plan(plan: GatePlan, registered: str | None, report: GateReport) -> list[str]:
    found = [] if registered is not None else ["no plan was registered before the first label"]
    if registered is not None and hash_gate_plan(plan) != registered:
        found.append("the plan is not the one that was registered")
    if report.plan != hash_gate_plan(plan):
        found.append("the report was made by another plan")
    if report.specification != plan.specification:
        found.append("the report is about another specification")
    texts = ("specification", "label", "cohort", "decides", "yields", "one_feature_rule")
    unfilled = (name for name in texts if not _is_filled(getattr(plan, name)))
    found.extend(f"the plan does not say {name.replace('_', ' ')}" for name in unfilled)
    if not 0 < plan.alpha < 1 or plan.positives_at_the_look < 1 or plan.horizon_days < 1 or plan.per_day < 1:
        found.append("the plan has a number that cannot be meant")
    if report.rails is None:
        found.append("the report does not say the bounds of the guard rails")
    return found


def _ask_precision(plan: GatePlan, report: GateReport) -> list[str]:
    found = _ask_rate("precision", report.prompts, plan.precision_bar, plan.alpha)
    if report.prompts is not None and report.prompts.of < plan.fewest_prompts:
        found.append(f"{report.prompts.of} prompts would have been; the plan needs {plan.fewest_prompts}")
    return found


def _ask_rate(name: str, counts: Counts | None, bar: float, alpha: float) -> list[str]:
    """Looked at as often as anybody likes: the bound holds at every look."""
    if counts is None:
        return [f"{name} was not measured"]
    low = confidence_sequence(counts.hits, counts.of, alpha).low
    return [] if low >= bar else [f"{name} is at least {low:.3f}; the plan needs {bar:.3f}"]


def _ask_average_precision(plan: GatePlan, report: GateReport) -> list[str]:
    """No confidence sequence is known for it, so it may be looked at once."""
    found = []
    if report.average_precision is None or report.looks_at_average_precision < 1:
        found.append("average precision was not measured")
    elif not report.average_precision.low >= plan.average_precision_bar:  # NaN too
        found.append(
            f"average precision is at least {report.average_precision.low:.3f};"
            f" the plan needs {plan.average_precision_bar:.3f}"
        )
    if report.looks_at_average_precision > 1:
        found.append("average precision was looked at more than once; it needs a new plan and new rows")
    if report.matured_positives < plan.positives_at_the_look:
        found.append(f"{report.matured_positives} positives have matured; the plan needs {plan.positives_at_the_look}")
    return found


def _ask_better(report: GateReport) -> list[str]:
    found = _ask_evidence("one-feature rule", report.evidence_against_rule)
    if report.has_incumbent:
        found += _ask_evidence("incumbent", report.evidence_against_incumbent)
    if report.true_positives is None or report.true_positives_of_rules is None:
        found.append("the rules alone were not compared at equal load")
    elif report.true_positives <= report.true_positives_of_rules:
        found.append("it finds no more than the rules alone at equal load")
    return found


def _ask_evidence(whom: str, evidence: float | None) -> list[str]:
    if evidence is None:
        return [f"it was not compared with the {whom}"]
    return [] if evidence >= ENOUGH_EVIDENCE else [f"the evidence that it is better than the {whom} is below 20"]


def _ask_groups(plan: GatePlan, report: GateReport, today: Day) -> list[str]:
    if not report.groups:
        return ["no group was measured"]
    accepted = {(one.trait, one.group) for one in report.accepted_groups if _is_accepted(one, today)}
    found = []
    for one in report.groups:
        name = f"{one.trait} {one.group}"
        missed, others = one.missed, one.others
        fewest = plan.fewest_group_positives
        if missed is None or others is None or missed.of < fewest or others.of < fewest:
            if (one.trait, one.group) not in accepted:
                found.append(f"not enough data on {name}; the signatory may accept it in writing until a date")
        elif newcombe(missed.hits, missed.of, others.hits, others.of).high > plan.most_missed_difference:
            found.append(f"children of {name} may be missed more often than others")
    return found


def _is_accepted(group: AcceptedGroup, today: Day) -> bool:
    return today <= group.until and _is_filled(group.by) and _is_filled(group.because)


def _ask_slope(report: GateReport) -> list[str]:
    if report.slope is None:
        return ["the calibration slope was not measured"]
    return [] if report.slope.low <= 1 <= report.slope.high else ["the interval of the calibration slope leaves 1 out"]


def _ask_capacity(plan: GatePlan, report: GateReport) -> list[str]:
    days = report.days_within_capacity
    if days is None or not days.of:
        return ["no day was compared with the capacity"]
    return [] if days.hits >= plan.days_within_capacity * days.of else ["prompts would have exceeded the capacity"]


def _ask_papers(report: GateReport) -> list[str]:
    found = [f"the {paper} is missing" for paper in PAPERS if paper not in report.papers]
    for paper, unfilled in sorted(report.papers.items()):
        found += [f"the {paper} does not say {field}" for field in unfilled]
    return found


def _is_filled(text: str | None) -> bool:
    return text is not None and bool(text.strip()) and NOT_FILLED not in text
