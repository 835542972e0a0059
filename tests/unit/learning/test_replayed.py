"""A replay of events: what families told the learner, as examples, and the rules beside the model."""

from __future__ import annotations

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from models.family.features import FEATURE_LIST, FEATURES
from models.learning.contest import contest
from models.learning.measures.rules_alone import RuleRow, measure_rules
from models.learning.plan import Plan
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.replayed import ContradictingRowsError, join
from models.learning.specification import hash_specification
from schemas.examples import Matured, Scored
from schemas.identifiers import Day, FamilyId, Moment
from streams.cli import main
from streams.evaluation.replaying import REGISTERED
from streams.simulator.output import write_ndjson
from streams.simulator.town import Town, arrivals
from tests.unit.learning.making import MADE_BY

DAY = 86_400_000_000
FIRST = Day(date(2025, 3, 3).toordinal())
BEGAN = Moment((FIRST - date(1970, 1, 1).toordinal()) * DAY + DAY // 2)
RAW = (0.0,) * len(FEATURES)
FAMILY = FamilyId("f-one")


def a_scoring(row: str = "x-1", **said: Any) -> Scored:
    told = Scored(
        row=row,
        family=FAMILY,
        at=BEGAN,
        feature_list=FEATURE_LIST,
        features=RAW,
        snapshot="v",
        score=0.03,
        contributions=(),
        threshold=None,
        mode="shadow",
        reason=None,
    )
    return replace(told, **said)


def a_label(row: str = "x-1", **said: Any) -> Matured:
    told = Matured(
        row=row,
        family=FAMILY,
        at=Moment(BEGAN + 104 * DAY),
        day=Day(FIRST + 104),
        state="positive",
        outcome_on=Day(FIRST + 40),
        prompted="none",
        feature_list=FEATURE_LIST,
        features=RAW,
    )
    return replace(told, **said)


def test_a_row_waits_for_its_label_and_nobody_learns_it_before() -> None:
    (row,) = join([a_scoring(), a_label()], []).examples
    assert (row.t_event, row.t_label, row.label) == (BEGAN, BEGAN + 104 * DAY, True)
    assert row.t_outcome is not None
    assert (row.t_outcome - row.t_event) // DAY == 39


@pytest.mark.parametrize("state", ["censored", "void"])
def test_a_row_that_cannot_be_known_has_no_label_and_is_counted(state: Any) -> None:
    told = join([a_scoring(), a_label(state=state, outcome_on=None)], [])
    assert (told.examples[0].label, told.examples[0].t_label) == (None, None)
    assert told.states == {state: 1}


def test_a_row_without_a_label_is_pending() -> None:
    assert join([a_scoring()], []).states == {"pending": 1}


def test_records_told_twice_are_one_row() -> None:
    once = join([a_scoring(), a_label()], [])
    assert join([a_scoring(), a_scoring(), a_label(), a_label()], []) == once


@pytest.mark.parametrize(
    "told",
    [
        [a_scoring(), a_label(features=(1.0, *RAW[1:]))],
        [a_scoring(), a_label(feature_list="0" * 16)],
        [a_scoring(), a_label(), a_label(state="negative")],
        [a_scoring(), a_label(family=FamilyId("f-other"))],
        [a_scoring(), a_label(was_in=(FamilyId("f-other"),))],
        [a_label()],
    ],
)
def test_records_that_contradict_each_other_stop_everything(told: list[Scored | Matured]) -> None:
    with pytest.raises(ContradictingRowsError, match="x-1"):
        join(told, [])


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_rule_counts_from_a_rows_beginning_to_its_horizon(days: int, counts: bool) -> None:
    told = join([a_scoring(), a_label()], [(FAMILY, Moment(BEGAN + days * DAY)), (FamilyId("f-other"), BEGAN)])
    assert told.rule_at == ({"x-1": BEGAN + days * DAY} if counts else {})


def test_a_row_that_moved_counts_with_the_family_that_it_came_to() -> None:
    moved = a_label(family=FamilyId("f-new"), was_in=(FAMILY, FamilyId("f-between")))
    told = join([a_scoring(), moved], [(FamilyId("f-new"), Moment(BEGAN + 9 * DAY))])
    assert [(row.id, row.family, row.label) for row in told.examples] == [("x-1", "f-new", True)]


@pytest.mark.parametrize("family", [FAMILY, "f-between", "f-new"])
def test_a_rule_counts_in_whichever_family_the_row_was(family: str) -> None:
    moved = a_label(family=FamilyId("f-new"), was_in=(FAMILY, FamilyId("f-between")))
    at = Moment(BEGAN + 9 * DAY)
    raised = [(FamilyId("f-new"), Moment(at + DAY)), (FamilyId(family), at), (FamilyId("f-other"), BEGAN)]
    assert join([a_scoring(), moved], raised).rule_at == {"x-1": at}


def test_rules_find_what_they_speak_of_before_it_happens() -> None:
    rows = [RuleRow(5, 30), RuleRow(40, 30), RuleRow(None, 30), RuleRow(2, None), *[RuleRow(None, None)] * 16]
    labels = [True] * 3 + [False] * 17
    told = measure_rules(rows, labels, [1.0 - number / 100 for number in range(20)], 1)
    assert (told.prompts, told.too_late) == (3, 1)
    assert (told.precision.hits, told.precision.of, told.recall.of) == (1, 3, 3)
    assert told.prompts_per_true_positive == 3
    assert told.lead_time is not None
    assert (told.lead_time.median, told.lead_time.share_not_before) == (7.5, 0.5)
    assert told.learner_at_equal_load.prompts <= 4


def test_rules_that_never_spoke_have_no_precision() -> None:
    told = measure_rules([RuleRow(None, None)] * 5, [False] * 4 + [True], [0.5] * 5, 1)
    assert (told.precision.value, told.recall.value, told.learner_at_equal_load.prompts) == (None, 0.0, 0)


def test_a_replay_is_evaluated_by_the_registered_specification() -> None:
    rows = [
        told
        for number in range(60)
        for told in (
            a_scoring(f"x-{number:02}", at=Moment(BEGAN + 10 * number * DAY)),
            a_label(
                f"x-{number:02}",
                at=Moment(BEGAN + (10 * number + 104) * DAY),
                state="positive" if number % 5 == 0 else "negative",
                outcome_on=None,
            ),
        )
    ]
    plan = Plan(features=REGISTERED, prevalence=NEED_WITHIN_90_DAYS.prevalence, draws=20)
    held = contest(join(rows, []).examples, plan, MADE_BY, NEED_WITHIN_90_DAYS.name)
    assert hash_specification(held.specification) == hash_specification(NEED_WITHIN_90_DAYS)


@cache
def a_town(folder: Path) -> tuple[Path, Path]:
    town = Town(seed=3, families=60, days=380)
    write_ndjson(arrivals(town), folder / "town.ndjson")
    (folder / "hub.toml").write_text(town.hub(), encoding="utf-8")
    return folder / "town.ndjson", folder / "hub.toml"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return a_town(tmp_path_factory.mktemp("town"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", "--draws", "20", *map(str, arguments)])


def test_a_file_of_events_is_evaluated_beside_the_rules_alone(town: tuple[Path, Path], tmp_path: Path) -> None:
    events, hub = town
    groups, report = tmp_path / "groups.csv", tmp_path / "report"
    groups.write_text("id,trait\nf-nobody,a\n", encoding="utf-8")
    told = run(events, "--hub", hub, "--json", "--report", report, "--groups", groups)
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert sum(figures["episodes"]["by_state"].values()) == figures["examples"]["rows"]
    assert figures["examples"]["positives"] == figures["episodes"]["by_state"].get("positive", 0)
    assert figures["rules_alone"]["rows"] == figures["measured"]["rows"]
    assert figures["rules_alone"]["prompts"] > 0
    assert figures["specification"]["name"] == NEED_WITHIN_90_DAYS.name
    assert "The rules alone spoke on" in (report / "report.md").read_text(encoding="utf-8")
    with (report / "examples.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == figures["examples"]["rows"]
    again = run("--examples", report / "examples.csv", "--family", "family", "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["measured"]["positives"] == figures["measured"]["positives"]


def test_events_without_an_episode_end_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none.ndjson").write_bytes(b"{}\n")
    told = run(tmp_path / "none.ndjson")
    assert told.exit_code == 2
    assert "no episode begins" in told.stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("{file}", "--examples", "{file}"),
        ("{file}", "--family", "f"),
        ("{file}", "--plan", "{file}"),
        ("{file}", "--horizon", "3"),
        ("--examples", "{file}", "--hub", "{file}"),
        ("--examples", "{file}", "--until", "2026-01-01T00:00:00Z"),
        ("{file}", "--recorded"),
        ("--recorded", "--hub", "{file}"),
        ("--recorded", "--family", "f"),
    ],
)
def test_what_does_not_go_together_is_said_in_one_sentence(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "file").write_bytes(b"")
    told = run(*(one.format(file=tmp_path / "file") for one in options))
    assert told.exit_code == 2
    assert told.stderr.startswith("earlyword: ")
