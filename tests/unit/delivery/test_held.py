"""Guard, outbox and hop guard: what makes a repeat harmless."""

from __future__ import annotations

from schemas.events import Origin
from streams.delivery import MAX_OUTBOX_BYTES, Held, Sent

PROMPT = Sent("topic", b"key", b"value")


def test_a_record_at_or_below_the_guard_is_a_repeat() -> None:
    held = Held("story", 5, {}, (), 6)
    assert held.is_repeat(5)
    assert not held.is_repeat(6)


def test_a_repeat_sends_again_what_the_first_time_sent() -> None:
    held = Held("story", 5, {}, ((4, (PROMPT,)), (5, ())), 3)
    assert list(held.sent_for(4)) == [PROMPT]
    assert list(held.sent_for(5)) == []


def test_what_was_sent_before_the_batch_began_is_with_the_brokers() -> None:
    held = Held("story", 5, {}, ((4, (PROMPT,)),), 5)
    assert held.outbox_to_keep() == ()


def test_what_a_batch_sent_stays_until_the_next_one() -> None:
    held = Held("story", 5, {}, ((4, (PROMPT,)),), 4)
    held.keep("more", 6, None, (PROMPT,))
    assert held.outbox_to_keep() == ((4, (PROMPT,)), (6, (PROMPT,)))


def test_a_record_that_hopped_twice_is_known_by_its_origin() -> None:
    held = Held("story", -1, {}, (), 0)
    held.keep("more", 1, Origin(7, 10, 1), ())
    assert held.has_hopped(Origin(7, 10, 1))
    assert held.has_hopped(Origin(7, 9, 5))
    assert not held.has_hopped(Origin(7, 10, 2))
    assert not held.has_hopped(Origin(8, 1, 0))
    assert not held.has_hopped(None)


def test_an_outbox_too_large_for_a_row_is_not_kept_and_says_so() -> None:
    held = Held("story", -1, {}, (), 0)
    held.keep("more", 1, None, (Sent("topic", b"key", b"x" * MAX_OUTBOX_BYTES),))
    assert held.overflows
    assert held.outbox_to_keep() == ()
