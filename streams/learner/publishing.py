"""What the learner writes: a snapshot, acknowledged, and only then the head that names it; how challengers stand."""

from __future__ import annotations

from typing import Self

from aiokafka import AIOKafkaProducer

from models.learning.canonical import to_canonical
from models.learning.heads import write_head
from models.learning.snapshot import Snapshot
from schemas.challengers import CHALLENGERS, Standings
from schemas.examples import Mode
from schemas.models import HEAD, LEARNED_IN, RESUME_OFFSET, SNAPSHOT, Head
from streams.engine import EngineSettings
from streams.topics import MODELS


class Publisher:
    """Writes to ``earlyword.models.v1``; each call returns the record's offset once all in-sync replicas have it.

    ``async with Publisher(...)``. Raises KafkaError when the brokers do not take it in time.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._producer = AIOKafkaProducer(**settings.client(), acks="all", enable_idempotence=True)

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._producer.stop()

    async def publish_snapshot(self, snapshot: Snapshot, *, resume_offset: int, learned_in: Mode) -> int:
        """Write a body under its version, and beside it where reading goes on after it."""
        headers = [(RESUME_OFFSET, str(resume_offset).encode()), (LEARNED_IN, learned_in.encode())]
        return await self._send(SNAPSHOT + snapshot.version, snapshot.bytes, headers)

    async def publish_head(self, head: Head) -> int:
        """Write a head."""
        return await self._send(HEAD + head.specification, write_head(head), [])

    async def publish_standings(self, standings: Standings) -> int:
        """Write how the challengers stand."""
        return await self._send(CHALLENGERS + standings.specification, to_canonical(standings), [])

    async def _send(self, key: str, value: bytes, headers: list[tuple[str, bytes]]) -> int:
        written = await self._producer.send_and_wait(MODELS, value, key=key.encode(), partition=0, headers=headers)
        return int(written.offset)
