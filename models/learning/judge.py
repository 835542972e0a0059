"""A snapshot as families ask it: raw values in, a score and its exact parts out. It knows nothing of families."""

from __future__ import annotations

from collections.abc import Sequence

from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot
from schemas.examples import Mode


class SnapshotJudge:
    """A judge of ``models.family.judge``: any number of processes may ask it while the learner makes the next."""

    def __init__(self, snapshot: Snapshot, mode: Mode, threshold: float | None = None) -> None:
        self._scorer = Scorer(snapshot)
        self._specification = snapshot.body.specification.name
        self._feature_list = snapshot.body.features_hash
        self._mode = mode
        self._threshold = threshold

    @property
    def mode(self) -> Mode:
        """Nothing; have its scores recorded; also raise a prompt."""
        return self._mode

    @property
    def specification(self) -> str:
        """The name of the recipe."""
        return self._specification

    @property
    def version(self) -> str:
        """The version of the snapshot."""
        return self._scorer.version

    @property
    def feature_list(self) -> str:
        """The name of the list of features that it was made from."""
        return self._feature_list

    @property
    def threshold(self) -> float | None:
        """The score above which it may raise a prompt; None: none."""
        return self._threshold

    def score(self, raw: Sequence[float]) -> float:
        """The score of raw values, 0 to 1."""
        return self._scorer.score(self._scorer.vector(raw))

    def explain(self, raw: Sequence[float]) -> tuple[tuple[str, float], ...]:
        """What each feature adds to the logit; with the intercept they sum to it, exactly."""
        contributions = self._scorer.contributions(self._scorer.vector(raw))
        return tuple((one.feature, one.value) for one in contributions)

    def __repr__(self) -> str:
        return f"SnapshotJudge({self.specification}, {self.version}, {self.mode})"
