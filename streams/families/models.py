"""The model in force, as ``earlyword.models.v1`` says: read whole by every families process, followed from then on.

It changes between two batches and never inside one: the follower speaks while the agent waits, and the agent asks once
a batch. Scores, thresholds and weights are in no log: what is told is which snapshot, in which mode.
"""

from __future__ import annotations

from models.family.judge import SILENT, Judge
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.serving import EXPECTED, Serving, judge_of
from models.learning.shelf import Shelf
from models.learning.specification import hash_specification
from schemas.examples import Mode
from streams.engine.batch import Batch
from streams.logs import get_logger


class Models:
    """Fed by a follower. ``most`` is the highest mode that this process allows."""

    def __init__(self, most: Mode) -> None:
        self.judge: Judge = SILENT
        """Who is asked now."""
        self._most = most
        self._shelf = Shelf(NEED_WITHIN_90_DAYS.name, hash_specification(NEED_WITHIN_90_DAYS))
        self._told: tuple[str, str] = ("", "")

    def take(self, batch: Batch) -> None:
        """Learn more of the log; being told twice does no harm."""
        for record in batch:
            taken = self._shelf.take(record.offset, (record.key or b"").decode("utf-8", "replace"), record.value)
            if taken == "unsound":
                get_logger().error("model_record_unsound", topic=batch.tp.topic, offset=record.offset)
        serving = judge_of(self._shelf, self._most)
        self.judge = serving.judge
        self._tell(serving)

    def _tell(self, serving: Serving) -> None:
        """Log what is in force, where that is news."""
        judge = serving.judge
        news = (judge.version, serving.not_used or judge.mode)
        if news == self._told:
            return
        self._told = news
        if serving.not_used not in {None, EXPECTED}:
            get_logger().error("model_not_used", reason=serving.not_used)
        elif serving.not_used is None:
            get_logger().info("model_in_force", version=judge.version or None, kind=judge.mode)
