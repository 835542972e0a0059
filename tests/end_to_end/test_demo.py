"""``earlyword demo`` as somebody runs it: from nothing to a balance that holds, and nothing left behind.

A real Apache Kafka, the real processes, a subprocess of this one; the balance is checked again here, from the numbers.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CACHE

pytestmark = pytest.mark.broker

SMALL_TOWN = ("--families", "40", "--days", "90")
SUMMARY_SECONDS = 280
"""Fifteen on an idle machine; others may be at work on this one."""
GONE_SECONDS = 30


def command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "ignore", "-m", "streams.cli", "demo", *arguments)


AS_AT_A_TERMINAL = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
)
"""Who runs the tests in the background hands down a SIGINT that is ignored, and Python then leaves it so."""


def environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EARLYWORD_")}
    return clean | {"EARLYWORD_CACHE": str(CACHE)}


def processes_in(folder: Path) -> set[int]:
    """The processes that work in a folder, or were told of it: workers, the broker, their leashes."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            works_there = (entry / "cwd").readlink().is_relative_to(folder)
            was_told = str(folder) in (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it has gone meanwhile
        if (works_there or was_told) and int(entry.name) != os.getpid():
            found.add(int(entry.name))
    return found


def await_nobody_in(folder: Path) -> None:
    until = time.monotonic() + GONE_SECONDS
    while left := processes_in(folder):
        assert time.monotonic() < until, f"{len(left)} processes were left behind"
        time.sleep(0.1)


def await_in_log(demo: subprocess.Popen[str], log: Path, word: str) -> None:
    until = time.monotonic() + SUMMARY_SECONDS
    while not (log.exists() and word in log.read_text(encoding="utf-8")):
        assert demo.poll() is None, "the demo ended early"
        assert time.monotonic() < until, f"no {word} in the log"
        time.sleep(0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "demo"
    for process in processes_in(tmp_path / "demo"):
        os.kill(process, signal.SIGKILL)


@pytest.mark.timeout(SUMMARY_SECONDS + 60)
def test_a_town_is_played_counted_and_shown_and_nothing_is_left_behind(folder: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    done = subprocess.run(
        command("--exit", "--json", str(summary), "--folder", str(folder), *SMALL_TOWN),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SUMMARY_SECONDS,
        check=False,
    )
    await_nobody_in(folder)
    assert done.returncode == 0, done.stdout + done.stderr

    told = json.loads(summary.read_text(encoding="utf-8"))
    balance = told["balance"]
    aside = sum(balance["set_aside"].values())
    assert balance["published"] == balance["accepted"] + balance["duplicates"] + aside > 1_000
    assert balance["duplicates"] > 0
    assert aside > 0
    assert told["faults"] == []
    assert told["prompts"] > 0
    assert sum(told["by_rule"].values()) >= told["prompts"]
    assert told["families"] > 30
    assert told["model"]["mode"] == "shadow"
    assert told["model"]["agrees"]
    assert told["model"]["rows"] > 0

    assert f"{balance['published']:,} published = " in done.stdout
    assert "Every record is accounted for, once" in done.stdout
    assert "How to contest it" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    lines = [line for line in done.stderr.splitlines() if line]
    assert 8 <= len(lines) <= 8 + told["restarts"], done.stderr


@pytest.mark.timeout(SUMMARY_SECONDS + 60)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_no_process_outlives_a_demo_that_was_ended(folder: Path, number: signal.Signals, code: int) -> None:
    demo = subprocess.Popen(
        (*AS_AT_A_TERMINAL, *command("--exit", "--folder", str(folder), *SMALL_TOWN)),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    with demo:
        await_in_log(demo, folder / "families-0.log", "started")
        assert len(processes_in(folder)) >= 4  # the broker and three processes
        demo.send_signal(number)
        assert demo.wait(GONE_SECONDS) == code
    await_nobody_in(folder)


def test_a_broker_that_is_away_is_one_sentence_and_exit_code_two(folder: Path) -> None:
    done = subprocess.run(
        command("--exit", "--folder", str(folder), *SMALL_TOWN),
        env=environment() | {"EARLYWORD_BROKER": "127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=SUMMARY_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("earlyword: No broker answered")
    assert len(done.stderr.strip().splitlines()) == 1
