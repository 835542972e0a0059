"""The standings of challengers on ``earlyword.models.v1``, and what is said of them in log and metrics."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, get_args

import msgspec

from models.calendar.local_time import date_of
from schemas.challengers import CHALLENGERS, Standing, Standings, Verdict, Why
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.topics import MODELS

_WHY: Final[Mapping[Why, str]] = {"drift": "because drift was found", "quarter": "because a quarter began"}
_VERDICTS: Final[Mapping[Verdict, str]] = {
    "open": "nothing can be said yet",
    "ahead": "ahead of the model in force, beyond chance",
    "behind": "behind the model in force, beyond chance",
}


def find_standings(records: Iterable[Any], name: str, known: Standings | None = None) -> Standings | None:
    """The latest standings among these records and those known. What cannot be read is told and left aside."""
    for record in records:
        if record.key != (CHALLENGERS + name).encode() or record.value is None:
            continue
        try:
            told = msgspec.convert(json.loads(record.value), type=Standings)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            get_logger().warning(
                "model_record_not_used", topic=MODELS, partition=0, offset=record.offset, reason="unsound"
            )
            continue
        if told.specification == name and (known is None or told.through >= known.through):
            known = told
    return known


def describe_standings(standings: Standings | None) -> list[str]:
    """A line for each challenger, in words and counts."""
    if standings is None:
        return []
    return [
        f"challenger of {date_of(one.opened_on).isoformat()}, opened {_WHY[one.why]}: {one.learned} rows learned,"
        f" {one.positives} of them positive; judged by {one.judged} labels: {_VERDICTS[one.verdict]}"
        for one in standings.open
    ]


def count_challengers(standings: Standings | None, metrics: Metrics) -> None:
    """How many challengers there are, by their verdicts."""
    verdicts = [] if standings is None else [one.verdict for one in standings.open]
    for verdict in get_args(Verdict):
        metrics.set_challengers(verdict, verdicts.count(verdict))


def tell_news(before: Standings | None, now: Standings, lost: Collection[Standing]) -> None:
    """A line for each challenger that opened or ended, or of which there is another verdict. ``lost``: see
    ``models.learning.challengers``."""
    log = get_logger()
    earlier = {} if before is None else {one.opened_on: one for one in before.open}
    for one in now.open:
        was = earlier.pop(one.opened_on, None)
        if was is None:
            log.info("challenger_opened", reason=one.why)
        if one.verdict != ("open" if was is None else was.verdict):
            say = log.warning if one.verdict == "ahead" else log.info
            say("challenger_judged", kind=one.verdict, reason=one.why, count=one.judged)
    for one in earlier.values():
        if one in lost:
            log.warning("challenger_not_made_again", reason=one.why)
        else:
            log.info("challenger_ended", kind=one.verdict, reason=one.why, count=one.judged)
