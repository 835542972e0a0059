"""The rules that practitioners own: read from TOML, checked, and otherwise plain data.

A rule names a *form* (``when.form``) of ``models.family.vocabulary``, with its numbers. What a form means is in
``models.family.forms``; how to write a rule without Python is in ``models/README.md``.
"""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from models.calendar.school_days import SchoolCalendar
from models.family.vocabulary import PLACEHOLDERS, ConcernFallen, When, faults
from schemas.hub import Hub
from schemas.identifiers import RuleId
from schemas.prompts import PromptKind

NO_SCHOOL_DAYS = SchoolCalendar((), ())


class RulePackError(ValueError):
    """A rule pack that cannot be used.

    Operator: the message names the rule and what to change in the TOML file; start again with it.
    """


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


class _PackFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule pack as it is written down."""

    id: str
    version: int
    rule: tuple[Rule, ...]


class RulePack(Struct, frozen=True, kw_only=True):
    """The rules in force, in the order in which they are looked at, and the school days of the hub that uses them.

    Without school days nothing is said about what a school should have been told by.
    """

    id: str
    version: int
    rule: tuple[Rule, ...]
    schools: SchoolCalendar = NO_SCHOOL_DAYS

    def with_schools(self, hub: Hub) -> RulePack:
        """The pack as this hub uses it: with the school days of its terms and closures."""
        return replace(self, schools=SchoolCalendar(hub.terms, hub.closures))

    def by_id(self, rule: RuleId) -> Rule | None:
        """The rule of that name, None if the pack has none (any more)."""
        return next((found for found in self.rule if found.id == rule), None)


def parse_pack(text: str) -> RulePack:
    """A rule pack from its TOML text.

    Raises RulePackError with one sentence that says which rule is wrong and what to change.
    """
    try:
        pack = msgspec.toml.decode(text, type=_PackFile)
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
    return RulePack(id=pack.id, version=pack.version, rule=pack.rule)


_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 64


def _check(rule: Rule) -> None:
    if not _ID.fullmatch(rule.id) or len(rule.id) > _LONGEST_ID:
        raise RulePackError(f"a rule's id is of at most {_LONGEST_ID} lower-case letters, digits and single hyphens")
    if rule.version < 1:
        raise RulePackError(f"rule {rule.id}: version counts from 1")
    if rule.question.count("?") != 1 or not rule.question.endswith("?"):
        raise RulePackError(f"rule {rule.id}: question must be one sentence with one question mark, at its end")
    for name in ("owner", "evidence", "title", "says"):
        if not getattr(rule, name).strip():
            raise RulePackError(f"rule {rule.id}: {name} is empty, write it down")
    if (rule.kind == "step-down") != isinstance(rule.when, ConcernFallen):
        raise RulePackError(
            f"rule {rule.id}: kind step-down and form concern-fallen belong together; change one of them"
        )
    for fault in faults(rule.when):
        raise RulePackError(f"rule {rule.id}: {fault}")
    try:
        fields = [(name, spec, how) for _, name, spec, how in Formatter().parse(rule.says) if name is not None]
    except ValueError:
        raise RulePackError(
            f"rule {rule.id}: says has a brace without its fellow; write {{first}}, or no brace"
        ) from None
    if any(spec or how for _, spec, how in fields):
        raise RulePackError(f"rule {rule.id}: a word in braces has nothing after its name, no colon and no mark")
    if unknown := {name for name, _, _ in fields} - PLACEHOLDERS[type(rule.when)]:
        allowed = ", ".join(sorted(PLACEHOLDERS[type(rule.when)]))
        raise RulePackError(f"rule {rule.id}: says speaks of {', '.join(sorted(unknown))}, it may speak of {allowed}")
