"""Every sentence that the product can publish, found where it is written and as it comes out.

Found by reading the source, so that a sentence added tomorrow is looked at without anybody thinking of it: every text
in the modules that speak, but for docstrings and for what is raised, asserted or shown to developers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from models.family import model_reasons, words
from models.family.features import FEATURES
from models.family.rules import RulePack
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import Day, Moment
from schemas.prompts import Prompt
from streams.hub import parse_hub
from streams.simulator.stories import STORIES
from streams.simulator.town import DEMO
from tests.unit.simulator.reading import PACK, rehearse_story

ROOT = Path(__file__).parents[3]
SPEAKING = ("models/family", "models/desk", "models/freshness", "models/calendar/dates.py", "schemas/prompts.py")
TO_PRACTICE_LEADS = frozenset({"rules.py", "vocabulary.py"})
"""Their sentences say what is wrong with a rule pack; no family reads them."""
DATE = "3 November 2026"
DAY = Day(739_923)
EXAMPLES = {"count": "3", "sessions": "8", "origins": "health, police and school"}
"""What stands for a placeholder of a rule; any other is a date."""


def written() -> Iterator[tuple[str, str]]:
    """Where a text stands in the source, and the text, with a date in place of what is put in."""
    for place in SPEAKING:
        path = ROOT / place
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            if file.name in TO_PRACTICE_LEADS:
                continue
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for line, text in _texts(tree):
                if re.search(r"[a-z]{2,} [a-z]", text) or re.fullmatch(r"[A-Z].*[.?]", text):
                    yield f"{file.relative_to(ROOT)}:{line}", text


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts under a node that may reach a reader."""
    if isinstance(node, ast.Raise | ast.Assert) or (isinstance(node, ast.FunctionDef) and node.name == "__repr__"):
        return
    if isinstance(node, ast.JoinedStr):
        parts = [
            DATE if isinstance(part, ast.FormattedValue) else str(getattr(part, "value", "")) for part in node.values
        ]
        yield node.lineno, "".join(parts)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # a docstring
            yield from _texts(child)


def of_the_rules(pack: RulePack = PACK) -> Iterator[tuple[str, str]]:
    """What each rule says, asks, and is called in a note."""
    for rule in pack.rule:
        put_in = {name: EXAMPLES.get(name, DATE) for _, name, _, _ in Formatter().parse(rule.says) if name}
        yield f"{rule.id}, says", rule.says.format(**put_in)
        yield f"{rule.id}, question", rule.question
        yield f"{rule.id}, title", f"What it rests on has changed, and this no longer holds: {rule.title}."


def of_the_features() -> Iterator[tuple[str, str]]:
    """What each feature is told as, and what is asked where a model raised."""
    for feature in FEATURES:
        put_in = {"count": 3, "days": feature.days, "until": DATE, "latest": DATE, "places": EXAMPLES["origins"]}
        yield feature.name, feature.says.format(**put_in)
    yield "a model's question", model_reasons.QUESTION
    yield "a model's title", f"After a correction this no longer holds: {model_reasons.TITLE}."


def of_the_facts() -> Iterator[tuple[str, str]]:
    """Every referral and notification in words, for every code."""
    for source in words._SOURCES:
        for outcome in (None, *words._OUTCOMES):
            decided = None if outcome is None else DAY
            referral = Referral(Moment(0), DAY, source, None, outcome, None, decided, (), None, None)
            yield f"a referral from {source}, {outcome}", words.referral_words(referral)
    closed = Referral(Moment(0), DAY, "2A", None, None, None, None, (), DAY, "RC8")
    yield "a closed referral", words.referral_words(closed)
    for plan in words.PLANS:
        yield f"a plan, {plan}", words.plan_in_place_words(plan, DAY)
        yield f"a plan begins, {plan}", words.plan_words(plan, DAY)
    for notice in words._NOTICES:
        for grade in (None, *words._GRADES):
            told = Notification(notice, Moment(0), DAY, "o", None, (), None)
            yield f"a notice {notice}, {grade}", words.notification_words(told, grade)
    for kind in words._OUTCOME_KINDS:
        yield f"an outcome {kind}", words.outcome_words(Outcome(kind, DAY, None, None))


@cache
def prompts_of_the_stories() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each revision of each prompt of the named stories, at the hub of the town, with all its texts."""
    hub = parse_hub(DEMO.hub())
    return tuple(
        (f"story {story.name}, revision {prompt.revision}", tuple(dict.fromkeys(_said(prompt))))
        for story in STORIES
        for prompt in rehearse_story(story, hub).sequence.revisions
    )


def of_the_stories() -> Iterator[tuple[str, str]]:
    """All that the prompts of the named stories say."""
    for story, texts in prompts_of_the_stories():
        yield from ((story, text) for text in texts)


def _said(prompt: Prompt) -> Iterator[str]:
    yield prompt.question
    yield from prompt.notes
    for reason in prompt.reasons:
        yield reason.text
        yield from (fact.text for fact in reason.facts)
    for against in prompt.speaks_against:
        yield against.text
        yield from (fact.text for fact in against.facts)
    yield from (one.text for one in prompt.not_known)
