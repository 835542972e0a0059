"""``earlyword town``: what it writes can be rehearsed."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from streams.cli import main


def test_a_town_on_files_is_rehearsed_under_its_own_hub(tmp_path: Path) -> None:
    events, hub, prompts = tmp_path / "town.ndjson", tmp_path / "hub.toml", tmp_path / "prompts.ndjson"
    drawn = CliRunner().invoke(
        main, ["town", "--out", str(events), "--hub", str(hub), "--families", "20", "--days", "60"]
    )
    assert drawn.exit_code == 0, drawn.output
    told = CliRunner().invoke(main, ["rehearse", str(events), "--hub", str(hub), "--out", str(prompts), "--json"])
    assert told.exit_code == 0, told.output
    balance = json.loads(told.stdout)
    assert drawn.stdout.split()[0] == str(balance["read"])
    assert balance["read"] == balance["accepted"] + balance["duplicates"] + sum(balance["set_aside"].values())
    assert balance["accepted"] > 500
