"""From a bad line to its mending, as an operator does it: publish, list, show, agree to more, replay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kafka import KafkaProducer

from streams.topics import DEAD_LETTERS
from tests.engine.harness import Workers
from tests.promises.load import POLICE, SOURCES, hub_text, make_load
from tests.promises.running import KEY, hub_on


def earlyword(*arguments: str, broker: str, hub: Path) -> str:
    """One command to its good end; what it said on the screen."""
    env = {"EARLYWORD_BROKER": broker, "EARLYWORD_HUB": str(hub), "EARLYWORD_PSEUDONYM_KEY": KEY}
    ended = subprocess.run(
        [sys.executable, "-m", "streams.cli", *arguments],
        env={**os.environ, "PYTHONWARNINGS": "ignore", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_what_was_set_aside_is_found_shown_and_sent_again(tmp_path: Path, kafka_of_its_own: str) -> None:
    later = hub_text()
    before = later.replace("until = 2027-12-31", "until = 2025-12-31", 1)  # of the police, and over by then
    with hub_on(kafka_of_its_own, tmp_path, before, SOURCES) as running:
        refused = next(record for record in make_load(1, 5, 40) if "police" in record.topic)
        with Workers(tmp_path, {"intake-0": running.command("intake", "intake-0")}) as workers:
            workers.start("intake-0")
            running.publish([refused])
            workers.await_that(lambda: len(running.read(DEAD_LETTERS)) == 1, 60, "it is set aside")
            (letter,) = running.read(DEAD_LETTERS)
            assert running.family_events() == []
            workers.stop_all()
        place = f"{DEAD_LETTERS}/{letter.partition}@{letter.offset}"
        told = {"broker": kafka_of_its_own, "hub": running.hub_file}
        listed = earlyword("dead-letters", "list", **told)
        assert f"{place} NO_AGREEMENT" in listed
        assert listed.endswith("1 dead letters\n")
        hidden = earlyword("dead-letters", "show", place, **told)
        assert "notification_id" not in hidden
        shown = earlyword("dead-letters", "show", place, "--reveal", "the force asked", **told)
        assert json.loads(shown.partition("value: ")[2]) == json.loads(refused.value or b"")
        assert "would be sent again" in earlyword("dead-letters", "replay", **told)
        running.hub_file.write_text(later)
        assert "sent again" in earlyword("dead-letters", "replay", "--to", "original", **told)
        with Workers(tmp_path, {"intake-0": running.command("intake", "intake-0")}) as workers:
            workers.start("intake-0")
            workers.await_that(lambda: running.family_events() != [], 60, "it is told to families")
            workers.stop_all()
        assert len(running.read(DEAD_LETTERS)) == 1


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_what_compression_carried_past_the_broker_stops_no_partition(tmp_path: Path, kafka_of_its_own: str) -> None:
    """Ten megabytes of blanks are ten kilobytes on the wire; the dead letter of them has to fit on its topic."""
    with hub_on(kafka_of_its_own, tmp_path, hub_text(), SOURCES) as running:
        good = next(record for record in make_load(1, 5, 40) if POLICE in record.topic)
        producer = KafkaProducer(
            bootstrap_servers=kafka_of_its_own, compression_type="gzip", max_request_size=64 * 1024 * 1024
        )
        blanks = b" " * (10 * 1024 * 1024)
        hostile = (
            {"value": blanks},
            {"key": blanks, "value": good.value},
            {"value": good.value, "headers": [("x", blanks)]},
        )
        for parts in hostile:
            producer.send(good.topic, partition=0, timestamp_ms=good.timestamp_ms, **parts).get(timeout=60)
        producer.send(
            good.topic, partition=0, value=good.value, headers=list(good.headers), timestamp_ms=good.timestamp_ms
        ).get(timeout=60)
        producer.close()
        with Workers(tmp_path, {"intake-0": running.command("intake", "intake-0")}) as workers:
            workers.start("intake-0")
            workers.await_that(lambda: running.family_events() != [], 60, "what came behind them is told to families")
            workers.stop_all()
            assert workers.exits == [("intake-0", 0)]
        notes = [dict(letter.headers) for letter in running.read(DEAD_LETTERS)]
        assert [note["earlyword-dead-letter-reason"] for note in notes] == [b"TOO_LARGE"] * len(hostile)
        assert all(int(note["earlyword-dead-letter-cut-from"]) >= len(blanks) for note in notes)
        assert len(running.family_events()) == 1
