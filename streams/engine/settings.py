"""What a worker must be told about its brokers and its group."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust


@dataclass(frozen=True, kw_only=True)
class Scram:
    """A user and password, checked by SCRAM-SHA-512 inside TLS. `ca_file` None: the system's authorities."""

    username: str
    password: str = field(repr=False)
    ca_file: Path | None = None

    def for_faust(self) -> faust.SASLCredentials:
        """The credentials of a Faust app."""
        return faust.SASLCredentials(
            username=self.username,
            password=self.password,
            ssl_context=self._context(),
            mechanism="SCRAM-SHA-512",
        )

    def for_client(self) -> dict[str, Any]:
        """The same for a plain aiokafka client."""
        return {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "ssl_context": self._context(),
        }

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)


@dataclass(frozen=True, kw_only=True)
class MutualTls:
    """A client certificate. Files in PEM."""

    ca_file: Path
    certificate_file: Path
    key_file: Path

    def for_faust(self) -> faust.SSLCredentials:
        """The credentials of a Faust app."""
        return faust.SSLCredentials(context=self._context())

    def for_client(self) -> dict[str, Any]:
        """The same for a plain aiokafka client."""
        return {"security_protocol": "SSL", "ssl_context": self._context()}

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """Brokers, membership and pace of one worker process.

    `instance` makes the member static: one id per process slot, never two processes with the same one.
    `session_seconds`: at least three times the broker's `broker.session.timeout.ms`, or the lease ends the
    worker whenever a broker fails over.
    """

    brokers: tuple[str, ...]
    instance: str | None = None
    security: Scram | MutualTls | None = None

    session_seconds: float = 30.0
    heartbeat_seconds: float = 3.0
    rebalance_seconds: float = 30.0
    commit_seconds: float = 0.5
    poll_records: int = 20_000
    """Records fetched at once. Fewer, where a core is so slow that a batch of this size outlives the lease."""
    fetch_bytes: int = 1_048_576
    """Bytes fetched at once per partition: what bounds memory, two batches being in hand or waiting."""
    send_bytes: int = 262_144
    """Bytes of a Kafka batch we send; no more than the smallest `max.message.bytes` we write to."""
    ready_seconds: float = 120.0
    """How long a worker may be neither ready nor recovering any further while a broker answers, before it ends.
    A worker without rights on its group hangs silently otherwise."""
    unseen_seconds: float = 15.0
    """How long a topic that the worker reads may be out of its sight."""
    stop_seconds: float = 60.0
    lag_seconds: float = 5.0

    def client(self) -> dict[str, Any]:
        """Arguments of a plain aiokafka client for the same brokers."""
        security = self.security.for_client() if self.security else {}
        return {"bootstrap_servers": list(self.brokers), **security}


@dataclass(frozen=True, kw_only=True)
class Safeguards:
    """The engine's defences. All on; only a test's negative control switches one off, to see it needed."""

    gapless: bool = True
    """Fetch changelogs only while rebalancing, and hand over no batch that skips or repeats records."""
    unsettled: bool = True
    """End the process when an agent comes back without having settled its batch, or settles out of turn."""
    lease: bool = True
    """Write nothing from a batch older than 0.7 sessions, nor after the process slept as long."""
    highest_guard: bool = True
    """Recover the row with the highest guard, not the last row."""
