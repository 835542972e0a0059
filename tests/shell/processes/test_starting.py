"""How a process starts, or says in one sentence why it does not; and what it says of itself meanwhile."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest
from kafka import KafkaProducer
from msgspec.structs import replace

from models.learning.canonical import to_canonical
from models.learning.heads import begin_in_shadow
from models.learning.registered import NEED_WITHIN_90_DAYS
from streams.kafka.local import LocalKafka
from streams.topics import MODELS
from tests.conftest import CACHE
from tests.engine.harness import Command, Workers
from tests.promises.load import SOURCES, hub_text
from tests.promises.running import KEY, Running, repeat_until

QUIET = {"PYTHONWARNINGS": "ignore", "EARLYWORD_METRICS_PORT": "0"}


def run(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments],
        env={**os.environ, **QUIET, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("process", "env"),
    [
        ("intake", {}),
        ("intake", {"EARLYWORD_HUB": "{hub}"}),
        ("intake", {"EARLYWORD_HUB": "{hub}", "EARLYWORD_PSEUDONYM_KEY": "secret-short"}),
        ("desk", {"EARLYWORD_HUB": "/secret-nowhere/hub.toml"}),
        ("desk", {"EARLYWORD_HUB": "{broken}"}),
        ("families", {"EARLYWORD_SESSION_SECONDS": "secret-soon"}),
        ("families", {"EARLYWORD_BROKER": "secret-nonsense"}),
        ("families", {"EARLYWORD_BROKR": "secret"}),
        ("families", {"EARLYWORD_ENV": "production"}),
    ],
)
def test_a_wrong_setting_ends_the_start_with_one_sentence(tmp_path: Path, process: str, env: dict[str, str]) -> None:
    (tmp_path / "hub.toml").write_text(hub_text())
    (tmp_path / "broken.toml").write_text(hub_text().replace("until = 2027", "until = 2020", 1))
    files = {"hub": str(tmp_path / "hub.toml"), "broken": str(tmp_path / "broken.toml")}
    ended = run(process, env={name: value.format(**files) for name, value in env.items()})
    assert ended.returncode == 2, ended.stderr
    said = ended.stderr.strip().splitlines()
    assert len(said) == 1, said
    assert said[0].startswith("earlyword: ")
    assert "secret" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.broker
def test_topics_that_are_missing_end_the_start(tmp_path: Path, kafka_of_its_own: str) -> None:
    (tmp_path / "hub.toml").write_text(hub_text())
    env = {"EARLYWORD_BROKER": kafka_of_its_own, "EARLYWORD_HUB": str(tmp_path / "hub.toml")}
    ended = run("families", env=env)
    assert ended.returncode == 2, ended.stderr
    assert "is missing; create it with `earlyword topics apply`" in ended.stderr
    applied = run("topics", "apply", env=env)
    assert applied.returncode == 0, applied.stderr
    assert run("topics", "check", env=env).returncode == 0


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_live_without_a_passed_gate_ends_the_start_of_families_and_shadow_does_not(
    tmp_path: Path, kafka_of_its_own: str
) -> None:
    Running(kafka_of_its_own, tmp_path, hub_text(), SOURCES).close()
    name = NEED_WITHIN_90_DAYS.name
    begun = begin_in_shadow(name, "0123456789abcdef", at="2026-11-27T12:00:00Z", resume_offset=0, reason="registered")
    producer = KafkaProducer(bootstrap_servers=kafka_of_its_own, acks="all")
    producer.send(MODELS, key=f"head/{name}".encode(), value=to_canonical(replace(begun, mode="live")), partition=0)
    producer.flush(30)
    producer.close()
    command = _command(tmp_path, int(kafka_of_its_own.rpartition(":")[2]), "families")
    ended = run("families", env=command.env)
    assert ended.returncode == 2, ended.stderr
    said = ended.stderr.strip().splitlines()
    assert len(said) == 1, said
    assert said[0].startswith("earlyword: The head of the model says live and names no report of the gate; ")
    shadow = Command(command.argv, {**command.env, "EARLYWORD_MODEL": "shadow"})
    with Workers(tmp_path, {"families-0": shadow}) as workers:
        workers.start("families-0")
        workers.await_that(lambda: '"started"' in workers.output("families-0"), 60, "it has started")
        address = _address(workers)
        repeat_until(lambda: _get(address, "/ready") == (200, "ok"), 90, "it is ready")
        assert workers.stop_all() == [0]


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_a_process_waits_for_a_broker_that_is_away_and_says_so(tmp_path: Path) -> None:
    port = _free_port()
    with LocalKafka(tmp_path / "kafka", port=port, cache=CACHE) as kafka:
        running = Running(kafka.bootstrap, tmp_path, hub_text(), SOURCES)
        running.close()
    with Workers(tmp_path, {"families-0": _command(tmp_path, port, "families")}) as workers:
        workers.start("families-0")
        workers.await_that(lambda: '"started"' in workers.output("families-0"), 60, "it has started")
        address = _address(workers)
        repeat_until(lambda: _get(address, "/ready") == (503, "broker_away"), 60, "it says that the broker is away")
        assert _get(address, "/live")[0] == 200
        assert "earlyword_broker_reachable 0.0" in _get(address, "/metrics")[1]
        with LocalKafka(tmp_path / "kafka", port=port, cache=CACHE):
            repeat_until(lambda: _get(address, "/ready") == (200, "ok"), 90, "it goes on when the broker is back")
            assert workers.running == ("families-0",)
            assert workers.stop_all() == [0]
        assert workers.exits == [("families-0", 0)]


def _command(folder: Path, port: int, process: str) -> Command:
    env = {
        **QUIET,
        "EARLYWORD_BROKER": f"127.0.0.1:{port}",
        "EARLYWORD_HUB": str(folder / "hub.toml"),
        "EARLYWORD_PSEUDONYM_KEY": KEY,
        "EARLYWORD_TIMESTAMPS": "publisher",
    }
    return Command((sys.executable, "-m", "streams.cli", process), env)


def _address(workers: Workers) -> str:
    found = re.search(r'"address": "([^"]+)"', workers.output("families-0"))
    assert found is not None
    return found[1]


def _get(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError:
        return 0, "no answer"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
