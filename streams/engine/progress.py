"""What the engine tells about itself, as events for whoever listens: health, metrics, logs.

The engine knows neither Prometheus nor HTTP. A listener is any callable that takes one of these events; it is
called on the event loop, between two steps, so it must be quick and must not raise: an exception in it ends the
process like any other. None of the events holds a key or a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from faust.types import TP

from streams.engine.ending import Reason


@dataclass(frozen=True, slots=True)
class BrokerAwaited:
    """No broker answers; the process waits for one. Told at each vain attempt."""

    reason: str


@dataclass(frozen=True, slots=True)
class BrokerReached:
    """A broker answered."""


@dataclass(frozen=True, slots=True)
class RebalanceStarted:
    """The group shares out its partitions again; nothing is handed to agents until `WorkerReady`."""


@dataclass(frozen=True, slots=True)
class PartitionsAssigned:
    """The partitions of the input topics that are ours now. None at all: a standby."""

    partitions: frozenset[TP]


@dataclass(frozen=True, slots=True)
class RecoveryAdvanced:
    """A part of a table's changelog is in memory."""

    table: str
    records: int
    remaining: int


@dataclass(frozen=True, slots=True)
class StaleRowsRepaired:
    """Rows of a sleeping owner stood behind newer ones; the newer ones were written again."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """Tables are complete and the agents run. `seconds` since the rebalance started."""

    partitions: frozenset[TP]
    seconds: float


@dataclass(frozen=True, slots=True)
class BatchSettled:
    """Brokers hold everything that followed from a batch. `seconds` spent in `settle`."""

    tp: TP
    offset: int
    records: int
    rows: int
    outputs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class OffsetsCommitted:
    """The group's position moved: the next offset of each partition."""

    offsets: Mapping[TP, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class LagMeasured:
    """Records of our partitions that are not settled yet, asked from the broker."""

    records: Mapping[TP, int]


@dataclass(frozen=True, slots=True)
class OffsetsMissing:
    """The log no longer holds offsets we had not read: retention passed us by. Events may be lost."""

    tp: TP
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TickMissed:
    """A tick or heartbeat could not be sent; the next period tries again. Partition -1: any of ours."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class FollowerAdvanced:
    """A follower handed over a batch. `caught_up`: it has been at the end of its topics once."""

    topic: str
    records: int
    caught_up: bool


@dataclass(frozen=True, slots=True)
class FollowerWaiting:
    """A follower met a broker error and tries again."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerEnded:
    """The process ends now, without a commit; exit code 70."""

    reason: Reason


EngineEvent: TypeAlias = (
    BrokerAwaited
    | BrokerReached
    | RebalanceStarted
    | PartitionsAssigned
    | RecoveryAdvanced
    | StaleRowsRepaired
    | WorkerReady
    | BatchSettled
    | OffsetsCommitted
    | LagMeasured
    | OffsetsMissing
    | TickMissed
    | FollowerAdvanced
    | FollowerWaiting
    | WorkerEnded
)

Listener: TypeAlias = Callable[[EngineEvent], None]


def ignore(event: EngineEvent) -> None:
    """A listener that does not listen."""
