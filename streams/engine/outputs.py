"""What an agent hands to `settle`: records to send, and how they are grouped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

Headers: TypeAlias = tuple[tuple[str, bytes], ...]
Record: TypeAlias = tuple[bytes | None, bytes | None, Headers, int | None]
"""Key, value, headers, timestamp in ms: a record whose topic and partition are decided."""
Parcels: TypeAlias = dict[tuple[str, int], list[Record]]
"""Records by topic and partition, each list in the order in which it must lie on the topic."""


class Output(msgspec.Struct, frozen=True, gc=False):
    """One record to send.

    Without `partition` the key decides, by Kafka's own hash; a record without a key needs a partition.
    `value=None` is a tombstone. `timestamp` is in ms since 1970 UTC, by default the time of sending.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    timestamp: int | None = None

    def __repr__(self) -> str:
        return f"Output({self.topic}, partition={self.partition})"


def topics_of(outputs: Iterable[Output]) -> set[str]:
    """The topics that the outputs go to."""
    return {output.topic for output in outputs}
