"""A broker with a second listener that is reached through a proxy only, and short sessions allowed."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from streams.kafka.jars import DEFAULT_CACHE
from streams.kafka.local import LocalKafka
from tests.engine.proxy import Proxy

SESSION = 2.0


@contextmanager
def proxied_kafka(folder: Path) -> Iterator[tuple[LocalKafka, Proxy]]:
    """`kafka.bootstrap` is the way round the proxy, `proxy.address` the way through it."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        client, front, back = (each.getsockname()[1] for each in sockets)
    listeners = f"PLAINTEXT://127.0.0.1:{client}"
    extra = {
        "listeners": f"{listeners},PROXIED://127.0.0.1:{back},CONTROLLER://127.0.0.1:{client + 1}",
        "advertised.listeners": f"{listeners},PROXIED://127.0.0.1:{front}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT",
        "group.min.session.timeout.ms": "1000",
    }
    cache = Path(os.environ.get("EARLYWORD_CACHE", DEFAULT_CACHE))
    with LocalKafka(folder, port=client, extra=extra, cache=cache) as kafka, Proxy(back, port=front) as proxy:
        yield kafka, proxy
