"""Everything on ``earlyword.models.v1`` about one specification, as whoever reads it from the beginning knows it.

Taken in the order of the topic, repeats allowed. What cannot be read, or was written for another specification, changes
nothing and is told. Snapshots are many and seldom looked at, so their bytes are kept and read when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from models.learning.canonical import hash_of
from models.learning.gate import GatePlan, GateReport
from models.learning.heads import UngatedHeadError, UnsoundHeadError, is_in_front, read_head
from models.learning.snapshot import Snapshot, UnsoundSnapshotError, read_snapshot
from schemas.models import GATE, HEAD, LEARNER, PLAN, SNAPSHOT, Head

_Word = TypeVar("_Word", GatePlan, GateReport)

Shelved: TypeAlias = Literal["taken", "other", "behind", "unsound"]
"""What a record was: of ours; not of ours; an older head, that came late; or bytes that nobody may use."""


class _Kept(Struct, frozen=True):
    body: bytes
    resume_offset: int
    closed_day: int
    parent: str | None


class _Outline(Struct, frozen=True):
    """What has to be known of a body before it is read."""

    specification_hash: str
    closed_day: int | None
    parent: str | None


class Shelf:
    """Snapshots, head, plan and reports of the specification of this name and hash."""

    def __init__(self, name: str, specification_hash: str | None = None) -> None:
        self._name, self._hash = name, specification_hash
        self._kept: dict[str, _Kept] = {}
        self._reports: dict[str, bytes] = {}
        self._persons: dict[int, Head] = {}
        self.head: Head | None = None
        """The head in force."""
        self.head_offset = -1
        self.plan: GatePlan | None = None
        self.says_live_without_gate = False
        """Whether the last head told to be in force is none that may be obeyed: live, and no gate named."""

    def take(self, offset: int, key: str, value: bytes | None, resume_offset: int = 0) -> Shelved:
        """Take a record in. ``resume_offset`` is the header of a snapshot."""
        try:
            if key.startswith(SNAPSHOT):
                return self._take_snapshot(key.removeprefix(SNAPSHOT), value, resume_offset)
            if value is None:
                return "other"
            if key == HEAD + self._name:
                return self._take_head(offset, read_head(value))
            if key == PLAN + self._name:
                self.plan = self.plan or _read(value, GatePlan)  # the first one counts: a plan is never changed
                return "taken"
            if key.startswith(GATE):
                return self._take_report(key.removeprefix(GATE), value)
        except UngatedHeadError as ungated:
            self.says_live_without_gate |= ungated.specification == self._name
            return "unsound"
        except (UnsoundHeadError, ValueError, RecursionError, msgspec.MsgspecError):
            return "unsound"
        return "other"

    @property
    def parents(self) -> Mapping[str, str | None]:
        """The parent of every snapshot."""
        return {version: kept.parent for version, kept in self._kept.items()}

    def newest(self) -> Snapshot | None:
        """The snapshot that has learned the latest day: not the last on the topic, if a learner slept.

        One whose bytes may not be used is passed over: what it had learned is learned again.
        """
        for version in sorted(self._kept, key=lambda one: (self._kept[one].closed_day, one), reverse=True):
            with suppress(UnsoundSnapshotError):
                return self.snapshot(version)
        return None

    def snapshot(self, version: str) -> Snapshot | None:
        """A snapshot by its version. Raises UnsoundSnapshotError if its bytes may not be used."""
        kept = self._kept.get(version)
        return None if kept is None else read_snapshot(kept.body, version)

    def resume_offset(self, version: str) -> int:
        """Where reading goes on after a snapshot."""
        return self._kept[version].resume_offset

    def report(self, gate: str) -> GateReport | None:
        """The report that a head names."""
        told = self._reports.get(gate)
        return None if told is None else _read(told, GateReport)

    def person_between(self, after: int, before: int) -> Head | None:
        """The last head that a person wrote between two offsets: whoever wrote the later one did not know it."""
        return next((self._persons[at] for at in sorted(self._persons, reverse=True) if after < at < before), None)

    def _take_snapshot(self, version: str, value: bytes | None, resume_offset: int) -> Shelved:
        if value is None:
            self._kept.pop(version, None)
            return "taken"
        outline = msgspec.convert(json.loads(value), type=_Outline)
        if self._hash is not None and outline.specification_hash != self._hash:
            return "other"
        if hash_of(value) != version:
            return "unsound"
        day = -1 if outline.closed_day is None else outline.closed_day
        self._kept[version] = _Kept(value, resume_offset, day, outline.parent)
        return "taken"

    def _take_head(self, offset: int, head: Head) -> Shelved:
        if head.specification != self._name:
            return "unsound"
        if head.by != LEARNER:
            self._persons[offset] = head
        if offset <= self.head_offset:
            return "taken"  # whoever writes takes its own head before it reads it
        if not is_in_front(head, self.head):
            return "behind"
        self.head, self.head_offset, self.says_live_without_gate = head, offset, False
        return "taken"

    def _take_report(self, gate: str, value: bytes) -> Shelved:
        if hash_of(value) != gate:
            return "unsound"
        _read(value, GateReport)  # whoever asks for it later finds one that can be read
        self._reports[gate] = value
        return "taken"


def _read(told: bytes, kind: type[_Word]) -> _Word:
    return msgspec.convert(json.loads(told), type=kind)
