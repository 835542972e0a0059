"""A large file is read in the memory of a small one."""

import os
import resource
import subprocess
import sys
from io import RawIOBase
from pathlib import Path

import pytest

from streams.connectors.cin_census import convert
from streams.connectors.reports import Refused
from tests.unit.connectors.census_files import (
    AGENCY,
    a_child,
    a_header,
    a_plan,
    a_protection_plan,
    an_assessment,
    an_enquiry,
    an_episode,
)

MEGABYTE = 1_000_000
IS_THOROUGH = os.environ.get("EARLYWORD_TEST_PROFILE", "ci") != "ci"
SIZE = (50 if IS_THOROUGH else 8) * MEGABYTE
# What is remembered of each child to see repeats, a few hundred bytes; the tree of 50 MB would take about 600 MB.
ALLOWED = SIZE // 3


class LongCensus(RawIOBase):
    """A census of this many bytes that exists only while it is read."""

    def __init__(self, size: int, opening: str = "", filler: str | None = None) -> None:
        self._left, self._number, self._filler = size, 0, filler
        self._ready = f"<Message>{a_header()}<Children>{opening}".encode()

    def read(self, size: int = -1) -> bytes:
        while len(self._ready) < size and self._left > 0:
            piece = self._next().encode()
            self._left -= len(piece)
            self._ready += piece
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def _next(self) -> str:
        if self._filler is not None:
            return self._filler
        self._number += 1
        worked_on = an_episode(an_assessment("2023-06-05", None, "3B"), a_plan(), an_enquiry(), a_protection_plan())
        child = a_child(worked_on, an_episode(referred="2022-02-02"), local=f"LA{self._number:07}")
        return child.replace("><", ">\n                        <")  # as exports are indented


def read_all(size: int, opening: str, filler: str | None) -> None:
    refused = 0
    for item in convert(LongCensus(size, opening, filler), AGENCY):  # type: ignore[arg-type]  # it only reads
        refused += isinstance(item, Refused)
    assert refused == 1, "the file has no end, and nothing else is wrong with it"


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def grow(opening: str, filler: str | None) -> int:
    """Bytes by which the process's peak grows between a small file and a large one."""
    read_all(MEGABYTE, opening, filler)
    before = peak()
    read_all(SIZE, opening, filler)
    return peak() - before


def measure(opening: str = "", filler: str | None = None) -> int:
    command = f"from tests.unit.connectors import test_memory as t; print(t.grow({opening!r}, {filler!r}))"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=root, capture_output=True, text=True, timeout=240, check=True
    )
    return int(done.stdout)


def test_memory_does_not_grow_with_the_children() -> None:
    assert measure() < ALLOWED


@pytest.mark.parametrize(
    ("opening", "filler"),
    [
        ("<Child><ChildIdentifiers><UPN>", "x" * 10_000),
        ("<Child>", " " * 10_000),
        ("<Child><ChildCharacteristics>", "<Disability>NONE</Disability>" * 300),
        ("", f"<Unknown>{'x' * 300}</Unknown>" * 30),
        ("", f"<!-- {'x' * 100} -->" * 100),
    ],
    ids=["one value", "spaces", "a part that is passed over", "unknown elements", "comments"],
)
def test_memory_does_not_grow_with_what_has_no_end(opening: str, filler: str) -> None:
    assert measure(opening, filler) < 4 * MEGABYTE
