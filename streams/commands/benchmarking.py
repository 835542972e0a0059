"""``earlyword benchmark``: how fast and how small everything is, compared with others in the same run."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Literal

import click
import msgspec
from rich.console import Console

from streams.commands.saying import bar, speak_plainly, stop
from streams.settings import read_settings

NAMES = (
    *("scoring", "learning", "core", "families", "intake"),
    *("faust-per-event", "quix", "latency", "restart", "memory"),
)


@click.command("benchmark")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--events", default=60_000, show_default=True, type=click.IntRange(1_000), help="Family events a run.")
@click.option(
    "--families", default=100_000, show_default=True, type=click.IntRange(100), help="Families of restart and memory."
)
@click.option("--repeat", default=3, show_default=True, type=click.IntRange(1, 20), help="Medians of so many runs.")
@click.option(
    "--rates",
    default="authority",
    show_default=True,
    type=click.Choice(("town", "authority")),
    help="Concerns as in an English authority, or seven times as dense, as in the demo's town.",
)
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure this alone; may be given again.")
@speak_plainly
def benchmark_command(
    as_json: bool, events: int, families: int, repeat: int, rates: Literal["town", "authority"], only: tuple[str, ...]
) -> None:
    """Measure speed, latency, restart, memory and the model's cost, and say which aims are missed.

    What needs Apache Kafka has a local one of its own.
    """
    from streams.benchmark.bench import Plan
    from streams.benchmark.benchmark import run_benchmark
    from streams.benchmark.children import BenchmarkFailedError
    from streams.benchmark.table import show
    from streams.kafka.unavailable import KafkaUnavailable

    plan = Plan(events=events, families=families, repeat=repeat, only=only or NAMES, rates=rates)
    began = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
    try:
        report = run_benchmark(plan, read_settings().cache, began, bar)
    except BenchmarkFailedError as failure:
        click.echo(failure.last_words, err=True)
        stop(str(failure), 1)
        raise
    except KafkaUnavailable as failure:
        stop(str(failure), 1)
        raise
    except KeyboardInterrupt:
        click.echo("earlyword: stopped; every process and the broker are gone", err=True)
        sys.exit(130)
    if as_json:
        click.echo(msgspec.json.encode(report))
    else:
        Console().print(show(report))
