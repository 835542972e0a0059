"""What a family may read of itself is true, and said as people say it."""

from __future__ import annotations

from models.family.words import notification_words, referral_words, session_words
from schemas.facts import Notification, Referral
from schemas.prompts import Prompt
from tests.saying import day, in_family, marks, moment, notification, outcome, referral
from tests.telling import tell


def asked(*before: object, **more: object) -> Prompt:
    """The prompt about three notices of the lowest grade, the last on day 40 (11 April 2026)."""
    notices = [notification(f"n{n}", at=38 + n) for n in range(3)]
    told = tell(in_family("l1", "a", "F1", at=0), *before, *notices)  # type: ignore[arg-type]
    return next(prompt for prompt in told.revisions if prompt.reasons[-1].rule.id == "three-low-grade-notifications")  # type: ignore[union-attr]


def test_a_plan_has_the_article_that_its_name_asks_for() -> None:
    prompt = asked(outcome("o1", at=1, what="early-help-started"), outcome("o2", at=2, what="cin-plan-started"))
    assert [against.text for against in prompt.speaks_against] == [
        "An early help plan has been in place since 3 March 2026.",
        "A child in need plan has been in place since 4 March 2026.",
    ]


def test_a_referral_that_was_closed_is_not_called_undecided() -> None:
    closed = Referral(moment(1), day(1), "2A", None, None, None, None, (), day(3), "RC8")
    assert referral_words(closed) == "A referral from a school on 3 March 2026, closed on 5 March 2026."


def test_a_child_that_was_sent_home_was_not_in_school() -> None:
    excluded = marks(*((14 + n, half, "E") for n in range(12) for half in (0, 1)), at=30)
    assert asked(excluded).speaks_against == ()


def test_sessions_in_school_are_counted_as_they_were() -> None:
    codes = ["E", "/", *"/" * 20, "B", "I"]
    told = marks(*((14 + n // 2, n % 2, code) for n, code in enumerate(codes)), at=30)
    (steady,) = asked(told).speaks_against
    assert steady.text == "A child was in school for 22 of 24 sessions in the 28 days up to 11 April 2026."


def test_where_concerns_came_from_is_said_in_words() -> None:
    told = tell(
        referral("r1", at=1, source="1A", outcome="assessment"),
        referral("r2", at=2, source="7", outcome="assessment"),
        referral("r3", at=3, source="9", outcome="assessment"),
    )
    assert told.revisions[-1].reasons[-1].text == (
        "Concerns came from 3 places (an individual, a legal agency and another source) "
        "between 3 March 2026 and 5 March 2026."
    )


def test_what_happened_on_one_day_is_not_said_to_lie_between_days() -> None:
    told = tell(*(notification(f"n{n}", at=1 + n / 10) for n in range(3)))
    assert told.revisions[0].reasons[0].text == (
        "The police told of 3 separate incidents of the lowest grade on 3 March 2026."
    )


def test_what_two_children_missed_is_not_said_of_one() -> None:
    """Each missed 20 sessions of four weeks, after 40 attended ones."""
    register = [(n, half, "/" if n < 28 else "I") for n in range(56) if n % 7 < 5 for half in (0, 1)]
    told = tell(
        in_family("l1", "a", "F1", at=0),
        in_family("l2", "b", "F1", at=0),
        marks(*register, at=56, child="a"),
        marks(*register, at=56, child="b"),
        referral("r1", at=56.5, outcome="assessment"),
    )
    reason = told.revisions[-1].reasons[-1]
    assert sum(fact.kind == "school-absence" for fact in reason.facts) == 80
    assert reason.text.startswith("School was missed for 80 sessions between 30 March 2026 and 24 April 2026,")


def test_a_missed_session_cannot_be_read_the_other_way() -> None:
    assert session_words(day(1), 0) == "Missed school without leave, morning of 3 March 2026."
    assert session_words(day(1), 1, with_leave=True) == "Missed school with leave, afternoon of 3 March 2026."


def test_the_day_of_a_notice_is_not_said_to_be_about_right() -> None:
    missing = Notification("MISSING", moment(1), day(1), "o", None, (), None)
    assert notification_words(missing, 2) == (
        "A police notice that a child was missing on 3 March 2026, of the middle grade."
    )
