"""The installed Faust is the one the engine was written against; see contract.py when this goes red."""

from __future__ import annotations

import inspect
import textwrap
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import faust
import pytest

from tests.engine.contract import CONSUMER, bare, breaches, find

SEEK = f"{CONSUMER}.perform_seek"


def test_faust_is_what_the_engine_was_written_against() -> None:
    assert breaches() == [], f"faust {faust.__version__}: read, run the oracles, then pin again"


def test_a_renamed_method_is_a_breach() -> None:
    def renamed(name: str) -> Any:
        return find(name.replace("perform_seek", "perform_seek_now"))

    assert f"{SEEK}: gone" in breaches(renamed)


@pytest.mark.parametrize(
    ("line", "breach"), [("offset >= 0", []), ("offset > 0", [f"{SEEK}: changed"])], ids=["same", "changed"]
)
def test_one_changed_line_in_a_pinned_function_is_a_breach(tmp_path: Path, line: str, breach: list[str]) -> None:
    source = textwrap.dedent(inspect.getsource(bare(find(SEEK))))
    assert "offset >= 0" in source
    seek = load(tmp_path, source.replace("offset >= 0", line)).perform_seek
    assert breaches(lambda name: seek if name == SEEK else find(name)) == breach


def test_another_parameter_is_a_breach(tmp_path: Path) -> None:
    name = "faust.transport.drivers.aiokafka:Consumer._getmany"
    other = load(tmp_path, "async def _getmany(self, timeout, partitions): ...\n")._getmany
    assert breaches(lambda asked: other if asked == name else find(asked)) == [
        f"{name}: parameters are (self timeout partitions)"
    ]


def load(folder: Path, source: str) -> Any:
    """A module of this source, from a file, so that its source can be read."""
    file = folder / "upgraded.py"
    file.write_text(source)
    spec = spec_from_file_location("upgraded", file)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
