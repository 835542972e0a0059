"""All is drained when everything is committed and nothing came while that was asked; never before."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition
from kafka.errors import CoordinatorNotAvailableError, KafkaTimeoutError, TopicAuthorizationFailedError

from streams.demo import offsets as module
from streams.demo.offsets import READERS, Offsets
from streams.topics import FAMILY_EVENTS, STATEMENTS

PARTNER = "earlyword.in.riverton-police.police-notification.v1"
INTAKE = READERS[STATEMENTS]


class Broker:
    """An admin client's answers, and what happens at the broker just before each of them."""

    def __init__(self) -> None:
        self.ends: dict[TopicPartition, int] = defaultdict(int)
        self.commits: dict[str, dict[TopicPartition, int]] = defaultdict(dict)
        self.before_commits_are_read: Callable[[], None] = lambda: None
        self.faults: list[Exception] = []

    def list_partition_offsets(self, wanted: Mapping[TopicPartition, object]) -> dict[TopicPartition, Any]:
        if self.faults:
            raise self.faults.pop()
        return {at: SimpleNamespace(offset=self.ends[at]) for at in wanted}

    def list_group_offsets(self, groups: Iterable[str]) -> dict[str, dict[TopicPartition, Any]]:
        self.before_commits_are_read()
        return {
            group: {at: SimpleNamespace(offset=offset) for at, offset in self.commits[group].items()}
            for group in groups
        }


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def offsets(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Offsets:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    return Offsets(broker, [PARTNER], {PARTNER: 2, **dict.fromkeys(READERS, 1)})


def test_published_are_the_ends_of_the_partners_topics(broker: Broker, offsets: Offsets) -> None:
    broker.ends |= {TopicPartition(PARTNER, 0): 3, TopicPartition(PARTNER, 1): 4, TopicPartition(STATEMENTS, 0): 9}
    assert offsets.published() == 7
    assert offsets.behind() == 16


def test_what_is_under_way_is_counted_from_the_publisher_to_the_last_process(broker: Broker, offsets: Offsets) -> None:
    broker.commits[INTAKE] = {TopicPartition(PARTNER, 0): 6, TopicPartition(STATEMENTS, 0): 5}
    broker.ends |= {TopicPartition(STATEMENTS, 0): 6, TopicPartition(FAMILY_EVENTS, 0): 4}
    assert offsets.under_way(published=10) == (10 - 6) + (6 - 5) + 4


def test_an_empty_broker_is_drained_and_one_with_anything_uncommitted_is_not(broker: Broker, offsets: Offsets) -> None:
    assert offsets.drained() is not None
    broker.ends[TopicPartition(PARTNER, 1)] = 1
    assert offsets.drained() is None
    broker.commits[INTAKE] = {TopicPartition(PARTNER, 1): 1}
    assert offsets.drained() == {at: int(at.topic == PARTNER and at.partition == 1) for at in offsets.committed()}


def test_what_moved_to_the_next_topic_while_we_asked_is_not_overlooked(broker: Broker, offsets: Offsets) -> None:
    """The record is committed here and lies there only after the first look at the ends."""
    broker.ends[TopicPartition(PARTNER, 0)] = 1

    def settle() -> None:
        broker.ends[TopicPartition(STATEMENTS, 0)] = 1
        broker.commits[INTAKE] = {TopicPartition(PARTNER, 0): 1}

    broker.before_commits_are_read = settle
    assert offsets.drained() is None


def test_a_broker_that_never_had_a_group_has_nothing_committed(broker: Broker, offsets: Offsets) -> None:
    def refuse() -> None:
        raise CoordinatorNotAvailableError

    broker.before_commits_are_read = refuse
    assert set(offsets.committed().values()) == {0}


def test_a_broker_that_is_busy_is_asked_again(broker: Broker, offsets: Offsets) -> None:
    broker.faults = [KafkaTimeoutError(), KafkaTimeoutError()]
    assert offsets.published() == 0
    assert broker.faults == []


def test_a_refusal_is_not_asked_again(broker: Broker, offsets: Offsets) -> None:
    broker.faults = [KafkaTimeoutError(), TopicAuthorizationFailedError()]
    with pytest.raises(TopicAuthorizationFailedError):
        offsets.published()
    assert len(broker.faults) == 1
