"""Room for so many prompts, and groups that are too small to be spoken of."""

from __future__ import annotations

import random

from models.learning.measures.capacity import (
    emit_by_day,
    emit_by_share,
    measure_capacity,
    pick_by_day,
    pick_by_share,
)
from models.learning.measures.groups import measure_groups


def test_no_day_has_more_prompts_than_there_is_room_for() -> None:
    dice = random.Random(1)
    days = sorted(dice.randrange(40) for _ in range(800))
    scores = [dice.random() for _ in days]
    prompted = emit_by_day(scores, days, 3)
    for day in set(days):
        assert sum(one for one, on in zip(prompted, days, strict=True) if on == day) <= 3


def test_what_is_prompted_hangs_on_nothing_later() -> None:
    dice = random.Random(2)
    days = sorted(dice.randrange(40) for _ in range(400))
    scores = [dice.random() for _ in days]
    for cut in (1, 57, 250):
        assert emit_by_day(scores[:cut], days[:cut], 3) == emit_by_day(scores, days, 3)[:cut]
        assert emit_by_share(scores[:cut], 0.1) == emit_by_share(scores, 0.1)[:cut]


def test_equal_scores_do_not_fill_more_than_the_room() -> None:
    assert sum(emit_by_share([0.5] * 1000, 0.05)) <= 51
    assert sum(emit_by_day([0.5] * 1000, [row // 100 for row in range(1000)], 4)) == 40
    assert sum(pick_by_share([0.5] * 1000, 0.05)) == 50
    assert sum(pick_by_day([0.5] * 1000, [row // 100 for row in range(1000)], 4)) == 40


def test_the_share_is_nearly_used_up() -> None:
    dice = random.Random(3)
    assert 200 <= sum(emit_by_share([dice.random() for _ in range(5000)], 0.05)) <= 251


def test_precision_and_recall_are_counted_over_prompts_and_positives() -> None:
    told = measure_capacity([True, True, False, False], [True, False, True, True], share=0.5)
    assert (told.precision.hits, told.precision.of, told.recall.of) == (1, 2, 3)
    assert told.prompts_per_true_positive == 2
    assert told.lift == 0.5 / 0.75


def test_small_groups_are_not_counted_and_cannot_be_had_by_subtraction() -> None:
    rows = 1000
    groups = ["many" if row < 700 else "some" if row < 960 else "few" for row in range(rows)]
    labels = [row % 10 == 0 for row in range(rows)]
    told = {one.group: one for one in measure_groups({"trait": groups}, [row % 3 == 0 for row in range(rows)], labels)}
    assert told["many"].enough
    assert told["many"].positives == 70
    for hidden in ("few", "some"):
        assert not told[hidden].enough
        assert (told[hidden].rows, told[hidden].positives, told[hidden].missed) == (None, None, None)


def test_a_group_whose_children_are_missed_more_often_is_found() -> None:
    rows = 2000
    groups = ["a" if row % 2 else "b" for row in range(rows)]
    labels = [row % 10 in (0, 1) for row in range(rows)]
    prompted = [
        label and (group == "a" or row % 4 == 0) for row, (group, label) in enumerate(zip(groups, labels, strict=True))
    ]
    told = {one.group: one for one in measure_groups({"trait": groups}, prompted, labels)}
    difference = told["b"].missed_difference
    assert difference is not None
    assert difference.low > 0.1
