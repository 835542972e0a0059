"""How far the processes are, asked of the broker and of nobody else: committed offsets against ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
    RetriableError,
)

from streams.desk.agent import NAME as DESK
from streams.families.agent import NAME as FAMILIES
from streams.intake.agent import NAME as INTAKE
from streams.topics import DESK_EVENTS, FAMILY_EVENTS, LINKS, PROMPT_ACTIONS, STATEMENTS

READERS: Final = {STATEMENTS: INTAKE, LINKS: INTAKE, FAMILY_EVENTS: FAMILIES, DESK_EVENTS: DESK, PROMPT_ACTIONS: DESK}
"""Which group reads which of our own topics; partners' topics are read by intake."""

NO_GROUP_YET: Final = (CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError)
"""What a broker says before the first group was ever there; then nothing is committed."""

ASK_AGAIN_SECONDS: Final = 90.0
PAUSE_SECONDS: Final = 0.5
_Answer = TypeVar("_Answer")


class Offsets:
    """Asks one broker about the topics of one hub. ``partitions`` are how many each topic has."""

    def __init__(self, admin: Any, partner_topics: Iterable[str], partitions: Mapping[str, int]) -> None:
        self._admin = admin
        readers = {**dict.fromkeys(partner_topics, INTAKE), **READERS}
        self._partner_topics = frozenset(partner_topics)
        self._reader = {
            TopicPartition(topic, partition): group
            for topic, group in readers.items()
            for partition in range(partitions[topic])
        }
        self._partitions = partitions

    def ends(self, *topics: str) -> dict[TopicPartition, int]:
        """The end of each partition of these topics; without any, of all topics that a group of ours reads."""
        wanted = (
            [TopicPartition(topic, number) for topic in topics for number in range(self._partitions[topic])]
            if topics
            else list(self._reader)
        )
        found = _ask(lambda: self._admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST)))
        return {at: found[at].offset for at in wanted}

    def published(self) -> int:
        """How many records lie on the partners' topics."""
        return sum(self.ends(*self._partner_topics).values())

    def committed(self) -> dict[TopicPartition, int]:
        """How far the group of each partition has come."""
        told = _ask(self._read_commits)
        return {
            at: max(0, found.offset) if (found := told.get(group, {}).get(at)) is not None else 0
            for at, group in self._reader.items()
        }

    def under_way(self, published: int) -> int:
        """How many records are between their publisher, who has sent so many, and the last process that needs them."""
        committed = self.committed()
        opened = sum(at for partition, at in committed.items() if partition.topic in self._partner_topics)
        own = self.ends(*READERS)
        return published - opened + sum(max(0, end - committed[at]) for at, end in own.items())

    def _read_commits(self) -> Any:
        try:
            return self._admin.list_group_offsets(sorted(set(self._reader.values())))
        except NO_GROUP_YET:
            return {}

    def behind(self) -> int:
        """How many records are still to be settled, seen from now; 0 does not yet mean that nothing follows."""
        committed = self.committed()
        return sum(max(0, end - committed[at]) for at, end in self.ends().items())

    def drained(self) -> Mapping[TopicPartition, int] | None:
        """The ends of all partitions if every record is settled and nothing came while we asked, else None.

        A group commits only what has led to acknowledged outputs. So where all is committed, and no end moved
        between before and after the asking, nothing is under way from one topic to the next.
        """
        before = self.ends()
        committed = self.committed()
        if any(committed[at] < end for at, end in before.items()):
            return None
        return before if self.ends() == before else None


def _ask(question: Callable[[], _Answer]) -> _Answer:
    """The broker's answer. What passes by itself (it is busy, a leader moves) is asked again for a while."""
    until = time.monotonic() + ASK_AGAIN_SECONDS
    while True:
        try:
            return question()
        except RetriableError:
            if time.monotonic() > until:
                raise
        time.sleep(PAUSE_SECONDS)
