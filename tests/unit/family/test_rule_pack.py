"""A rule pack is read as practitioners write it, and what cannot be used is refused with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.family.rules import RulePackError, parse_pack

DEFAULT = Path("models/rules/default.toml").read_text(encoding="utf-8")

RULE = """
id = "mine"
version = 1
[[rule]]
id = "one"
version = 1
owner = "A lead"
evidence = "Practice"
review_on = 2030-01-01
kind = "review"
title = "a title"
question = "A question?"
says = "Between {first} and {last}."
"""
INCIDENTS = '[rule.when]\nform = "incidents"\ngrades = ["green"]\nat_least = 3\nwithin_days = 90\n'


def test_the_default_pack_has_each_rule_once_with_owner_evidence_and_review() -> None:
    pack = parse_pack(DEFAULT)
    assert len({rule.id for rule in pack.rule}) == len(pack.rule)
    assert all(rule.owner and rule.evidence and rule.review_on for rule in pack.rule)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('form = "incidents"', 'form = "absence"', "absence"),
        ("at_least = 3", "at_lest = 3", "at_lest"),
        ('grades = ["green"]', 'grades = ["blue"]', "blue"),
        ('grades = ["green"]', "grades = []", "grades is empty"),
        ("within_days = 90", "within_days = 366", "1 to 365"),
        ("within_days = 90", "within_days = 0", "1 to 365"),
        ("at_least = 3", "at_least = 0", "counts from 1"),
        ("{first}", "{name}", "speaks of name"),
        ("{first}", "{first.__class__}", "speaks of first.__class__"),
        ("{first}", "{first", "brace"),
        ("{first}", "{first:d}", "nothing after its name"),
        ("{first}", "{first:>{count}}", "nothing after its name"),
        ("{first}", "{first!r}", "nothing after its name"),
        ("A question?", "A question.", "one question mark"),
        ("A question?", "A? question?", "one question mark"),
        ('owner = "A lead"', 'owner = " "', "owner is empty"),
        ("version = 1\nowner", "version = 0\nowner", "version counts from 1"),
        ("2030-01-01", '"soon"', "review_on"),
        ('kind = "review"', 'kind = "alert"', "alert"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    text = RULE + INCIDENTS
    assert old in text
    parse_pack(text)
    with pytest.raises(RulePackError) as refusal:
        parse_pack(text.replace(old, new, 1))
    assert said in str(refusal.value)


def test_two_rules_of_one_id_are_refused() -> None:
    twice = RULE + INCIDENTS + RULE[RULE.index("[[rule]]") :] + INCIDENTS
    with pytest.raises(RulePackError, match="used twice"):
        parse_pack(twice)


def test_a_rule_that_school_absence_alone_could_satisfy_is_refused() -> None:
    alone = (
        '[rule.when]\nform = "origins"\nat_least = 1\nwithin_days = 28\nunauthorised_sessions = 6\napart_days = 28\n'
    )
    with pytest.raises(RulePackError, match="absence alone"):
        parse_pack(RULE + alone)


def test_windows_that_together_reach_beyond_what_is_kept_are_refused() -> None:
    together = (
        '[rule.when]\nform = "severe-absence"\nwithin_days = 28\npossible_at_least = 20\nabsent_percent_at_least = 50\n'
        "before_days = 338\nbefore_possible_at_least = 40\nbefore_absent_percent_at_most = 20\n"
    )
    with pytest.raises(RulePackError, match="together"):
        parse_pack(RULE + together)


def test_a_share_is_given_in_hundredths() -> None:
    with pytest.raises(RulePackError, match="absent_percent_at_least must be 0 to 100"):
        parse_pack(
            RULE + '[rule.when]\nform = "severe-absence"\nwithin_days = 28\npossible_at_least = 20\n'
            "absent_percent_at_least = 101\nbefore_days = 84\nbefore_possible_at_least = 40\n"
            "before_absent_percent_at_most = 20\n"
        )
