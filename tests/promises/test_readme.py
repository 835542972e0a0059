"""The README is true: its table of settings, its links, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from streams.cli import main
from streams.settings import write_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    assert write_table().strip() in README


@pytest.mark.parametrize("page", ["README.md", "models/README.md", "streams/README.md", "deploy/README.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [t for t in targets if t and "://" not in t and not (ROOT / page).parent.joinpath(t).exists()]
    assert missing == []


def test_every_command_of_the_readme_exists_with_its_options() -> None:
    lines = re.findall(r"^earlyword ([a-z -]+?)(?: [A-Z].*)?$", README, re.MULTILINE)
    lines += [line.split("earlyword ", 1)[1] for line in README.splitlines() if line.startswith("earlyword ")]
    assert lines
    for line in lines:
        words = line.split()
        command = main.commands.get(words[0])
        assert command is not None, words[0]
        if isinstance(command, click.Group):
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"\n{target}:" in makefile
        assert f"make {target}" in README
