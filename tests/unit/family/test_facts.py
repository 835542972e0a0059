"""Facts lie packed in their strand: the same bytes however they were told, and small."""

from __future__ import annotations

import msgspec

from models.family.facts import pack_facts, unpack_facts
from models.family.state import Strand
from schemas.statements import Statement
from tests.saying import notification, outcome, referral
from tests.telling import tell

SAID = (
    referral("r1", at=1),
    notification("n1", at=2, grade="amber", concerns=("domestic-abuse",)),
    notification("n2", at=3),
    outcome("o1", at=4),
)


def strand_told(*said: Statement) -> Strand:
    (state,) = tell(*said).families.values()
    (strand,) = state.strands.values()
    return strand


def test_the_same_facts_are_the_same_bytes_in_whatever_order_they_were_told() -> None:
    assert strand_told(*SAID).told == strand_told(*reversed(SAID)).told != b""


def test_what_was_packed_is_read_as_it_was() -> None:
    facts = strand_told(*SAID).facts
    assert len(facts) == len(SAID)
    assert unpack_facts(pack_facts(facts)) == facts


def test_a_strand_of_marks_alone_has_no_bytes_of_facts() -> None:
    assert pack_facts({}) == b""
    assert not unpack_facts(b"")


def test_facts_that_repeat_agencies_and_words_take_half_of_their_bytes_at_most() -> None:
    many = strand_told(*(notification(f"n{n}", at=n, concerns=("domestic-abuse",)) for n in range(8)))
    assert len(many.told) * 2 < len(msgspec.msgpack.encode(dict(many.facts)))
