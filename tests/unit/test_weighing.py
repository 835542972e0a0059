"""The bytes of the rows in memory, of all tables of a process."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from streams.metrics import Metrics
from streams.watch import keep_weighing, weigh


def an_app(*tables: dict[bytes, bytes]) -> Any:
    return SimpleNamespace(batch_tables=lambda: [SimpleNamespace(memory=SimpleNamespace(rows=rows)) for rows in tables])


def test_keys_and_rows_of_all_tables_are_weighed() -> None:
    assert weigh(an_app({b"f-1": b"12345", b"f-2": b""}, {b"x": b"1"})) == 3 + 5 + 3 + 2
    assert weigh(an_app()) == 0


async def test_a_process_tells_its_weight_again_and_again() -> None:
    rows = {b"f-1": b"1"}
    metrics = Metrics(version="0")
    weighing = asyncio.create_task(keep_weighing(an_app(rows), metrics, seconds=0.001))
    try:
        async with asyncio.timeout(5):
            await until_written(metrics, "earlyword_state_bytes 4.0")
            rows[b"f-2"] = b"22"
            await until_written(metrics, "earlyword_state_bytes 9.0")
    finally:
        weighing.cancel()


async def until_written(metrics: Metrics, line: str) -> None:
    while line not in metrics.write().decode().splitlines():
        await asyncio.sleep(0.001)
