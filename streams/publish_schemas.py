"""``python -m streams.publish_schemas``: writes ``schemas/published`` from the code; ``--check`` only compares.

A released minor is never changed: a new field makes a new minor, beside the old one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import schemas
from schemas.wire.kinds import NEWEST
from streams.publishing.asyncapi import asyncapi_document
from streams.publishing.json_schemas import (
    dead_letter_headers_schema,
    inbound_schemas,
    prompt_action_schema,
    prompt_schema,
)
from streams.publishing.yaml_text import write_yaml

PUBLISHED: Final = Path(schemas.__file__).parent / "published"


def published_files() -> Iterator[tuple[str, str]]:
    """Every published file: its path under ``schemas/published`` and its text."""
    named: list[tuple[str, dict[str, Any]]] = [
        *inbound_schemas(),
        ("prompt", prompt_schema()),
        ("prompt-action", prompt_action_schema()),
        ("dead-letter", dead_letter_headers_schema()),
    ]
    for name, schema in named:
        yield f"{name}/{NEWEST}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    yield "asyncapi.yaml", write_yaml(asyncapi_document())


def differing_files(folder: Path = PUBLISHED) -> tuple[str, ...]:
    """The published files that are missing or say something else than the code."""
    return tuple(
        path
        for path, text in published_files()
        if not (folder / path).is_file() or (folder / path).read_text(encoding="utf-8") != text
    )


def main(arguments: Sequence[str]) -> int:
    """0 when what is published says what the code says; with ``--check`` 1 otherwise, else it is written."""
    differing = differing_files()
    if "--check" in arguments:
        for path in differing:
            sys.stderr.write(
                f"schemas/published/{path}: differs from the code; run python -m streams.publish_schemas\n"
            )
        return 1 if differing else 0
    texts = dict(published_files())
    for path in differing:
        (PUBLISHED / path).parent.mkdir(parents=True, exist_ok=True)
        (PUBLISHED / path).write_text(texts[path], encoding="utf-8")
        sys.stdout.write(f"schemas/published/{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
