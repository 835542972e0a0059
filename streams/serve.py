"""From a command to a running worker: logs, health, the broker, its topics, then the agents, or who works without them.

The health server stands first, so that a process that waits for a broker says so. Wrong topics end the start.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from schemas.hub import Hub
from streams.engine import EngineApp, run
from streams.health import HealthServer, Readiness, keep_beating
from streams.hub import read_hub
from streams.kafka.admin import BrokerAwayError, check, client_options, open_admin
from streams.logs import configure, get_logger
from streams.metrics import Metrics
from streams.settings import Settings, SettingsError
from streams.topics import Topic, declare_topics
from streams.watch import Watch, keep_weighing

ASK_MS = 5_000
PAUSE_SECONDS = 1.0
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 look for cycles hundreds of times in one batch, though nothing that the core makes is in one."""

Build = Callable[[Settings, Watch], EngineApp]
Refuse = Callable[[Settings], None]
"""Looks, once the topics are there, whether the process may begin. Raises SettingsError."""
Work = Callable[[Settings, Watch], Coroutine[Any, Any, None]]


def serve(
    settings: Settings,
    process: str,
    build: Build,
    *,
    reads_links: bool = False,
    reads_models: bool = False,
    stands_by: bool = False,
    refuse: Refuse | None = None,
) -> None:
    """Run one worker until it is told to stop. Raises SettingsError when it cannot begin."""
    topics, watch = _prepare(
        settings,
        process,
        Readiness(reads_links=reads_links, reads_models=reads_models, may_stand_by=stands_by),
    )
    app = build(settings, watch)
    app.accompany(lambda: keep_beating(watch.readiness, watch.metrics.set_loop_lag))
    app.accompany(lambda: keep_weighing(app, watch.metrics))
    with _standing(settings, topics, watch):
        if refuse is not None:
            with _ready_to_leave():
                refuse(settings)
        run(app)


def serve_alone(settings: Settings, process: str, work: Work) -> None:
    """Run one process that has no agents until it is told to stop. Raises SettingsError when it cannot begin."""
    topics, watch = _prepare(settings, process, Readiness())

    async def beat_and_work() -> None:
        beating = asyncio.create_task(keep_beating(watch.readiness, watch.metrics.set_loop_lag))
        try:
            await work(settings, watch)
        finally:
            beating.cancel()

    with _standing(settings, topics, watch):
        asyncio.run(beat_and_work())


def collect_seldom() -> None:
    """Look for cycles of objects seldom: a tenth and more of a stage's time went there."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)


def _prepare(settings: Settings, process: str, readiness: Readiness) -> tuple[tuple[Topic, ...], Watch]:
    collect_seldom()
    configure(process, level=settings.log_level, instance=settings.instance)
    topics = topics_of(settings)
    metrics = Metrics(
        version=version("earlyword"),
        agencies={topic.name.split(".")[2] for topic in topics if topic.name.startswith("earlyword.in.")},
        topics={topic.name for topic in topics},
        rules=_rules(),
    )
    return topics, Watch(readiness, metrics)


@contextmanager
def _standing(settings: Settings, topics: tuple[Topic, ...], watch: Watch) -> Iterator[None]:
    """Health is served, and the topics are as they must be."""
    address, port = settings.metrics_address, settings.metrics_port
    with HealthServer(watch.readiness, watch.metrics.write, address=address, port=port) as health:
        get_logger().info("started", address=f"{address}:{health.port}", version=version("earlyword"))
        refuse_wrong_topics(settings, topics, watch)
        yield
        watch.readiness.ending()


def topics_of(settings: Settings) -> tuple[Topic, ...]:
    """The topics of this hub; a process that needs no hub file checks only our own."""
    hub: Hub | None = read_hub(settings.hub) if settings.hub is not None else None
    sources = [(source.agency, source.kind) for source in hub.sources] if hub is not None else []
    return declare_topics(sources, timestamps=settings.timestamps)


def refuse_wrong_topics(settings: Settings, topics: tuple[Topic, ...], watch: Watch) -> None:
    """Wait for a broker, then compare its topics with ours. Raises SettingsError for the first that is wrong."""
    with _ready_to_leave():
        admin = _await_admin(settings, watch)
        try:
            problems = check(admin, topics)
        finally:
            admin.close()
    if problems:
        more = f" ({len(problems)} problems in all: see `earlyword topics check`.)" if len(problems) > 1 else ""
        raise SettingsError(problems[0] + more)


def _await_admin(settings: Settings, watch: Watch) -> Any:
    while True:
        try:
            return open_admin(settings.broker, timeout_ms=ASK_MS, options=client_options(settings))
        except BrokerAwayError:
            watch.readiness.broker_answers(answers=False)
            watch.metrics.set_broker(reachable=False)
            get_logger().warning("broker_awaited", reason="no_answer")
            time.sleep(PAUSE_SECONDS)


@contextmanager
def _ready_to_leave() -> Iterator[None]:
    """Told to stop while it waits for a broker, the process leaves at once: nothing is in hand."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _rules() -> list[str]:
    from streams.process import read_pack

    return [rule.id for rule in read_pack().rule]


def _leave(number: int, frame: object) -> None:
    del number, frame
    sys.exit(0)
