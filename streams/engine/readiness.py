"""A worker that is up but will never do its work must end.

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


async def insist_on_topics(app: EngineApp) -> None:
    """Watch for ever; end the process when a topic of ours stays out of sight while we are ready.

    Faust ignores a topic that it cannot see (missing, or no right to read it), and looks like a standby. Right after
    a rebalance the client may not have asked for all of them yet, so only a lasting gap counts.
    """
    missing_since: dict[str, float] = {}
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        names = {name for topic in app.topics for name in topic.topics} if app.desk.is_ready else set()
        # Not `consumer.topic_partitions`: only the group's leader keeps what that reads.
        missing = {name for name in names if app.batch_consumer.key_partition(name, b"") is None}
        now = time.monotonic()
        missing_since = {name: missing_since.get(name, now) for name in missing}
        for name, since in sorted(missing_since.items()):
            if now - since > app.settings.unseen_seconds:
                app.end(Reason.TOPIC_MISSING, topic=name)


def _recovered(app: EngineApp) -> int:
    """Changelog records taken into memory so far."""
    return sum(table.records_replayed for table in app.batch_tables())
