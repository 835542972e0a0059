"""Revisions folded into prompts: counted once, whatever a crash repeats, and one chosen to be shown."""

from schemas.prompts import Prompt
from streams.codecs import write_json
from streams.demo.prompts import Prompts
from tests.unit.demo.given import a_fact, a_prompt, a_reason

BOTH = a_reason(a_fact(), a_fact(agency="riverton-health", kind="referral"), rule="three-origins-in-28-days")


def told(*revisions: Prompt) -> Prompts:
    prompts = Prompts()
    for revision in revisions:
        prompts.take(write_json(revision))
    return prompts


def test_prompts_revisions_rules_and_agencies_are_counted() -> None:
    tally = told(
        a_prompt(prompt_id="p-1"),
        a_prompt(a_reason(), BOTH, prompt_id="p-1", revision=2),
        a_prompt(prompt_id="p-2", status="closed"),
    ).tally()
    assert (tally.prompts, tally.revisions) == (2, 3)
    assert tally.by_rule == {"three-low-grade-notifications": 2, "three-origins-in-28-days": 1}
    assert tally.by_status == {"closed": 1, "open": 1}
    assert (tally.of_several_agencies, tally.share_of_several) == (1, 0.5)


def test_a_revision_that_a_crash_repeats_counts_once_and_is_no_news() -> None:
    prompts = told(a_prompt(), a_prompt(revision=2, status="closed"))
    assert prompts.take(write_json(a_prompt())) is None
    assert prompts.tally().revisions == 2
    assert prompts.tally().by_status == {"closed": 1}


def test_a_rule_that_no_longer_holds_did_raise() -> None:
    withdrawn = a_prompt(revision=2, notes=("A reason no longer holds.",))
    tally = told(a_prompt(a_reason(), BOTH), withdrawn).tally()
    assert tally.by_rule["three-origins-in-28-days"] == 1


def test_no_prompts_have_no_share_and_none_is_shown() -> None:
    assert Prompts().tally().share_of_several == 0.0
    assert Prompts().choose() is None


def test_the_prompt_shown_brings_most_together_and_as_it_was_when_it_could_be_worked_on() -> None:
    closed = a_prompt(BOTH, prompt_id="p-2", revision=2, status="closed")
    prompts = told(a_prompt(prompt_id="p-1"), a_prompt(BOTH, prompt_id="p-2"), closed)
    chosen = prompts.choose()
    assert chosen is not None
    assert (chosen.prompt_id, chosen.revision, chosen.status) == ("p-2", 1, "open")


def test_a_revision_comes_with_the_one_before_it() -> None:
    prompts = Prompts()
    first, second = a_prompt(), a_prompt(revision=2)
    assert prompts.take(write_json(first)) == (None, first)
    assert prompts.take(write_json(second)) == (first, second)
    assert prompts.take(None) is None
