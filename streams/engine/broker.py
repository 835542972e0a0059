"""Waiting for a broker that is away."""

from __future__ import annotations

import asyncio
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.engine.progress import BrokerAwaited, BrokerReached, Listener
from streams.engine.settings import EngineSettings

PAUSE_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 10.0


async def reach_broker(settings: EngineSettings, listener: Listener) -> None:
    """Return when a broker answers us with its metadata; tell at each vain attempt."""
    while not await answers(settings, listener):
        await asyncio.sleep(PAUSE_SECONDS)
    listener(BrokerReached())


async def answers(settings: EngineSettings, listener: Listener) -> bool:
    """Whether a broker answers us; told if not."""
    client = AIOKafkaProducer(**settings.client())
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.start()
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        listener(BrokerAwaited(type(error).__name__))
        return False
    else:
        return True
    finally:
        await client.stop()
