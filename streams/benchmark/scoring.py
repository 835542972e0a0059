"""What the model costs the families stage: the same batches told with no judge, with one in shadow and with one live.

Each has a process of its own, forked anew for each round, so that none finds what another has worked out before. They
take turns batch by batch, each first in its turn, so that a busy machine is busy for all of them. What is counted is a
process's own computing.

Most events are marks of families without a young episode, of which no score has a reader. So what an event costs more,
on average, is little beside what one score costs; both are told. The latter is an upper bound: here a view is made for
each score, while the stage has mostly looked at the same one for its rules.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from typing import Final

from msgspec import Struct

from models.family.features import describe
from models.family.judge import SILENT, Judge
from models.family.rules import RulePack
from models.family.state import FamilyState
from models.family.transition import Transition, advance
from models.family.view import View
from models.learning.judge import SnapshotJudge
from models.learning.learner import learn
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import prepare_vector
from schemas.examples import Matured, Mode, Scored
from schemas.identifiers import FamilyId
from streams.benchmark.bench import Bar
from streams.benchmark.figures import Figure, quantile
from streams.benchmark.load import Keyed, Rows, cut_into_batches, refuse_bug
from streams.codecs import read_family_record
from streams.engine.batch import Batch
from streams.families.step import step

AT_ONCE: Final = 5_000
"""Events fetched at a time: some hundred to a batch, so that turns are short."""
PUT_TO_THE_DESK: Final = 0.1
"""The threshold is such that one episode in ten would be put to the desk."""
MADE_BY: Final = {"river": "benchmark", "python": "benchmark"}


class Rated(Struct, frozen=True):
    """One round: CPU microseconds for each event, by judge; for each score, of reading the features and of scoring."""

    per_event: dict[str, float]
    features: float
    vector: float


class Asked(Struct, frozen=True):
    """The stories of which a live judge was asked, as they stood, and the raw values that it was given."""

    states: tuple[FamilyState, ...]
    raws: tuple[tuple[float, ...], ...]


def measure_scoring(
    events: Sequence[Keyed],
    told: Sequence[Scored | Matured],
    rules: RulePack,
    repeat: int,
    bar: Bar,
) -> Figure:
    """Tell these events so often to a table in memory, once with each judge. ``told`` are the examples they make."""
    snapshot = learn_from(told)
    scores = [one for one in told if isinstance(one, Scored)]
    judge = SnapshotJudge(snapshot, "live")
    threshold = quantile([judge.score(one.features) for one in scores], 1 - PUT_TO_THE_DESK)
    judges: dict[str, Judge] = {
        "silent": SILENT,
        "shadow": SnapshotJudge(snapshot, "shadow", threshold),
        "live": SnapshotJudge(snapshot, "live", threshold),
    }
    asked = watch_asked(events, _Listening(snapshot, "live", threshold), rules)
    batches = cut_into_batches(events, AT_ONCE)
    gc.collect()
    gc.freeze()  # in the stage, what was fetched is let go of batch by batch
    try:
        rounds = []
        for number in range(1, repeat + 1):
            per_event = _tell_in_turns(batches, judges, rules, bar, number)
            rounds.append(Rated(per_event, *_score_again(asked, judge)))
    finally:
        gc.unfreeze()
    return describe_scoring(rounds, events=len(events), in_shadow=len(scores), live=len(asked.states))


def describe_scoring(rounds: Sequence[Rated], *, events: int, in_shadow: int, live: int) -> Figure:
    """Medians over the rounds. What a judge costs is worked out round by round, against silence in the same round."""

    def more(judge: str) -> float:
        return round(median(one.per_event[judge] - one.per_event["silent"] for one in rounds), 2)

    return {
        "silent_us_per_event": round(median(one.per_event["silent"] for one in rounds), 2),
        "shadow_us_per_event": more("shadow"),
        "live_us_per_event": more("live"),
        "features_us": round(median(one.features for one in rounds), 2),
        "vector_us": round(median(one.vector for one in rounds), 2),
        "events": events,
        "scored_in_shadow": in_shadow,
        "scored_live": live,
        "runs": [round(one.per_event["live"] - one.per_event["silent"], 2) for one in rounds],
    }


def hear_examples(events: Sequence[Keyed], rules: RulePack) -> list[Scored | Matured]:
    """What the learner would be told of these events, if one that knows nothing were in shadow."""
    judge = SnapshotJudge(begin(NEED_WITHIN_90_DAYS, MADE_BY), "shadow")
    return [example for transition in _tell(events, judge, rules) for example in transition.examples]


def learn_from(told: Sequence[Scored | Matured]) -> Snapshot:
    """A snapshot with weights of its own, from the rows of which the outcome is known."""
    vector = prepare_vector(NEED_WITHIN_90_DAYS)
    known = [one for one in told if isinstance(one, Matured) and one.state in ("positive", "negative")]
    return learn(
        begin(NEED_WITHIN_90_DAYS, MADE_BY), [(vector(one.features), one.state == "positive") for one in known]
    )


def watch_asked(events: Sequence[Keyed], judge: _Listening, rules: RulePack) -> Asked:
    """Tell these events, and keep the stories of which the judge was asked."""
    states: list[FamilyState] = []
    for transition in _tell(events, judge, rules):
        if len(judge.raws) > len(states):
            states.append(transition.state)
    return Asked(tuple(states), tuple(judge.raws))


class _Listening(SnapshotJudge):
    """A judge that keeps what it was asked."""

    def __init__(self, snapshot: Snapshot, mode: Mode, threshold: float) -> None:
        super().__init__(snapshot, mode, threshold)
        self.raws: list[tuple[float, ...]] = []

    def score(self, raw: Sequence[float]) -> float:
        self.raws.append(tuple(raw))
        return super().score(raw)


def _tell(events: Sequence[Keyed], judge: Judge, rules: RulePack) -> Iterator[Transition]:
    stories: dict[bytes, FamilyState] = {}
    for key, value in events:
        story = stories.get(key) or FamilyState(FamilyId(key.decode()))
        transition = advance(story, read_family_record(value).event, judge, rules)
        stories[key] = transition.state
        yield transition


def _tell_in_turns(
    batches: Sequence[Batch], judges: Mapping[str, Judge], rules: RulePack, bar: Bar, number: int
) -> dict[str, float]:
    """CPU microseconds for each event, by judge."""
    spent = dict.fromkeys(judges, 0.0)
    events = sum(map(len, batches))
    with ExitStack() as stack:
        told = {name: stack.enter_context(_teller(batches, judge, rules)) for name, judge in judges.items()}
        advance_bar = stack.enter_context(bar(f"scoring, {number}", events))  # after the forks: a bar has a thread
        turns = list(told)
        for place, batch in enumerate(batches):
            for name in turns:
                told[name].send(place)
                spent[name] += told[name].recv()
            turns = [*turns[1:], turns[0]]
            advance_bar(len(batch))
    return {name: seconds / events * 1e6 for name, seconds in spent.items()}


@contextmanager
def _teller(batches: Sequence[Batch], judge: Judge, rules: RulePack) -> Iterator[Connection[int | None, float]]:
    """A process that tells the batches whose places it is sent, and answers with the CPU seconds that each took."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, batches, judge, rules), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
        ours.send(None)
    finally:
        ours.close()
        process.join()


def _answer(pipe: Connection[float, int | None], batches: Sequence[Batch], judge: Judge, rules: RulePack) -> None:
    rows = Rows()
    while (place := pipe.recv()) is not None:
        began = time.process_time()
        step(rows, batches[place], judge, rules, refuse_bug)
        pipe.send(time.process_time() - began)


def _score_again(asked: Asked, judge: SnapshotJudge) -> tuple[float, float]:
    """CPU microseconds for each score: of reading the features, and of scoring them."""
    _forget()
    began = time.thread_time()
    for state in asked.states:
        describe(View(state), state.clock)
    read = time.thread_time()
    for raw in asked.raws:
        judge.score(raw)
    scored = time.thread_time()
    scores = max(1, len(asked.states))
    return (read - began) / scores * 1e6, (scored - read) / scores * 1e6


def _forget() -> None:
    """Empty what the core keeps of earlier answers, so that no round lives on the one before it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("models."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()
