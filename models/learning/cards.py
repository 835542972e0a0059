"""The papers of a model: model card, ATRS record and proxy audit, from one registry and one file of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.learning.gate import NOT_FILLED
from models.learning.papers.atrs import ATRS
from models.learning.papers.model_card import MODEL_CARD
from models.learning.papers.paper import Facts, Paper, UnknownAnswerError, write_paper
from models.learning.papers.paper import missing_fields as missing_of
from models.learning.papers.proxy_audit import PROXY_AUDIT, ask_of_proxies, told_traits
from models.learning.specification import hash_features

TEMPLATES: Final = (MODEL_CARD, ATRS)
"""Those that ask the same of every model; what the proxy audit asks hangs on what it found."""

__all__ = ["NOT_FILLED", "TEMPLATES", "Facts", "Paper", "UnknownAnswerError", "missing_fields", "write_cards"]


class OtherModelError(ValueError):
    """The evaluation is about another model than the snapshot.

    Operator: evaluate the specification that the snapshot is a state of, and give that report.
    """


def write_cards(facts: Facts, answers: Mapping[str, Mapping[str, str]]) -> tuple[Paper, ...]:
    """Every paper, in the order of ``TEMPLATES``, then the proxy audit; ``answers`` holds, for each paper's table, the
    hub's words by field.

    Justifications wait while no trait is told, because whether they are asked for is not known. Raises
    UnknownAnswerError, and OtherModelError where the evaluation had other features.
    """
    told = facts.evaluation
    if told is not None and told.get("features_hash") != hash_features(facts.snapshot.body.specification):
        raise OtherModelError("the evaluation is about other features than the snapshot")
    for table in sorted(answers):
        if table not in {PROXY_AUDIT, *(template.table for template in TEMPLATES)}:
            raise UnknownAnswerError(f"no paper has its answers in the table {table}")
    justified = answers.get(PROXY_AUDIT, {}) if told_traits(facts) else {}
    return (
        *(write_paper(template, facts, answers.get(template.table, {})) for template in TEMPLATES),
        write_paper(ask_of_proxies(facts), facts, justified),
    )


def missing_fields(papers: tuple[Paper, ...]) -> dict[str, tuple[str, ...]]:
    """For each paper by its name the fields that are not filled; the gate refuses while one of them is there."""
    return {paper.name: missing_of(paper) for paper in papers}
