"""``earlyword verify``: a past prompt's score and reasons, had again to the bit or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from kafka import KafkaConsumer
from kafka.errors import KafkaError

from models.learning.verifying import NotReproducedError, verify
from streams.codecs import UnreadableRecord
from streams.commands.saying import speak_plainly, stop
from streams.evaluation.recorded import BrokerTopics, KeptFiles, Records, RecordsError, find_scored, keep_files
from streams.kafka.admin import client_options
from streams.settings import read_settings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
NOT_REPRODUCED = 1


@click.command("verify")
@click.argument("prompt")
@click.option("--examples", type=EXISTING, help="A file of example records, a JSON line each; else the broker's topic.")
@click.option("--snapshot", "snapshots", type=EXISTING, multiple=True, help="With --examples: a snapshot; repeatable.")
@click.option("--prompts", type=EXISTING, help="With --examples: prompt revisions, to look up the id of a prompt.")
@click.option("--keep", type=FOLDER, help="Keep the records and snapshots that were looked at here: restricted.")
@speak_plainly
def verify_command(
    prompt: str, examples: Path | None, snapshots: tuple[Path, ...], prompts: Path | None, keep: Path | None
) -> None:
    """Score anew what a PROMPT rested on: from its features as they were recorded, by the snapshot that it names.

    PROMPT is the id of a prompt (p-...), of a reason (r-...) or of a row (x-...). The exit code is 0 where score and
    contributions are the same bits, 1 where they are not, 2 where they cannot be looked up. No score is shown.
    """
    if (examples is None) != (not snapshots) or (prompts is not None and examples is None):
        stop(
            "--examples and --snapshot go together, and --prompts with them; without any, the broker's topics are read."
        )
    try:
        with _records(examples, snapshots, prompts) as records:
            for scored in find_scored(records, prompt):
                body = records.body(scored.snapshot)
                if keep is not None:
                    keep_files(keep, scored, body)
                told = verify(scored, body)
                click.echo(
                    f"{told.row}: the same bits, score and {told.contributions} contributions, by snapshot"
                    f" {told.snapshot} of {told.specification}."
                )
    except NotReproducedError as other:
        stop(f"not reproduced ({other.check}): {other}.", NOT_REPRODUCED)
    except (RecordsError, UnreadableRecord, TimeoutError) as error:
        stop(f"{error}.")


@contextmanager
def _records(examples: Path | None, snapshots: tuple[Path, ...], prompts: Path | None) -> Iterator[Records]:
    if examples is not None:
        yield KeptFiles(examples, snapshots, prompts)
        return
    with topics_of_broker() as records:
        yield records


@contextmanager
def topics_of_broker() -> Iterator[BrokerTopics]:
    """The topics of the broker that the environment names, to be looked through."""
    settings = read_settings()
    try:
        consumer = KafkaConsumer(bootstrap_servers=list(settings.broker), **client_options(settings))
    except KafkaError:
        stop("no broker answers; check EARLYWORD_BROKER.")
    try:
        yield BrokerTopics(consumer)
    finally:
        consumer.close()
