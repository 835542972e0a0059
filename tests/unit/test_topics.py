"""The table of topics says what the design says, and nothing twice."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from schemas.facts import WireKind
from streams import topics
from streams.desk import agent as desk
from streams.families import agent as families
from streams.intake import agent as intake
from streams.topics import Topic, declare_topics, describe, parse_partner_topic, partner_topic

AGENCIES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=64)
KINDS = st.sampled_from(get_args(WireKind))


@given(AGENCIES, KINDS)
def test_a_partner_topic_tells_its_agency_and_kind(agency: str, kind: str) -> None:
    assert parse_partner_topic(partner_topic(agency, kind)) == (agency, kind)


@given(st.text())
def test_other_names_are_no_partner_topic(name: str) -> None:
    assert parse_partner_topic(name) is None
    assert parse_partner_topic(f"earlyword.in.{name}.gossip.v1") is None
    assert parse_partner_topic(f"earlyword.in.oak field.{name}.v1") is None


def test_our_own_topics_are_no_partner_topics() -> None:
    assert not [topic.name for topic in declare_topics() if parse_partner_topic(topic.name)]


def test_every_named_constant_is_declared() -> None:
    named = {value for value in vars(topics).values() if isinstance(value, str) and value.startswith("earlyword.")}
    assert named <= names(declare_topics())


def test_a_source_agreed_twice_is_one_topic() -> None:
    declared = declare_topics([("oakfield", "outcome"), ("oakfield", "outcome")])
    assert len(names(declared)) == len(declared)


def test_kafka_tells_no_two_names_apart_by_dot_and_underscore_alone() -> None:
    declared = declare_topics([("oak-field", "outcome")])
    assert len({name.replace(".", "_") for name in names(declared)}) == len(declared)


def test_every_table_of_a_process_has_its_changelog_with_as_many_partitions_as_its_source() -> None:
    by_name = {topic.name: topic for topic in declare_topics()}
    for process, source in (
        (intake, topics.STATEMENTS),
        (families, topics.FAMILY_EVENTS),
        (desk, topics.DESK_EVENTS),
    ):
        changelog = by_name[f"{process.NAME}-{process.TABLE}-changelog"]
        assert changelog.partitions == by_name[source].partitions
        assert changelog.cleanup == "compact"


def test_the_counts_of_partitions_are_those_of_the_contract() -> None:
    by_name = {topic.name: topic.partitions for topic in declare_topics([("oakfield", "outcome")])}
    assert by_name["earlyword.in.oakfield.outcome.v1"] == 6
    assert by_name[topics.FAMILY_EVENTS] == by_name[topics.STATEMENTS] == by_name[topics.PROMPTS] == 12
    assert by_name[topics.DESK_EVENTS] == by_name[topics.LINKS] == by_name[topics.EXAMPLES] == 1


def test_erased_rows_are_gone_in_a_day_and_young_changelog_rows_stay_for_the_highest_guard() -> None:
    for topic in declare_topics():
        settings = describe(topic)
        if "compact" in topic.cleanup:
            assert settings["max.compaction.lag.ms"] == str(24 * 3600 * 1000)
        assert (settings.get("min.compaction.lag.ms") == str(10 * 60 * 1000)) == topic.name.endswith("-changelog")


def test_a_partners_clock_cannot_decide_what_is_kept() -> None:
    settings = describe(the("earlyword.in.oakfield.outcome.v1", declare_topics([("oakfield", "outcome")])))
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["retention.ms"] == str(7 * 24 * 3600 * 1000)
    assert settings["segment.ms"] == str(24 * 3600 * 1000)


def test_in_a_replay_a_year_of_events_under_their_own_stamps_survives() -> None:
    for topic in declare_topics([("oakfield", "outcome")], timestamps="publisher"):
        settings = describe(topic)
        assert settings["retention.ms"] == "-1"
        assert settings["message.timestamp.type"] == "CreateTime"


def test_a_dead_letter_has_room_for_the_largest_original_and_our_note() -> None:
    declared = declare_topics([("oakfield", "outcome")])
    inbound = the("earlyword.in.oakfield.outcome.v1", declared)
    assert the(topics.DEAD_LETTERS, declared).max_bytes == 2 * inbound.max_bytes
    assert inbound.max_bytes > 256 * 1024 + 4 * 1024


def test_with_three_copies_two_must_have_a_record() -> None:
    assert {describe(topic, replication=3)["min.insync.replicas"] for topic in declare_topics()} == {"2"}
    assert {describe(topic, replication=1)["min.insync.replicas"] for topic in declare_topics()} == {"1"}


def names(declared: tuple[Topic, ...]) -> set[str]:
    return {topic.name for topic in declared}


def the(name: str, declared: tuple[Topic, ...]) -> Topic:
    (found,) = (topic for topic in declared if topic.name == name)
    return found
