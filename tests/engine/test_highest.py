"""Whatever a sleeping owner wrote late, recovery ends with the rows of the highest guards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import highest
from streams.engine.header import CorruptRow, pack
from streams.engine.highest import HighestGuard

Write = tuple[bytes, bytes | None, int]
"""Key, value or None, guard."""

KEYS = (b"anna", b"bert", b"cleo")


def row(guard: int, word: bytes = b"") -> bytes:
    return pack(word, guard=guard)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Write], list[Write]]:
    """What owners wrote, in its true order (guards never fall per key), and the same with some writes late."""
    true: list[Write] = []
    guards = dict.fromkeys(KEYS, -1)
    for step in range(draw(st.integers(0, 12))):
        key = draw(st.sampled_from(KEYS))
        guards[key] += draw(st.integers(1, 3))
        value = None if draw(st.integers(0, 3)) == 0 else row(guards[key], str(step).encode())
        true.append((key, value, guards[key]))
    late = list(true)
    draw(st.randoms(use_true_random=False)).shuffle(late)
    return true, late


def replay(log: list[Write]) -> HighestGuard:
    truth = HighestGuard({})
    for key, value, guard in log:
        truth.replay(key, value, guard if value is None else None)
    return truth


@given(histories())
def test_whatever_order_the_rows_landed_in_the_same_rows_win(history: tuple[list[Write], list[Write]]) -> None:
    true, late = history
    winners = {key: value for key, value, _ in true}
    assert replay(late).rows == {key: value for key, value in winners.items() if value is not None}


@given(histories())
def test_once_the_winners_are_written_again_the_last_row_is_the_truth(
    history: tuple[list[Write], list[Write]],
) -> None:
    true, late = history
    truth = replay(late)
    mended = [*late, *((key, truth.rows.get(key), truth.guard(key)) for key in sorted(truth.stale))]
    last = {key: value for key, value, _ in mended}
    assert {key: value for key, value in last.items() if value is not None} == replay(true).rows
    assert not replay(mended).stale


@given(histories())
def test_a_log_in_its_true_order_needs_no_mending(history: tuple[list[Write], list[Write]]) -> None:
    true, _ = history
    assert not replay(true).stale


def test_of_equal_guards_the_later_row_is_taken() -> None:
    truth = HighestGuard({})
    assert truth.replay(b"anna", row(5, b"told"))
    assert truth.replay(b"anna", row(5, b"told again"))
    assert truth.rows == {b"anna": row(5, b"told again")}


def test_a_tombstone_of_other_hands_counts_as_high_as_the_row_it_replaced() -> None:
    truth = HighestGuard({})
    truth.replay(b"anna", row(5))
    assert truth.replay(b"anna", None)
    assert not truth.replay(b"anna", row(4))
    assert truth.rows == {}
    assert truth.stale == {b"anna"}


def test_with_the_rule_off_the_last_row_wins() -> None:
    truth = HighestGuard({}, enabled=False)
    truth.replay(b"anna", row(5))
    assert truth.replay(b"anna", row(4))
    assert truth.rows == {b"anna": row(4)}


def test_a_damaged_row_is_refused_and_changes_nothing() -> None:
    truth = HighestGuard({})
    truth.replay(b"anna", row(5))
    with pytest.raises(CorruptRow):
        truth.replay(b"anna", row(6)[:-1] + b"x")
    assert truth.rows == {b"anna": row(5)}


def test_graves_are_bounded_and_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highest, "GRAVES_KEPT", 2)
    truth = HighestGuard({})
    for key in KEYS:
        truth.replay(key, None, 9)
    assert [truth.guard(key) for key in KEYS] == [-1, 9, 9]
