"""Made-up records of ``earlyword.examples.v1``, as several partitions of families would send them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from models.calendar.local_time import midnight
from models.learning.learner import RIVER
from models.learning.snapshot import Snapshot, begin, read_snapshot
from models.learning.specification import Feature, Specification
from models.learning.study import Draft, Study, read_rows_of
from models.transforms import Count, Flag
from schemas.examples import DayClosed, ExampleEvent, Matured, Mode, PromptedBy, RowState, Scored
from schemas.hub import Source
from schemas.identifiers import Day, FamilyId, Moment

FEATURE_LIST = "a-feature-list"
SPECIFICATION = Specification(
    name="made-up",
    features=(
        Feature(name="contacts", transform=Count(cap=5), sign=1),
        Feature(name="engaged", transform=Flag(), sign=-1),
        Feature(name="missing", transform=Flag(), sign=1),
    ),
    prevalence=0.1,
)
MADE_BY = {"python": "test", "river": RIVER}
FIRST_DAY = Day(739_000)
HORIZON = 104
"""Days from an episode's scoring to its maturity: 90 of horizon, 14 of grace."""


def a_row(
    name: str = "row",
    *,
    day: int = 0,
    minute: int = 0,
    state: RowState = "negative",
    prompted: PromptedBy = "none",
    features: tuple[float, ...] = (1.0, 0.0, 0.0),
    feature_list: str = FEATURE_LIST,
) -> Matured:
    """A row that matures so many days after the first one."""
    return Matured(
        row=name,
        family=FamilyId("a family"),
        at=Moment(midnight(Day(FIRST_DAY + day - HORIZON)) + minute * 60_000_000),
        day=Day(FIRST_DAY + day),
        state=state,
        outcome_on=Day(FIRST_DAY + day - 20) if state == "positive" else None,
        prompted=prompted,
        feature_list=feature_list,
        features=features,
    )


def a_scoring(row: Matured, score: float = 0.1, *, open_case: bool = False) -> Scored:
    """The record of that row's scoring."""
    return Scored(
        row=row.row,
        family=row.family,
        at=row.at,
        feature_list=row.feature_list,
        features=row.features,
        snapshot="a snapshot",
        score=score,
        contributions=(),
        threshold=None,
        mode="shadow",
        reason=None,
        open_case=open_case,
    )


def closing(day: int, partition: int = 0) -> DayClosed:
    """The end of a maturity day in one partition."""
    return DayClosed(partition, Day(FIRST_DAY + day))


def throw_rows(dice: random.Random, days: int = 6, rows: int = 40) -> list[Matured]:
    """Rows of several days: contacts raise the odds, engagement lowers them; some are censored, void or prompted."""
    thrown = []
    for number in range(rows):
        features = (float(dice.choice((0, 0, 1, 2, 4))), float(dice.random() < 0.3), float(dice.random() < 0.2))
        odds = 0.05 + 0.12 * features[0] + 0.2 * features[2]
        state: RowState = "positive" if dice.random() < odds else "negative"
        if dice.random() < 0.15:
            state = dice.choice(("censored", "void"))
        thrown.append(
            a_row(
                f"row-{number:03}",
                day=dice.randrange(days),
                minute=dice.randrange(4),
                state=state,
                prompted=dice.choice(("none", "none", "rule")),
                features=features,
            )
        )
    return thrown


def send(dice: random.Random, rows: Sequence[Matured], partitions: int, days: int = 6) -> list[ExampleEvent]:
    """The log as so many partitions would write it: each closes a day after its last row of it, at its own pace; any
    record may be repeated later on."""
    streams: list[list[ExampleEvent]] = [[] for _ in range(partitions)]
    shares = [[row for row in rows if hash_of(row) % partitions == number] for number in range(partitions)]
    for number, share in enumerate(shares):
        early = dice.sample(share, len(share) // 3)  # sent before their turn, which nobody forbids
        streams[number].extend(early)
        for day in range(days):
            due = [row for row in share if row.day == FIRST_DAY + day and row not in early]
            dice.shuffle(due)
            streams[number].extend(due)
            if day == days - 1 or dice.random() < 0.7:  # some days are closed together with the next
                streams[number].append(closing(day, number))
    log: list[ExampleEvent] = []
    while any(streams):
        log.append(dice.choice([stream for stream in streams if stream]).pop(0))
        if dice.random() < 0.2:
            log.append(dice.choice(log))
    return log


def hash_of(row: Matured) -> int:
    """A number that is the same in every process."""
    return sum(row.row.encode())


def follow(study: Study, offset: int, event: ExampleEvent, mode: Mode = "shadow") -> list[Draft]:
    """The snapshots that follow from a record, all in one mode."""
    lessons = [study.learn(closed, mode) for closed in study.take(offset, event).closed]
    return [lesson.draft for lesson in lessons if lesson.draft is not None]


def a_study(snapshot: Snapshot | None = None, partitions: int = 1, sources: Sequence[Source] = ()) -> Study:
    """A learner that knows nothing yet, or goes on from a snapshot, which comes through its bytes."""
    known = begin(SPECIFICATION, MADE_BY) if snapshot is None else read_snapshot(snapshot.bytes, snapshot.version)
    return Study(known, read_rows_of(SPECIFICATION, FEATURE_LIST), partitions, sources=sources)
