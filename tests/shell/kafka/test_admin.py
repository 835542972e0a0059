"""Topics on a real broker: made as declared, and refused when they are not."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from streams.kafka.admin import BrokerAwayError, TopicRefusedError, apply, check, open_admin
from streams.kafka.local import LocalKafka
from streams.topics import FAMILY_EVENTS, PROMPTS, declare_topics, partner_topic

pytestmark = pytest.mark.broker

TOPICS = declare_topics([("oakfield", "school-absence")])


@pytest.fixture(scope="module")
def admin(fresh_kafka: LocalKafka) -> Iterator[Any]:
    with open_admin(fresh_kafka.addresses) as client:
        yield client


def test_what_is_missing_is_made_as_declared_and_a_second_time_changes_nothing(admin: Any) -> None:
    topics = declare_topics([("newcomer", "outcome"), ("newcomer", "referral")])
    there = set(admin.list_topics())
    missing = check(admin, topics)
    assert len(missing) == len({topic.name for topic in topics} - there) >= 2
    assert all("is missing" in problem for problem in missing)

    assert set(apply(admin, topics, replication=1)) == {topic.name for topic in topics} - there

    assert check(admin, topics) == ()
    assert apply(admin, topics, replication=1) == ()


def test_a_wrong_partition_count_and_a_wrong_cleanup_are_told_in_one_sentence_each(admin: Any) -> None:
    apply(admin, TOPICS, replication=1)
    (events,) = (topic for topic in TOPICS if topic.name == FAMILY_EVENTS)
    (prompts,) = (topic for topic in TOPICS if topic.name == PROMPTS)

    problems = check(admin, [replace(events, partitions=8), replace(prompts, cleanup="delete")])

    assert f"{FAMILY_EVENTS} has 12 partitions instead of 8" in problems[0]
    assert f"{PROMPTS} has cleanup.policy=compact,delete instead of delete" in problems[1]
    assert len(problems) == 2
    assert all(problem.endswith(".") and "\n" not in problem for problem in problems)


def test_a_years_old_event_survives_where_the_publisher_stamps(admin: Any) -> None:
    (replayed,) = (
        topic
        for topic in declare_topics([("replayed", "referral")], timestamps="publisher")
        if topic.name == partner_topic("replayed", "referral")
    )
    apply(admin, [replayed], replication=1)

    assert check(admin, [replayed]) == ()
    assert replayed.retention is None


def test_more_copies_than_brokers_are_refused(admin: Any) -> None:
    (extra,) = (topic for topic in declare_topics([("elsewhere", "outcome")]) if "elsewhere" in topic.name)
    with pytest.raises(TopicRefusedError, match="InvalidReplicationFactor"):
        apply(admin, [extra], replication=3)


def test_a_broker_that_is_away_is_told_as_such() -> None:
    with pytest.raises(BrokerAwayError, match="No broker answered"):
        open_admin(["127.0.0.1:9"], timeout_ms=500)
