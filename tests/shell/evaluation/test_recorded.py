"""Past scorings on a real broker: found by prompt, reason or row, with the snapshot that they name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from kafka import KafkaConsumer, KafkaProducer

from models.learning.verifying import verify
from schemas.events import Origin
from schemas.examples import ExampleRecord
from schemas.models import SNAPSHOT
from streams.cli import main
from streams.codecs import write
from streams.evaluation.recorded import BrokerTopics, RecordsError, find_scored
from streams.kafka.admin import apply, open_admin
from streams.kafka.local import LocalKafka
from streams.topics import EXAMPLES, MODELS, PROMPTS, declare_topics
from tests.unit.learning.test_verifying import a_prompt, a_scoring, a_snapshot

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def told(fresh_kafka: LocalKafka) -> LocalKafka:
    """One scoring, told twice as after a crash, its prompt, and two snapshots."""
    with open_admin(fresh_kafka.addresses) as admin:
        apply(admin, declare_topics(), replication=1)
    snapshot, other = a_snapshot(), a_snapshot(301)
    record = write(ExampleRecord(Origin(0, 1, 0), a_scoring(snapshot)))
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    for topic, key, value in (
        (EXAMPLES, b"x-row", record),
        (EXAMPLES, b"x-row", record),
        (PROMPTS, b"p-prompt", a_prompt("r-reason", by_model=True)),
        *((MODELS, f"{SNAPSHOT}{one.version}".encode(), one.bytes) for one in (snapshot, other)),
    ):
        producer.send(topic, key=key, value=value).get(timeout=30)
    producer.close()
    return fresh_kafka


@pytest.fixture
def topics(told: LocalKafka) -> Iterator[BrokerTopics]:
    consumer = KafkaConsumer(bootstrap_servers=told.bootstrap, group_id=None)
    yield BrokerTopics(consumer)
    consumer.close()


@pytest.mark.parametrize("wanted", ["p-prompt", "r-reason", "x-row"])
def test_a_scoring_is_found_once_and_had_again_by_its_own_snapshot(topics: BrokerTopics, wanted: str) -> None:
    (scored,) = find_scored(topics, wanted)
    assert verify(scored, topics.body(scored.snapshot)).row == "x-row"


def test_a_snapshot_that_is_not_there_is_not_made_up(topics: BrokerTopics) -> None:
    with pytest.raises(RecordsError):
        topics.body("0" * 16)


def test_the_command_reads_the_broker_of_the_settings(told: LocalKafka) -> None:
    said = CliRunner().invoke(main, ["verify", "p-prompt"], env={"EARLYWORD_BROKER": told.bootstrap})
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("x-row: the same bits")
