"""``earlyword evaluate``: a file of features and delayed labels, judged the hard way."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from streams.commands.saying import bar, speak_plainly, stop

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
WIDTH = 150


@click.command("evaluate")
@click.option("--examples", type=EXISTING, required=True, help="A CSV file: id, t_event, t_label, label, features...")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as one JSON object.")
@click.option("--report", type=FOLDER, help="Write a report with plots, the JSON and the scores into this folder.")
@click.option(
    "--plan", "plan_file", type=EXISTING, help="TOML: prevalence, rule, and transforms and signs of features."
)
@click.option("--rule", help="The feature of the one-feature rule; else the best of the warm-up.")
@click.option("--capacity", type=click.IntRange(1), help="Room for so many prompts a day.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Room as a share of rows, without --capacity.",
)
@click.option(
    "--horizon",
    type=click.FloatRange(0),
    help="No label is learned before so many days (in a file of numbers: units) after its event.",
)
@click.option(
    "--bar",
    "bar_at",
    type=click.FloatRange(0, 1),
    default=0.65,
    show_default=True,
    help="The average precision that PASS needs.",
)
@click.option("--family", help="A column that names each row's family: intervals are drawn over families.")
@click.option("--outcome-time", help="A column with the time of the outcome itself, for lead times.")
@click.option("--groups", type=EXISTING, help="CSV: id, then a column per trait, for the audit alone.")
@click.option("--accept", multiple=True, help="A feature that somebody looked at and found honest; may be given again.")
@click.option(
    "--draws", type=click.IntRange(20, 10_000), default=1000, show_default=True, help="Draws for the intervals."
)
@speak_plainly
def evaluate_command(
    examples: Path,
    as_json: bool,
    report: Path | None,
    plan_file: Path | None,
    rule: str | None,
    capacity: int | None,
    share: float,
    horizon: float | None,
    bar_at: float,
    family: str | None,
    outcome_time: str | None,
    groups: Path | None,
    accept: tuple[str, ...],
    draws: int,
) -> None:
    """Score each example before its label is final, learn it when it is, and measure what was said.

    Against the prevalence, a one-feature rule and a batch logistic regression, on the same rows. The last line is PASS
    or FAIL against the bar, beside the base rate; the exit code is 0 for both, and 2 where a file cannot be read.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only cost, and may change bits
    from models.learning.plan import Declared, Plan
    from streams.evaluation.evaluating import evaluate
    from streams.evaluation.planning import read_declared
    from streams.evaluation.reading import ExamplesError, read_examples, read_groups
    from streams.evaluation.report import HEADS, table_rows, verdict_line, write_report
    from streams.evaluation.telling import as_json as to_json

    try:
        with bar("reading, replaying, measuring", None):
            file = read_examples(examples, family=family, outcome_time=outcome_time)
            declared, prevalence, planned_rule = (
                (tuple(Declared(name=name) for name in file.features), None, None)
                if plan_file is None
                else read_declared(plan_file, file.features)
            )
            if set(accept) - set(file.features):
                stop("--accept names a feature that the file does not have.")
            plan = Plan(
                features=declared,
                bar=bar_at,
                prevalence=prevalence,
                rule=rule or planned_rule,
                horizon=None if horizon is None else round(horizon * file.clock.ticks_a_day),
                per_day=capacity,
                share=share,
                draws=draws,
                accepted=tuple(sorted(accept)),
            )
            told = evaluate(file, plan, None if groups is None else read_groups(groups))
    except ExamplesError as error:
        stop(f"{error}.")
    if report is not None:
        write_report(told, report)
    if as_json:
        click.echo(to_json(told), nl=False)
        return
    screen = Console(highlight=False, markup=False, width=WIDTH)
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for head in HEADS:
        table.add_column(head)
    for row in table_rows(told):
        table.add_row(*row)
    screen.print(table)
    for warning in told.warnings:
        screen.print(f"\n{warning}", soft_wrap=True)
    screen.print(f"\n{verdict_line(told)}", soft_wrap=True)
