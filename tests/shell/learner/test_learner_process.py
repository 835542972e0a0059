"""The learner's process on a real Apache Kafka: killed anywhere it ends with the same snapshots, and people decide."""

from __future__ import annotations

import json
import platform
import random
import re
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kafka import KafkaConsumer, KafkaProducer

from models.learning.adopting import Rails
from models.learning.canonical import to_canonical
from models.learning.gate import hash_gate_plan, hash_report
from models.learning.heads import is_in_front, read_head
from models.learning.learner import RIVER
from models.learning.shelf import Shelf
from models.learning.snapshot import begin, read_snapshot
from models.learning.study import Study, read_rows_of
from schemas.challengers import Standings
from schemas.examples import ExampleEvent, ExampleRecord
from schemas.models import HEAD, LEARNER, RESUME_OFFSET, SNAPSHOT, Head
from streams.cli import main
from streams.codecs import write
from streams.kafka.admin import apply, open_admin
from streams.learner.challenging import find_standings
from streams.learner.stewarding import read_topic, shelf_of
from streams.topics import AUDIT, EXAMPLES, FAMILY_PARTITIONS, declare_topics
from tests.engine.harness import Command, Workers, dice
from tests.unit.learning.gating import PLAN, a_report
from tests.unit.learning.rows import FEATURE_LIST, SPECIFICATION, a_scoring, follow, send, throw_rows
from tests.unit.learning.worlds import Life

DAYS = 30
LEARNER_0 = "learner-0"
PERSON = ("--by", "A. Name", "--reason", "as agreed")


class Topic:
    """The topics of a learner, seen from outside."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        admin = open_admin([bootstrap])
        apply(admin, declare_topics(timestamps="publisher"), 1)
        admin.close()
        self.producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
        self.consumer = KafkaConsumer(bootstrap_servers=bootstrap, check_crcs=False)

    def tell(self, events: Sequence[ExampleEvent]) -> None:
        """Write these to the examples' topic, in order."""
        for event in events:
            self.producer.send(EXAMPLES, write(ExampleRecord(None, event)), partition=0)
        self.producer.flush(30)

    @property
    def shelf(self) -> Shelf:
        """What a reader of the models' topic knows now."""
        return shelf_of(read_topic(self.consumer), SPECIFICATION.name)

    def steer(self, *arguments: str) -> Result:
        """``earlyword model ...``."""
        return CliRunner().invoke(main, ["model", *arguments], env={"EARLYWORD_BROKER": self.bootstrap})

    def close(self) -> None:
        """Let go of the broker."""
        self.producer.close()
        self.consumer.close()


@contextmanager
def learner_on(bootstrap: str, folder: Path, **more: str) -> Iterator[tuple[Topic, Workers]]:
    env = {
        "EARLYWORD_BROKER": bootstrap,
        "EARLYWORD_TIMESTAMPS": "publisher",
        "EARLYWORD_METRICS_PORT": "0",
        "PYTHONWARNINGS": "ignore",
        **more,
    }
    topic = Topic(bootstrap)
    command = Command((sys.executable, "-m", "tests.shell.learner.worker"), env)
    try:
        with Workers(folder, {LEARNER_0: command}) as workers:
            yield topic, workers
    finally:
        topic.close()


def expected(log: Sequence[ExampleEvent]) -> list[str]:
    """The versions that one undisturbed learner makes, the one that knows nothing first."""
    first = begin(SPECIFICATION, {"python": platform.python_version(), "river": RIVER})
    study, made = Study(first, read_rows_of(SPECIFICATION, FEATURE_LIST), FAMILY_PARTITIONS), [first.version]
    for offset, event in enumerate(log):
        made += [draft.snapshot.version for draft in follow(study, offset, event)]
    return made


@pytest.mark.broker
@pytest.mark.timeout(180)
def test_killed_anywhere_the_learner_ends_with_the_same_snapshots(tmp_path: Path, kafka_of_its_own: str) -> None:
    rng = dice()
    log = send(rng, throw_rows(rng, days=DAYS, rows=500), FAMILY_PARTITIONS, days=DAYS)
    versions = expected(log)
    assert len(versions) == DAYS + 1
    with learner_on(kafka_of_its_own, tmp_path) as (topic, workers):
        workers.start(LEARNER_0)
        cuts = [0, *sorted(rng.sample(range(len(log)), 2)), len(log)]
        for number, (before, cut) in enumerate(pairwise(cuts)):
            said = heads_of(workers)
            topic.tell(log[before:cut])
            if number < 2:
                if len(expected(log[:cut])) > len(expected(log[:before])):  # a short cut may close no day
                    workers.await_that(lambda: heads_of(workers) > said, 30, "it learns")  # noqa: B023
                workers.run_for(rng.uniform(0, 0.05))
                workers.kill(LEARNER_0)
                workers.start(LEARNER_0)
        last_head = f'"version": "{versions[-1]}", "kind": "shadow"'
        workers.await_that(lambda: last_head in workers.output(LEARNER_0), 60, "all is learned")
        assert workers.stop_all() == [0]
        assert in_force(topic) == versions[-1]
        assert workers.exits == [(LEARNER_0, 0)]
        check_what_lies_on_the_topic(topic, versions)


@pytest.mark.broker
@pytest.mark.timeout(180)
def test_killed_anywhere_the_challengers_are_made_again_the_same(tmp_path: Path, kafka_of_its_own: str) -> None:
    """Eighty days, among them the first of July; shown are counts and words."""
    rng, days = dice(), 80
    rows = throw_rows(rng, days=days, rows=800)
    log = [*map(a_scoring, rows), *send(rng, rows, FAMILY_PARTITIONS, days=days)]
    versions, (alone,) = expected(log), challengers_of(log).open
    assert 0 < alone.learned < len(rows)
    with learner_on(kafka_of_its_own, tmp_path) as (topic, workers):
        workers.start(LEARNER_0)
        cuts = [0, *(len(log) * parts // 20 + rng.randrange(40) for parts in (17, 18, 19))]
        for before, cut in pairwise(cuts):
            said = heads_of(workers)
            topic.tell(log[before:cut])
            if len(expected(log[:cut])) > len(expected(log[:before])):
                workers.await_that(lambda: heads_of(workers) > said, 30, "it learns")  # noqa: B023
            workers.run_for(rng.uniform(0, 0.5))
            workers.kill(LEARNER_0)
            workers.start(LEARNER_0)
        topic.tell(log[cuts[-1] :])
        workers.await_that(lambda: in_force(topic) == versions[-1] and is_idle(topic), 60, "all is learned")
        told = find_standings(read_topic(topic.consumer), SPECIFICATION.name)
        assert told == challengers_of(log)
        shown = topic.steer("show").output
        assert (
            f"challenger of 2024-07-01, opened because a quarter began: {alone.learned} rows learned,"
            f" {alone.positives} of them positive; judged by 0 labels: nothing can be said yet\n"
        ) in shown
        assert 'earlyword_model_challengers{verdict="open"} 1.0' in metrics(workers)
        assert workers.output(LEARNER_0).count('"challenger_not_made_again"') == 0
        assert workers.stop_all() == [0]


def challengers_of(log: Sequence[ExampleEvent]) -> Standings:
    """How the challengers stand after one undisturbed life."""
    first = begin(SPECIFICATION, {"python": platform.python_version(), "river": RIVER})
    life = Life(first, partitions=FAMILY_PARTITIONS)
    for offset, event in enumerate(log):
        life.tell(offset, event)
    standings = life.challengers.standings()
    assert standings is not None
    return standings


def heads_of(workers: Workers) -> int:
    """How many heads the learner says it wrote, in all its lives."""
    return workers.output(LEARNER_0).count('"model_head"')


def in_force(topic: Topic) -> str | None:
    head = topic.shelf.head
    return None if head is None else head.version


def check_what_lies_on_the_topic(topic: Topic, versions: list[str]) -> None:
    """The bodies are those expected, no head precedes its body, and none goes back."""
    bodies: set[str] = set()
    front: Head | None = None
    for record in read_topic(topic.consumer):
        key = record.key.decode()
        if key.startswith(SNAPSHOT):
            version = key.removeprefix(SNAPSHOT)
            assert read_snapshot(record.value, version).version == version
            assert dict(record.headers)[RESUME_OFFSET].isdigit()
            bodies.add(version)
        elif key.startswith(HEAD):
            head = read_head(record.value)
            assert head.version in bodies
            assert is_in_front(head, front)
            assert (head.mode, head.by) == ("shadow", LEARNER)
            front = head
    assert bodies == set(versions)


@pytest.mark.broker
@pytest.mark.timeout(180)
def test_a_person_decides_what_serves_and_the_learner_keeps_to_it(tmp_path: Path, kafka_of_its_own: str) -> None:
    rng = random.Random(1)
    log = send(rng, throw_rows(rng, days=DAYS, rows=400), FAMILY_PARTITIONS, days=DAYS)
    versions = expected(log)
    cuts = [0, *(len(log) * tenths // 10 for tenths in (4, 6, 8, 10))]
    assert len({len(expected(log[:cut])) for cut in cuts}) == len(cuts), "each part closes a day"
    flood, *parts = [log[before:cut] for before, cut in pairwise(cuts)]
    with learner_on(kafka_of_its_own, tmp_path) as (topic, workers):
        workers.start(LEARNER_0)
        workers.await_that(lambda: in_force(topic) == versions[0], 30, "it begins in shadow")
        plan, report = tmp_path / "plan.json", tmp_path / "report.json"
        plan.write_bytes(to_canonical(PLAN))
        assert topic.steer("register-plan", str(plan), *PERSON).exit_code == 0
        topic.tell(flood)
        frozen = topic.steer("freeze", *PERSON)  # amid a flood of days, or just after it
        assert frozen.exit_code == 0, frozen.output
        topic.tell(parts[0])
        workers.await_that(lambda: newest(topic) != in_force(topic) and is_idle(topic), 30, "unadopted, it goes on")
        head = topic.shelf.head
        assert head is not None
        assert (head.frozen, head.by, head.mode) == (True, "A. Name", "shadow")
        assert "registered already" in topic.steer("register-plan", str(plan), *PERSON).output

        report.write_bytes(to_canonical(a_report(version=head.version, matured_positives=3)))
        refused = topic.steer("sign-off", str(report), *PERSON)
        assert refused.exit_code == 1
        assert "3 positives have matured; the plan needs 200" in refused.output
        good = a_report(version=head.version, rails=WIDE, until=max(getattr(event, "day", 0) for event in log))
        report.write_bytes(to_canonical(good))
        signed = topic.steer("sign-off", str(report), *PERSON)
        assert signed.exit_code == 0, signed.output
        head = topic.shelf.head
        assert head is not None
        assert (head.mode, head.gate, head.frozen) == ("live", hash_report(good), False)

        topic.tell(parts[1])
        workers.await_that(lambda: newest(topic) == in_force(topic) != head.version, 30, "it adopts in live mode")
        shown = topic.steer("show").output
        assert f"{SPECIFICATION.name}: live" in shown
        assert hash_gate_plan(PLAN) in shown
        assert 'earlyword_model_mode{mode="live"} 1.0' in metrics(workers)

        rolled = topic.steer("rollback", versions[1], *PERSON)
        assert rolled.exit_code == 0, rolled.output
        topic.tell(parts[2])
        workers.await_that(lambda: "earlyword_model_frozen 1.0" in metrics(workers), 30, "it knows")
        workers.await_that(lambda: is_idle(topic), 30, "it has learned all")
        assert in_force(topic) == versions[1]
        assert workers.stop_all() == [0]
        assert audited(topic) == ["plan-registered", "frozen", "signed-off", "rolled-back"]
        assert "A. Name" not in workers.output(LEARNER_0)


WIDE = Rails(
    step_bound=1.0,
    total_bound=1.0,
    precision_bar=0.1,
    alpha=1e-9,
    most_missed_difference=0.9,
    group_report_days=10_000,
)


def newest(topic: Topic) -> str | None:
    found = topic.shelf.newest()
    return None if found is None else found.version


def is_idle(topic: Topic) -> bool:
    """Whether nothing was written for a second."""
    before = len(read_topic(topic.consumer))
    time.sleep(1.0)
    return len(read_topic(topic.consumer)) == before


def metrics(workers: Workers) -> str:
    found = re.findall(r'"address": "([^"]+)"', workers.output(LEARNER_0))
    with urllib.request.urlopen(f"http://{found[-1]}/metrics", timeout=5) as answer:
        return answer.read().decode()


def audited(topic: Topic) -> list[str]:
    consumer = KafkaConsumer(AUDIT, bootstrap_servers=topic.bootstrap, auto_offset_reset="earliest")
    try:
        records = [record for _ in range(4) for found in consumer.poll(1000).values() for record in found]
    finally:
        consumer.close()
    return [json.loads(record.value)["what"] for record in records]
