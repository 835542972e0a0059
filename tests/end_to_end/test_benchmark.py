"""The benchmark runs, on a broker of its own, and says what it must. How fast anything is, no test says."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.broker, pytest.mark.timeout(400)]

RATED = ("core", "families", "intake", "faust-per-event")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A benchmark as small as one can be."""
    folder = tmp_path_factory.mktemp("benchmark")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EARLYWORD_")}
    cache = {"EARLYWORD_CACHE": os.environ["EARLYWORD_CACHE"]} if "EARLYWORD_CACHE" in os.environ else {}
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli", "benchmark", "--json", "--events", "1000", "--families", "100",
         "--repeat", "1"],
        cwd=folder,
        env={**kept, **cache, "TMPDIR": str(folder), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert _nothing_left(folder)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_report_says_on_what_and_when_it_was_measured(report: dict[str, Any]) -> None:
    assert report["kafka"] == "4.2.2"
    assert report["python"] == ".".join(map(str, sys.version_info[:3]))
    assert report["machine"]["cores"] >= 1
    assert 0 <= report["machine"]["share_of_others"] <= 1
    assert report["date"].endswith("+00:00")
    assert report["seconds"] > 0
    assert report["machine"]["load_at_start"] >= 0


@pytest.mark.parametrize("name", RATED)
def test_every_rate_is_measured(report: dict[str, Any], name: str) -> None:
    figure = report["figures"][name]
    assert figure["events"] >= 50
    assert 0 < figure["events_per_second"] < math.inf
    assert 0 < figure["cpu_us_per_event"] < math.inf


def test_the_ratios_are_finite(report: dict[str, Any]) -> None:
    peers = {"families/core", "families/faust-per-event"} | ({"families/quix"} if find_spec("quixstreams") else set())
    assert report["ratios"].keys() == peers | {"families/core by computing"}
    assert all(0 < ratio < math.inf for ratio in report["ratios"].values())


def test_latency_restart_and_memory_are_measured(report: dict[str, Any]) -> None:
    latency, restart, memory = (report["figures"][name] for name in ("latency", "restart", "memory"))
    assert 0 < latency["p50_ms"] <= latency["p99_ms"] <= latency["max_ms"]
    assert latency["prompts"] > 100
    assert restart["families"] == 100
    assert restart["seconds"] > 0
    assert 0 < memory["row_bytes_median"] <= memory["row_bytes_p90"] <= memory["row_bytes_max"]


def test_scoring_and_learning_are_measured(report: dict[str, Any]) -> None:
    scoring, learning = report["figures"]["scoring"], report["figures"]["learning"]
    assert 0 < scoring["scored_in_shadow"] <= scoring["scored_live"] < scoring["events"]
    assert 0 < scoring["vector_us"] < scoring["features_us"] < math.inf
    assert {"silent_us_per_event", "shadow_us_per_event", "live_us_per_event"} <= scoring.keys()
    assert 0 < learning["examples_per_second"] < learning["learn_one_per_second"] < math.inf
    assert learning["examples"] >= 20_000


def test_every_aim_is_met_missed_or_said_to_be_unmeasured(report: dict[str, Any]) -> None:
    assert len(report["aims"]) == 11
    assert {judged["met"] for judged in report["aims"].values()} <= {True, False, None}
    assert all(judged["reached"] is not None for judged in report["aims"].values() if judged["met"] is not None)


def _nothing_left(folder: Path) -> bool:
    """No folder of the broker, and so no process that writes to one."""
    return not list(folder.glob("earlyword-benchmark-*"))
