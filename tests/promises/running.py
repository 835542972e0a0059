"""The product's own processes on a real Apache Kafka, and everything that can be read of them from outside."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from models.family.state import FamilyState
from schemas.events import FamilyRecord, TimePassed
from schemas.identifiers import Moment
from streams.desk.process import as_desk_record
from streams.engine.header import GUARD_HEADER, guard_of
from streams.families.step import read_row
from streams.kafka.admin import apply, open_admin
from streams.process import TICK_KEY, as_family_record
from streams.simulator.arrivals import Record as ToSend
from streams.topics import (
    DESK_EVENTS,
    FAMILY_EVENTS,
    LINKS,
    PROMPT_ACTIONS,
    STATEMENTS,
    declare_topics,
    parse_partner_topic,
)
from tests.engine.harness import Command, Workers

KEY = "a key for tests, and for nothing else at all"
FAMILIES_CHANGELOG = "earlyword-families-families-changelog"

INPUTS = {
    "earlyword-intake": lambda topic: parse_partner_topic(topic) is not None or topic in {STATEMENTS, LINKS},
    "earlyword-families": lambda topic: topic == FAMILY_EVENTS,
    "earlyword-desk": lambda topic: topic in {DESK_EVENTS, PROMPT_ACTIONS},
}  # fmt: skip

Record = Any
UNKNOWN = 10**9


class Running:
    """Topics of a hub on a broker, and worker processes on them."""

    def __init__(self, bootstrap: str, folder: Path, hub_text: str, sources: Iterable[tuple[str, str]]) -> None:
        self.bootstrap = bootstrap
        self.folder = folder
        self.hub_file = folder / "hub.toml"
        self.hub_file.write_text(hub_text)
        self._admin: KafkaAdminClient = open_admin([bootstrap])
        apply(self._admin, declare_topics(sources, timestamps="publisher"), 1)
        # CRC-32C in Python takes longer than all the rest of reading; the brokers checked these on arrival
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, check_crcs=False)
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
        self._partitions = [
            TopicPartition(topic, partition)
            for topic in sorted(self._consumer.topics())
            for partition in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]

    def close(self) -> None:
        """Let go of the broker."""
        self._producer.close()
        self._consumer.close()
        self._admin.close()

    def commands(self, **slots: str) -> dict[str, Command]:
        """How to start workers: ``intake_0="intake"`` starts that process in the static slot ``intake-0``."""
        return {name: self.command(process, name.replace("_", "-")) for name, process in slots.items()}

    def command(self, process: str, instance: str | None, **more: str) -> Command:
        """How to start one worker; without ``instance`` it is a dynamic member of its group."""
        env = {
            "EARLYWORD_BROKER": self.bootstrap,
            "EARLYWORD_HUB": str(self.hub_file),
            "EARLYWORD_PSEUDONYM_KEY": KEY,
            "EARLYWORD_TIMESTAMPS": "publisher",
            "EARLYWORD_CLOCK": "stream",
            "EARLYWORD_DESK_ANSWERS": "at-due",
            "EARLYWORD_DEAD_LETTERS": "1000000",
            "EARLYWORD_METRICS_PORT": "0",
            "EARLYWORD_COMMIT_SECONDS": "0.1",
            "EARLYWORD_SESSION_SECONDS": "10",
            "EARLYWORD_POLL_RECORDS": "500",  # a batch has to be judged well within the lease of so short a session
            "PYTHONWARNINGS": "ignore",
            **more,
        }
        if instance is not None:
            env["EARLYWORD_INSTANCE"] = instance
        return Command((sys.executable, "-m", "streams.cli", process), env)

    def lag(self, *groups: str) -> int:
        """Records that are not yet committed by the group that reads them; without ``groups``, by all."""
        behind = 0
        for group in groups or INPUTS:
            reads = INPUTS[group]
            partitions = [tp for tp in self._partitions if reads(tp.topic)]
            ends = self._consumer.end_offsets(partitions)
            try:
                committed = self._committed(group)
            except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError):
                return UNKNOWN  # the broker makes up its mind about who keeps this group's offsets
            behind += sum(max(0, end - committed.get(tp, 0)) for tp, end in ends.items())
        return behind

    def drain(self, workers: Workers, within: float = 60.0) -> None:
        """Wait until every record is settled and committed by every process."""
        workers.await_that(lambda: self.lag() == 0, within, "all is committed")

    def tell_the_time(self, at: Moment) -> None:
        """Tick every partition once, as the processes do each minute: in a replay a quiet partition hears no time."""
        event = TimePassed(at)
        told = [(FAMILY_EVENTS, p, as_family_record(event)) for p in range(12)]
        told += [(STATEMENTS, p, as_family_record(event)) for p in range(12)]
        told += [(DESK_EVENTS, 0, as_desk_record(event))]
        for topic, partition, value in told:
            self._producer.send(topic, key=TICK_KEY, value=value, partition=partition)
        self._producer.flush(30)

    def publish(self, records: Iterable[ToSend], rate: float | None = None) -> None:
        """Send partners' records, in order, and wait until the broker has them; at most ``rate`` a second."""
        sent, began = [], time.monotonic()
        for number, record in enumerate(records):
            if rate is not None and number % 50 == 0:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            sent.append(
                self._producer.send(
                    record.topic,
                    key=record.key,
                    value=record.value,
                    headers=list(record.headers),
                    timestamp_ms=record.timestamp_ms,
                )
            )
        self._producer.flush(120)
        for future in sent:
            future.get(timeout=1)

    def read(self, topic: str) -> list[Record]:
        """All records of a topic, partition by partition in order."""
        partitions = [tp for tp in self._partitions if tp.topic == topic]
        ends = self._consumer.end_offsets(partitions)
        found: list[Record] = []
        for tp in partitions:
            self._consumer.assign([tp])
            self._consumer.seek_to_beginning(tp)
            deadline = time.monotonic() + 60
            while self._consumer.position(tp) < ends[tp]:
                assert time.monotonic() < deadline, f"{topic} cannot be read"
                for records in self._consumer.poll(timeout_ms=500).values():
                    found.extend(record for record in records if record.offset < ends[tp])
        return found

    def stories(self) -> dict[str, FamilyState]:
        """Every family's story as a restarted worker would recover it: the row with the highest guard."""
        rows: dict[bytes, tuple[int, bytes | None]] = {}
        for record in self.read(FAMILIES_CHANGELOG):
            if record.key.startswith(b"__tick/"):
                continue
            guard = guard_of(record.value) if record.value is not None else _guard(record.headers)
            if guard >= rows.get(record.key, (-1, None))[0]:
                rows[record.key] = (guard, record.value)
        return {key.decode(): read_row(value) for key, (_, value) in rows.items() if value is not None}

    def family_events(self) -> list[tuple[int, str, FamilyRecord]]:
        """Partition, family and event of every record for families, ticks left out, in order."""
        decode = msgspec.msgpack.Decoder(FamilyRecord).decode
        return [
            (record.partition, record.key.decode(), decode(record.value))
            for record in self.read(FAMILY_EVENTS)
            if not record.key.startswith(b"__tick")
        ]

    def _committed(self, group: str) -> dict[TopicPartition, int]:
        found = self._admin.list_group_offsets([group])[group]
        return {tp: at.offset for tp, at in found.items() if at.offset >= 0}


@contextmanager
def hub_on(bootstrap: str, folder: Path, hub_text: str, sources: Iterable[tuple[str, str]]) -> Iterator[Running]:
    """A hub's topics on a broker."""
    running = Running(bootstrap, folder, hub_text, sources)
    try:
        yield running
    finally:
        running.close()


def repeat_until(condition: Callable[[], bool], within: float, what: str) -> None:
    """Ask again and again; fail with ``what`` when the time is over."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.05)


def _guard(headers: Iterable[tuple[str, bytes]]) -> int:
    return int.from_bytes(dict(headers)[GUARD_HEADER], "big")
