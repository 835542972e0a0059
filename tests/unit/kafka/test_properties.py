"""The configuration of a local node."""

from pathlib import Path

from streams.kafka.properties import Ports, describe_node, name_cluster

ONE = (Ports(9092, 9093),)
THREE = (*ONE, Ports(9094, 9095), Ports(9096, 9097))


def test_a_node_listens_on_this_machine_only() -> None:
    for node in range(3):
        listeners = describe_node(node, THREE, Path("data"), {})["listeners"]
        assert all("://127.0.0.1:" in listener for listener in listeners.split(","))


def test_every_node_knows_every_voter() -> None:
    voters = {describe_node(node, THREE, Path("data"), {})["controller.quorum.voters"] for node in range(3)}
    assert voters == {"1@127.0.0.1:9093,2@127.0.0.1:9095,3@127.0.0.1:9097"}


def test_of_three_nodes_two_must_have_a_record() -> None:
    assert describe_node(0, THREE, Path("data"), {})["min.insync.replicas"] == "2"
    assert describe_node(0, ONE, Path("data"), {})["min.insync.replicas"] == "1"


def test_no_topic_appears_by_being_written_to_and_groups_do_not_wait() -> None:
    properties = describe_node(0, ONE, Path("data"), {})
    assert properties["auto.create.topics.enable"] == "false"
    assert properties["group.initial.rebalance.delay.ms"] == "0"


def test_what_the_caller_adds_wins() -> None:
    assert describe_node(0, ONE, Path("data"), {"num.partitions": "3", "node.id": "7"})["node.id"] == "7"


def test_the_id_of_a_cluster_is_never_taken_for_an_option() -> None:
    ids = {name_cluster(Path(f"folder-{number}")) for number in range(2_000)}
    assert len(ids) == 2_000
    assert all(len(each) == 22 and each[0].isalpha() for each in ids)
    assert name_cluster(Path("folder-1")) == name_cluster(Path("folder-1"))
