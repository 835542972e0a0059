"""Playing a year fast, and yet in its order: how far the publisher may be ahead of the processes, and when all is done.

Partners' topics are read each at its own speed. Without a bound one of them could be a season ahead of another, and
what the police said in May would count as old news, because the school's July has come already: a trigger of more than
28 days ago raises nothing (EVENTS section 4). So the publisher waits while what is under way spans more than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from streams.demo.offsets import Offsets
from streams.demo.stages import Reach
from streams.simulator.arrivals import Record

DAY_MS: Final = 86_400_000
MOST_AHEAD_MS: Final = 20 * DAY_MS
LOOK_EVERY_MS: Final = 5 * DAY_MS
"""With the days ahead: 25, and so less than the 28 of the rules."""
REACH_EVERY: Final = 200
PAUSE_SECONDS: Final = 0.1
STALLED_SECONDS: Final = 120.0
QUIET_SECONDS: Final = 2.5
"""Two ticks of a replay and a half (``streams.process``): what the last event made due is told by then."""


class NothingMoves(Exception):  # noqa: N818 - named for what is so
    """The processes have not come any further for two minutes. Operator: their logs, in the demo's folder, say why."""


class _Patience:
    """Ends when nothing has moved for too long."""

    def __init__(self) -> None:
        self._seen: object = None
        self._since = time.monotonic()

    def look(self, seen: object) -> None:
        """Compare with the last time. Raises NothingMoves."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._since = seen, now
        elif now - self._since > STALLED_SECONDS:
            raise NothingMoves("The processes have not come any further for two minutes.")


def pace(records: Sequence[Record], offsets: Offsets, check: Callable[[], None], reach: Reach) -> Iterator[Record]:
    """These records, held back while the town's time that is under way is too long.

    ``check`` looks after the processes, ``reach`` is told how many were given. Raises NothingMoves.
    """
    look_at = 0
    for number, record in enumerate(records):
        now = record.timestamp_ms or 0
        if now >= look_at:
            _await_room(records, number, offsets, check)
            look_at = now + LOOK_EVERY_MS
        if number % REACH_EVERY == 0:
            reach(number)
        yield record


def _await_room(records: Sequence[Record], published: int, offsets: Offsets, check: Callable[[], None]) -> None:
    patience = _Patience()
    while True:
        check()
        under_way = offsets.under_way(published)
        oldest = records[max(0, published - under_way)]
        if (records[published].timestamp_ms or 0) - (oldest.timestamp_ms or 0) <= MOST_AHEAD_MS:
            return
        patience.look(under_way)
        time.sleep(PAUSE_SECONDS)


def await_drained(offsets: Offsets, check: Callable[[], None], told: Callable[[int], None]) -> float:
    """Wait until every record is settled and the processes have nothing more to say to it; when that came to be.

    ``told`` is given the number of records still to be settled, again and again. The moment is one of
    ``time.monotonic``: the quiet that tells us is not part of the work. Raises NothingMoves.
    """
    patience = _Patience()
    quiet_since, ends = time.monotonic(), None
    while True:
        check()
        now = offsets.drained()
        told(0 if now is not None else offsets.behind())
        if now is None or now != ends:
            quiet_since, ends = time.monotonic(), now
        elif time.monotonic() - quiet_since >= QUIET_SECONDS:
            return quiet_since
        patience.look(now if now is not None else offsets.committed())
        time.sleep(PAUSE_SECONDS)
