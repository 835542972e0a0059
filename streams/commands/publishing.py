"""``earlyword publish``: a file of events to the partner topics, as the partners themselves would send them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from streams.commands.saying import bar, lines_of, speak_plainly, stop
from streams.hub import read_hub
from streams.intake.agreement import Agreements
from streams.kafka.admin import client_options
from streams.settings import read_settings
from streams.simulator.addressing import address
from streams.simulator.arrivals import Record
from streams.simulator.publisher import PublishError, publish


@click.command("publish")
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unreadable-to", help="A partner topic for lines that name no topic; without it they are reported.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many events a second.")
@speak_plainly
def publish_command(events: Path, unreadable_to: str | None, rate: float | None) -> None:
    """Send EVENTS, structured CloudEvents a line each, byte for byte, to the topics of their agencies and kinds."""
    settings = read_settings()
    agreements = Agreements(read_hub(settings.need_hub()))
    unaddressed: list[int] = []

    def records() -> Iterator[Record]:
        for number, line in enumerate(lines_of(events), 1):
            content = line.rstrip(b"\r\n")
            if not content.strip():
                continue
            record = address(content, agreements.agency_of, unreadable_to)
            if record is None:
                unaddressed.append(number)
            else:
                yield record

    with bar("publishing", None) as advance:
        sent = 0

        def on_progress(total: int) -> None:
            nonlocal sent
            advance(total - sent)
            sent = total

        try:
            done = publish(records(), ",".join(settings.broker), client_options(settings), on_progress, rate)
        except PublishError as error:
            stop(f"{error}.", 1)
    for number in unaddressed:
        click.echo(f"line {number}: not sent, it names no topic (no known source and type)")
    for topic, count in done.too_large.items():
        click.echo(f"{topic}: the broker refused {count} events as too large")
    click.echo(f"{done.acknowledged} events published")
    sys.exit(1 if unaddressed or done.too_large else 0)
