"""On what it was measured: figures of two machines are not to be compared without it."""

from __future__ import annotations

import os
import platform
from typing import Final

from msgspec import Struct

from streams.kafka.jars import read_lock

KAFKA: Final = "kafka_2.13"
MEBIBYTE: Final = 1024 * 1024


class Machine(Struct, frozen=True, kw_only=True):
    """Hardware and its load at the start, and the versions that matter."""

    hardware: dict[str, object]
    python: str
    kafka: str


def describe_machine() -> Machine:
    """This machine, now. Its name is left out."""
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        hardware={
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": cores,
            "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE,
            "load_at_start": round(load, 2),
        },
        python=platform.python_version(),
        kafka=_kafka_version(),
    )


def _kafka_version() -> str:
    return next(jar.version for jar in read_lock() if jar.group == "org.apache.kafka" and jar.artifact == KAFKA)
