"""Processes on a leash: they end with us however we end, and those that met trouble are started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.demo.folder import DemoFolder
from streams.demo.workers import MOST_RESTARTS, Child, Supervisor, WorkerGaveUp, describe_environment
from streams.settings import read_settings

PATIENCE_SECONDS = 20
SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")

PARENT = """
import os, sys, time
from pathlib import Path
from streams.demo.workers import Child
child = Child("sleeper", (sys.executable, "-c", "import time; time.sleep(600)"), os.environ, Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def wait_until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def check_until_given_up(supervisor: Supervisor) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        supervisor.check()
        time.sleep(0.02)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[[str], tuple[Supervisor, list[str]]]]:
    supervisors = []

    def make(code: str) -> tuple[Supervisor, list[str]]:
        said: list[str] = []
        folder = DemoFolder(tmp_path)
        made = Supervisor(folder, dict(os.environ), said.append, command=lambda _: (sys.executable, "-c", code))
        supervisors.append(made)
        return made, said

    yield make
    for each in supervisors:
        each.stop()


def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    assert is_there(child)
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_there(child))


def test_a_child_asked_to_stop_goes_and_one_that_will_not_is_ended(tmp_path: Path) -> None:
    polite = Child("polite", SLEEPS, os.environ, tmp_path / "polite.log")
    polite.ask_to_stop()
    assert polite.await_end(PATIENCE_SECONDS) == -signal.SIGTERM
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    stubborn = Child("stubborn", (sys.executable, "-c", deaf), os.environ, tmp_path / "stubborn.log")
    wait_until(lambda: (tmp_path / "stubborn.log").read_text().startswith("deaf"))
    stubborn.ask_to_stop()
    assert stubborn.await_end(0.1) == -signal.SIGKILL


def test_a_process_that_met_trouble_is_started_again_and_it_is_said(
    supervise: Callable[[str], tuple[Supervisor, list[str]]],
) -> None:
    supervisor, said = supervise("raise SystemExit(70)")
    supervisor.start("families", "families-0")

    def restarted() -> bool:
        supervisor.check()
        return supervisor.restarts >= 1

    wait_until(restarted)
    assert said[0] == "families-0 ended with exit code 70; started again."


def test_a_killed_process_is_started_again(supervise: Callable[[str], tuple[Supervisor, list[str]]]) -> None:
    supervisor, said = supervise("import time; time.sleep(600)")
    supervisor.start("families", "families-0")
    (pid,) = supervisor.pids
    os.kill(pid, signal.SIGKILL)

    def restarted() -> bool:
        supervisor.check()
        return supervisor.pids != (pid,)

    wait_until(restarted)
    assert said == ["families-0 was killed by signal 9; started again."]


def test_a_process_that_never_gets_well_is_given_up(supervise: Callable[[str], tuple[Supervisor, list[str]]]) -> None:
    supervisor, said = supervise("raise SystemExit(70)")
    supervisor.start("desk", "desk-0")
    with pytest.raises(WorkerGaveUp, match=r"desk-0 ended with exit code 70; see .*desk-0\.log"):
        check_until_given_up(supervisor)
    assert len(said) == MOST_RESTARTS


def test_a_wrong_setting_is_not_tried_again(supervise: Callable[[str], tuple[Supervisor, list[str]]]) -> None:
    supervisor, said = supervise("raise SystemExit(2)")
    supervisor.start("intake", "intake-0")
    with pytest.raises(WorkerGaveUp, match="exit code 2"):
        check_until_given_up(supervisor)
    assert said == []


def test_the_key_is_in_a_file_and_never_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLYWORD_PSEUDONYM_KEY", "x" * 40)
    monkeypatch.setenv("EARLYWORD_SECURITY", "scram")
    told = describe_environment(DemoFolder(tmp_path), "127.0.0.1:1", local=True)
    assert "EARLYWORD_PSEUDONYM_KEY" not in told
    assert "EARLYWORD_SECURITY" not in told
    assert "x" * 40 not in json.dumps(told)
    elsewhere = describe_environment(DemoFolder(tmp_path), "broker:1", local=False)
    assert elsewhere["EARLYWORD_SECURITY"] == "scram"


def test_the_processes_understand_their_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DemoFolder(tmp_path)
    folder.key.write_text("k" * 64, encoding="ascii")
    told = describe_environment(folder, "127.0.0.1:9092", local=True)
    monkeypatch.setattr(os, "environ", told)
    settings = read_settings()
    assert (settings.clock, settings.desk_answers, settings.timestamps) == ("stream", "at-due", "publisher")
