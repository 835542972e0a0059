"""The configuration of each local node: pure, from ports and folder to `server.properties`.

The voters are written down (`controller.quorum.voters`) rather than kept in the metadata log: so a folder that was
formatted once starts again on whatever ports are free.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one node listens on 127.0.0.1: for clients, and for the other controllers."""

    client: int
    controller: int


def describe_node(node: int, ports: tuple[Ports, ...], log_folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Give the properties of node number `node` (from 0), broker and controller in one; `extra` wins."""
    copies = min(3, len(ports))
    in_sync = max(1, copies - 1)
    voters = ",".join(f"{i + 1}@127.0.0.1:{port.controller}" for i, port in enumerate(ports))
    address = f"PLAINTEXT://127.0.0.1:{ports[node].client}"
    return {
        "process.roles": "broker,controller",
        "node.id": str(node + 1),
        "listeners": f"{address},CONTROLLER://127.0.0.1:{ports[node].controller}",
        "advertised.listeners": address,
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "controller.quorum.voters": voters,
        "log.dirs": str(log_folder),
        "auto.create.topics.enable": "false",  # a misspelt topic must fail, not appear
        "default.replication.factor": str(copies),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": str(copies),
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(in_sync),
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": str(copies),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        "group.initial.rebalance.delay.ms": "0",  # 3 s by default; only here nobody else is about to join
        "broker.session.timeout.ms": "3000",  # 9 s by default: so long a killed node is missed by nobody,
        "broker.heartbeat.interval.ms": "500",  # and so long its restart is refused as a double
        "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),  # 128 MB by default, a third of the memory
        **extra,
    }


def name_cluster(folder: Path) -> str:
    """The id of the cluster in a folder: the same for every node of it, 22 letters of URL-safe base64, no dice.

    It begins with a letter: Kafka's tool takes an id that begins with a hyphen, one in 64, for an option.
    """
    digest = hashlib.sha256(bytes(folder)).digest()
    return base64.urlsafe_b64encode(bytes((digest[0] & 0x7F, *digest[1:16]))).decode().rstrip("=")


def write_properties(properties: Mapping[str, str], file: Path) -> None:
    """Write a `server.properties` file."""
    file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="utf-8")
