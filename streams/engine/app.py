"""The Faust app of a worker process, with the settings that the promises need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, NoReturn, cast

import faust
from faust.types import TP, AgentT, TopicT

from streams.engine.consumer import BatchConsumer
from streams.engine.desk import Desk
from streams.engine.ending import Reason, end
from streams.engine.lease import Lease
from streams.engine.mend import Mender
from streams.engine.on_the_way import OnTheWay
from streams.engine.producer import BatchProducer
from streams.engine.progress import EngineEvent, Listener, WorkerEnded, ignore
from streams.engine.settings import EngineSettings, Safeguards
from streams.engine.table import BatchTable, TableManager
from streams.engine.transport import BatchTransport

RAW: Final[dict[str, Any]] = {
    "key_serializer": "raw",
    "value_serializer": "raw",
    "key_type": bytes,
    "value_type": bytes,
}


class EngineApp(faust.App):
    """An ordinary Faust app that knows its lease, its listener and how to end.

    Make it with `build_app`.
    """

    settings: EngineSettings
    safeguards: Safeguards
    lease: Lease
    desk: Desk
    mender: Mender
    on_the_way: OnTheWay
    listener: Listener
    companions: list[Callable[[], Awaitable[None]]]

    @property
    def batch_consumer(self) -> BatchConsumer:
        """The consumer, as what it is."""
        return cast("BatchConsumer", self.consumer)

    @property
    def batch_producer(self) -> BatchProducer:
        """The producer, as what it is."""
        return cast("BatchProducer", self.producer)

    def batch_tables(self) -> Iterator[BatchTable]:
        """All tables of the app."""
        return cast("Iterator[BatchTable]", iter(self.tables.values()))

    def inputs(self) -> frozenset[TP]:
        """The partitions of the agents' topics that are ours."""
        return frozenset(tp for tp in self.consumer.assignment() if self.batch_consumer.is_input(tp))

    def tell(self, event: EngineEvent) -> None:
        """Tell the listener."""
        self.listener(event)

    def end(self, reason: Reason, cause: BaseException | None = None, **where: object) -> NoReturn:
        """End the process without a commit; exit code 70."""
        try:
            self.tell(WorkerEnded(reason))
        finally:
            end(reason, cause, **where)

    def accompany(self, companion: Callable[[], Awaitable[None]]) -> None:
        """Run this beside the agents (a follower, a ticker) from the start of the worker to its end.

        If it raises, the process ends without a commit.
        """
        self.companions.append(companion)

    def _create_directories(self) -> None:
        """Faust would make folders beside the program; the tables live in memory."""

    async def _on_agent_error(self, agent: AgentT[Any], exc: BaseException) -> None:
        if self.safeguards.unsettled:
            self.end(Reason.AGENT_RAISED, exc, agent=agent.name)
        await super()._on_agent_error(agent, exc)


def build_app(
    settings: EngineSettings,
    name: str,
    *,
    listener: Listener = ignore,
    partitions: int = 12,
    safeguards: Safeguards | None = None,
) -> EngineApp:
    """A Faust app that carries partition batches. Declare its topics, tables and agents next.

    `name` is the consumer group, and the first word of each changelog topic: `<name>-<table>-changelog`.
    All topics, changelogs too, must exist: the app creates none.
    """
    app = EngineApp(
        name,
        broker=[f"kafka://{broker}" for broker in settings.brokers],
        broker_credentials=settings.security.for_faust() if settings.security else None,
        Table=BatchTable,
        TableManager=TableManager,
        consumer_group_instance_id=settings.instance,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.heartbeat_seconds,
        broker_rebalance_timeout=settings.rebalance_seconds,
        broker_commit_interval=settings.commit_seconds,
        broker_max_poll_records=settings.poll_records,
        consumer_max_fetch_size=settings.fetch_bytes,
        producer_max_batch_size=settings.send_bytes,
        stream_wait_empty=True,
        table_standby_replicas=0,
        topic_partitions=partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )
    app.settings = settings
    app.safeguards = safeguards or Safeguards()
    app.lease = Lease(settings.session_seconds, enabled=app.safeguards.lease)
    app.listener = listener
    app.companions = []
    app.mender = Mender(app)
    app.on_the_way = OnTheWay(app)
    app.desk = Desk(app, enabled=app.safeguards.unsettled)
    app.sensors.add(app.desk)
    app.transport = BatchTransport(app.conf.broker_consumer, app)
    return app


def raw_topic(app: EngineApp, *names: str, partitions: int = 12) -> TopicT:
    """A topic, or several under one agent, of bytes that nobody decodes on the way."""
    return app.topic(*names, partitions=partitions, **RAW)


def batch_table(app: EngineApp, name: str, *, partitions: int = 12) -> BatchTable:
    """A table of rows; `partitions` as many as its source topic has."""
    table = app.Table(
        name,
        partitions=partitions,
        key_type=bytes,
        value_type=bytes,
        recovery_buffer_size=2,  # changelog batches held back before they are applied; 1 means something else
    )
    return cast("BatchTable", table)
