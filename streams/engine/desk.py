"""Watches that every batch an agent takes is settled, or sent off to be, before the agent asks for the next.

Faust acknowledges a message when the agent comes back for more, also when it raised or forgot to settle. The
sensor below is called at both moments, with no await in between: a batch that comes back and is neither settled nor on
its way ends the process before anything can be committed.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import faust
from faust.types import TP, AppT, EventT, StreamT

from streams.engine.batch import Batch
from streams.engine.ending import Reason
from streams.engine.progress import RebalanceStarted, WorkerReady

if TYPE_CHECKING:
    from streams.engine.app import EngineApp


class Desk(faust.Sensor):
    """The batches that agents have in hand."""

    def __init__(self, app: EngineApp, *, enabled: bool) -> None:
        super().__init__()
        self._app = app
        self._enabled = enabled
        self._in_hand: set[int] = set()  # by identity: a batch is a list
        self.is_ready = False
        """Tables are complete, partitions shared out, and no rebalance under way."""

    def settled(self, batch: Batch) -> None:
        """The brokers hold all that followed from this batch."""
        self._in_hand.discard(id(batch))

    def sent_off(self, batch: Batch) -> None:
        """It is on its way to the brokers (`on_the_way.py`), and answered for there."""
        self._in_hand.discard(id(batch))

    def on_stream_event_in(self, tp: TP, offset: int, stream: StreamT[Any], event: EventT[Any]) -> None:
        """An agent takes a batch."""
        batch = event.value
        if not isinstance(batch, Batch):
            return
        if self._app.lease.slept():
            self._app.end(Reason.SLEPT, topic=tp.topic, partition=tp.partition, offset=batch.offset)
        batch.taken_at = time.monotonic()
        self._in_hand.add(id(batch))

    def on_stream_event_out(
        self, tp: TP, offset: int, stream: StreamT[Any], event: EventT[Any], state: dict[Any, Any] | None = None
    ) -> None:
        """An agent comes back for more, or was torn down."""
        batch = cast("Batch", event.value)
        if id(batch) in self._in_hand:
            self._in_hand.discard(id(batch))
            if self._enabled and not self._app.should_stop:
                self._app.end(Reason.BATCH_UNSETTLED, topic=tp.topic, partition=tp.partition, offset=batch.offset)

    def on_rebalance_start(self, app: AppT) -> dict[str, float]:
        """The group begins to share out its partitions."""
        self.is_ready = False
        self._app.loop.call_soon_threadsafe(self._app.tell, RebalanceStarted())  # we are on the consumer's thread
        return cast("dict[str, float]", super().on_rebalance_start(app))

    def on_rebalance_end(self, app: AppT, state: dict[Any, Any]) -> None:
        """Tables are complete, agents run."""
        self.is_ready = True
        self._app.tell(WorkerReady(self._app.inputs(), time.monotonic() - state["time_start"]))
