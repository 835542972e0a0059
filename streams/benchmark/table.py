"""The report for people: figures, ratios, and every aim with whether it was met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.benchmark.benchmark import Report
from streams.benchmark.busyness import BUSY_SHARE
from streams.benchmark.figures import Figure

RATES: Final = {
    "core": "pure core, no broker",
    "families": "families stage",
    "intake": "intake stage",
    "faust-per-event": "per-event Faust",
    "quix": "Quix Streams",
}
WHOSE: Final[dict[object, str]] = {"town": "a dense simulated town", "authority": "an English authority"}
VERDICTS: Final = {True: Text("reached", "green"), False: Text("MISSED", "bold red"), None: Text("not measured", "dim")}


def show(report: Report) -> RenderableType:
    """The whole report."""
    parts: list[RenderableType] = [_rates(report.figures)] if RATES.keys() & report.figures.keys() else []
    parts += [Text(line) for line in _sentences(report.figures)]
    parts += [Text(line) for line in _by_computing(report.ratios)]
    parts.append(_aims(report.aims, report.options["rates"]))
    parts += [Text(sentence) for sentence in report.left_out]
    parts += [Text(sentence, "yellow") for sentence in _disturbances(report.machine)]
    return Group(*parts)


def _rates(figures: Mapping[str, Figure]) -> Table:
    table = Table("", "events/s", "us/event", "CPU us/event", "events", "each run, events/s", title="one process each")
    for name, words in RATES.items():
        if figure := figures.get(name):
            runs = figure["runs"]
            each = ", ".join(f"{run:,.0f}" for run in runs) if isinstance(runs, list) else ""
            columns = ("events_per_second", "us_per_event", "cpu_us_per_event", "events")
            table.add_row(words, *(_number(figure[column]) for column in columns), each)
    return table


def _sentences(figures: Mapping[str, Figure]) -> Iterator[str]:
    if scoring := figures.get("scoring"):
        yield (
            f"A model costs each event {scoring['shadow_us_per_event']} us of CPU more in shadow, "
            f"{scoring['live_us_per_event']} us live (silent: {scoring['silent_us_per_event']} us). It was asked of "
            f"{scoring['scored_in_shadow']:,} and {scoring['scored_live']:,} of {scoring['events']:,} events; each "
            f"time it took {scoring['features_us']} us to read the features, {scoring['vector_us']} us to score them."
        )
    if learning := figures.get("learning"):
        yield (
            f"Learning: {learning['examples_per_second']:,} examples a second of CPU from record to snapshot "
            f"({learning['examples']:,} on {learning['days']} days), {learning['learn_one_per_second']:,} in learn_one "
            f"alone."
        )
    if latency := figures.get("latency"):
        yield (
            f"Published to prompt at {latency['events_per_second']} events/s: p50 {latency['p50_ms']} ms, "
            f"p99 {latency['p99_ms']} ms, longest {latency['max_ms']} ms ({latency['prompts']} prompts)."
        )
    if restart := figures.get("restart"):
        yield (
            f"From kill -9 to the first event settled, {restart['families']:,} families: {restart['seconds']} s "
            f"(each {restart['runs']})."
        )
    if memory := figures.get("memory"):
        yield (
            f"A family's row after a year: {memory['row_bytes_median']:,} bytes (median), {memory['row_bytes_p90']:,} "
            f"(p90), {memory['row_bytes_max']:,} (max); the process takes {memory['process_bytes_per_family']:,} "
            f"bytes for each of {memory['families']:,} families."
        )


def _by_computing(ratios: Mapping[str, float]) -> Iterator[str]:
    if ratio := ratios.get("families/core by computing"):
        yield f"By the processes' own computing instead of the clock, the families stage has {ratio:.2f} of the core."


def _disturbances(machine: Mapping[str, object]) -> Iterator[str]:
    others = machine["share_of_others"]
    if not isinstance(others, float):
        yield f"Whether others used the machine is not known; its load was {machine['load_at_start']} at first."
    elif others > BUSY_SHARE:
        yield (
            f"Others used {others:.0%} of the processors meanwhile: what counts seconds of the clock is too low or too "
            "long by that much and more. Trust the CPU us/event, then the ratios, and measure again on a quiet machine."
        )


def _aims(aims: Mapping[str, Mapping[str, object]], rates: object) -> Table:
    table = Table("aim", "is to be", "reached", "", title=f"aims, with the concerns of {WHOSE[rates]}")
    for name, judged in aims.items():
        met = judged["met"]
        verdict = VERDICTS[met if isinstance(met, bool) else None]
        reached = "" if judged["reached"] is None else _number(judged["reached"])
        note = judged.get("note")
        table.add_row(name, str(judged["aim"]), reached, Text(str(note), "dim") if note else verdict)
    return table


def _number(value: object) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
