"""``earlyword card``: a snapshot's model card, ATRS record and proxy audit, and what still has to be written."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import click

from models.learning.canonical import hash_of
from models.learning.cards import Facts, OtherModelError, UnknownAnswerError, missing_fields, write_cards
from models.learning.papers.paper import as_markdown
from models.learning.snapshot import UnsoundSnapshotError, read_snapshot
from streams.commands.saying import speak_plainly, stop

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
UNFILLED = 1


@click.command("card")
@click.argument("snapshot", type=EXISTING)
@click.option(
    "--answers", type=EXISTING, help="TOML: tables [model-card], [atrs], [proxy-audit]: what only the hub can say."
)
@click.option(
    "--evaluation", type=EXISTING, help="What `earlyword evaluate --groups FILE --json` said of this specification."
)
@click.option("--out", type=FOLDER, required=True, help="The folder for the papers.")
@speak_plainly
def card_command(snapshot: Path, answers: Path | None, evaluation: Path | None, out: Path) -> None:
    """Write model card, ATRS record and proxy audit of a SNAPSHOT, a body as it lies on earlyword.models.v1.

    Whatever nobody has said stays "REQUIRED: not filled" and is listed: each such field blocks the gate. The exit code
    is 0 where none is left, 1 where some are, 2 where a file cannot be read.
    """
    body = snapshot.read_bytes()
    try:
        facts = Facts(
            snapshot=read_snapshot(body, hash_of(body)),
            evaluation=None if evaluation is None else _read_evaluation(evaluation),
        )
        papers = write_cards(facts, {} if answers is None else _read_answers(answers))
    except UnsoundSnapshotError as unsound:
        stop(f"the snapshot cannot be used: {unsound}.")
    except (UnknownAnswerError, OtherModelError) as refused:
        stop(f"{refused}.")
    except (KeyError, TypeError, ValueError):
        stop("the evaluation is not what `earlyword evaluate --json` prints.")
    out.mkdir(parents=True, exist_ok=True)
    missing = missing_fields(papers)
    for paper in papers:
        name = paper.name.lower().replace(" ", "-")
        (out / f"{name}.md").write_text(as_markdown(paper), encoding="utf-8")
    told = json.dumps({"version": facts.snapshot.version, "missing": missing}, indent=2, sort_keys=True)
    (out / "missing.json").write_text(told + "\n", encoding="utf-8")
    for paper_name, fields in missing.items():
        for field in fields:
            click.echo(f"{paper_name}: {field} is not filled")
    left = sum(map(len, missing.values()))
    click.echo(f"{left} fields are not filled: they block the gate." if left else "Every field is filled.")
    sys.exit(UNFILLED if left else 0)


def _read_evaluation(path: Path) -> dict[str, Any]:
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise TypeError("an object is expected")
    return told


def _read_answers(path: Path) -> dict[str, dict[str, str]]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stop("the answers are not TOML in UTF-8.")
    for table, said in told.items():
        if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
            stop(f"the answers' table {table} holds something else than text.")
    return told
