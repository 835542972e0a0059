"""The whole benchmark: first what needs no broker, then one broker; one measurement at a time, and all is stopped."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

from streams.benchmark.bench import BROKERED, Bar, Bench, Plan, key_of_benchmarks, topics_of
from streams.benchmark.broker import Broker
from streams.benchmark.busyness import read_clocks, share_of_others
from streams.benchmark.figures import Figure, judge_aims, ratios, sum_up
from streams.benchmark.latency import HUB as CALM_HUB
from streams.benchmark.latency import measure_latency
from streams.benchmark.learning import measure_learning
from streams.benchmark.load import Intake, Rates, found_town, settle_more_towns, tell_families, write_messages
from streams.benchmark.machine import describe_machine
from streams.benchmark.on_quix import NOT_INSTALLED, is_installed
from streams.benchmark.recovery import measure_recovery
from streams.benchmark.scoring import hear_examples, measure_scoring
from streams.benchmark.throughput import Rounds
from streams.kafka.local import LocalKafka
from streams.process import read_pack

KAFKA_HEAP: Final = "512m"


class Report(Struct, frozen=True, kw_only=True):
    """What is printed, and the object of ``--json``."""

    date: str
    machine: dict[str, object]
    python: str
    kafka: str
    options: dict[str, object]
    figures: dict[str, Figure]
    ratios: dict[str, float]
    aims: dict[str, dict[str, object]]
    left_out: list[str]
    seconds: float


def run_benchmark(plan: Plan, cache: Path, date: str, bar: Bar) -> Report:
    """Measure everything that the plan names. ``date`` is when this began; ``cache`` holds Apache Kafka's jars.

    Raises KafkaUnavailable, BenchmarkFailedError.
    """
    began = time.monotonic()
    clocks = read_clocks()
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # topics made this moment are led by nobody for another
    machine = describe_machine()
    figures: dict[str, Figure] = {}
    of_ratios: dict[str, float] = {}
    left_out: list[str] = []
    if plan.wants("scoring", "learning"):
        figures |= _measure_model(plan, bar)
    if plan.wants(*BROKERED):
        with _prepared(plan, cache, bar) as bench:
            found, of_ratios, left_out = _measure_stages(bench)
            figures |= found
    others = share_of_others(clocks, read_clocks(), os.cpu_count() or 1)
    return Report(
        date=date,
        machine=machine.hardware | {"share_of_others": others},
        python=machine.python,
        kafka=machine.kafka,
        options={
            "events": plan.events,
            "families": plan.families,
            "repeat": plan.repeat,
            "rates": plan.rates,
            "only": list(plan.only),
        },
        figures=figures,
        ratios=of_ratios,
        aims=judge_aims(figures, of_ratios),
        left_out=left_out,
        seconds=round(time.monotonic() - began, 1),
    )


def _measure_model(plan: Plan, bar: Bar) -> dict[str, Figure]:
    """What the model costs. Nothing of it needs a broker."""
    town, rules = _Told(plan.town_of_the_model, bar), read_pack()
    found: dict[str, Figure] = {}
    with bar("hearing examples, without a broker", None):
        examples = hear_examples(town.events, rules)
    if plan.wants("scoring"):
        found["scoring"] = measure_scoring(town.events, examples, rules, plan.repeat, bar)
    if plan.wants("learning"):
        with bar("learning", plan.repeat) as advance:
            found["learning"] = measure_learning(examples, plan.repeat, advance)
    return found


def _measure_stages(bench: Bench) -> tuple[dict[str, Figure], dict[str, float], list[str]]:
    """Figures, ratios, and a sentence for each measurement that was left out."""
    plan = bench.plan
    figures: dict[str, Figure] = {}
    of_ratios: dict[str, float] = {}
    left_out: list[str] = []
    measured = [name for name in ("core", "quix", "faust-per-event", "families", "intake") if plan.wants(name)]
    if "quix" in measured and not is_installed():
        measured.remove("quix")
        left_out.append(NOT_INSTALLED)
    town = _Told(plan.partner_messages, bench.bar, plan.rates) if measured or plan.wants("restart", "memory") else None
    if measured and town is not None:
        rounds = Rounds(bench, town.messages, settle_more_towns(town.events, plan.events), town.statements)
        rounds.go(measured)
        figures |= {name: sum_up(rounds.runs[name]) for name in measured}
        of_ratios |= ratios(rounds.runs)
    if plan.wants("latency"):
        figures["latency"] = measure_latency(bench, key_of_benchmarks())
    if plan.wants("restart", "memory") and town is not None:  # last, as its group keeps a killed member for a while
        figures |= {name: found for name, found in _recover(bench, town).items() if plan.wants(name)}
    return figures, of_ratios, left_out


class _Told:
    """A simulated town's messages, and the family events that follow from them."""

    def __init__(self, messages: int, bar: Bar, rates: Rates = "town") -> None:
        town = found_town(messages, rates)
        with bar("imagining a town", None):
            self.messages = write_messages(town)
        intake = Intake(town.hub(), key_of_benchmarks())
        with bar("telling intake, without a broker", len(self.messages)) as advance:
            self.events = list(intake.take(self.messages, advance))
        self.statements = intake.statements


def _recover(bench: Bench, town: _Told) -> dict[str, Figure]:
    with bench.bar("telling families, without a broker", None):
        rows = tell_families(town.events, read_pack())
    restart, memory = measure_recovery(bench, rows)
    return {"restart": restart, "memory": memory}


@contextmanager
def _prepared(plan: Plan, cache: Path, bar: Bar) -> Iterator[Bench]:
    """A broker of our own in a folder of its own; both are gone afterwards."""
    town_hub = found_town(plan.partner_messages).hub()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(TemporaryDirectory(prefix="earlyword-benchmark-", ignore_cleanup_errors=True))
        )
        hubs = {"town.toml": town_hub, "calm.toml": CALM_HUB}
        for name, text in hubs.items():
            (folder / name).write_text(text, encoding="utf-8")
        with bar("starting Apache Kafka", None):
            kafka = stack.enter_context(LocalKafka(folder / "kafka", heap=KAFKA_HEAP, cache=cache))
            broker = stack.enter_context(closing(Broker(kafka.bootstrap, topics_of(*hubs.values()))))
        yield Bench(plan, broker, folder, folder / "town.toml", folder / "calm.toml", bar)
