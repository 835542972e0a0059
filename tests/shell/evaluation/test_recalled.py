"""A hub's own rows on a real broker are judged as the events that made them would be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from kafka import KafkaProducer

from schemas.events import Origin
from schemas.examples import ExampleRecord
from streams.cli import main
from streams.codecs import write, write_json
from streams.evaluation.replaying import replay
from streams.hub import parse_hub
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.kafka.admin import apply, open_admin
from streams.kafka.local import LocalKafka
from streams.process import read_pack
from streams.simulator.output import write_ndjson
from streams.simulator.town import Town, arrivals
from streams.topics import EXAMPLES, PROMPTS, declare_topics

pytestmark = pytest.mark.broker

TOWN = Town(seed=3, families=60, days=380)


def test_a_hubs_own_records_are_evaluated_as_its_events_would_be(fresh_kafka: LocalKafka, tmp_path: Path) -> None:
    with open_admin(fresh_kafka.addresses) as admin:
        apply(admin, declare_topics(), replication=1)
    events, hub = tmp_path / "town.ndjson", tmp_path / "hub.toml"
    write_ndjson(arrivals(TOWN), events)
    hub.write_text(TOWN.hub(), encoding="utf-8")
    rehearsal, _ = replay(events.read_bytes().splitlines(), parse_hub(TOWN.hub()), read_pack(), PUBLISHED_KEY)
    producer = KafkaProducer(bootstrap_servers=fresh_kafka.bootstrap, acks="all")
    for offset, example in enumerate(rehearsal.sequence.examples):
        record = write(ExampleRecord(Origin(0, offset, 0), example))
        producer.send(EXAMPLES, key=example.row.encode(), value=record)
    for prompt in rehearsal.sequence.revisions:
        producer.send(PROMPTS, key=prompt.prompt_id.encode(), value=write_json(prompt))
    producer.close()

    said = [
        CliRunner().invoke(
            main,
            ["evaluate", *source, "--json", "--draws", "20"],
            env={"EARLYWORD_BROKER": fresh_kafka.bootstrap, "EARLYWORD_PSEUDONYM_KEY": None},
        )
        for source in (["--recorded"], [str(events), "--hub", str(hub)])
    ]
    recorded, replayed = (json.loads(one.stdout) for one in said)
    assert recorded["episodes"]["by_state"]["positive"] > 5
    assert recorded == replayed


def test_an_empty_broker_is_told_in_a_sentence(kafka: LocalKafka) -> None:
    told = CliRunner().invoke(main, ["evaluate", "--recorded"], env={"EARLYWORD_BROKER": kafka.bootstrap})
    assert told.exit_code == 2
    assert "no episode begins" in told.stderr
