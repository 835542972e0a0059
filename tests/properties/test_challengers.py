"""A challenger follows from the set of rows and the day of its opening, knows no label before its time, and changes
nothing of the model in force."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.learning.challenger import Challenger
from models.learning.measures.anytime import BettingE
from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot, begin
from schemas.challengers import Standings
from schemas.examples import DayClosed, ExampleEvent, Matured, RowState, Scored
from schemas.identifiers import Day
from tests.unit.learning.rows import FIRST_DAY, MADE_BY, SPECIFICATION, a_study, follow
from tests.unit.learning.worlds import Life, World, changed_after, deliver

BEGIN, DAYS, QUARTER = 60, 28, 68
"""The days that a small world lives through, and the first of July among them."""
HORIZON, WARM_UP = 4, 8
PARTITIONS = st.sampled_from((1, 2, 3, 12))
ALARMS = st.lists(st.integers(BEGIN, BEGIN + DAYS), max_size=2).map(sorted)
seeds = st.integers(0, 10**6)


def a_life(
    newest: Snapshot | None = None, told: Standings | None = None, *, partitions: int = 1, alarms_on: Sequence[int] = ()
) -> Life:
    first = begin(SPECIFICATION, MADE_BY) if newest is None else newest
    return Life(first, told, partitions=partitions, warm_up=WARM_UP, alarms_on=alarms_on)


def throw_log(seed: int) -> list[ExampleEvent]:
    """What a small world told, some of its rows censored, void, or prompted by a rule or a model."""
    dice = random.Random(seed)
    world = World(seed, changed_after(BEGIN + 14), per_day=4, horizon=HORIZON, life=a_life())
    for _ in world.live(DAYS, BEGIN):
        pass
    return [_spoil(dice, event) if isinstance(event, Matured) else event for event in world.log]


def _spoil(dice: random.Random, row: Matured) -> Matured:
    state: RowState = row.state if dice.random() < 0.9 else dice.choice(("censored", "void"))
    return replace(row, state=state, prompted=dice.choice(("none", "none", "none", "rule", "model")))


def tell(life: Life, log: Sequence[ExampleEvent]) -> Life:
    for offset, event in enumerate(log):
        life.tell(offset, event)
    return life


def standings_of(life: Life) -> Standings:
    standings = life.challengers.standings()
    assert standings is not None
    return standings


@given(seeds, ALARMS, seeds, PARTITIONS)
def test_order_repeats_and_partitions_change_no_challenger(
    thrown: int, alarms: list[int], sent: int, partitions: int
) -> None:
    log = throw_log(thrown)
    expected = standings_of(tell(a_life(alarms_on=alarms), log))
    assert QUARTER + FIRST_DAY in {one.opened_on for one in expected.open}
    again = tell(a_life(partitions=partitions, alarms_on=alarms), deliver(random.Random(sent), log, partitions))
    assert standings_of(again) == expected


@given(seeds, ALARMS, seeds, PARTITIONS, st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=4))
def test_killed_anywhere_the_challengers_are_the_same(
    thrown: int, alarms: list[int], sent: int, partitions: int, kills: list[tuple[int, bool]]
) -> None:
    log = deliver(random.Random(sent), throw_log(thrown), partitions)
    newest, told = None, list[Standings]()
    for stop, loses in [*sorted((min(stop, len(log)), loses) for stop, loses in kills), (len(log), False)]:
        life = a_life(newest, told[-1] if told else None, partitions=partitions, alarms_on=alarms)
        for offset, event in enumerate(log[:stop]):
            life.tell(offset, event)
            standings = life.challengers.standings() if isinstance(event, DayClosed) else None
            if standings is not None and (not told or standings.through > told[-1].through):
                told.append(standings)
        assert not life.challengers.lost
        newest = life.newest
        if loses and told:
            told.pop()  # killed after the snapshot, before the standings of its day
    assert told[-1] == standings_of(tell(a_life(partitions=partitions, alarms_on=alarms), log))


@given(seeds, ALARMS)
def test_the_model_in_force_learns_as_if_there_were_no_challenger(thrown: int, alarms: list[int]) -> None:
    log = throw_log(thrown)
    alone = a_study()
    expected = [draft for offset, event in enumerate(log) for draft in follow(alone, offset, event)]
    assert tell(a_life(alarms_on=alarms), log).drafts == expected


@given(seeds, ALARMS)
def test_a_challenger_is_what_a_learner_makes_of_the_rows_from_its_opening_on(thrown: int, alarms: list[int]) -> None:
    """The slow way: a learner of its own, every snapshot kept, and scores and bets worked out afterwards."""
    log = throw_log(thrown)
    for challenger in tell(a_life(alarms_on=alarms), log).challengers.open:
        assert judge_slowly(log, challenger.opening.on) == judge_quickly(challenger)


def judge_quickly(challenger: Challenger) -> tuple[str, int, str]:
    standing = challenger.standing
    return standing.version, standing.judged, standing.verdict


def judge_slowly(log: Sequence[ExampleEvent], opened_on: Day) -> tuple[str, int, str]:
    study, snapshots = a_study(), [begin(SPECIFICATION, MADE_BY)]
    scores = {event.row: event.score for event in log if isinstance(event, Scored)}
    rows: list[Matured] = []
    for offset, event in enumerate(log):
        if isinstance(event, Matured) and (event.day < opened_on or event.prompted == "model"):
            continue
        rows += [event] if isinstance(event, Matured) else []
        snapshots += [draft.snapshot for draft in follow(study, offset, event)]
    ahead, behind, judged = BettingE(), BettingE(), 0
    closed = max(event.day for event in log if isinstance(event, DayClosed))
    for row in sorted(rows, key=lambda row: (row.day, row.at, row.row)):
        known = [one for one in snapshots if (one.body.closed_day or 0) < local_day(row.at)][-1]
        if row.state not in ("positive", "negative") or known.body.learned < WARM_UP or row.day > closed:
            continue
        scorer, outcome = Scorer(known), row.state == "positive"
        better = (scores[row.row] - outcome) ** 2 - (scorer.score(scorer.vector(row.features)) - outcome) ** 2
        ahead.update(better)
        behind.update(-better)
        judged += 1
    if max(ahead.evidence, behind.evidence) < 20:
        verdict = "open"
    else:
        verdict = "ahead" if ahead.evidence >= behind.evidence else "behind"
    return snapshots[-1].version, judged, verdict


@given(seeds, st.integers(QUARTER + 4, BEGIN + DAYS - 1))
def test_a_label_that_is_told_later_changes_no_score_before(thrown: int, when: int) -> None:
    log = throw_log(thrown)
    otherwise = [_deny(event, Day(FIRST_DAY + when)) for event in log]
    one, other = (tell(a_life(), told).challengers.open[0] for told in (log, otherwise))
    said = {
        event.row: (one.score(event.features, local_day(event.at)), other.score(event.features, local_day(event.at)))
        for event in log
        if isinstance(event, Scored) and local_day(event.at) <= FIRST_DAY + when
    }
    assert any(before is not None for before, _ in said.values())
    assert all(before == after for before, after in said.values())
    if one.standing.learned and any(a != b for a, b in zip(log, otherwise, strict=True)):
        assert one.score((4.0, 0.0, 1.0), Day(FIRST_DAY + 10**4)) != other.score(
            (4.0, 0.0, 1.0), Day(FIRST_DAY + 10**4)
        )


def _deny(event: ExampleEvent, since: Day) -> ExampleEvent:
    """A row that becomes final on this day or later has the other label."""
    if not isinstance(event, Matured) or event.day < since or event.prompted == "model":
        return event
    match event.state:
        case "positive":
            return replace(event, state="negative", outcome_on=None)
        case "negative":
            return replace(event, state="positive", outcome_on=event.day)
        case _:
            return event
