"""What a measured process tells: a line of JSON for each thing that happened, on the clock that all processes share."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from streams.engine.progress import BatchSettled, EngineEvent, OffsetsCommitted, WorkerReady

What: TypeAlias = Literal["ready", "settled", "committed", "begun", "done"]
KIB: Final = 1024


class Note(Struct, frozen=True, kw_only=True):
    """One thing that happened. ``at`` is the monotonic clock and ``cpu`` what the process computed so far, in seconds.

    ``records`` were settled, up to ``offset`` of this topic and partition; ``memory`` is the process's, in bytes.
    """

    what: What
    at: float
    cpu: float
    topic: str = ""
    partition: int = -1
    offset: int = -1
    records: int = 0
    memory: int = 0


class Notebook:
    """Where a process writes its notes; the parent reads them while it runs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(
        self, what: What, *, topic: str = "", partition: int = -1, offset: int = -1, records: int = 0, memory: int = 0
    ) -> None:
        """Write that this has just happened."""
        told = Note(
            what=what,
            at=time.monotonic(),
            cpu=time.process_time(),
            topic=topic,
            partition=partition,
            offset=offset,
            records=records,
            memory=memory,
        )
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(told) + b"\n")

    def hear(self, event: EngineEvent) -> None:
        """Note what counts of what the engine tells."""
        match event:
            case WorkerReady(partitions) if partitions:
                self.note("ready", memory=memory_in_use())
            case BatchSettled(tp, offset, records):
                self.note("settled", topic=tp.topic, partition=tp.partition, offset=offset, records=records)
            case OffsetsCommitted(offsets):
                for tp, offset in offsets.items():
                    self.note("committed", topic=tp.topic, partition=tp.partition, offset=offset)
            case _:
                pass


class Reading:
    """The notes of one process, as far as they are written."""

    def __init__(self, path: Path) -> None:
        self.notes: list[Note] = []
        self._path = path
        self._read = 0

    def read_on(self) -> list[Note]:
        """The notes that came since the last look; a line that is still being written is left for the next."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole, _, _ = file.read().rpartition(b"\n")
        if not whole:
            return []
        self._read += len(whole) + 1
        fresh = [_read(line) for line in whole.split(b"\n")]
        self.notes += fresh
        return fresh

    def first(self, what: What) -> Note | None:
        """The first note of this."""
        return next((note for note in self.notes if note.what == what), None)


def memory_in_use() -> int:
    """Bytes of memory that this process occupies; where the system does not say, the most that it ever did."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * KIB


_read = msgspec.json.Decoder(Note).decode
