"""A feed gone wrong cannot grow a prompt without end."""

from __future__ import annotations

from models.desk.reasons import LEFT_OUT, MOST_FACTS
from tests.saying import notification
from tests.telling import hub


def test_a_prompt_names_no_more_facts_than_it_can_hold_and_says_so() -> None:
    told = hub(closes_at_due=False)
    for number in range(80):
        told.hear(notification(f"n{number}", at=1 + number / 200))
    last = told.revisions[-1]
    assert sum(len(reason.facts) for reason in last.reasons) <= MOST_FACTS
    assert LEFT_OUT in last.notes
    assert len(last.reasons[-1].facts) == 80
