"""A worker that is up but will never be ready must end.

Faust waits silently where it has no rights on its group, and its recovery stops without a word when a request to
the broker takes too long. So: while a broker answers, a worker has `ready_seconds` to become ready or at least to
recover a little further. While no broker answers, the clock stands still, and the listener hears why.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from streams.engine.broker import answers
from streams.engine.ending import Reason

if TYPE_CHECKING:
    from streams.engine.app import EngineApp

LOOK_SECONDS: Final = 1.0
ASK_SECONDS: Final = 5.0


async def insist_on_readiness(app: EngineApp) -> None:
    """Watch for ever; end the process when it is stuck."""
    moved_at = asked_at = time.monotonic()
    standing: object = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        before, standing = standing, (app.desk.is_ready, app.rebalancing_count, _recovered(app))
        if app.desk.is_ready or standing != before:
            moved_at = now
            continue
        if now - asked_at > ASK_SECONDS:
            asked_at = now
            if not await answers(app.settings, app.tell):
                moved_at = time.monotonic()
        if time.monotonic() - moved_at > app.settings.ready_seconds:
            app.end(Reason.NOT_READY_IN_TIME)


def _recovered(app: EngineApp) -> int:
    """Changelog records taken into memory so far."""
    return sum(table.records_replayed for table in app.batch_tables())
