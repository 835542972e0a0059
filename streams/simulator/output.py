"""Arrivals as a file: structured CloudEvents, one on a line, in the order of receipt."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from streams.simulator.arrivals import Arrival, to_line


def write_ndjson(arrived: Iterable[Arrival], path: Path) -> int:
    """Write every message that a file can hold, malformed ones as they are; gives the number of lines."""
    lines = 0
    with path.open("wb") as file:
        for arrival in arrived:
            if arrival.fate_in_file is not None:
                file.write(to_line(arrival) + b"\n")
                lines += 1
    return lines
