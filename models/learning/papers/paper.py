"""A paper: sections of fields, each filled from the registry or by the hub's own answer.

What nobody has said stays ``REQUIRED: not filled``, in the text and in the list that blocks the gate. An answer cannot
replace what the registry knows: a card that disagrees with what runs is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from models.learning.gate import NOT_FILLED
from models.learning.snapshot import Snapshot


class UnknownAnswerError(ValueError):
    """An answer to a field that no paper asks for, or that the registry fills.

    Operator: remove it, or mend its name; the papers name the fields that they ask for.
    """


class Facts(Struct, frozen=True, kw_only=True):
    """What the registry knows: the snapshot with its specification, and the figures of ``earlyword evaluate --json``
    where there are any."""

    snapshot: Snapshot
    evaluation: Mapping[str, Any] | None = None


class Field(Struct, frozen=True, kw_only=True):
    """One field of a paper. ``fill`` gives what the registry knows, None where it knows nothing; without it the hub
    answers under ``key``, and ``otherwise`` stands where it need not."""

    key: str
    title: str
    fill: Callable[[Facts], str | None] | None = None
    otherwise: str | None = None


class Section(Struct, frozen=True):
    """Fields under one heading."""

    title: str
    fields: tuple[Field, ...]


class Template(Struct, frozen=True, kw_only=True):
    """A paper as it is asked for: ``name`` is what the gate calls it, ``table`` where its answers stand."""

    name: str
    table: str
    sections: tuple[Section, ...]


class Filled(Struct, frozen=True, kw_only=True):
    """A field with its text."""

    section: str
    key: str
    title: str
    text: str

    @property
    def is_filled(self) -> bool:
        """Whether somebody, or the registry, has said something."""
        return NOT_FILLED not in self.text


class Paper(Struct, frozen=True, kw_only=True):
    """A paper with its texts, in the order of its template."""

    name: str
    fields: tuple[Filled, ...]


def write_paper(template: Template, facts: Facts, answers: Mapping[str, str]) -> Paper:
    """The paper with these facts and answers. Raises UnknownAnswerError; the sentence names the field."""
    asked = {field.key for section in template.sections for field in section.fields if field.fill is None}
    for key in sorted(answers):
        if key not in asked:
            raise UnknownAnswerError(f"the {template.name} does not ask the hub for the field {key}")
    return Paper(
        name=template.name,
        fields=tuple(
            Filled(section=section.title, key=field.key, title=field.title, text=_say(field, facts, answers))
            for section in template.sections
            for field in section.fields
        ),
    )


def missing_fields(paper: Paper) -> tuple[str, ...]:
    """The keys of the fields that are not filled yet: each of them blocks the gate."""
    return tuple(field.key for field in paper.fields if not field.is_filled)


def as_markdown(paper: Paper) -> str:
    """The paper for people."""
    lines = [f"# {paper.name[:1].upper()}{paper.name[1:]}"]
    section = None
    for field in paper.fields:
        if field.section != section:
            section = field.section
            lines.append(f"\n## {section}")
        lines.append(f"\n**{field.title}.** {field.text}")
    unfilled = missing_fields(paper)
    lines.append("\n## What blocks the gate\n")
    lines.append("Nothing of this paper." if not unfilled else "\n".join(f"* `{key}`" for key in unfilled))
    return "\n".join(lines) + "\n"


def _say(field: Field, facts: Facts, answers: Mapping[str, str]) -> str:
    said = answers.get(field.key) if field.fill is None else field.fill(facts)
    if said is not None and said.strip():
        return said.strip()
    return NOT_FILLED if field.otherwise is None else field.otherwise
