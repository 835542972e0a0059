"""Figures from runs, ratios from figures, and which aims they meet. Pure arithmetic.

On a shared machine an absolute figure says little. A ratio is worked out round by round, from two runs that followed
each other, and its median over the rounds is given: what disturbs a whole round disturbs both sides of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final, Literal, TypeAlias

from msgspec import Struct

Figure: TypeAlias = dict[str, object]


class Run(Struct, frozen=True, kw_only=True):
    """One measured run: so many events, in seconds of the clock and of the process's own computing."""

    events: int
    seconds: float
    cpu_seconds: float
    batches: int

    @property
    def events_per_second(self) -> float:
        """By the clock on the wall."""
        return self.events / self.seconds


class Aim(Struct, frozen=True, kw_only=True):
    """What is to be reached, of which figure (its name, then the word in it), and on which side of the bound."""

    name: str
    of: tuple[str, ...]
    side: Literal["at least", "more than", "less than"]
    bound: float


AIMS: Final = (
    Aim(name="families stage, events/s", of=("families", "events_per_second"), side="at least", bound=20_000),
    Aim(name="families stage / pure core", of=("families/core",), side="at least", bound=0.8),
    Aim(name="families stage / Quix Streams", of=("families/quix",), side="more than", bound=1.0),
    Aim(name="families stage / per-event Faust", of=("families/faust-per-event",), side="at least", bound=8.0),
    Aim(name="intake stage, events/s", of=("intake", "events_per_second"), side="at least", bound=15_000),
    Aim(name="published to prompt, p50, ms", of=("latency", "p50_ms"), side="less than", bound=100),
    Aim(name="published to prompt, p99, ms", of=("latency", "p99_ms"), side="less than", bound=1_000),
    Aim(name="kill -9 to first event, s", of=("restart", "seconds"), side="less than", bound=3.0),
    Aim(name="memory per family, bytes", of=("memory", "process_bytes_per_family"), side="less than", bound=2_000),
    Aim(name="scoring, live, us/event", of=("scoring", "live_us_per_event"), side="less than", bound=10),
    Aim(name="learning, examples/s", of=("learning", "examples_per_second"), side="at least", bound=10_000),
)
"""ARCHITECTURE section 7, and what LEARNING says of the model. The growth in the last line of the former takes hours
and several machines, and is not tried here."""

FAMILIES_OF_THE_RESTART_AIM: Final = 100_000


def sum_up(runs: Sequence[Run]) -> Figure:
    """The medians of these runs, and each of them in events/s."""
    return {
        "events_per_second": round(median(run.events_per_second for run in runs), 1),
        "us_per_event": round(median(run.seconds / run.events * 1e6 for run in runs), 2),
        "cpu_us_per_event": round(median(run.cpu_seconds / run.events * 1e6 for run in runs), 2),
        "events": runs[0].events,
        "batches": round(median(run.batches for run in runs)),
        "runs": [round(run.events_per_second, 1) for run in runs],
    }


def ratio(runs: Sequence[Run], others: Sequence[Run]) -> float:
    """How many times as fast the first are as the others: the median over the rounds."""
    pairs = zip(runs, others, strict=True)
    return round(median(one.events_per_second / other.events_per_second for one, other in pairs), 3)


def ratio_by_computing(runs: Sequence[Run], others: Sequence[Run]) -> float:
    """The same by what the processes computed themselves, whoever else used the machine."""
    pairs = zip(runs, others, strict=True)
    return round(median((other.cpu_seconds * one.events) / (one.cpu_seconds * other.events) for one, other in pairs), 3)


def ratios(runs: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """The families stage against each of the others that was measured; and against the core by computing, too."""
    stage = runs.get("families", ())
    others = [name for name in ("core", "quix", "faust-per-event") if runs.get(name)]
    if not stage:
        return {}
    by_clock = {f"families/{name}": ratio(stage, runs[name]) for name in others}
    if "core" not in others:
        return by_clock
    return by_clock | {"families/core by computing": ratio_by_computing(stage, runs["core"])}


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of these values that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def judge_aims(figures: Mapping[str, Figure], of_ratios: Mapping[str, float]) -> dict[str, dict[str, object]]:
    """Each aim, what was reached, and whether that meets it: None where it was not measured as it must be."""
    return {aim.name: _judge(aim, _reached(aim, figures, of_ratios), figures) for aim in AIMS}


def _reached(aim: Aim, figures: Mapping[str, Figure], of_ratios: Mapping[str, float]) -> float | None:
    if len(aim.of) == 1:
        return of_ratios.get(aim.of[0])
    value = figures.get(aim.of[0], {}).get(aim.of[1])
    return value if isinstance(value, int | float) else None


def _judge(aim: Aim, reached: float | None, figures: Mapping[str, Figure]) -> dict[str, object]:
    met: bool | None = None
    if reached is not None:
        met = {
            "at least": reached >= aim.bound,
            "more than": reached > aim.bound,
            "less than": reached < aim.bound,
        }[aim.side]
    judged: dict[str, object] = {"aim": f"{aim.side} {aim.bound:g}", "reached": reached, "met": met}
    if aim.of[0] == "restart" and reached is not None:
        families = figures["restart"].get("families")
        if families != FAMILIES_OF_THE_RESTART_AIM:
            judged |= {"met": None, "note": f"the aim is for {FAMILIES_OF_THE_RESTART_AIM:,} families: --families"}
    return judged
