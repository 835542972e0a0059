"""Running a worker in this process, until it is told to stop or must end."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Any, Final

from faust.types import TP

from streams.engine.app import EngineApp
from streams.engine.broker import ANSWER_SECONDS, reach_broker
from streams.engine.ending import Reason
from streams.engine.progress import BrokerAwaited, BrokerReached, LagMeasured
from streams.engine.readiness import insist_on_readiness, insist_on_topics

log = logging.getLogger("earlyword.engine")

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def run(app: EngineApp) -> None:
    """Run the worker; return after SIGTERM or SIGINT, when what was in hand is settled and committed.

    Any unexpected failure ends the process with exit code 70 instead, without a commit.
    """
    asyncio.run(serve(app))


async def serve(app: EngineApp) -> None:
    """Run the worker in the running event loop; see `run`."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_without_values)
    told_to_stop = asyncio.Event()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, told_to_stop.set)
    stopping = asyncio.create_task(told_to_stop.wait())
    reaching = asyncio.create_task(reach_broker(app.settings, app.tell))
    await asyncio.wait({stopping, reaching}, return_when=asyncio.FIRST_COMPLETED)
    if told_to_stop.is_set():
        reaching.cancel()
        return
    app.in_worker = True
    tasks: set[asyncio.Future[Any]] = {
        asyncio.create_task(_keep_pulse(app)),
        asyncio.create_task(_measure_lag(app)),
        asyncio.create_task(insist_on_readiness(app)),
        asyncio.create_task(insist_on_topics(app)),
        asyncio.create_task(app.mender.run()),
    }
    tasks |= {asyncio.ensure_future(companion()) for companion in app.companions}
    tasks |= {asyncio.create_task(app.start()), stopping}
    down = asyncio.create_task(app.wait_until_stopped())
    while not told_to_stop.is_set():
        done, tasks = await asyncio.wait(tasks | {down}, return_when=asyncio.FIRST_COMPLETED)
        tasks.discard(down)
        for task in done:
            if (error := task.exception()) is not None:
                app.end(Reason.CRASHED, error)
        if down in done:
            app.end(Reason.CRASHED, app.crash_reason)
    down.cancel()
    await _stop(app, tasks)


async def _stop(app: EngineApp, tasks: set[asyncio.Future[Any]]) -> None:
    try:
        async with asyncio.timeout(app.settings.stop_seconds):
            await app.stop()
    except TimeoutError as error:
        app.end(Reason.STOPPED_TOO_SLOWLY, error)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_pulse(app: EngineApp) -> None:
    await app.lease.beat()
    app.end(Reason.SLEPT)


async def _measure_lag(app: EngineApp) -> None:
    """Ask the broker for the end of our partitions. What the consumer knows is as old as its last fetch."""
    away = False
    while True:
        await asyncio.sleep(app.settings.lag_seconds)
        if app.rebalancing or not app.consumer.started:
            continue
        positions = app.batch_consumer.positions()
        if not positions:
            continue
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                ends = await app.consumer.highwaters(*positions)
        except Exception as error:  # noqa: BLE001 - a measurement; the next one may succeed
            away = True
            app.tell(BrokerAwaited(type(error).__name__))
            continue
        if away:
            away = False
            app.tell(BrokerReached())
        lag: dict[TP, int] = {tp: max(0, ends[tp] - at) for tp, at in positions.items() if tp in ends}
        app.tell(LagMeasured(lag))


def _log_without_values(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The default handler writes the text of exceptions, which may hold personal data."""
    cause = context.get("exception")
    log.error("background_error message=%s cause=%s", context.get("message"), type(cause).__name__)
