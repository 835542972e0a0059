"""``earlyword model report``: events, a registered plan and a snapshot make the report that the gate is asked with."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from streams.commands.asked import hub_of, key_of_settings, moment_of, read_json
from streams.commands.saying import Writable, bar, lines_of, speak_plainly, stop

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE = Writable()


@click.command("report")
@click.argument("events", type=EXISTING)
@click.option("--plan", "plan_file", type=EXISTING, required=True, help="The registered plan of the gate, JSON.")
@click.option("--snapshot", type=EXISTING, required=True, help="The body that would be signed for.")
@click.option("--hub", "hub_file", type=EXISTING, help="hub.toml; else a hub that agrees to all kinds.")
@click.option("--until", help="Let time pass up to this moment (RFC 3339) after the last event.")
@click.option("--groups", type=EXISTING, help="CSV: id of a row or a family, then a column per trait.")
@click.option("--papers", type=EXISTING, help="The missing.json that `earlyword card` wrote.")
@click.option("--rails", type=EXISTING, help="The bounds of the guard rails that would be signed for, JSON.")
@click.option(
    "--looks", type=click.IntRange(1), default=1, show_default=True, help="Looks at these rows, this one too."
)
@click.option("--out", type=FILE, required=True, help="Where the report goes, JSON.")
@speak_plainly
def report_command(
    events: Path,
    plan_file: Path,
    snapshot: Path,
    hub_file: Path | None,
    until: str | None,
    groups: Path | None,
    papers: Path | None,
    rails: Path | None,
    looks: int,
    out: Path,
) -> None:
    """Replay EVENTS with the model in shadow, measure by the plan, and write the report for `sign-off`.

    Says what the gate would refuse; a signature is always among it. Exit code 0, also where much is missing.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only cost, and may change bits
    from models.learning.adopting import Rails
    from models.learning.canonical import hash_of, to_canonical
    from models.learning.gate import GatePlan, find_missing, hash_gate_plan
    from models.learning.gate_report import make_report
    from models.learning.plan import Plan
    from models.learning.registered import NEED_WITHIN_90_DAYS
    from models.learning.replayed import ContradictingRowsError
    from streams.evaluation.evaluating import evaluate
    from streams.evaluation.reading import ExamplesError, read_groups
    from streams.evaluation.replaying import REGISTERED, as_file, by_row, replay
    from streams.process import read_pack

    gate_plan = read_json(plan_file, GatePlan, "plan")
    bounds = None if rails is None else read_json(rails, Rails, "set of bounds")
    unfilled = {} if papers is None else read_json(papers, _Papers, "list of missing fields").missing
    by = Plan(
        features=REGISTERED,
        prevalence=NEED_WITHIN_90_DAYS.prevalence,
        rule=gate_plan.one_feature_rule,
        per_day=gate_plan.per_day,
    )
    try:
        hub, key = hub_of(hub_file), key_of_settings()
        with bar("replaying", events.stat().st_size) as advance:
            _, replayed = replay(lines_of(events), hub, read_pack(), key, moment_of("--until", until), advance)
        told_groups = None if groups is None else by_row(read_groups(groups), replayed)
        with bar("learning, measuring", None):
            told = evaluate(as_file(replayed), by, told_groups, replayed)
    except (ExamplesError, ContradictingRowsError) as error:
        stop(f"{error}.")
    report = make_report(
        gate_plan,
        hash_of(snapshot.read_bytes()),
        told.contested,
        told.figures,
        by,
        told.rules_alone,
        unfilled,
        looks=looks,
        rails=bounds,
    )
    out.write_bytes(to_canonical(report))
    for one in find_missing(gate_plan, hash_gate_plan(gate_plan), report, today=report.until, signed_by=None):
        click.echo(f"missing, {one.condition}: {one.what}")


class _Papers(msgspec.Struct, frozen=True):
    missing: dict[str, tuple[str, ...]]
