"""The due list says what a look through all rows would say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.engine import due
from streams.engine.due import DueList
from streams.engine.header import NEVER

KEYS = [b"k%d" % i for i in range(6)]
WAKES = st.one_of(st.just(NEVER), st.integers(1, 20))


def slow_answer(wakes: dict[bytes, int], until: int) -> list[bytes]:
    return [key for at, key in sorted((at, key) for key, at in wakes.items()) if NEVER < at <= until]


@given(
    writes=st.lists(st.tuples(st.sampled_from(KEYS), WAKES), max_size=60),
    questions=st.lists(st.integers(0, 25), max_size=4),
    rebuild_at=st.integers(0, 60),
)
def test_the_due_list_equals_a_look_through_all_rows(
    writes: list[tuple[bytes, int]], questions: list[int], rebuild_at: int
) -> None:
    wakes: dict[bytes, int] = {}
    listed = DueList(lambda key: wakes.get(key, NEVER))
    for step, (key, wake) in enumerate(writes):
        before, wakes[key] = wakes.get(key, NEVER), wake
        listed.note(3, key, before, wake)
        if step == rebuild_at:
            listed.rebuild(3, ((at, key) for key, at in wakes.items()))
        if step % 7 == 0:
            assert listed.due(3, step) == slow_answer(wakes, step)
    for until in questions:
        assert listed.due(3, until) == slow_answer(wakes, until)
        assert listed.due(3, until) == slow_answer(wakes, until), "asking changes nothing"


def test_a_key_written_for_ever_does_not_grow_the_list() -> None:
    wakes = {b"k": 0}
    listed = DueList(lambda key: wakes[key])
    for at in range(1, 20 * due.SLACK):
        before, wakes[b"k"] = wakes[b"k"], at
        listed.note(0, b"k", before, at)
    assert len(listed._heaps[0]) <= 3 * due.SLACK


def test_partitions_that_went_elsewhere_are_forgotten() -> None:
    listed = DueList(lambda key: 5)
    listed.note(0, b"ours", NEVER, 5)
    listed.note(1, b"theirs", NEVER, 5)
    listed.forget({0})
    assert (listed.due(0, 9), listed.due(1, 9)) == ([b"ours"], [])
