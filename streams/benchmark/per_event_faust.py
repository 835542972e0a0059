"""The same core in an ordinary Faust app: stock transport and table, one event at a time, at least once.

The only file outside ``streams.engine`` that makes a Faust app, and not one to copy: STREAMING section 2 says what is
lost and doubled in this form.
"""

from __future__ import annotations

import asyncio
from typing import Any

import faust

from streams.benchmark.notes import Notebook
from streams.benchmark.one_by_one import rules_of, tell_one
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS, FAMILY_PARTITIONS

TABLE = "families"


def changelog_of(name: str) -> str:
    """The changelog that an app of this name writes."""
    return f"{name}-{TABLE}-changelog"


def measure_faust(settings: Settings, notebook: Notebook, events: int, name: str) -> None:
    """Tell so many events, then end."""
    app = faust.App(
        name,
        broker=[f"kafka://{broker}" for broker in settings.broker],
        store="memory://",
        broker_commit_interval=settings.commit_seconds,
        broker_max_poll_records=settings.poll_records,
        topic_partitions=FAMILY_PARTITIONS,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )
    raw: dict[str, Any] = {
        "key_serializer": "raw",
        "value_serializer": "raw",
        "key_type": bytes,
        "value_type": bytes,
    }
    source = app.topic(FAMILY_EVENTS, partitions=FAMILY_PARTITIONS, **raw)
    families = app.Table(TABLE, partitions=FAMILY_PARTITIONS, key_type=bytes, value_type=bytes)
    rules = rules_of(settings)

    async def tell(stream: Any) -> None:
        told = 0
        async for event in stream.events():
            if told == 0:
                notebook.note("begun")
            for output in tell_one(families, event.message, event.message.partition, rules):
                await app.topic(output.topic, **raw).send(key=output.key, value=output.value)
            told += 1
            if told == events:
                notebook.note("settled", topic=FAMILY_EVENTS, records=told)
                notebook.note("done")
                return

    async def run() -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        @app.agent(source)
        async def watch(stream: Any) -> None:
            try:
                await tell(stream)
                ended.set_result(None)
            except Exception as error:
                ended.set_exception(error)  # Faust would start the agent again, and again
                raise
            await asyncio.Event().wait()

        app.in_worker = True
        await app.start()
        try:
            await ended
        finally:
            await app.stop()

    asyncio.run(run())
