"""Whether Apache Kafka answers: asked with a real request, never guessed from an open port."""

import socket
import time
from collections.abc import Callable, Mapping

from kafka.errors import KafkaError

from streams.kafka.admin import BrokerAwayError, open_admin

BETWEEN_LOOKS_SECONDS = 0.05
REQUEST_SECONDS = 5


class NoAnswer(Exception):  # noqa: N818 - named for what is so
    """No answer came from the broker before the deadline. Operator: see whether it runs, and its address."""


def await_answer(
    addresses: tuple[str, ...],
    deadline_seconds: float,
    *,
    brokers: int = 1,
    still_there: Callable[[], None] = lambda: None,
    options: Mapping[str, object] | None = None,
) -> None:
    """Return as soon as the cluster at `addresses` says that it has that many brokers, and a controller.

    `still_there` is called between two looks and may raise, to end the waiting early. `options` are
    kafka-python's, for a broker that wants TLS or a password. Raises NoAnswer after `deadline_seconds`.
    """
    deadline = time.monotonic() + deadline_seconds
    # kafka-python warns aloud about each refused connection: knock first.
    for address in addresses:
        while not _is_open(address):
            _pause(deadline, still_there)
    while not _counts(addresses, brokers, deadline, options or {}):
        _pause(deadline, still_there)


def _counts(addresses: tuple[str, ...], brokers: int, deadline: float, options: Mapping[str, object]) -> bool:
    left_ms = max(1, int(1000 * min(REQUEST_SECONDS, deadline - time.monotonic())))
    try:
        with open_admin(addresses, timeout_ms=left_ms, options=options) as admin:
            cluster = admin.describe_cluster()
    except (BrokerAwayError, KafkaError):
        return False
    return len(cluster["brokers"]) >= brokers and cluster["controller_id"] >= 0


def _is_open(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


def _pause(deadline: float, still_there: Callable[[], None]) -> None:
    still_there()
    if time.monotonic() > deadline:
        raise NoAnswer("Apache Kafka gave no answer before the deadline")
    time.sleep(BETWEEN_LOOKS_SECONDS)
