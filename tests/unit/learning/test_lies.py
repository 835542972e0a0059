"""Leakage and lies: what LEARNING section 12 promises, as far as it can be had from a file of examples."""

from __future__ import annotations

import math
import random
from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from models.learning.baselines import fit_logistic
from models.learning.contest import (
    BATCH,
    CONTESTANTS,
    LEARNER,
    PREVALENCE,
    RULE,
    Contested,
    TooFewMaturedError,
    contest,
)
from models.learning.evaluation import Evaluation, NothingToMeasureError, measure, measured_rows
from models.learning.examples import ConflictingExamplesError, Example, put_in_order
from models.learning.leaks import look_for_leaks
from models.learning.measures.average_precision import average_precision
from models.learning.plan import Declared, Plan, hash_plan
from models.learning.timeline import positives_come_first
from models.transforms import Count, Flag
from tests.unit.learning.making import MADE_BY, WIDTH, a_plan, evaluate, throw_examples

DECLARED = tuple(
    Declared(name=f"f{number}", transform=Flag() if number % 2 else Count(cap=5)) for number in range(WIDTH)
)


@cache
def honest() -> tuple[Contested, Evaluation]:
    return evaluate(throw_examples())


def test_a_constant_score_has_the_prevalence_as_its_average_precision() -> None:
    _, figures = honest()
    assert figures.of(PREVALENCE).average_precision.value == figures.prevalence


def test_what_can_be_learned_is_found_and_a_random_ranking_is_not_as_good() -> None:
    _, figures = honest()
    learner = figures.of(LEARNER)
    assert learner.average_precision.interval.low > figures.prevalence
    assert learner.average_precision.value > figures.null_band.high
    assert learner.calibration.brier < figures.of(PREVALENCE).calibration.brier
    assert learner.calibration.evidence_against < 20


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_learner_is_level_with_the_batch_model_within_their_intervals(seed: int) -> None:
    _, figures = evaluate(throw_examples(seed, rows=4000))
    learner, batch = figures.of(LEARNER).average_precision, figures.of(BATCH).average_precision
    assert learner.interval.high > batch.value
    assert learner.value > batch.value - 0.006


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_whose_every_unit_says_as_much_are_learned_as_a_batch_fit_of_raw_columns_would(seed: int) -> None:
    """Nobody declared the columns, and the truth is linear in them: a logarithm would take away what they say."""
    dice = np.random.default_rng(seed)
    rows = dice.poisson(dice.gamma(0.7, 1.2, (6000, 8))).astype(float)
    weights = dice.normal(0, 0.6, 8)
    labels = dice.random(6000) < 1 / (1 + np.exp(3.2 - rows @ weights))
    examples = [
        Example(id=f"e{n:05}", t_event=n, t_label=n + 60, label=bool(label), features=tuple(map(float, row)))
        for n, (row, label) in enumerate(zip(rows, labels, strict=True))
    ]
    figures = evaluate(examples)[1]
    raw_weights, intercept = fit_logistic(rows[:3000], labels[:3000].tolist(), 1.0)
    raw = average_precision((rows[3000:] @ raw_weights + intercept).tolist(), labels[3000:].tolist())
    assert figures.measured_rows == 3000
    assert figures.of(LEARNER).average_precision.interval.high > raw
    assert figures.of(LEARNER).average_precision.value > raw - 0.03


@pytest.mark.parametrize("seed", [1, 2])
def test_strong_and_rare_flags_are_learned_as_a_batch_fit_would(seed: int) -> None:
    """Thirty of them, each on .5 to 5 % of rows: without a mean of the weights one pass was .02 to .03 behind."""
    dice = np.random.default_rng(seed)
    rows = (dice.random((8000, 30)) < np.exp(dice.uniform(np.log(0.005), np.log(0.05), 30))).astype(float)
    labels = dice.random(8000) < 1 / (1 + np.exp(4.6 - rows @ dice.uniform(1, 4, 30)))
    examples = [
        Example(id=f"e{n:05}", t_event=n, t_label=n + 60, label=bool(label), features=tuple(map(float, row)))
        for n, (row, label) in enumerate(zip(rows, labels, strict=True))
    ]
    figures = evaluate(examples)[1]
    learner, batch = figures.of(LEARNER), figures.of(BATCH).average_precision
    assert learner.average_precision.interval.high > batch.value
    assert learner.average_precision.value > batch.value - 0.015
    assert 0.9 < learner.calibration.observed_over_expected < 1.1


def test_with_shuffled_labels_every_model_stays_in_the_null_band() -> None:
    examples = throw_examples(rows=2500)
    labels = [one.label for one in examples]
    random.Random(4).shuffle(labels)
    _, figures = evaluate([replace(one, label=label) for one, label in zip(examples, labels, strict=True)])
    for name in (LEARNER, RULE, BATCH):
        assert figures.null_band.low <= figures.of(name).average_precision.value <= figures.null_band.high
    assert not any(one.alarm for one in figures.alone)
    assert not figures.verdict.passed


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_a_label_copied_into_a_feature_raises_the_alarm_and_cannot_pass(noise: float) -> None:
    dice = random.Random(5)
    leaking = [
        replace(one, features=(*one.features, float(bool(one.label) != (dice.random() < noise))))
        for one in throw_examples()
    ]
    _, figures = evaluate(leaking)
    assert [one.feature for one in figures.alone if one.alarm] == [f"f{WIDTH}"]
    assert not figures.verdict.passed
    assert any(f"f{WIDTH}" in reason for reason in figures.verdict.reasons)


def test_a_leak_turned_round_is_caught_too() -> None:
    _, figures = evaluate([replace(one, features=(*one.features, float(not one.label))) for one in throw_examples()])
    assert figures.alone[0].feature == f"f{WIDTH}"
    assert figures.alone[0].alarm


def test_a_feature_that_somebody_answers_for_may_be_good() -> None:
    strong = [replace(one, features=(*one.features, float(bool(one.label)))) for one in throw_examples()]
    plan = a_plan(WIDTH + 1, accepted=(f"f{WIDTH}",))
    _, figures = evaluate(strong, plan)
    assert figures.alone[0].alarm
    assert figures.verdict.passed


def test_an_honest_file_raises_no_alarm() -> None:
    _, figures = honest()
    assert not any(one.alarm for one in figures.alone)


@pytest.mark.parametrize(
    ("positives", "share", "alarm"),
    [(30, 0.95, True), (30, 0.4, False), (300, 0.95, True), (300, 0.75, False), (8, 1.0, False)],
)
def test_how_good_one_feature_may_be_hangs_on_the_base_rate(positives: int, share: float, alarm: bool) -> None:
    """Of 1,000 rows, with a flag that finds this share of the positives, and as many others as it misses."""
    labels = [row < positives for row in range(1000)]
    found = round(positives * share)
    column = [float(row < found or positives <= row < 2 * positives - found) for row in range(1000)]
    (alone,) = look_for_leaks(["flag"], [(one,) for one in column], labels)
    assert alone.alarm == alarm
    assert alone.average_precision > 3 * positives / 1000 or positives == 300


def test_an_honest_strong_feature_is_named_for_a_look_and_raises_no_alarm() -> None:
    """A flag worth four on the logit's scale, among weak ones: what a coded notice of violence may well be."""
    dice = random.Random(8)
    labels, rows = [], []
    for _ in range(5000):
        row = tuple(float(dice.random() < 0.05) for _ in range(5))
        logit = -3.4 + 4.0 * row[0] + 0.3 * row[1]
        rows.append(row)
        labels.append(dice.random() < 1 / (1 + math.exp(-logit)))
    best, *others = look_for_leaks([f"f{number}" for number in range(5)], rows, labels)
    assert (best.feature, best.alarm, best.stands_out) == ("f0", False, True)
    assert not any(one.alarm or one.stands_out for one in others)


def test_an_honest_count_whose_long_tail_is_nearly_all_positive_raises_no_alarm() -> None:
    """Where the logit is linear in a count, those with the most are nearly all positive, the next nearly as often."""
    dice = np.random.default_rng(11)
    counts = dice.poisson(dice.gamma(0.7, 1.4, 30_000)).astype(float)
    labels = dice.random(30_000) < 1 / (1 + np.exp(4.5 - 0.8 * counts))
    (alone,) = look_for_leaks(["count"], [(value,) for value in counts.tolist()], labels.tolist())
    assert labels[counts >= 9].mean() > 0.95
    assert not alone.alarm


def test_what_is_recorded_of_positives_alone_raises_the_alarm_though_it_finds_few() -> None:
    """A field that is filled in afterwards, of a third of the positives and of nobody else."""
    labels = [row % 25 == 0 for row in range(5000)]
    (alone,) = look_for_leaks(["outcome_code"], [(float(row % 75 == 0),) for row in range(5000)], labels)
    assert alone.average_precision < 0.4
    assert alone.alarm
    (turned,) = look_for_leaks(["outcome_code"], [(float(row % 75 != 0),) for row in range(5000)], labels)
    assert turned.alarm


def test_where_everybody_is_positive_nothing_passes() -> None:
    _, figures = evaluate([replace(one, label=True) for one in throw_examples(rows=600)])
    assert figures.of(LEARNER).average_precision.value == 1
    assert figures.verdict.reasons == ("no negative was measured",)


def test_a_bar_below_the_base_rate_is_not_passed_by_chance() -> None:
    dice = random.Random(9)
    _, figures = evaluate([replace(one, label=dice.random() < 0.7) for one in throw_examples(rows=900)])
    assert figures.of(LEARNER).average_precision.value > 0.65
    assert figures.verdict.reasons == ("the average precision is no better than chance",)


def test_nothing_that_comes_later_changes_an_answer() -> None:
    """No future: cut the file anywhere, or turn every later label and feature round, and the answers stand."""
    examples = throw_examples(rows=900)
    plan = Plan(features=DECLARED, prevalence=0.1, rule="f0", draws=20, warm_up=50)
    whole = contest(examples, plan, MADE_BY).answers
    for cut in (300, 701):
        spoiled = [
            one
            if one.t_event < cut
            else replace(one, label=not one.label, features=tuple(1 - value for value in one.features))
            for one in examples
        ]
        assert [one.scores for one in contest(spoiled, plan, MADE_BY).answers[:cut]] == [
            one.scores for one in whole[:cut]
        ]


def test_a_label_changes_no_answer_before_it_was_final() -> None:
    examples = list(throw_examples(rows=900, delay=60))
    plan = Plan(features=DECLARED, prevalence=0.1, rule="f0", draws=20, warm_up=50)
    whole = contest(examples, plan, MADE_BY).answers
    turned = 400
    examples[turned] = replace(examples[turned], label=not examples[turned].label)
    other = contest(examples, plan, MADE_BY).answers
    first = next(place for place in range(900) if whole[place].scores != other[place].scores)
    assert first == turned + 60


def test_positives_wait_too_and_through_the_first_horizon_the_score_is_the_prior() -> None:
    hasty = [replace(one, t_label=one.t_event + (5 if one.label else 200)) for one in throw_examples(rows=900)]
    assert positives_come_first(hasty)
    plan = Plan(features=DECLARED, prevalence=0.1, draws=20)
    patient = contest(hasty, replace(plan, horizon=200), MADE_BY).answers
    assert all(one.scores[0] == pytest.approx(0.1, abs=1e-15) for one in patient[:200])
    rushed = contest(hasty, plan, MADE_BY).answers
    assert max(one.scores[0] for one in rushed[:200]) > 0.15


def test_equal_delays_are_no_reason_to_warn() -> None:
    assert not positives_come_first(throw_examples(rows=300))


def test_rows_whose_label_is_never_known_change_neither_learner_nor_figures() -> None:
    examples = throw_examples(rows=900)
    plan = Plan(features=DECLARED, prevalence=0.1, rule="f0", draws=20, warm_up=90)
    unknown = [
        Example(id=f"x{number}", t_event=number * 3, t_label=None, label=None, features=(4.0,) * WIDTH)
        for number in range(300)
    ]
    mixed, _ = put_in_order([*examples, *unknown])
    alone, together = contest(examples, plan, MADE_BY), contest(mixed, plan, MADE_BY)
    assert together.snapshot.version == alone.snapshot.version
    assert [one.scores[0] for one in together.answers if one.example.is_labelled] == [
        one.scores[0] for one in alone.answers
    ]


def test_an_id_told_twice_counts_once_and_told_otherwise_is_refused() -> None:
    examples = throw_examples(rows=300)
    assert put_in_order([*examples, *examples[:40]]) == (examples, 40)
    with pytest.raises(ConflictingExamplesError) as conflict:
        put_in_order([*examples, replace(examples[3], label=not examples[3].label)])
    assert conflict.value.place == 300
    assert examples[3].id not in str(conflict.value)


def test_the_order_of_the_file_changes_no_figure() -> None:
    examples = list(throw_examples(rows=700))
    told = evaluate(put_in_order(examples)[0])[1]
    random.Random(6).shuffle(examples)
    assert evaluate(put_in_order(examples)[0])[1] == told


def test_every_contestant_is_measured_on_the_same_rows_beside_the_prevalence() -> None:
    held, figures = honest()
    assert tuple(one.name for one in figures.contestants) == CONTESTANTS
    assert {one.at_capacity.recall.of for one in figures.contestants} == {figures.measured_positives}
    assert figures.verdict.base_rate == figures.prevalence
    assert all(len(one.scores) == len(CONTESTANTS) for one in held.answers)


def test_rows_of_one_family_make_the_interval_wider() -> None:
    single = throw_examples(rows=600)
    threefold = [replace(one, id=f"{one.id}-{copy}", family=one.id) for one in single for copy in range(3)]
    plan = a_plan(draws=400)
    by_family = evaluate(put_in_order(threefold)[0], plan)[1].of(LEARNER).average_precision.interval
    naive = evaluate(put_in_order([replace(one, family=None) for one in threefold])[0], plan)[1]
    row_wise = naive.of(LEARNER).average_precision.interval
    assert by_family.high - by_family.low > 1.4 * (row_wise.high - row_wise.low)


def test_the_warm_up_is_never_measured() -> None:
    held, figures = honest()
    assert held.warmed_up_at > 0
    assert figures.measured_rows <= figures.rows - max(held.warmed_up_at, figures.rows // 2)


def test_rows_that_wait_for_their_labels_do_not_move_what_is_measured() -> None:
    examples = throw_examples(rows=600)
    waiting = [
        Example(id=f"w{number:05}", t_event=600 + number, t_label=None, label=None, features=(0.0,) * WIDTH)
        for number in range(500)
    ]
    plan = Plan(features=DECLARED, prevalence=0.1, rule="f0", draws=20, warm_up=50)
    alone = measured_rows(contest(examples, plan, MADE_BY), plan)
    together = measured_rows(contest([*examples, *waiting], plan, MADE_BY), plan)
    assert [row.example.id for row in together] == [row.example.id for row in alone]
    assert len(alone) == 300


def test_a_file_that_ends_before_its_labels_is_not_measured() -> None:
    with pytest.raises(TooFewMaturedError):
        evaluate(throw_examples(rows=200, delay=500))
    examples = throw_examples(rows=300, delay=10)
    late = [replace(one, label=None, t_label=None) if one.t_event >= 35 else one for one in examples]
    with pytest.raises(NothingToMeasureError):
        evaluate(late)


def test_another_plan_has_another_hash() -> None:
    plan = a_plan()
    assert hash_plan(plan) == hash_plan(a_plan())
    assert hash_plan(plan) != hash_plan(replace(plan, bar=0.6))


def test_the_same_file_and_plan_give_the_same_figures_to_the_bit() -> None:
    examples = throw_examples(rows=500)
    plan = a_plan()
    held, figures = evaluate(examples, plan)
    again, same = evaluate(examples, plan)
    assert again.snapshot.version == held.snapshot.version
    assert same == figures


def test_groups_are_measured_and_never_reach_the_model() -> None:
    held, _ = honest()
    traits = {"trait": {one.example.id: "ab"[place % 2] for place, one in enumerate(held.answers)}}
    figures = measure(held, a_plan(), np.random.default_rng(7), groups=traits)
    assert {one.group for one in figures.groups} == {"a", "b"}
    assert replace(figures, groups=(), proxies=()) == honest()[1]
    assert b"trait" not in held.snapshot.bytes
