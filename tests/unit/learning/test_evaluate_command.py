"""``earlyword evaluate`` as it is typed."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from models.learning.measures.average_precision import average_precision
from streams.cli import main
from tests.unit.learning.making import WIDTH, throw_examples

MARKER = "secretvalue"
NAMES = tuple(f"f{number}" for number in range(WIDTH))
START = datetime(2025, 1, 6, 9, tzinfo=UTC)


def write(path: Path, rows: int = 700, times: str = "times", lines: Sequence[str] = ()) -> Path:
    def say(tick: int) -> str:
        at = START + timedelta(hours=6 * tick)
        return {"times": at.isoformat(), "dates": at.date().isoformat(), "numbers": str(tick)}[times]

    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(("id", "t_event", "t_label", "label", *NAMES)) + "\n")
        for one in throw_examples(rows=rows):
            told = (one.id, say(one.t_event), say(one.t_label or 0), str(int(bool(one.label))))
            file.write(",".join((*told, *map(str, one.features))) + "\n")
        file.writelines(f"{line}\n" for line in lines)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["evaluate", "--draws", "30", *map(str, arguments)])


@pytest.mark.parametrize("times", ["times", "dates", "numbers"])
def test_a_file_is_judged_against_the_bar_beside_the_base_rate(tmp_path: Path, times: str) -> None:
    told = run("--examples", write(tmp_path / "e.csv", times=times), "--json")
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert figures["verdict"] == "FAIL"
    assert figures["bar"]["average_precision"] == 0.65
    assert figures["bar"]["base_rate"] == figures["measured"]["prevalence"]
    assert figures["contestants"]["prevalence"]["average_precision"] == figures["measured"]["prevalence"]
    low, high = figures["average_precision_interval"]
    assert low <= figures["average_precision"] <= high
    assert figures["leak_alarm"] is False
    assert figures["examples"]["times"] == times


def test_without_json_the_last_line_is_the_verdict(tmp_path: Path) -> None:
    told = run("--examples", write(tmp_path / "e.csv"))
    last = told.stdout.strip().splitlines()[-1]
    assert last.startswith("FAIL: average precision 0.")
    assert "against the bar 0.65, at a base rate of 0." in last


def test_the_figures_can_be_computed_anew_from_the_scores(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    told = json.loads(run("--examples", write(tmp_path / "e.csv"), "--json", "--report", folder).stdout)
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["measured"] == "1"]
    assert len(rows) == told["measured"]["rows"]
    for name, figures in told["contestants"].items():
        scores, labels = [float(row[name]) for row in rows], [row["label"] == "1" for row in rows]
        assert average_precision(scores, labels) == figures["average_precision"]
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == told


def test_the_report_names_the_base_rate_and_its_plots_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    assert run("--examples", write(tmp_path / "e.csv"), "--report", folder).exit_code == 0
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "FAIL" in text
    assert "at a base rate of" in text
    for name in ("comparison.svg", "precision-recall.svg", "calibration.svg"):
        assert f"({name})" in text
        drawn = (folder / name).read_text(encoding="utf-8")
        assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - we wrote it
        assert "base rate" in drawn
        assert "nan" not in drawn


def test_a_file_without_positives_fails_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    rows = "".join(f"{n},{n},{n + 20},0,{n % 3}\n" for n in range(300))
    path.write_text(f"id,t_event,t_label,label,f0\n{rows}", encoding="utf-8")
    told = run("--examples", path)
    assert told.exit_code == 0
    assert "no positive was measured" in told.stdout
    assert "nan" not in told.stdout
    figures = json.loads(run("--examples", path, "--json").stdout)
    assert (figures["verdict"], figures["average_precision"]) == ("FAIL", None)


def test_two_runs_say_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv")
    assert run("--examples", path, "--json").stdout == run("--examples", path, "--json").stdout


def test_room_can_be_told_in_prompts_a_day(tmp_path: Path) -> None:
    told = json.loads(run("--examples", write(tmp_path / "e.csv"), "--json", "--capacity", "1").stdout)
    assert told["capacity"] == {"per_day": 1, "share": None}
    assert 0 < told["contestants"]["learner"]["at_capacity"]["prompts"] <= 90
    refused = run("--examples", write(tmp_path / "n.csv", times="numbers"), "--capacity", "1")
    assert refused.exit_code == 2
    assert "--share" in refused.stderr


def test_a_planted_leak_is_named_and_does_not_pass(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    leaking = [f"{header},leak", *(f"{row},{row.split(',')[3]}" for row in rows)]
    path.write_text("\n".join(leaking) + "\n", encoding="utf-8")
    told = json.loads(run("--examples", path, "--json").stdout)
    assert told["leak_alarm"] is True
    assert told["verdict"] == "FAIL"
    assert told["features_alone"][0]["feature"] == "leak"
    accepted = json.loads(run("--examples", path, "--json", "--accept", "leak").stdout)
    assert accepted["verdict"] == "PASS"


def test_a_plan_fixes_transforms_signs_prevalence_and_rule(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'prevalence = 0.07\nrule = "f2"\n[features.f0]\ntransform = "count"\ncap = 9\nsign = -1\n', encoding="utf-8"
    )
    told = json.loads(run("--examples", write(tmp_path / "e.csv"), "--json", "--plan", plan).stdout)
    assert told["one_feature_rule"] == "f2"
    assert told["specification"]["prevalence"] == 0.07
    first = told["specification"]["features"][0]
    assert (first["name"], first["sign"], first["transform"]) == ("f0", -1, {"transform": "count", "cap": 9})


@pytest.mark.parametrize(
    "text",
    [
        "prevalence = 2.0",
        f'{MARKER} = "x"',
        f'[features.f0]\ntransform = "{MARKER}"',
        "[features.f0]\ntransform = 'count'\ncap = 0",
        f"[features.{MARKER}]\nsign = 1",
        "rule = 'nobody'",
        "[[",
    ],
)
def test_a_plan_that_cannot_be_worked_by_ends_with_one_sentence(tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(text, encoding="utf-8")
    told = run("--examples", write(tmp_path / "e.csv", rows=120), "--plan", plan)
    assert told.exit_code == 2
    assert MARKER not in told.output
    assert len(told.stderr.strip().splitlines()) == 1


GOOD = "z,2025-07-01T00:00:00Z,2025-09-01T00:00:00Z,1" + ",1" * WIDTH


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (GOOD.replace("2025-07-01T00:00:00Z", "2025-07-01T00:00:00"), "line 122, column 2"),
        (GOOD.replace("2025-07-01T00:00:00Z", MARKER), "line 122, column 2"),
        (GOOD.replace("2025-07-01T00:00:00Z", "2025-07-01"), "line 122, column 2"),
        (GOOD.replace("2025-07-01T00:00:00Z", "17"), "line 122, column 2"),
        (GOOD.replace("2025-09-01", "2025-05-01"), "line 122"),
        (GOOD.replace("Z,1,", f"Z,{MARKER},"), "line 122, column 4"),
        (GOOD.replace("Z,1,", "Z,2,"), "line 122, column 4"),
        (GOOD.replace("Z,1,", "Z,,"), "line 122"),
        (GOOD.removesuffix("1") + MARKER, "line 122, column 10"),
        (GOOD.removesuffix("1") + "nan", "line 122, column 10"),
        (GOOD.removesuffix("1") + "-inf", "line 122, column 10"),
        (GOOD.removesuffix("1") + "1e999", "line 122, column 10"),
        (GOOD.removesuffix("1"), "line 122, column 10"),
        (GOOD.removesuffix(",1"), "line 122"),
        (GOOD + f",{MARKER}", "line 122"),
        (GOOD.replace("z,", ",", 1), "line 122, column 1"),
        (GOOD.replace("z,", "e00003,", 1), "line 122"),
        (f'"{MARKER}', "line 122"),
    ],
)
def test_a_bad_line_is_named_by_its_place_and_never_by_its_value(tmp_path: Path, line: str, place: str) -> None:
    told = run("--examples", write(tmp_path / "e.csv", rows=120, lines=[line]))
    assert told.exit_code == 2
    assert place in told.stderr
    assert MARKER not in told.output
    assert len(told.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "header", ["", f"{MARKER},1,2,3", "id,t_event,t_label,label", "id,t_event,t_label,label,f,f", "id,t_event,label,f"]
)
def test_a_bad_first_line_ends_with_one_sentence(tmp_path: Path, header: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text(f"{header}\n{GOOD}\n", encoding="utf-8")
    told = run("--examples", path)
    assert told.exit_code == 2
    assert "earlyword: " in told.stderr
    assert MARKER not in told.output


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"id,t_event,t_label,label,f0\n", b"id,t_event,t_label,label,f0\n\xff,1,1,1,1\n"]
)
def test_what_is_no_file_of_examples_ends_with_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(content)
    told = run("--examples", path)
    assert told.exit_code == 2
    assert len(told.stderr.strip().splitlines()) == 1


def test_pending_rows_and_times_with_a_space_are_read(tmp_path: Path) -> None:
    lines = ["p," + START.isoformat(sep=" ") + ",," + ",1" * WIDTH]
    told = json.loads(run("--examples", write(tmp_path / "e.csv", lines=lines), "--json").stdout)
    assert (told["examples"]["rows"], told["examples"]["labelled"]) == (701, 700)


def test_groups_come_in_a_file_of_their_own_and_small_ones_say_nothing(tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    ids = [one.id for one in throw_examples(rows=700)]
    groups.write_text(
        "id,trait\n" + "".join(f"{one},{'few' if n % 50 == 0 else 'many'}\n" for n, one in enumerate(ids))
    )
    folder = tmp_path / "report"
    told = run("--examples", write(tmp_path / "e.csv"), "--json", "--groups", groups, "--report", folder)
    few, many = json.loads(told.stdout)["groups"]
    assert (few["group"], few["enough"], few["rows"]) == ("few", False, None)
    assert (many["enough"], many["rows"]) == (False, None)  # or the few could be had by subtraction
    assert "not enough data" in (folder / "report.md").read_text(encoding="utf-8")


def write_groups(path: Path) -> Path:
    """One trait that is the first feature, another that hangs on nothing."""
    rows = throw_examples(rows=700)
    told = (f"{one.id},{'yes' if one.features[0] else 'no'},{n % 2}\n" for n, one in enumerate(rows))
    path.write_text("id,told,untold\n" + "".join(told), encoding="utf-8")
    return path


def test_a_trait_that_the_features_tell_is_named_as_a_proxy(tmp_path: Path) -> None:
    folder, groups = tmp_path / "report", write_groups(tmp_path / "groups.csv")
    told = run("--examples", write(tmp_path / "e.csv"), "--json", "--groups", groups, "--report", folder)
    proxies = json.loads(told.stdout)["proxies"]
    assert [(one["trait"], one["group"], one["proxy"]) for one in proxies] == [
        ("told", "no", True),
        ("told", "yes", True),
        ("untold", "0", False),
        ("untold", "1", False),
    ]
    assert proxies[0]["auc"] > 0.99
    low, high = proxies[2]["interval"]
    assert low <= proxies[2]["auc"] <= high
    assert "| `told` | `no` | 1.000 |" in (folder / "report.md").read_text(encoding="utf-8")


def test_groups_change_no_other_figure(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv")
    without = json.loads(run("--examples", path, "--json").stdout)
    told = json.loads(run("--examples", path, "--json", "--groups", write_groups(tmp_path / "groups.csv")).stdout)
    assert (without.pop("groups"), without.pop("proxies")) == ([], [])
    assert (len(told.pop("groups")), len(told.pop("proxies"))) == (4, 4)
    assert told == without


def test_lead_times_are_told_where_the_outcomes_time_is(tmp_path: Path) -> None:
    path = write(tmp_path / "e.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    dated = [f"{header},happened", *(f"{row},{row.split(',')[2] if ',1,' in row else ''}" for row in rows)]
    path.write_text("\n".join(dated) + "\n", encoding="utf-8")
    told = json.loads(run("--examples", path, "--json", "--outcome-time", "happened").stdout)
    assert told["lead_time"]["median"] == 15.0
    assert told["lead_time"]["share_not_before"] == 0


def test_every_field_of_the_json_is_documented(tmp_path: Path) -> None:
    groups = write_groups(tmp_path / "groups.csv")
    told = json.loads(run("--examples", write(tmp_path / "e.csv"), "--json", "--groups", groups).stdout)
    page = (Path(__file__).parents[3] / "streams/evaluation/README.md").read_text(encoding="utf-8")

    def names(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(names, value.values()))
        return set().union(*map(names, value)) if isinstance(value, list) else set()

    said = set(told) | names({key: told[key] for key in told if key not in {"specification", "contestants"}})
    said |= names(told["contestants"]["learner"]) | names(told["contestants"]["one_feature_rule"])
    assert [name for name in sorted(said) if f"`{name}`" not in page] == []
