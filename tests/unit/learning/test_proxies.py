"""A trait that the vector tells is named, one that it does not tell is not, and few people are never measured."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learning.measures.auc import auc, auc_interval
from models.learning.proxies import FEWEST_FAMILIES, MOST_TOLD, ProxyFigures, audit_proxies
from tests.unit.learning.making import WIDTH, throw_vectors

VECTORS = [vector for vector, _ in throw_vectors(3, 2000)]
FAMILIES = [f"f{number // 2}" for number in range(2000)]
"""Two rows each."""


def of_families(share: float, seed: int) -> list[str | None]:
    """A group that falls to whole families, and hangs on nothing else."""
    dice = random.Random(seed)
    thrown = {family: "this" if dice.random() < share else "that" for family in sorted(set(FAMILIES))}
    return [thrown[family] for family in FAMILIES]


def audit(
    told: Sequence[str | None], vectors: Sequence[Sequence[float]] = VECTORS, families: Sequence[str] = FAMILIES
) -> dict[str | None, ProxyFigures]:
    return {one.group: one for one in audit_proxies({"trait": told}, vectors, families)}


def test_a_trait_that_was_copied_into_a_feature_is_caught() -> None:
    told = of_families(0.3, 1)
    copied = [(*vector, float(group == "this")) for vector, group in zip(VECTORS, told, strict=True)]
    for one in audit(told, copied).values():
        assert one.auc is not None
        assert one.auc > 0.99
        assert one.proxy is True


def test_a_trait_that_several_features_tell_together_is_caught_although_none_does_alone() -> None:
    dice = random.Random(5)
    told = ["this" if sum(vector) + dice.gauss(0, 0.6) > 2.6 else "that" for vector in VECTORS]
    assert all(auc([v[f] for v in VECTORS], [group == "this" for group in told]) < MOST_TOLD for f in range(WIDTH))
    assert all(one.proxy for one in audit(told).values())


@pytest.mark.parametrize("seed", range(5))
def test_a_trait_that_hangs_on_nothing_is_not_caught(seed: int) -> None:
    for one in audit(of_families(0.2, seed)).values():
        assert one.auc is not None
        assert abs(one.auc - 0.5) < 0.1
        assert one.proxy is False


def test_families_that_can_be_known_again_do_not_look_like_a_proxy() -> None:
    dice = random.Random(9)
    marks = {family: [dice.random() for _ in range(60)] for family in sorted(set(FAMILIES[:400]))}
    vectors = [marks[family] for family in FAMILIES[:400]]
    for one in audit(of_families(0.4, 2)[:400], vectors, FAMILIES[:400]).values():
        assert one.auc is not None
        assert abs(one.auc - 0.5) < 0.15


def test_a_group_of_few_families_says_nothing_however_many_rows_it_has() -> None:
    told: list[str | None] = ["few" if number < 500 else "many" for number in range(2000)]
    families = [f"f{number % 30}" if number < 500 else f"g{number}" for number in range(2000)]
    few, many = audit(told, families=families)["few"], audit(told, families=families)["many"]
    assert (few.enough, few.auc, few.interval, few.proxy) == (False, None, None, None)
    assert (many.enough, many.auc) == (False, None)  # its others are the few


def test_a_small_group_hides_no_other() -> None:
    told = of_families(0.4, 3)
    told[: 2 * FEWEST_FAMILIES] = ["few"] * (2 * FEWEST_FAMILIES)
    said = audit(told)
    assert {group: one.enough for group, one in said.items()} == {"few": False, "that": True, "this": True}


def test_a_trait_of_which_nobody_is_known_is_told_as_not_audited() -> None:
    assert audit([None] * len(VECTORS)) == {None: ProxyFigures(trait="trait", group=None, enough=False)}


def test_rows_of_whom_the_trait_is_not_known_have_no_part() -> None:
    told = of_families(0.3, 4)
    unknown = [(9.0,) * WIDTH] * 300
    with_them = audit([*told, *[None] * 300], [*VECTORS, *unknown], [*FAMILIES, *(f"u{n}" for n in range(300))])
    assert with_them == audit(told)


def test_the_order_of_rows_changes_nothing() -> None:
    told = of_families(0.3, 6)
    order = list(range(len(told)))
    random.Random(1).shuffle(order)
    turned = audit([told[n] for n in order], [VECTORS[n] for n in order], [FAMILIES[n] for n in order])
    assert turned == audit(told)


def test_nothing_is_said_of_no_rows() -> None:
    assert audit_proxies({}, [], []) == ()
    assert audit([], [], []) == {None: ProxyFigures(trait="trait", group=None, enough=False)}


def test_rows_without_a_family_or_a_group_are_refused() -> None:
    with pytest.raises(ValueError, match="one family"):
        audit_proxies({"trait": ["this"]}, VECTORS, FAMILIES)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=40))
def test_the_area_is_the_share_of_pairs_in_their_order(told: list[tuple[int, bool]]) -> None:
    scores, labels = [float(score) for score, _ in told], [label for _, label in told]
    pairs = [(a > b) + (a == b) / 2 for a, i in told if i for b, j in told if not j]
    if pairs:
        assert auc(scores, labels) == sum(pairs) / len(pairs)
    else:
        assert math.isnan(auc(scores, labels))


def test_a_constant_score_has_an_area_of_a_half() -> None:
    assert auc([0.3] * 9, [True] * 2 + [False] * 7) == 0.5


def throw_clusters(seed: int, families: int, copies: int) -> tuple[list[float], list[bool], list[str]]:
    """Families of like rows; the true area is that of normal scores one standard deviation apart, .7602."""
    dice = random.Random(seed)
    scores, labels, units = [], [], []
    for number in range(families):
        label = dice.random() < 0.4
        score = dice.gauss(float(label), 1)
        for _ in range(copies):
            scores.append(score + dice.gauss(0, 1e-3))
            labels.append(label)
            units.append(f"f{number}")
    return scores, labels, units


def test_the_interval_holds_the_truth_where_rows_of_a_family_are_alike_and_one_by_row_does_not() -> None:
    truth, by_family, by_row = 0.7602, 0, 0
    for seed in range(200):
        scores, labels, units = throw_clusters(seed, 80, 4)
        family, row = (
            auc_interval(scores, labels, units),
            auc_interval(scores, labels, list(map(str, range(len(units))))),
        )
        by_family += family.low <= truth <= family.high
        by_row += row.low <= truth <= row.high
    assert by_family >= 182
    assert by_row < 160


@pytest.mark.parametrize(
    ("scores", "low", "high"), [([1.0] * 30 + [0.0] * 30, 0.9, 1), ([0.0] * 30 + [1.0] * 30, 0, 0.1)]
)
def test_classes_that_lie_apart_still_have_an_interval(scores: list[float], low: float, high: float) -> None:
    told = auc_interval(scores, [True] * 30 + [False] * 30, list(map(str, range(60))))
    assert (told.low, told.high) == (pytest.approx(low), pytest.approx(high))


def test_one_family_alone_has_no_interval() -> None:
    told = auc_interval([0.1, 0.2, 0.3], [True, False, False], ["a", "b", "c"])
    assert (told.low, told.high) == (0.0, 1.0)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        auc([math.nan, 1.0], [True, False])
    with pytest.raises(ValueError, match="one label"):
        auc([1.0], [True, False])
