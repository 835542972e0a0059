"""Families do not start in live where no gate was passed, and say what to do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from models.learning.admission import why_not_start
from models.learning.canonical import hash_of, to_canonical
from models.learning.evidence import Counts
from models.learning.gate import AcceptedGroup, GatePlan, GateReport, hash_report
from models.learning.heads import begin_in_shadow, sign_off
from models.learning.shelf import Shelf
from schemas.examples import Mode
from schemas.models import GATE, HEAD, PLAN, Head
from tests.unit.learning.gating import PLAN as GATE_PLAN
from tests.unit.learning.gating import TODAY, a_group, a_report, another_plan
from tests.unit.learning.rows import SPECIFICATION

NAME = SPECIFICATION.name
AT = "2026-03-01T08:00:00Z"
SHADOW = begin_in_shadow(NAME, "0123456789abcdef", at=AT, resume_offset=10, reason="registered")
GOOD = a_report()


def live(report: GateReport = GOOD) -> Head:
    return sign_off(SHADOW, hash_report(report), by="A. Name", reason="as agreed", at=AT)


def shelf_of(*heads: Head, plan: GatePlan | None = GATE_PLAN, report: GateReport | None = GOOD) -> Shelf:
    shelf = Shelf(NAME)
    told = [] if plan is None else [(PLAN + NAME, to_canonical(plan))]
    told += [] if report is None else [(GATE + hash_report(report), to_canonical(report))]
    told += [(HEAD + head.specification, to_canonical(head)) for head in heads]
    for offset, (key, value) in enumerate(told):
        shelf.take(offset, key, value)
    return shelf


POOR = a_report(prompts=Counts(60, 320))
REFUSED = {
    "no gate named": shelf_of(SHADOW, replace(live(), gate=None)),
    "no gate named, and no head before": shelf_of(replace(live(), gate=None)),
    "the report is not there": shelf_of(live(), report=None),
    "the plan is not there": shelf_of(live(), plan=None),
    "another plan is registered": shelf_of(live(), plan=another_plan(precision_bar=0.3)),
    "the report does not pass": shelf_of(live(POOR), report=POOR),
}


@pytest.mark.parametrize("why", REFUSED)
def test_live_without_a_passed_gate_is_refused_in_a_sentence_that_says_what_to_do(why: str) -> None:
    said = why_not_start(REFUSED[why], "live")
    assert said is not None
    assert "sign off with a report that passes" in said
    assert "EARLYWORD_MODEL=shadow" in said
    assert said.endswith(".")


@pytest.mark.parametrize("why", REFUSED)
@pytest.mark.parametrize("most", ["shadow", "silent"])
def test_who_lets_no_model_prompt_may_start(why: str, most: Mode) -> None:
    assert why_not_start(REFUSED[why], most) is None


@pytest.mark.parametrize("heads", [(), (SHADOW,), (live(),), (replace(live(), gate=None), SHADOW)])
def test_what_nobody_let_in_or_what_passed_may_start(heads: tuple[Head, ...]) -> None:
    assert why_not_start(shelf_of(*heads), "live") is None


def test_an_acceptance_that_ended_is_for_the_learner_to_find_and_keeps_nobody_from_starting() -> None:
    few = a_group(missed=1, of=3)
    accepted = AcceptedGroup(trait=few.trait, group=few.group, by="A. Name", because="few", until=GOOD.until)
    report = a_report(groups=(few,), accepted_groups=(accepted,))
    assert report.until < TODAY
    assert why_not_start(shelf_of(live(report), report=report), "live") is None


def test_a_live_head_without_gate_of_another_model_keeps_nobody_from_starting() -> None:
    other = replace(live(), specification="another", gate=None)
    assert why_not_start(shelf_of(live(), other), "live") is None


def test_a_report_that_is_none_is_not_kept() -> None:
    shelf, told = Shelf(NAME), to_canonical({"plan": "x"})
    assert shelf.take(0, GATE + hash_of(told), told) == "unsound"
    assert shelf.report(hash_of(told)) is None
