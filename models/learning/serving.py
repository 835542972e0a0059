"""What of a shelf is in force, as a judge that families may ask. It can only lower what a head says.

Whatever may not be used makes the judge silent: the rules go on, and whoever runs the hub is told a word that says why.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from msgspec import Struct

from models.family.features import FEATURE_LIST
from models.family.judge import SILENT, Judge
from models.learning.admission import is_admitted
from models.learning.heads import lower
from models.learning.judge import SnapshotJudge
from models.learning.shelf import Shelf
from models.learning.snapshot import Snapshot, UnsoundSnapshotError
from schemas.examples import Mode
from schemas.models import Head

NotUsed: TypeAlias = Literal[
    "no_head", "snapshot_missing", "snapshot_unsound", "other_specification", "other_features", "gate_not_passed"
]
"""Why nothing is in force, or, the last, why it is in shadow and not live. The first is how every hub begins; the
others are for somebody to look at."""

EXPECTED: Final[NotUsed] = "no_head"


class Serving(Struct, frozen=True):
    """Who is asked from now on; ``not_used`` says why less is than a head says."""

    judge: Judge
    not_used: NotUsed | None = None


def judge_of(shelf: Shelf, most: Mode) -> Serving:
    """The judge that the head in force makes, in no higher mode than ``most``."""
    head = shelf.head
    if head is None:
        return Serving(SILENT, EXPECTED)
    mode = lower(head.mode, most)
    if mode == "silent":
        return Serving(SILENT)
    try:
        snapshot = shelf.snapshot(head.version)
    except UnsoundSnapshotError:
        return Serving(SILENT, "snapshot_unsound")
    if snapshot is None:
        return Serving(SILENT, "snapshot_missing")
    if snapshot.body.specification.name != head.specification:
        return Serving(SILENT, "other_specification")
    if snapshot.body.features_hash != FEATURE_LIST:
        return Serving(SILENT, "other_features")
    if mode == "live" and not is_admitted(shelf, head):
        return Serving(_judge(snapshot, "shadow", head), "gate_not_passed")
    return Serving(_judge(snapshot, mode, head))


def _judge(snapshot: Snapshot, mode: Mode, head: Head) -> SnapshotJudge:
    return SnapshotJudge(snapshot, mode, head.threshold, head.threshold_open_case)
