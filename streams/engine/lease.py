"""The lease: how long what we fetched may still be written.

A worker that does not answer for a session loses its partitions to another. If it then wakes and writes, it
writes over its successor. So it may write a batch only within 0.7 sessions of a moment at which the partition was
its own: when the agent took the batch, or when the group accepted a commit of this member.

Taking a batch asks no coordinator, so one taken right after waking would look fresh. Therefore the process also
watches its own pulse: a gap between two beats as long as the lease means that it slept (SIGSTOP, a frozen host).
While it is awake the consumer's thread answers the group, and Faust hands over no batch of a former generation.

What this cannot see (a request that was in the socket before the sleep) is put right by `highest.py`.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from streams.engine.batch import Batch

SHARE_OF_SESSION: Final = 0.7
PULSE_SECONDS: Final = 0.25


class Lease:
    """The right to write, of one worker. Times are those of the monotonic clock, in seconds."""

    def __init__(self, session_seconds: float, *, enabled: bool = True) -> None:
        self.seconds = session_seconds * SHARE_OF_SESSION
        self._enabled = enabled
        self._confirmed_at = 0.0
        self._last_beat = time.monotonic()

    def confirm(self, at: float) -> None:
        """The group knew us as the owner at that time."""
        self._confirmed_at = max(self._confirmed_at, at)

    def left(self, batch: Batch) -> float:
        """Seconds for which a batch may still be written; 0 or less: not any more."""
        if not self._enabled:
            return float("inf")
        ours_at = min(max(batch.taken_at, self._confirmed_at), self._last_beat)
        return ours_at + self.seconds - time.monotonic()

    def slept(self) -> bool:
        """Whether the last beat is a whole lease ago."""
        return self._enabled and time.monotonic() - self._last_beat > self.seconds

    async def beat(self) -> None:
        """Beat until the process is found to have slept; then return."""
        while not self.slept():
            self._last_beat = time.monotonic()
            await asyncio.sleep(PULSE_SECONDS)
