"""``earlyword dead-letters`` and ``publish`` where something is amiss: a sentence and an exit code, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka.errors import KafkaError, NodeNotReadyError

from streams.cli import main
from streams.commands import letters
from streams.topics import DEAD_LETTERS


class Broker:
    """Answers a consumer; ``fails`` is raised when it is asked for records."""

    def __init__(self, partitions: set[int] | None, fails: Exception | None = None) -> None:
        self._partitions = partitions
        self._fails = fails

    def __call__(self, **_options: Any) -> Broker:
        return self

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        assert topic == DEAD_LETTERS
        return self._partitions

    def end_offsets(self, partitions: list[Any]) -> dict[Any, int]:
        if self._fails is not None:
            raise self._fails
        return dict.fromkeys(partitions, 0)

    def position(self, _partition: Any) -> int:
        return 0

    def assign(self, _partitions: list[Any]) -> None: ...
    def seek_to_beginning(self, *_partitions: Any) -> None: ...
    def close(self) -> None: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def call(broker: Broker, *words: str) -> Result:
        monkeypatch.setattr(letters, "KafkaConsumer", broker)
        return CliRunner().invoke(main, ["dead-letters", *words])

    return call


def test_without_letters_there_are_none(run: Callable[..., Result]) -> None:
    told = run(Broker({0, 1, 2}), "list")
    assert (told.exit_code, told.stdout) == (0, "0 dead letters\n")


def test_a_topic_that_is_not_there_is_not_a_topic_without_letters(run: Callable[..., Result]) -> None:
    told = run(Broker(None), "list")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == (
        f"earlyword: there is no topic {DEAD_LETTERS} that this user may see; "
        "create it with `earlyword topics apply`, or ask for access.\n"
    )


@pytest.mark.parametrize("fault", [TimeoutError(), KafkaError(), NodeNotReadyError()])
def test_a_broker_that_falls_silent_ends_with_a_sentence(run: Callable[..., Result], fault: Exception) -> None:
    told = run(Broker({0}, fault), "show", f"{DEAD_LETTERS}/0@0")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == f"earlyword: the broker does not answer ({type(fault).__name__}); see that it is well.\n"


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_events_are_published_at_some_rate_or_as_fast_as_can_be(tmp_path: Path, rate: str) -> None:
    events = tmp_path / "events.ndjson"
    events.write_bytes(b"")
    told = CliRunner().invoke(main, ["publish", str(events), "--rate", rate])
    assert told.exit_code == 2
    assert "--rate" in told.stderr
