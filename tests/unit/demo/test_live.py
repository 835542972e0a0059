"""The live part in words: what came, what became of it, what it led to."""

from collections import Counter

from models.intake.listening import Verdict
from schemas.wire.dead_letter_v1 import Reason
from streams.demo.live import group_marks, say_answers, say_arrival, say_prompt
from streams.simulator.arrivals import Arrival
from streams.simulator.town import SMALL, arrivals
from tests.unit.demo.given import a_prompt

ARRIVED = arrivals(SMALL)


def an_arrival(kind: str) -> Arrival:
    return next(arrival for arrival in ARRIVED if arrival.kind == kind)


def test_nothing_is_lost_and_nothing_changes_places_when_school_marks_are_told_together() -> None:
    groups = list(group_marks(ARRIVED))
    assert [arrival for together in groups for arrival in together] == ARRIVED
    assert len(groups) < len(ARRIVED) / 2
    alone = Counter(len(together) for together in groups if together[0].kind != "school-absence")
    assert set(alone) == {1}
    assert all(len({(one.agency, one.kind) for one in together}) == 1 for together in groups)


def test_a_line_says_when_who_and_what() -> None:
    line = say_arrival((an_arrival("police-notification"),))
    assert line.endswith("  Riverton police: a police notification")
    marks = an_arrival("school-absence")
    assert say_arrival((marks, marks)).endswith(": 2 messages of school marks")


def test_one_answer_is_said_plainly_and_several_are_counted() -> None:
    assert say_answers([Verdict.ACCEPTED, Verdict.ACCEPTED]) == "accepted"
    assert say_answers([Verdict.DUPLICATE]) == "said before, ignored"
    mixed: list[Verdict | Reason] = [
        Verdict.ACCEPTED,
        Reason.SCHEMA,
        Verdict.ACCEPTED,
        Verdict.EXPIRED,
        Verdict.ID_REUSE,
    ]
    assert say_answers(mixed) == (
        "2 accepted, 1 set aside (SCHEMA), 1 accepted but too old to be kept, 1 set aside (ID_REUSE)"
    )


def test_a_prompt_is_told_with_its_question_and_later_with_what_changed() -> None:
    opened = a_prompt()
    assert say_prompt(None, opened) == (
        "prompt wgrqw3 is put to front-door, to be looked at by the end of 29 June 2026:"
        " Has anyone looked at these police notifications together?"
    )
    assert "waits at front-door" in say_prompt(None, a_prompt(status="waiting"))
    closed = a_prompt(revision=2, status="closed", notes=("Closed at its due time.",))
    assert say_prompt(opened, closed) == "prompt wgrqw3 is closed now. Closed at its due time."
    assert say_prompt(opened, a_prompt(revision=2, status="snoozed")) == "prompt wgrqw3 is snoozed now."
    assert "was revised" in say_prompt(opened, a_prompt(revision=2))
