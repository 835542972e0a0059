"""``earlyword model report``: events, a plan and a snapshot make the report that the gate is asked with."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from models.learning.canonical import to_canonical
from models.learning.gate import GateReport, hash_gate_plan
from models.learning.learner import RIVER
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import begin
from streams.cli import main
from streams.demo.model import PLAN

SNAPSHOT = begin(NEED_WITHIN_90_DAYS, {"python": "test", "river": RIVER})


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """The command, on a small town's year; what it wrote lies in ``report.json``."""
    monkeypatch.delenv("EARLYWORD_PSEUDONYM_KEY", raising=False)
    events, hub = str(tmp_path / "town.ndjson"), str(tmp_path / "hub.toml")
    town = ("town", "--out", events, "--hub", hub, "--families", "70", "--days", "330", "--seed", "3")
    assert CliRunner().invoke(main, list(town)).exit_code == 0
    (tmp_path / "plan.json").write_bytes(to_canonical(PLAN))
    (tmp_path / "body.json").write_bytes(SNAPSHOT.bytes)
    return CliRunner().invoke(
        main,
        [
            "model", "report", events, "--hub", hub, "--plan", str(tmp_path / "plan.json"),
            "--snapshot", str(tmp_path / "body.json"), "--out", str(tmp_path / "report.json"),
        ],
    )  # fmt: skip


def test_the_report_is_by_the_plan_and_about_the_snapshot_and_all_that_is_missing_is_said(
    report: Result, tmp_path: Path
) -> None:
    assert report.exit_code == 0, report.output
    told = msgspec.convert(json.loads((tmp_path / "report.json").read_bytes()), type=GateReport)
    assert (told.plan, told.specification) == (hash_gate_plan(PLAN), PLAN.specification)
    assert told.version == SNAPSHOT.version
    assert told.prompts is not None
    assert told.true_positives_of_rules is not None
    assert "missing, sign-off: a named person has to sign" in report.output
    assert "missing, papers: the model card is missing" in report.output


def test_a_plan_that_is_none_ends_with_a_sentence(tmp_path: Path) -> None:
    for name in ("events", "plan", "body"):
        (tmp_path / name).write_text("{}")
    words = ["--plan", str(tmp_path / "plan"), "--snapshot", str(tmp_path / "body"), "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(main, ["model", "report", str(tmp_path / "events"), *words])
    assert told.exit_code == 2
    assert "plan is no plan; deploy/README.md names the fields." in told.output
