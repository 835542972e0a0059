"""The same core on Quix Streams, where the extra ``peers`` is installed: its RocksDB state, its own changelog.

Quix Streams brings confluent-kafka, which is why it is no dependency of ours; it is asked for in this file alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from streams.benchmark.notes import Notebook
from streams.benchmark.one_by_one import rules_of, tell_one
from streams.settings import Settings
from streams.topics import DESK_EVENTS, FAMILY_EVENTS

NOT_INSTALLED = "Quix Streams is not installed, so nothing was compared with it: pip install 'earlyword[peers]'."
ROW = "row"


def is_installed() -> bool:
    """Whether there is something to compare with."""
    return find_spec("quixstreams") is not None


@dataclass(frozen=True, slots=True)
class _Record:
    key: bytes
    value: bytes
    offset: int


class _State:
    """Quix Streams gives a state for each key; ours is one row in it."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def get(self, key: bytes) -> bytes | None:
        del key
        found: bytes | None = self._state.get_bytes(ROW)
        return found

    def __setitem__(self, key: bytes, row: bytes) -> None:
        self._state.set_bytes(ROW, row)

    def __delitem__(self, key: bytes) -> None:
        self._state.delete(ROW)


def measure_quix(settings: Settings, notebook: Notebook, events: int, name: str, state_dir: Path) -> None:
    """Tell so many events, then end."""
    from quixstreams import Application, message_context

    app = Application(
        broker_address=",".join(settings.broker),
        consumer_group=name,
        auto_offset_reset="earliest",
        commit_interval=settings.commit_seconds,
        state_dir=state_dir,
        loglevel="WARNING",
    )
    source = app.topic(FAMILY_EVENTS, key_deserializer="bytes", value_deserializer="bytes")
    desk = app.topic(DESK_EVENTS, key_serializer="bytes", value_serializer="bytes")
    rules = rules_of(settings)
    told = 0

    def tell(value: bytes, key: bytes, timestamp: int, headers: Any, state: Any) -> list[bytes]:
        del timestamp, headers
        nonlocal told
        if told == 0:
            notebook.note("begun")
        at = message_context()
        record = _Record(key, value, at.offset)
        outputs = tell_one(_State(state), record, at.partition, rules)
        told += 1
        if told == events:
            notebook.note("settled", topic=FAMILY_EVENTS, records=told)
            notebook.note("done")
            app.stop()
        return [output.value or b"" for output in outputs if output.topic == DESK_EVENTS]

    stream = app.dataframe(source).apply(tell, expand=True, stateful=True, metadata=True)
    stream.to_topic(desk)
    app.run()
