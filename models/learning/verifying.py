"""Whether a past score can be had again: from the features as they were frozen, and the snapshot by its hash.

Not nearly: the same bits, of the score and of what each feature added to it. Else somebody has changed a record, a
snapshot, or the way in which one is read.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from models.learning.canonical import hash_of
from models.learning.scorer import Scorer
from models.learning.snapshot import UnsoundSnapshotError, read_snapshot
from schemas.examples import Scored


class NotReproducedError(ValueError):
    """A recorded score that its own features and snapshot do not give. The sentence names the check, never a value.

    Operator: take the model out of use (`earlyword model freeze`), keep record and snapshot, and find out which of the
    two is not what it was.
    """

    def __init__(self, check: str, sentence: str) -> None:
        super().__init__(sentence)
        self.check = check
        """``snapshot``, ``feature-list``, ``features``, ``score``, ``contributions`` or ``threshold``."""


class Verified(Struct, frozen=True, kw_only=True):
    """A record that was had again to the bit. The score itself stays inside."""

    row: str
    snapshot: str
    specification: str
    contributions: int
    """How many features added something."""


def verify(scored: Scored, body: bytes) -> Verified:
    """Score this row anew by the snapshot that these bytes are. Raises NotReproducedError."""
    if hash_of(body) != scored.snapshot:
        raise NotReproducedError("snapshot", "the bytes are not those of the snapshot that the record names")
    try:
        snapshot = read_snapshot(body, scored.snapshot)
    except UnsoundSnapshotError as unsound:
        raise NotReproducedError("snapshot", f"the snapshot cannot be used: {unsound}") from None
    if snapshot.body.features_hash != scored.feature_list:
        raise NotReproducedError("feature-list", "the record was made from another list of features")
    specification = snapshot.body.specification
    if len(scored.features) != len(specification.features):
        raise NotReproducedError("features", "the record does not hold a value for each feature")
    scorer = Scorer(snapshot)
    vector = scorer.vector(scored.features)
    if _bits(scorer.score(vector)) != _bits(scored.score):
        raise NotReproducedError("score", "the score is not the one that was recorded")
    added = [(one.feature, _bits(one.value)) for one in scorer.contributions(vector)]
    if added != [(name, _bits(value)) for name, value in scored.contributions]:
        raise NotReproducedError("contributions", "what each feature added is not what was recorded")
    if scored.reason is not None and (scored.threshold is None or not scored.score >= scored.threshold):
        raise NotReproducedError("threshold", "a prompt was raised though the score did not reach the threshold")
    return Verified(
        row=scored.row, snapshot=scored.snapshot, specification=specification.name, contributions=len(added)
    )


def _bits(value: float) -> bytes:
    return struct.pack(">d", value)
