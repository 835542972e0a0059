"""The state of a family is bounded after any history, and nothing recent is given up for it."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from models.family.bounding import keep_bounded, weigh
from models.family.state import FamilyState
from tests.properties.test_family_laws import statements
from tests.saying import marks, notification
from tests.telling import tell


@given(statements())
@settings(max_examples=min(60, settings().max_examples))
def test_the_weight_is_never_less_than_the_bytes(told: list[object]) -> None:
    for state in tell(*told).families.values():  # type: ignore[arg-type]
        assert len(msgspec.msgpack.encode(state)) <= weigh(state)


@given(st.integers(600, 6000), st.integers(1, 40))
@settings(max_examples=min(25, settings().max_examples))
def test_no_history_outgrows_its_bound(most: int, count: int) -> None:
    told = tell(
        *(notification(f"n{n}", at=n) for n in range(count)),
        *(marks((n * 7, 0, "O"), at=n * 7 + 1) for n in range(count)),
    )
    (state,) = told.families.values()
    bounded = keep_bounded(state, most)
    assert weigh(bounded) <= max(most, weigh(FamilyState(state.family)) + 400)
    assert keep_bounded(bounded, most) == bounded


def test_the_oldest_goes_first() -> None:
    (state,) = tell(*(notification(f"n{n}", at=n) for n in range(20))).families.values()
    bounded = keep_bounded(state, 3_000)
    (strand,) = bounded.strands.values()
    newest = sorted(int(key[1:]) for key in strand.facts)
    assert newest == list(range(20 - len(newest), 20))
    assert newest


def test_an_ordinary_family_is_left_as_it_is() -> None:
    (state,) = tell(*(notification(f"n{n}", at=n) for n in range(50))).families.values()
    assert keep_bounded(state) is state
