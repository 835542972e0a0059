"""Papers say what the registry knows, and what nobody has said yet stays to be seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.learning.cards import (
    NOT_FILLED,
    TEMPLATES,
    Facts,
    OtherModelError,
    UnknownAnswerError,
    missing_fields,
    write_cards,
)
from models.learning.gate import PAPERS
from models.learning.learner import learn
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import hash_features
from streams.cli import main
from tests.unit.learning.making import MADE_BY, a_specification, throw_vectors

SIGNS = (1, 1, 1, 0, -1, 1)


def a_snapshot() -> Snapshot:
    return learn(begin(a_specification(signs=SIGNS), MADE_BY), throw_vectors(1, 200))


def an_evaluation() -> dict[str, object]:
    """What the command prints of a file, in short."""
    return {
        "features_hash": hash_features(a_specification(signs=SIGNS)),
        "examples": {"rows": 900, "labelled": 880, "positives": 31},
        "measured": {"rows": 440, "positives": 14, "prevalence": 0.0318},
        "verdict": "FAIL",
        "bar": {"average_precision": 0.65},
        "average_precision": 0.171,
        "average_precision_interval": [0.11, 0.26],
        "precision_at_capacity": 0.2,
        "recall_at_capacity": None,
        "calibration": {"observed_over_expected": 1.1, "brier": 0.031},
        "contestants": {"learner": {"average_precision": 0.171}, "one_feature_rule": {"average_precision": 0.09}},
        "groups": [
            {"trait": "sex", "group": "few", "enough": False},
            {
                "trait": "sex",
                "group": "many",
                "enough": True,
                "missed": {"value": 0.7},
                "missed_difference": [-0.1, 0.2],
            },
        ],
        "proxies": [
            {"trait": "sex", "group": "few", "enough": False, "auc": None, "interval": None, "proxy": None},
            {"trait": "sex", "group": "many", "enough": True, "auc": 0.512, "interval": [0.45, 0.57], "proxy": False},
        ],
        "features_alone": [{"feature": "f0", "alarm": True}],
    }


def a_proxy(trait: str, auc: float | None, group: str | None = "some") -> dict[str, object]:
    """A line of the audit; without an AUC there was not enough data."""
    return {
        "trait": trait,
        "group": group,
        "enough": auc is not None,
        "auc": auc,
        "interval": None if auc is None else [auc - 0.05, auc + 0.05],
        "proxy": None if auc is None else auc > 0.7,
    }


def missing_of_audit(proxies: list[dict[str, object]], answers: dict[str, str]) -> tuple[str, ...]:
    facts = Facts(snapshot=a_snapshot(), evaluation={**an_evaluation(), "proxies": proxies})
    return missing_fields(write_cards(facts, {"proxy-audit": answers}))["proxy audit"]


def every_answer() -> dict[str, dict[str, str]]:
    return {
        template.table: {
            field.key: "Somebody has said it."
            for section in template.sections
            for field in section.fields
            if field.fill is None
        }
        for template in TEMPLATES
    }


def test_what_nobody_has_said_stays_required_and_blocks_the_gate() -> None:
    papers = write_cards(Facts(snapshot=a_snapshot()), {})
    missing = missing_fields(papers)
    assert set(missing) == set(PAPERS)
    assert missing["proxy audit"] == ("traits",)
    assert {"owner", "performance", "groups", "proxy-audit"} <= set(missing["model card"])
    assert {"organisation", "senior-responsible-owner", "dpia", "model-performance"} <= set(missing["ATRS record"])
    for paper in papers:
        assert {field.key for field in paper.fields if field.text == NOT_FILLED} == set(missing[paper.name])


def test_with_every_answer_and_an_evaluation_nothing_is_missing() -> None:
    papers = write_cards(Facts(snapshot=a_snapshot(), evaluation=an_evaluation()), every_answer())
    assert missing_fields(papers) == dict.fromkeys(PAPERS, ())


@pytest.mark.parametrize("blank", ["", "   ", NOT_FILLED, f"Our owner is {NOT_FILLED}"])
def test_a_blank_answer_is_no_answer(blank: str) -> None:
    answers = every_answer()
    answers["model-card"]["owner"] = blank
    papers = write_cards(Facts(snapshot=a_snapshot(), evaluation=an_evaluation()), answers)
    assert missing_fields(papers) == {**dict.fromkeys(PAPERS, ()), "model card": ("owner",)}


def test_a_trait_that_can_be_told_blocks_until_somebody_has_written_why() -> None:
    proxies = [a_proxy("age", 0.612), a_proxy("sex", 0.55, "one"), a_proxy("sex", 0.713, "other")]
    assert missing_of_audit(proxies, {}) == ("sex",)
    assert missing_of_audit(proxies, {"sex": "  "}) == ("sex",)
    assert missing_of_audit(proxies, {"sex": f"To be written: {NOT_FILLED}"}) == ("sex",)
    assert missing_of_audit(proxies, {"sex": "Absence codes differ by age, and are needed."}) == ()


def test_a_trait_that_could_not_be_audited_at_all_blocks_as_one_that_can_be_told() -> None:
    assert missing_of_audit([a_proxy("age", 0.6), a_proxy("sex", None)], {}) == ("sex",)
    assert missing_of_audit([a_proxy("age", 0.6), a_proxy("sex", None, None)], {}) == ("sex",)
    assert missing_of_audit([a_proxy("sex", 0.6, "one"), a_proxy("sex", None)], {}) == ()


def test_without_any_trait_the_audit_is_not_filled_whatever_the_hub_writes() -> None:
    assert missing_of_audit([], {"sex": "We are sure that there is none."}) == ("traits",)


def test_a_justification_of_a_trait_that_was_not_told_is_refused() -> None:
    with pytest.raises(UnknownAnswerError, match="faith"):
        missing_of_audit([a_proxy("sex", 0.8)], {"faith": "Nobody asked."})


def test_a_justification_that_is_no_longer_asked_for_may_stay() -> None:
    assert missing_of_audit([a_proxy("sex", 0.6)], {"sex": "Absence codes differ by age."}) == ()


def test_an_answer_cannot_replace_what_the_registry_knows() -> None:
    with pytest.raises(UnknownAnswerError, match="performance"):
        write_cards(Facts(snapshot=a_snapshot()), {"model-card": {"performance": "Excellent."}})
    with pytest.raises(UnknownAnswerError, match="cards"):
        write_cards(Facts(snapshot=a_snapshot()), {"cards": {}})


def test_an_evaluation_of_other_features_is_refused() -> None:
    with pytest.raises(OtherModelError):
        write_cards(Facts(snapshot=a_snapshot(), evaluation={**an_evaluation(), "features_hash": "0" * 16}), {})


def test_the_card_says_what_runs_and_no_weight() -> None:
    snapshot = a_snapshot()
    card, atrs, audit = write_cards(Facts(snapshot=snapshot, evaluation=an_evaluation()), {})
    text = " ".join(field.text for field in (*card.fields, *atrs.fields, *audit.fields))
    assert snapshot.version in text
    assert "200 episodes" in text
    assert "base rate of 0.032" in text
    assert "sex few: not enough data" in text
    assert "few: not enough data; many: 0.512 [0.450, 0.570]." in text
    assert all(f"`{feature.name}`" in text for feature in snapshot.body.specification.features)
    assert not any(repr(weight) in text for weight in snapshot.body.weights.values() if weight)


def test_features_that_never_came_are_named_as_idle() -> None:
    snapshot = begin(a_specification(signs=SIGNS), MADE_BY)
    card, *_ = write_cards(Facts(snapshot=snapshot), {})
    (idle,) = (field.text for field in card.fields if field.key == "idle")
    assert all(f"`{feature.name}`" in idle for feature in snapshot.body.specification.features)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["card", *map(str, arguments)])


def test_the_command_writes_the_papers_and_lists_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_bytes(a_snapshot().bytes)
    (tmp_path / "answers.toml").write_text('[model-card]\nowner = "The head of service"\n', encoding="utf-8")
    out = tmp_path / "papers"
    told = run(tmp_path / "snapshot.json", "--answers", tmp_path / "answers.toml", "--out", out)
    assert told.exit_code == 1, told.output
    assert "ATRS record: organisation is not filled" in told.stdout
    assert "model card: owner is not filled" not in told.stdout
    card = (out / "model-card.md").read_text(encoding="utf-8")
    assert "**Who answers for it.** The head of service" in card
    assert f"**Whom to ask.** {NOT_FILLED}" in card
    missing = json.loads((out / "missing.json").read_text(encoding="utf-8"))["missing"]
    assert missing["model card"][0] == "contact"
    assert missing["proxy audit"] == ["traits"]
    assert f"**Audited traits.** {NOT_FILLED}" in (out / "proxy-audit.md").read_text(encoding="utf-8")


def test_the_command_is_content_where_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_bytes(a_snapshot().bytes)
    (tmp_path / "report.json").write_text(json.dumps(an_evaluation()), encoding="utf-8")
    lines = [
        line
        for table, said in every_answer().items()
        for line in (f"[{table}]", *(f'{key} = "{text}"' for key, text in said.items()))
    ]
    (tmp_path / "answers.toml").write_text("\n".join(lines), encoding="utf-8")
    arguments = ("--answers", tmp_path / "answers.toml", "--evaluation", tmp_path / "report.json")
    told = run(tmp_path / "snapshot.json", *arguments, "--out", tmp_path / "papers")
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("snapshot.json", b"{}"),
        ("snapshot.json", b"\xff"),
        ("answers.toml", b"owner ="),
        ("answers.toml", b"[atrs]\nrisks = 3\n"),
        ("answers.toml", b"[atrs]\nsecretvalue = 'x'\n"),
        ("report.json", b"[1]"),
        ("report.json", b"{}"),
        ("report.json", b"secretvalue"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "snapshot.json").write_bytes(a_snapshot().bytes)
    (tmp_path / "answers.toml").write_text("", encoding="utf-8")
    (tmp_path / "report.json").write_text(json.dumps(an_evaluation()), encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    arguments = ("--answers", tmp_path / "answers.toml", "--evaluation", tmp_path / "report.json")
    told = run(tmp_path / "snapshot.json", *arguments, "--out", tmp_path / "papers")
    assert told.exit_code == 2
    assert told.stderr.startswith("earlyword: ")
    assert len(told.stderr.strip().splitlines()) == 1
