"""``earlyword demo``: from nothing to a summary that can be checked, then live until Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from streams.commands.saying import Writable, speak_plainly, stop
from streams.demo.ended import FAILED, DemoEnded
from streams.settings import read_settings

FAMILIES = 200
DAYS = 365
"""Some 36,000 events. 250 families took 105 s of processor time, all processes together: a minute on two free cores."""

FILE = Writable()
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("demo")
@click.option("--exit", "ends", is_flag=True, help="End after the summary; exit code 0 only if the balance holds.")
@click.option("--json", "json_file", type=FILE, help="Write the summary here, too.")
@click.option("--families", type=click.IntRange(1, 5_000), default=FAMILIES, show_default=True, help="In the town.")
@click.option("--days", type=click.IntRange(7, 380), default=DAYS, show_default=True, help="How many are replayed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another town.")
@click.option("--folder", type=FOLDER, help="An empty folder to work in; it is kept.")
@click.option("--keep", is_flag=True, help="Keep the folder that the demo makes for itself.")
@speak_plainly
def demo_command(
    ends: bool, json_file: Path | None, families: int, days: int, seed: int, folder: Path | None, keep: bool
) -> None:
    """A simulated town through the whole of earlyword: a year at once, then live until Ctrl-C."""
    from streams.demo.play import Asked
    from streams.demo.run import run_demo

    asked = Asked(families=families, days=days, seed=seed)
    try:
        holds = run_demo(read_settings(), asked, ends=ends, json_file=json_file, folder=folder, keep=keep)
    except DemoEnded as ended:
        stop(str(ended), ended.code)
        raise
    sys.exit(0 if holds else FAILED)
