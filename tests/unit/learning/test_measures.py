"""The figures, against worked examples from their sources and against slow, obvious ways of counting."""

from __future__ import annotations

import math
import random

import pytest

from models.learning.measures.anytime import BettingE, TwoSidedE, confidence_sequence
from models.learning.measures.average_precision import Ranking, average_precision, boyd
from models.learning.measures.calibration import calibrate, fit_slope
from models.learning.measures.lead_time import measure_lead_time
from models.learning.measures.proportions import newcombe, wilson


def slow_average_precision(scores: list[float], labels: list[bool]) -> float:
    """Count at every threshold from scratch."""
    found, total, before = sum(labels), 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        taken = [label for score, label in zip(scores, labels, strict=True) if score >= threshold]
        recall = sum(taken) / found
        total += (recall - before) * sum(taken) / len(taken)
        before = recall
    return total


def test_equal_scores_are_one_step() -> None:
    assert average_precision([0.9, 0.8, 0.8, 0.1], [True, False, True, False]) == pytest.approx(5 / 6, abs=1e-15)


@pytest.mark.parametrize(("positives", "rows"), [(1, 3), (7, 1000), (811, 30_000), (3, 7), (1, 1)])
def test_a_constant_score_gets_exactly_its_prevalence(positives: int, rows: int) -> None:
    labels = [number < positives for number in range(rows)]
    random.Random(rows).shuffle(labels)
    assert average_precision([0.03] * rows, labels) == positives / rows


def test_average_precision_is_what_counting_at_every_threshold_gives() -> None:
    dice = random.Random(5)
    for _ in range(50):
        scores = [round(dice.random(), 1) for _ in range(60)]
        labels = [True] + [dice.random() < 0.2 for _ in range(59)]
        assert average_precision(scores, labels) == pytest.approx(slow_average_precision(scores, labels), abs=1e-12)


def test_without_positives_there_is_no_average_precision() -> None:
    assert math.isnan(average_precision([0.1, 0.2], [False, False]))
    assert math.isnan(average_precision([], []))


def test_a_row_drawn_twice_counts_as_two_rows() -> None:
    import numpy as np

    scores, labels = [0.9, 0.5, 0.5, 0.2], [True, False, True, True]
    counts = [2, 0, 1, 3]
    twice = [(s, y) for s, y, n in zip(scores, labels, counts, strict=True) for _ in range(n)]
    expected = average_precision([s for s, _ in twice], [y for _, y in twice])
    assert Ranking(scores, labels).drawn(np.asarray(counts, dtype=float)) == pytest.approx(expected, abs=1e-12)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        average_precision([math.nan, 0.1], [True, False])


def test_the_intervals_are_those_of_their_sources() -> None:
    assert (wilson(3, 40).low, wilson(3, 40).high) == pytest.approx((0.0258, 0.1986), abs=1e-4)
    assert (newcombe(56, 70, 48, 80).low, newcombe(56, 70, 48, 80).high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert (boyd(0.3, 200).low, boyd(0.3, 200).high) == pytest.approx((0.2405, 0.3671), abs=1e-4)
    few, many = confidence_sequence(3, 40), confidence_sequence(120, 300)
    assert (few.low, few.high, many.low, many.high) == pytest.approx((0.0056, 0.2742, 0.3051, 0.5003), abs=1e-4)


def test_nothing_seen_says_nothing() -> None:
    for empty in (wilson(0, 0), confidence_sequence(0, 0), boyd(math.nan, 0)):
        assert (empty.low, empty.high) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (10, 10), (0, 1), (1, 1)])
def test_an_interval_at_the_edge_holds_the_edge(hits: int, of: int) -> None:
    for interval in (wilson(hits, of), confidence_sequence(hits, of)):
        assert 0 <= interval.low <= hits / of <= interval.high <= 1
        assert interval.high - interval.low < 1


def test_looking_often_misleads_one_interval_and_not_the_other() -> None:
    """LEARNING section 12, test 14: at some look Wilson misses in over 20 % of runs, the sequence in under 5 %."""
    dice, runs, truth = random.Random(14), 100, 0.4
    missed = {"wilson": 0, "sequence": 0}
    for _ in range(runs):
        gone: set[str] = set()
        hits = 0
        for of in range(1, 601):
            hits += dice.random() < truth
            if of % 5 == 0 and len(gone) < 2:
                for name, interval in (("wilson", wilson(hits, of)), ("sequence", confidence_sequence(hits, of))):
                    if not interval.low <= truth <= interval.high:
                        gone.add(name)
        for name in gone:
            missed[name] += 1
    assert missed["wilson"] > 0.2 * runs
    assert missed["sequence"] < 0.05 * runs


def test_the_bet_wins_what_its_source_says() -> None:
    bet = BettingE()
    for _ in range(5):
        for step in (0.2, 0.1, -0.1, 0.3):
            bet.update(step)
    assert bet.evidence == pytest.approx(2.908, abs=1e-3)


def test_a_fair_bet_hardly_ever_looks_won() -> None:
    dice, rejected = random.Random(3), 0
    for _ in range(200):
        bet, most = TwoSidedE(), 0.0
        for _ in range(300):
            bet.update(dice.choice((-0.5, 0.5)))
            most = max(most, bet.evidence)
        rejected += most >= 20
    assert rejected <= 10


def test_scores_that_mean_what_they_say_have_slope_one() -> None:
    dice = random.Random(9)
    scores = [dice.uniform(0.01, 0.6) for _ in range(6000)]
    labels = [dice.random() < score for score in scores]
    told = calibrate(scores, labels)
    assert told.slope is not None
    assert told.slope.interval.low < 1 < told.slope.interval.high
    assert told.observed_over_expected == pytest.approx(1, abs=0.06)
    assert told.evidence_against < 20
    assert sum(one.rows for one in told.bins) == 6000


def test_scores_twice_too_high_are_found() -> None:
    dice = random.Random(9)
    scores = [dice.uniform(0.1, 0.8) for _ in range(2000)]
    told = calibrate(scores, [dice.random() < score / 2 for score in scores])
    assert told.evidence_against > 20
    assert told.observed_over_expected < 0.6


def test_a_constant_score_has_no_slope() -> None:
    assert fit_slope([0.1] * 20, [True] * 4 + [False] * 16) is None


def test_lead_times_say_how_many_told_what_was_known() -> None:
    told = measure_lead_time([-1.0, 0.0, 10.0, 20.0, 30.0])
    assert told is not None
    assert (told.median, told.lower_quartile, told.share_not_before) == (10.0, 0.0, 0.4)
    assert measure_lead_time([]) is None
