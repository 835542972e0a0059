"""The lines of a partner's file: all of them, and none that memory cannot hold."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.commands.saying import LONGEST_LINE, lines_of
from tests.unit.intake.told import line_of


def write(folder: Path, *lines: bytes) -> Path:
    path = folder / "events.ndjson"
    path.write_bytes(b"".join(lines))
    return path


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_is_its_lines(tmp_path: Path, end: bytes) -> None:
    lines = [b"one" + end, end, b"x" * (LONGEST_LINE - len(end)) + end, b"last"]
    assert list(lines_of(write(tmp_path, *lines))) == lines


@pytest.mark.parametrize(
    "long", [b"x" * LONGEST_LINE, b"x" * LONGEST_LINE * 3, b" " * LONGEST_LINE * 2 + b"x"], ids=["just", "far", "blank"]
)
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_of_a_line_beyond_measure_there_is_one_part_that_is_too_large(tmp_path: Path, long: bytes, end: bytes) -> None:
    first, part, *rest = lines_of(write(tmp_path, b"first\n", long + end, b"last" if end else b""))
    assert (first, rest) == (b"first\n", [b"last"] if end else [])
    assert len(part) <= LONGEST_LINE + 2
    assert len(part.strip()) > 0
    assert len(part.rstrip(b"\r\n")) >= LONGEST_LINE - 1


def test_a_blank_line_of_any_length_is_blank(tmp_path: Path) -> None:
    assert not any(line.strip() for line in lines_of(write(tmp_path, b" " * LONGEST_LINE * 2 + b"\n", b"\n")))


def test_a_file_of_one_line_is_set_aside_without_being_held(tmp_path: Path) -> None:
    path = write(tmp_path, line_of("referral") + b"\n", b"[" * LONGEST_LINE * 24 + b"\n", line_of("outcome") + b"\n")
    tracemalloc.start()
    told = CliRunner().invoke(main, ["validate", str(path)])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.stdout.splitlines() == ["line 2: TOO_LARGE", "3 events read, 1 refused"]
    assert most < 16 * LONGEST_LINE
