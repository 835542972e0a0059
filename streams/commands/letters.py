"""``earlyword dead-letters``: what was set aside, why, and sending it again once the cause is mended."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import click
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from schemas.wire.dead_letter_v1 import Reason
from streams.commands.saying import speak_plainly, stop
from streams.dead_letter_tool import Seen, Where, list_letters, replay_letters, sender, show_letters
from streams.kafka.admin import client_options
from streams.logs import configure, get_logger
from streams.settings import Settings, read_settings
from streams.topics import DEAD_LETTERS


@click.group("dead-letters")
def dead_letters_group() -> None:
    """Records that were set aside: list, show, replay. A partner's words are hidden unless a reason is given."""


@dead_letters_group.command("list")
@click.option("--where", "filters", multiple=True, help="reason=SCHEMA or topic=NAME; may be given twice.")
@speak_plainly
def list_command(filters: tuple[str, ...]) -> None:
    """Every letter: where it lies, why, and the JSON pointers; counts at the end."""
    counts: Counter[str] = Counter()
    with _consumer(read_settings()) as consumer:
        for seen in list_letters(consumer, _where(filters)):
            counts[seen.shown.note.reason.name] += 1
            click.echo(_line(seen))
    for reason, count in sorted(counts.items()):
        click.echo(f"{count} {reason}: {Reason[reason].value}")
    click.echo(f"{sum(counts.values())} dead letters")


@dead_letters_group.command("show")
@click.argument("place")
@click.option("--reveal", "reason", help="Show the partner's own words too; the reason you give is written to the log.")
@click.option("--redacted", is_flag=True, help="Show the note and sizes only (the default).")
@speak_plainly
def show_command(place: str, reason: str | None, redacted: bool) -> None:
    """One letter; PLACE is its own topic/partition@offset, as `list` gives it."""
    if redacted and reason is not None:
        stop("--redacted and --reveal exclude each other; give one of them.")
    settings = read_settings()
    configure("dead-letters", level=settings.log_level, stream=sys.stderr)
    found = False
    with _consumer(settings) as consumer:
        for seen in show_letters(consumer, Where(place=place), reason, _write_down):
            found = True
            _show(seen, is_revealed=reason is not None)
    if not found:
        stop("there is no dead letter at that place; see `earlyword dead-letters list`.", 1)


@dead_letters_group.command("replay")
@click.option("--where", "filters", multiple=True, help="reason=SCHEMA or topic=NAME; may be given twice.")
@click.option("--to", type=click.Choice(["original"]), help="Send them to where they came from; without it a dry run.")
@speak_plainly
def replay_command(filters: tuple[str, ...], to: str | None) -> None:
    """Send letters again. An event that had been taken in after all is a duplicate, and changes nothing."""
    settings = read_settings()
    count = 0
    with _consumer(settings) as consumer:
        producer = KafkaProducer(bootstrap_servers=list(settings.broker), acks="all", **client_options(settings))
        try:
            for seen in replay_letters(consumer, _where(filters), sender(producer) if to else None):
                count += 1
                click.echo(_line(seen))
        finally:
            producer.close()
    click.echo(f"{count} dead letters {'sent again' if to else 'would be sent again; add --to original'}")


def _where(filters: tuple[str, ...]) -> Where:
    told: dict[str, str] = {}
    for one in filters:
        name, found, value = one.partition("=")
        if not found or name not in {"reason", "topic"} or (name == "reason" and value not in Reason.__members__):
            stop(f"--where is reason=ONE OF {', '.join(Reason.__members__)}, or topic=NAME.")
        told[name] = value
    return Where(reason=Reason[told["reason"]] if "reason" in told else None, topic=told.get("topic"))


def _line(seen: Seen) -> str:
    note = seen.shown.note
    cut = "" if note.cut_from is None else f", cut from {note.cut_from} bytes"
    came = f"{note.topic}/{note.partition}@{note.offset}"
    return f"{seen.place} {note.reason.name} {' '.join(note.fields)} from {came}{cut}"


def _show(seen: Seen, *, is_revealed: bool) -> None:
    note = seen.shown.note
    click.echo(_line(seen))
    click.echo(f"  {seen.shown.because}")
    click.echo(f"  attempts {note.attempts}, key {seen.shown.key_bytes} bytes, value {seen.shown.value_bytes} bytes")
    if is_revealed:
        click.echo(f"  key: {(seen.key or b'').decode(errors='backslashreplace')}")
        for name, content in seen.headers:
            click.echo(f"  header {name}: {(content or b'').decode(errors='backslashreplace')}")
        click.echo(f"  value: {(seen.value or b'').decode(errors='backslashreplace')}")


def _write_down(place: str, reason: str) -> None:
    """Who looks says why. The log holds the place; the reason is free text and goes to the terminal's own record."""
    topic, _, rest = place.rpartition("/")
    partition, _, offset = rest.partition("@")
    get_logger().warning(
        "dead_letter_revealed", topic=topic, partition=int(partition), offset=int(offset), count=len(reason)
    )


@contextmanager
def _consumer(settings: Settings) -> Iterator[KafkaConsumer]:
    try:
        consumer = KafkaConsumer(bootstrap_servers=list(settings.broker), **client_options(settings))
    except KafkaError:
        stop("no broker answers; check EARLYWORD_BROKER.", 1)
    try:
        if not consumer.partitions_for_topic(DEAD_LETTERS):
            stop(
                f"there is no topic {DEAD_LETTERS} that this user may see; "
                "create it with `earlyword topics apply`, or ask for access.",
                1,
            )
        yield consumer
    except (KafkaError, TimeoutError) as error:
        stop(f"the broker does not answer ({type(error).__name__}); see that it is well.", 1)
    finally:
        consumer.close()
