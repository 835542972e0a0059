"""How much of the machine others used while something was measured: what makes figures of the clock worth less.

Linux counts the processors' time for everybody, and ours for us and whoever we waited for; the rest is others', the
hypervisor's included. Elsewhere nothing is said.
"""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import Final

from msgspec import Struct

BUSY_SHARE: Final = 0.1
"""Of all processors. Less disturbs no median."""
_STAT: Final = Path("/proc/stat")
_IDLE: Final = frozenset({3, 4})
_GUESTS: Final = 8
"""In the first line of /proc/stat: the columns idle and iowait; from here on what is in user and nice already."""


class Clocks(Struct, frozen=True):
    """Seconds: of the clock on the wall, of all processors' computing, and of ours with that of our ended children."""

    wall: float
    everybody: float
    ours: float


def read_clocks(stat: Path = _STAT) -> Clocks | None:
    """All clocks, now; None where the system does not tell."""
    if not stat.exists():
        return None
    columns = [int(text) for text in stat.read_text(encoding="ascii").splitlines()[0].split()[1:]]
    ticks = sum(ticks for place, ticks in enumerate(columns[:_GUESTS]) if place not in _IDLE)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ours = sum(one.ru_utime + one.ru_stime for one in used)
    return Clocks(time.monotonic(), ticks / os.sysconf("SC_CLK_TCK"), ours)


def share_of_others(before: Clocks | None, after: Clocks | None, processors: int) -> float | None:
    """The share of the processors that others used between two readings, 0 to 1; None if nobody can tell."""
    if before is None or after is None or after.wall <= before.wall:
        return None
    theirs = (after.everybody - before.everybody) - (after.ours - before.ours)
    return round(min(1.0, max(0.0, theirs / ((after.wall - before.wall) * processors))), 3)
