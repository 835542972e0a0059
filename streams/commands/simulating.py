"""``earlyword town``: the simulated town as files, for whoever wants to rehearse on something."""

from __future__ import annotations

from pathlib import Path

import click

from streams.commands.saying import Writable, bar, speak_plainly

FILE = Writable()


@click.command("town")
@click.option("--out", type=FILE, required=True, help="Where its events go, one on a line, some malformed.")
@click.option("--hub", "hub_file", type=FILE, required=True, help="Where its hub.toml goes.")
@click.option("--families", type=click.IntRange(1, 5_000), default=200, show_default=True, help="In the town.")
@click.option("--days", type=click.IntRange(7, 400), default=365, show_default=True, help="How many are told.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another town.")
@speak_plainly
def town_command(out: Path, hub_file: Path, families: int, days: int, seed: int) -> None:
    """A simulated town's events and its hub, as files for ``rehearse``, ``validate`` and ``publish``."""
    from streams.simulator.output import write_ndjson
    from streams.simulator.town import Town, arrivals

    town = Town(seed=seed, families=families, days=days)
    with bar("drawing the town", None):
        lines = write_ndjson(arrivals(town), out)
    hub_file.write_text(town.hub(), encoding="utf-8")
    click.echo(f"{lines} events of {families} families")
