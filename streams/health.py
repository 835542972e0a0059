"""Whether this process lives, is ready, has started: answered on a port of its own, by a thread of its own.

The server stands before anything else does, so that a process that never gets to Faust says so; and because its
thread is not the event loop's, `/live` can tell that the loop is stuck. Each answer is `ok`, or one word of `Reason`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from aiohttp import web

from streams.settings import SettingsError

LIVE_SECONDS: Final = 5.0
BEAT_SECONDS: Final = 0.5
COMMIT_SECONDS: Final = 60.0
SERVER_SECONDS: Final = 10.0

_Result = TypeVar("_Result")


class Reason(StrEnum):
    """Why a process is not ready or does not live. A closed list: alerts and runbooks name these words."""

    OK = "ok"
    STANDBY = "standby"  # healthy: another process of the group has the partitions
    STARTING = "starting"
    BROKER_AWAY = "broker_away"
    LINKS_NOT_READ = "links_not_read"
    MODELS_NOT_READ = "models_not_read"
    REBALANCING = "rebalancing"
    NOT_ASSIGNED = "not_assigned"
    RECOVERING = "recovering"
    COMMIT_OVERDUE = "commit_overdue"
    ENDING = "ending"
    LOOP_STUCK = "loop_stuck"


class Readiness:
    """What the process knows about itself; others tell it, `/ready` asks it. Times are of a clock that never jumps.

    `reads_links`, `reads_models`: ready only after the map of links, the models, were read once. `may_stand_by`: having
    no partitions is healthy.
    """

    def __init__(
        self,
        *,
        reads_links: bool = False,
        reads_models: bool = False,
        may_stand_by: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._may_stand_by = may_stand_by
        self._links_read = not reads_links
        self._models_read = not reads_models
        self._broker_answers = True
        self._rebalancing = False
        self._assigned: int | None = None  # None: the group has not spoken yet
        self._started = False
        self._lag_since: float | None = None
        self._committed_at = 0.0
        self._ending = False
        self._beat_at: float | None = None

    def broker_answers(self, *, answers: bool) -> None:
        """A broker answered, or did not."""
        self._broker_answers = answers

    def links_read(self) -> None:
        """The map of links was read to its end once."""
        self._links_read = True

    def models_read(self) -> None:
        """What models there are was read to its end once."""
        self._models_read = True

    def rebalance_started(self) -> None:
        """The group shares out its partitions; nothing is handled until `worker_ready`."""
        self._rebalancing = True
        self._assigned = None
        self._lag_since = None

    def partitions_assigned(self, count: int) -> None:
        """So many input partitions are ours now; what their tables hold is being read."""
        self._assigned = count

    def worker_ready(self, partitions: int) -> None:
        """Tables are complete and the agents run."""
        self._assigned = partitions
        self._rebalancing = False
        self._started = True

    def lag_measured(self, records: int) -> None:
        """So many records of ours wait. An idle partition commits nothing, so only lag makes a commit overdue."""
        if records == 0:
            self._lag_since = None
        elif self._lag_since is None:
            self._lag_since = self._clock()

    def committed(self) -> None:
        """Offsets were committed."""
        self._committed_at = self._clock()

    def ending(self) -> None:
        """The process was told to stop, or must."""
        self._ending = True

    def beat(self) -> None:
        """The event loop turned."""
        self._beat_at = self._clock()

    def ready(self) -> Reason:
        """Whether work is being done, or what is missing: the first thing that is, in the order of a start."""
        if self._ending:
            return Reason.ENDING
        if self.live() is not Reason.OK:
            return Reason.LOOP_STUCK
        if not self._broker_answers:
            return Reason.BROKER_AWAY
        if self._assigned is None and not self._rebalancing:
            return Reason.STARTING
        if not self._links_read:
            return Reason.LINKS_NOT_READ
        if not self._models_read:
            return Reason.MODELS_NOT_READ
        if self._rebalancing:
            return Reason.RECOVERING if self._assigned else Reason.REBALANCING
        if not self._assigned:
            return Reason.STANDBY if self._may_stand_by else Reason.NOT_ASSIGNED
        if self._lag_since is not None:
            waited = self._clock() - max(self._lag_since, self._committed_at)
            if waited > COMMIT_SECONDS:
                return Reason.COMMIT_OVERDUE
        return Reason.OK

    def live(self) -> Reason:
        """Whether the event loop turned of late. Before its first turn the process is starting, and lives."""
        if self._beat_at is not None and self._clock() - self._beat_at > LIVE_SECONDS:
            return Reason.LOOP_STUCK
        return Reason.OK

    def startup(self) -> Reason:
        """Whether the process was ready once; until then a supervisor should leave it alone."""
        return Reason.OK if self._started else Reason.STARTING


async def keep_beating(readiness: Readiness, late: Callable[[float], None] = lambda _: None) -> None:
    """Tell the readiness at each turn of the event loop, for ever; `late` is told by how many seconds it came late."""
    while True:
        readiness.beat()
        before = time.monotonic()
        await asyncio.sleep(BEAT_SECONDS)
        late(max(0.0, time.monotonic() - before - BEAT_SECONDS))


class HealthServer:
    """Serves `/live`, `/ready`, `/startup` and `/metrics` until it is closed: `with HealthServer(...) as server`."""

    def __init__(
        self, readiness: Readiness, write_metrics: Callable[[], bytes], *, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._readiness = readiness
        self._write_metrics = write_metrics
        self._address = address
        self._wanted = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="health", daemon=True)
        self._runner = web.AppRunner(self._build(), access_log=None)
        self.port = 0
        """Where it listens, once started."""

    def start(self) -> Self:
        """Listen. Raises SettingsError when the address or the port cannot be had."""
        self._thread.start()
        try:
            self.port = self._run(self._listen())
        except OSError:
            self.close()
            raise SettingsError(
                "EARLYWORD_METRICS_ADDRESS and EARLYWORD_METRICS_PORT cannot be listened on; choose another port, or 0."
            ) from None
        return self

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        if self._loop.is_closed():
            return
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SERVER_SECONDS)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SERVER_SECONDS)

    async def _listen(self) -> int:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._address, self._wanted)
        await site.start()
        return int(self._runner.addresses[0][1])

    def _build(self) -> web.Application:
        app = web.Application()
        for path, ask in (
            ("/live", self._readiness.live),
            ("/ready", self._readiness.ready),
            ("/startup", self._readiness.startup),
        ):
            app.router.add_get(path, _answer(ask))
        app.router.add_get("/metrics", self._metrics)
        return app

    async def _metrics(self, _: web.Request) -> web.Response:
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=self._write_metrics(), headers=headers)


def _answer(ask: Callable[[], Reason]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        reason = ask()
        return web.Response(text=reason.value, status=200 if reason in (Reason.OK, Reason.STANDBY) else 503)

    return answer
