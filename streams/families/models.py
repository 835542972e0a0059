"""The model in force, as ``earlyword.models.v1`` says: read whole by every families process, followed from then on.

It changes between two batches and never inside one: the follower speaks while the agent waits, and the agent asks once
a batch. Scores, thresholds and weights are in no log: what is told is which snapshot, in which mode.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from models.family.judge import SILENT, Judge
from models.learning.admission import why_not_start
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.serving import EXPECTED, Serving, judge_of
from models.learning.shelf import Shelf, Shelved
from models.learning.specification import hash_specification
from schemas.examples import Mode
from streams.engine import EngineSettings
from streams.engine.batch import Batch
from streams.engine.follower import Follower
from streams.logs import get_logger
from streams.process import engine_settings
from streams.settings import Settings, SettingsError
from streams.topics import MODELS


def new_shelf() -> Shelf:
    """An empty shelf for the model that comes with this release."""
    return Shelf(NEED_WITHIN_90_DAYS.name, hash_specification(NEED_WITHIN_90_DAYS))


def shelve(shelf: Shelf, record: Any) -> Shelved:
    """Put a record of the models' topic on a shelf."""
    return shelf.take(record.offset, (record.key or b"").decode("utf-8", "replace"), record.value)


def refuse_live_without_gate(settings: Settings) -> None:
    """Read the models' topic whole, before anything is told to families.

    Raises SettingsError where it says live and no gate was passed: a process that prompted on would do what nobody
    signed for, and one that silently did not would do less than whoever runs it believes.
    """
    if settings.model != "live":
        return
    refusal = why_not_start(asyncio.run(_read(engine_settings(settings))), settings.model)
    if refusal is not None:
        raise SettingsError(refusal)


async def _read(settings: EngineSettings) -> Shelf:
    shelf = new_shelf()

    def take(batch: Batch) -> None:
        for record in batch:
            shelve(shelf, record)

    follower = Follower(settings, MODELS, take=take)
    reading = asyncio.create_task(follower.run())
    caught_up = asyncio.create_task(follower.caught_up.wait())
    await asyncio.wait({reading, caught_up}, return_when=asyncio.FIRST_COMPLETED)
    for task in (reading, caught_up):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await reading  # an error of ours is one of the process
    return shelf


class Models:
    """Fed by a follower. ``most`` is the highest mode that this process allows."""

    def __init__(self, most: Mode) -> None:
        self.judge: Judge = SILENT
        """Who is asked now."""
        self._most = most
        self._shelf = new_shelf()
        self._told: tuple[str, str] = ("", "")

    def take(self, batch: Batch) -> None:
        """Learn more of the log; being told twice does no harm."""
        for record in batch:
            taken = shelve(self._shelf, record)
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
