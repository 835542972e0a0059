"""Waiting for the learner: until a model is in force, and at the end until it has learned what the rows give."""

from __future__ import annotations

import time
from typing import Final

from streams.demo.model import READ, ModelSummary, ModelTold
from streams.demo.reading import read_topic
from streams.demo.stand import Stand

LEARN_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.5


def await_model(stand: Stand) -> None:
    """Return when a model is in force: episodes that begin before are asked of nobody, and no figure counts them.

    When that takes too long the year is played all the same.
    """
    until = time.monotonic() + LEARN_SECONDS
    while _read(stand).shelf.head is None and time.monotonic() < until:
        stand.supervisor.check()
        time.sleep(PAUSE_SECONDS)


def await_learned(stand: Stand) -> ModelSummary:
    """The model's year, read when the learner has learned all of it; as it stands when that takes too long.

    The last ticks of the replay may still close a day after everything else is settled, so both topics are read again
    until they agree.
    """
    until = time.monotonic() + LEARN_SECONDS
    while True:
        told = _read(stand)
        newest = told.shelf.newest()
        if (newest is not None and newest.version == told.learn_again()) or time.monotonic() > until:
            return told.sum_up()
        stand.supervisor.check()
        time.sleep(PAUSE_SECONDS)


def _read(stand: Stand) -> ModelTold:
    told = ModelTold()
    for topic in READ:
        for record in read_topic(stand.broker, topic, stand.client):
            told.take(record)
    return told
