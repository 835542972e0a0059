"""A prompt in words: everything it says is there, in plain words, and nothing by which a person could be traced."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.identifiers import AgencyId
from schemas.prompts import NOTHING_AGAINST, NotKnown, Prompt, SpeaksAgainst
from streams.demo import live, summary, telling
from streams.demo.telling import say_days, say_due, tell_prompt
from tests.unit.demo.given import NOTICE, a_fact, a_missed_session, a_prompt, a_reason

BANNED = (
    "risk", "suspicious", "suspect", "offender", "perpetrator", "abuser", "victim", "dysfunctional", "problem family",
    "score", "alarm", "dangerous", "neglectful", "bad parent", "failing", "culprit", "guilty", "flag", "worst",
)  # fmt: skip

FULL = a_prompt(
    a_reason(a_fact(), a_missed_session(date(2026, 7, 6)), a_missed_session(date(2026, 7, 6), "afternoon")),
    speaks_against=(SpeaksAgainst(text="A child in need plan has been in place since 1 April 2025.", facts=()),),
    not_known=(
        NotKnown(
            agency=AgencyId("oakfield-schools"),
            kind="school-absence",
            since=None,
            text="Oakfield schools have sent no marks since 3 June 2026.",
        ),
    ),
    notes=("Acknowledged on 29 June 2026.",),
    basis_changed=True,
)


def words_of(prompt: Prompt) -> str:
    return re.sub(r"\s+", " ", " ".join(tell_prompt(prompt)))


@pytest.mark.parametrize(
    "said",
    [
        "Has anyone looked at these police notifications together?",
        "The police told of 3 separate incidents of the lowest grade between 1 May and 28 June 2026.",
        f"{NOTICE} Told by Riverton police.",
        "Missed school without leave, 2 half-days: 6 July 2026. Told by Harbour schools.",
        "A child in need plan has been in place since 1 April 2025.",
        "Oakfield schools have sent no marks since 3 June 2026.",
        "Acknowledged on 29 June 2026.",
        "Raised 28 June 2026 at 10:05, to be looked at by the end of 29 June 2026.",
        "facts that it rested on were corrected, taken back or moved",
        "How to contest it",
        "rule three-low-grade-notifications, version 1",
    ],
)
def test_everything_that_a_prompt_says_is_told(said: str) -> None:
    assert said in words_of(FULL)


def test_no_id_is_shown_but_a_short_reference() -> None:
    told = words_of(FULL)
    assert "(wgrqw3)" in told
    for hidden in (FULL.prompt_id, FULL.family, *FULL.children, "t-1", "r-1"):
        assert hidden not in told


def test_facts_that_read_the_same_are_told_once_with_their_number() -> None:
    told = words_of(a_prompt(a_reason(a_fact(fact="t-1"), a_fact(fact="t-2"), a_fact(fact="t-3"))))
    assert told.count(NOTICE) == 1
    assert f"{NOTICE} Told by Riverton police (3 entries)." in told


def test_that_nothing_speaks_against_is_said_once_and_where_it_belongs() -> None:
    lines = tell_prompt(a_prompt(notes=(NOTHING_AGAINST,)))
    assert "\n".join(lines).count("Nothing recorded") == 1
    assert lines[lines.index("What speaks the other way") + 1] == "- Nothing recorded."
    assert "Notes" not in lines


def test_a_step_down_prompt_asks_whether_less_is_needed() -> None:
    assert "whether less is needed" in words_of(a_prompt(kind="step-down"))


def test_no_line_is_wider_than_asked() -> None:
    assert max(map(len, tell_prompt(FULL, width=60))) <= 60


def test_dates_name_month_and_year_only_where_they_change() -> None:
    days = [date(2026, 5, 12), date(2026, 4, 15), date(2026, 4, 14), date(2026, 4, 14)]
    assert say_days(days) == "14, 15 April and 12 May 2026"
    assert say_days([date(2025, 12, 31), date(2026, 1, 2)]) == "31 December 2025 and 2 January 2026"
    assert say_days([date(2026, 1, 2)]) == "2 January 2026"
    assert say_days([]) == ""


def test_midnight_is_the_end_of_the_day_before_and_other_times_are_times() -> None:
    assert say_due(datetime(2026, 1, 5, 0, 0, tzinfo=UTC)) == "by the end of 4 January 2026"
    assert say_due(datetime(2026, 7, 4, 23, 0, tzinfo=UTC)) == "by the end of 4 July 2026"
    assert say_due(datetime(2026, 7, 4, 12, 30, tzinfo=UTC)) == "by 4 July 2026 at 13:30"


@pytest.mark.parametrize("module", [telling, live, summary])
def test_no_text_that_a_family_may_read_judges_it(module: object) -> None:
    """Every word of ours in these files: what the prompt itself says is held to the same in the tests of the rules."""
    text = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8").lower()
    assert [word for word in BANNED if re.search(rf"\b{word}", text)] == []


def test_the_told_prompt_holds_none_of_the_banned_words() -> None:
    told = words_of(FULL).lower()
    assert [word for word in BANNED if word in told] == []
