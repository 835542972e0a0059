"""A TCP proxy in front of a broker, for network faults: hold, delay, drop, half-open.

It reads Kafka's framing on the way to the broker (four bytes of length, two of API key), so it can hold the requests
of one kind, Produce for instance, and let heartbeats pass. A listener of the broker must advertise the proxy's
address, or clients go round it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

PRODUCE: Final = 0
FETCH: Final = 1
ANY: Final = -1

T = TypeVar("T")


class Proxy:
    """`with Proxy(port_of_broker, port=...) as proxy: ... proxy.hold(PRODUCE) ... proxy.release()`.

    It runs in a thread of its own; every method may be called from the test's thread.
    """

    def __init__(self, target: int, *, port: int = 0) -> None:
        self.port = port
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._held_kind: int | None = None
        self._gate = asyncio.Event()
        self._answers = asyncio.Event()
        self._gate.set()
        self._answers.set()
        self._delay = 0.0
        self._refusing = False
        self._waiting = 0

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"127.0.0.1:{self.port}"

    @property
    def held(self) -> int:
        """Requests that wait at the gate."""
        return self._waiting

    def hold(self, kind: int = ANY) -> None:
        """Let no request of this kind (API key) pass; those behind it on the same connection wait too."""
        self._held_kind = kind
        self._loop.call_soon_threadsafe(self._gate.clear)

    def release(self) -> None:
        """Let everything pass that was held, requests and answers."""
        self._held_kind = None
        self._loop.call_soon_threadsafe(self._gate.set)
        self._loop.call_soon_threadsafe(self._answers.set)

    def hold_answers(self) -> None:
        """Half-open: requests reach the broker, its answers do not come back."""
        self._loop.call_soon_threadsafe(self._answers.clear)

    def delay(self, seconds: float) -> None:
        """Let everything take this long, in each direction."""
        self._delay = seconds

    def drop(self) -> None:
        """Cut every connection and refuse new ones."""
        self._refusing = True
        self._run(self._cut())

    def restore(self) -> None:
        """Take connections again."""
        self._refusing = False

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        for writer in self._writers:
            writer.close()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        here = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not here]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.close()
            return
        try:
            from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, to_broker}
        try:
            pumps = [
                asyncio.ensure_future(self._carry_requests(reader, to_broker)),
                asyncio.ensure_future(self._carry_answers(from_broker, writer)),
            ]
            _, left = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in left:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            for end in (writer, to_broker):
                self._writers.discard(end)
                end.close()

    async def _carry_requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length = await reader.readexactly(4)
            request = await reader.readexactly(int.from_bytes(length, "big"))
            if self._held_kind in {ANY, int.from_bytes(request[:2], "big")}:
                self._waiting += 1
                await self._gate.wait()
                self._waiting -= 1
            await asyncio.sleep(self._delay)
            writer.write(length + request)
            await writer.drain()

    async def _carry_answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            await self._answers.wait()
            await asyncio.sleep(self._delay)
            writer.write(chunk)
            await writer.drain()
