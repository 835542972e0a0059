"""``earlyword evaluate``: features and delayed labels, of a file or of a replay, judged the hard way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from streams.commands.asked import hub_of, key_of_settings, moment_of
from streams.commands.saying import bar, lines_of, speak_plainly, stop
from streams.commands.verifying import topics_of_broker

if TYPE_CHECKING:
    from streams.evaluation.evaluating import Evaluated

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
WIDTH = 150

OF_EXAMPLES = ("plan_file", "horizon", "family", "outcome_time")
"""Options that say of a file what events and records know by themselves, or have registered."""
OF_EVENTS = ("hub_file", "rules", "until")


@click.command("evaluate")
@click.argument("events", type=EXISTING, required=False)
@click.option("--examples", type=EXISTING, help="A CSV file: id, t_event, t_label, label, features...")
@click.option("--recorded", is_flag=True, help="The rows that a running hub wrote down: from EARLYWORD_BROKER.")
@click.option("--hub", "hub_file", type=EXISTING, help="With EVENTS: hub.toml; else a hub that agrees to all kinds.")
@click.option("--rules", type=EXISTING, help="With EVENTS: a rule pack in TOML; else the default one.")
@click.option("--until", help="With EVENTS: let time pass up to this moment (RFC 3339) after the last event.")
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
@click.option("--groups", type=EXISTING, help="CSV: id (of a row, or of a family), then a column per trait.")
@click.option("--accept", multiple=True, help="A feature that somebody looked at and found honest; may be given again.")
@click.option(
    "--draws", type=click.IntRange(20, 10_000), default=1000, show_default=True, help="Draws for the intervals."
)
@speak_plainly
def evaluate_command(
    events: Path | None,
    examples: Path | None,
    recorded: bool,
    hub_file: Path | None,
    rules: Path | None,
    until: str | None,
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

    The examples come from a file; or from EVENTS, which are replayed as `rehearse` does, with the registered model in
    shadow; or from the topics of a running hub. Against the prevalence, a one-feature rule and a batch logistic
    regression, on the same rows; but for a file against the rules alone, too. The last line is PASS or FAIL against the
    bar, beside the base rate; the exit code is 0 for both, and 2 where a file or the topics cannot be read.
    """
    _refuse_mixed(events, examples, recorded=recorded)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only cost, and may change bits
    from models.learning.plan import Declared, Plan
    from models.learning.registered import NEED_WITHIN_90_DAYS
    from models.learning.replayed import ContradictingRowsError
    from streams.codecs import UnreadableRecord
    from streams.evaluation.evaluating import evaluate
    from streams.evaluation.planning import read_declared
    from streams.evaluation.reading import ExamplesError, read_examples, read_groups
    from streams.evaluation.recalled import recall
    from streams.evaluation.replaying import REGISTERED, as_file, by_row, replay
    from streams.evaluation.report import write_report
    from streams.evaluation.telling import as_json as to_json
    from streams.process import read_pack

    try:
        told_groups = None if groups is None else read_groups(groups)
        replayed = None
        if events is not None:
            hub, pack, moment, key = hub_of(hub_file), read_pack(rules), moment_of("--until", until), key_of_settings()
            with bar("replaying", events.stat().st_size) as advance:
                _, replayed = replay(lines_of(events), hub, pack, key, moment, advance)
        elif recorded:
            with bar("reading the topics", None), topics_of_broker() as records:
                replayed = recall(records)
        if replayed is not None:
            file = as_file(replayed)
            declared, planned_rule = REGISTERED, None
            prevalence: float | None = NEED_WITHIN_90_DAYS.prevalence
            told_groups = None if told_groups is None else by_row(told_groups, replayed)
        elif examples is not None:
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
        with bar("learning, measuring", None):
            told = evaluate(file, plan, told_groups, replayed)
    except (ExamplesError, ContradictingRowsError, UnreadableRecord, TimeoutError) as error:
        stop(f"{error}.")
    if report is not None:
        write_report(told, report)
    if as_json:
        click.echo(to_json(told), nl=False)
    else:
        _show(told)


def _refuse_mixed(events: Path | None, examples: Path | None, *, recorded: bool) -> None:
    """One kind of input, and only the options that belong to it."""
    if [events is not None, examples is not None, recorded].count(True) != 1:
        stop("give a file of EVENTS, or --examples with a CSV file, or --recorded: one of the three.")
    kind, given = ("EVENTS", set(OF_EXAMPLES)) if events is not None else ("--examples", set(OF_EVENTS))
    if recorded:
        kind, given = "--recorded", {*OF_EXAMPLES, *OF_EVENTS}
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in given and context.params[name] is not None:
            stop(f"{parameter.opts[0]} does not go with {kind}.")


def _show(told: Evaluated) -> None:
    from streams.evaluation.report import HEADS, rules_line, table_rows, verdict_line

    screen = Console(highlight=False, markup=False, width=WIDTH)
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    for head in HEADS:
        table.add_column(head)
    for row in table_rows(told):
        table.add_row(*row)
    screen.print(table)
    if told.rules_alone is not None:
        screen.print(f"\n{rules_line(told.rules_alone)}", soft_wrap=True)
    for warning in told.warnings:
        screen.print(f"\n{warning}", soft_wrap=True)
    screen.print(f"\n{verdict_line(told)}", soft_wrap=True)
