"""The gate refuses for each reason of the design, and names all of them at once."""

from __future__ import annotations

import math

import pytest

from models.learning.evidence import Counts, GroupCounts
from models.learning.gate import NOT_FILLED, PAPERS, AcceptedGroup, hash_gate_plan, hash_report
from models.learning.measures.interval import Interval
from tests.unit.learning.gating import TODAY, a_group, a_report, another_plan, ask

FEW = GroupCounts(trait="area", group="south", missed=None, others=None)


def test_a_report_in_which_everything_holds_passes() -> None:
    assert ask(a_report()) == ()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("plan", {"plan": "another"}),
        ("plan", {"specification": "another"}),
        ("plan", {"rails": None}),
        ("precision", {"prompts": None}),
        ("precision", {"prompts": Counts(148, 320)}),  # 46 % of them, but not surely .40 at every look
        ("precision", {"prompts": Counts(200, 299)}),
        ("recall", {"recall": None}),
        ("recall", {"recall": Counts(110, 500)}),
        ("average precision", {"average_precision": None}),
        ("average precision", {"average_precision": Interval(0.29, 0.5)}),
        ("average precision", {"average_precision": Interval(math.nan, math.nan)}),
        ("average precision", {"looks_at_average_precision": 0}),
        ("average precision", {"looks_at_average_precision": 2}),
        ("average precision", {"matured_positives": 199}),
        ("better", {"evidence_against_rule": 19.9}),
        ("better", {"evidence_against_rule": None}),
        ("better", {"has_incumbent": True}),
        ("better", {"has_incumbent": True, "evidence_against_incumbent": 3.0}),
        ("better", {"true_positives": 70}),
        ("better", {"true_positives_of_rules": None}),
        ("groups", {"groups": ()}),
        ("groups", {"groups": (a_group(missed=130),)}),
        ("groups", {"groups": (a_group(), FEW)}),
        ("groups", {"groups": (a_group(missed=3, of=19),)}),
        ("slope", {"slope": None}),
        ("slope", {"slope": Interval(1.01, 1.4)}),
        ("capacity", {"days_within_capacity": None}),
        ("capacity", {"days_within_capacity": Counts(94, 100)}),
        ("papers", {"papers": {}}),
        ("papers", {"papers": {**dict.fromkeys(PAPERS, ()), "model card": ("owner",)}}),
    ],
)
def test_the_gate_refuses_for_each_reason(condition: str, said: dict[str, object]) -> None:
    missing = ask(a_report(**said))
    assert {one.condition for one in missing} == {condition}


def test_nobody_enters_without_a_named_person() -> None:
    for nobody in (None, "", "  ", NOT_FILLED):
        assert [one.condition for one in ask(a_report(), signed_by=nobody)] == ["sign-off"]


def test_a_plan_that_was_changed_after_it_was_registered_is_refused() -> None:
    changed = another_plan(precision_bar=0.1)
    missing = ask(a_report(plan=hash_gate_plan(changed)), plan=changed)
    assert [one.what for one in missing] == ["the plan is not the one that was registered"]


def test_without_a_registered_plan_nobody_enters() -> None:
    assert "plan" in {one.condition for one in ask(a_report(), registered=None)}


@pytest.mark.parametrize("field", ["label", "cohort", "decides", "yields", "one_feature_rule"])
@pytest.mark.parametrize("unfilled", ["", NOT_FILLED])
def test_an_unfilled_field_of_the_plan_is_refused(field: str, unfilled: str) -> None:
    plan = another_plan(**{field: unfilled})
    missing = ask(a_report(plan=hash_gate_plan(plan)), plan=plan, registered=hash_gate_plan(plan))
    assert [one.what for one in missing] == [f"the plan does not say {field.replace('_', ' ')}"]


def test_everything_that_is_missing_is_named_at_once() -> None:
    missing = ask(a_report(prompts=None, slope=None, papers={}), signed_by=None)
    assert [one.condition for one in missing] == ["precision", "slope", "papers", "papers", "papers", "sign-off"]


def test_too_few_of_a_group_may_be_accepted_by_name_in_writing_until_a_day() -> None:
    accepted = {"trait": "area", "group": "south", "by": "A. Name", "because": "new area", "until": TODAY}
    for changed, passes in (
        ({}, True),
        ({"until": TODAY - 1}, False),
        ({"because": " "}, False),
        ({"by": ""}, False),
        ({"group": "north"}, False),
    ):
        words = AcceptedGroup(**{**accepted, **changed})  # type: ignore[arg-type]
        assert (ask(a_report(groups=(a_group(), FEW), accepted_groups=(words,))) == ()) is passes


def test_a_known_difference_cannot_be_accepted() -> None:
    words = AcceptedGroup(trait="area", group="north", by="A. Name", because="so it is", until=TODAY)
    missing = ask(a_report(groups=(a_group(missed=130),), accepted_groups=(words,)))
    assert [one.condition for one in missing] == ["groups"]


def test_another_report_has_another_name() -> None:
    assert hash_report(a_report()) == hash_report(a_report())
    assert hash_report(a_report()) != hash_report(a_report(matured_positives=501))
