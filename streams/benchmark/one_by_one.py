"""The same core told one event at a time, for the frameworks that we are compared with.

Not a word of it is ours to shorten: the same decoding, the same rows, the same guard, the same outputs.
"""

from __future__ import annotations

from typing import Any, Protocol

from faust.types import TP

from models.family.judge import SILENT
from models.family.rules import RulePack
from streams.benchmark.load import refuse_bug
from streams.engine.batch import Batch
from streams.engine.outputs import Output
from streams.families.step import step
from streams.hub import read_hub
from streams.process import read_pack
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS


class Store(Protocol):
    """Where a framework keeps a family's row."""

    def get(self, key: bytes) -> bytes | None: ...
    def __setitem__(self, key: bytes, row: bytes) -> None: ...
    def __delitem__(self, key: bytes) -> None: ...


class _Timeless:
    """A store in which no family is ever due: nobody ticks in a comparison."""

    def __init__(self, store: Store) -> None:
        self.get = store.get
        self._store = store

    def due(self, partition: int, until: int) -> list[bytes]:
        raise NotImplementedError

    def __setitem__(self, key: bytes, row: bytes) -> None:
        self._store[key] = row

    def __delitem__(self, key: bytes) -> None:
        if self._store.get(key) is not None:  # the engine's table takes a tombstone for what is not there, too
            del self._store[key]


def rules_of(settings: Settings) -> RulePack:
    """The rules as the families stage reads them: with the hub's terms, which some wait by."""
    return read_pack(hub=None if settings.hub is None else read_hub(settings.hub))


def tell_one(store: Store, record: Any, partition: int, rules: RulePack) -> list[Output]:
    """What follows from one record; it has ``key``, ``value`` and ``offset``."""
    batch = Batch(TP(FAMILY_EVENTS, partition), [record])
    return step(_Timeless(store), batch, SILENT, rules, refuse_bug).outputs
