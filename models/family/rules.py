"""The rules that practitioners own: read from TOML, checked, and otherwise plain data.

A rule names a *form* (``when.form``), one word of a small declarative vocabulary over facts, with its numbers. What a
form means is in ``models.family.forms``; how to write a rule without Python is in ``models/README.md``.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from schemas.identifiers import RuleId
from schemas.prompts import PromptKind

GradeWord: TypeAlias = Literal["green", "standard", "amber", "medium", "red", "high"]
LongestWindow = 365
"""Days. Facts are kept for 13 months, so a longer window would look at what is no longer there."""


class RulePackError(ValueError):
    """A rule pack that cannot be used.

    Operator: the message names the rule and what to change in the TOML file; start again with it.
    """


class Incidents(Struct, frozen=True, kw_only=True, tag="incidents", tag_field="form", forbid_unknown_fields=True):
    """At least so many separate police incidents of these grades, within days of the newest of them."""

    grades: tuple[GradeWord, ...]
    at_least: int
    within_days: int


class ContactAfter(
    Struct, frozen=True, kw_only=True, tag="contact-after", tag_field="form", forbid_unknown_fields=True
):
    """A referral decided one of these ways, then on a later date, within days of the decision, a further contact:
    another referral, or a notification of one of these grades."""

    decided: tuple[str, ...]
    grades: tuple[GradeWord, ...]
    within_days: int


class Origins(Struct, frozen=True, kw_only=True, tag="origins", tag_field="form", forbid_unknown_fields=True):
    """Concerns from at least so many origins within days; so many unauthorised sessions of one child count as school.

    After a raise the next trigger must lie more than ``apart_days`` later.
    """

    at_least: int
    within_days: int
    unauthorised_sessions: int
    apart_days: int


When: TypeAlias = Incidents | ContactAfter | Origins

PLACEHOLDERS = {
    Incidents: {"count", "first", "last"},
    ContactAfter: {"decided", "trigger"},
    Origins: {"count", "origins", "first", "last"},
}
"""What a rule's sentence may speak of; each is worked out from the facts that the reason names."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. ``title`` names it in a few words, ``says`` is the reason's sentence, ``question`` what is asked.

    It stops raising after ``review_on``, the date by which its owner has to look at it again.
    """

    id: RuleId
    version: int
    owner: str
    evidence: str
    review_on: date
    kind: PromptKind
    title: str
    question: str
    says: str
    when: When


class RulePack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules in force, in the order in which they are looked at."""

    id: str
    version: int
    rule: tuple[Rule, ...]

    def by_id(self, rule: RuleId) -> Rule | None:
        """The rule of that name, None if the pack has none (any more)."""
        return next((found for found in self.rule if found.id == rule), None)


def parse_pack(text: str) -> RulePack:
    """A rule pack from its TOML text.

    Raises RulePackError with one sentence that says which rule is wrong and what to change.
    """
    try:
        pack = msgspec.toml.decode(text, type=RulePack)
    except msgspec.ValidationError as error:
        raise RulePackError(f"rule pack: {error}: see models/README.md for the words that rules may use") from None
    except msgspec.DecodeError as error:
        raise RulePackError(f"rule pack: not valid TOML: {error}") from None
    seen: set[str] = set()
    for rule in pack.rule:
        if rule.id in seen:
            raise RulePackError(f"rule {rule.id}: the id is used twice, give each rule its own")
        seen.add(rule.id)
        _check(rule)
    return pack


def _check(rule: Rule) -> None:
    if rule.version < 1:
        raise RulePackError(f"rule {rule.id}: version counts from 1")
    if rule.question.count("?") != 1 or not rule.question.endswith("?"):
        raise RulePackError(f"rule {rule.id}: question must be one sentence with one question mark, at its end")
    for name in ("owner", "evidence", "title", "says"):
        if not getattr(rule, name).strip():
            raise RulePackError(f"rule {rule.id}: {name} is empty, write it down")
    if not 1 <= rule.when.within_days <= LongestWindow:
        raise RulePackError(f"rule {rule.id}: within_days must be 1 to {LongestWindow}, as facts are kept no longer")
    if isinstance(rule.when, Incidents | Origins) and rule.when.at_least < 1:
        raise RulePackError(f"rule {rule.id}: at_least counts from 1")
    if isinstance(rule.when, Origins) and rule.when.at_least < 2:
        raise RulePackError(
            f"rule {rule.id}: at_least must be 2 or more, or school absence alone would raise, which is never done"
        )
    used = {name for _, name, _, _ in Formatter().parse(rule.says) if name is not None}
    if unknown := used - PLACEHOLDERS[type(rule.when)]:
        allowed = ", ".join(sorted(PLACEHOLDERS[type(rule.when)]))
        raise RulePackError(f"rule {rule.id}: says speaks of {', '.join(sorted(unknown))}, it may speak of {allowed}")
