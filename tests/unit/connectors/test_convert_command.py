"""``earlyword convert``: what it prints, what it leaves behind, and that ``validate`` takes all it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from tests.unit.connectors.census_files import a_census, a_child, an_assessment, an_episode

BAD_UPN = "A999400124001"
FILE = a_census(
    a_child(an_episode(an_assessment("2023-06-05", "2023-07-03", "1A")), upn=BAD_UPN),
    a_child(an_episode(source="Xylophone"), local="LA0002"),
    a_child(an_episode(nfa=None), local="LA0003"),
)


def convert(folder: Path, file: bytes, *options: str) -> Result:
    (folder / "census.xml").write_bytes(file)
    named = ["--format", "cin-census-xml", "--agency", "riverton-council", "--out", str(folder / "events.ndjson")]
    return CliRunner().invoke(main, ["convert", str(folder / "census.xml"), *named, *options])


def test_as_json_it_prints_one_object_with_the_counts_and_every_report(tmp_path: Path) -> None:
    told = json.loads(convert(tmp_path, FILE, "--json").stdout)
    assert told == {
        "complete": True,
        "events": {"outcome": 2, "referral": 2},
        "refused": {"UNKNOWN_CODE": 1, "UPN_CHECK": 1},
        "noted": {"MISSING": 1},
        "reports": [
            told["reports"][0] | {"place": "Child[1]/ChildIdentifiers/UPN", "reason": "UPN_CHECK", "lost": "value"},
            told["reports"][1] | {"place": "Child[2]/CINdetails[1]/ReferralSource", "lost": "episode"},
            told["reports"][2] | {"place": "Child[3]/CINdetails[1]/ReferralNFA", "refused": False, "lost": None},
        ],
    }
    assert all(set(one) == {"place", "line", "column", "reason", "refused", "lost"} for one in told["reports"])


def test_without_a_report_the_object_has_an_empty_list(tmp_path: Path) -> None:
    told = json.loads(convert(tmp_path, a_census(a_child(an_episode())), "--json").stdout)
    assert (told["complete"], told["reports"]) == (True, [])


def test_in_words_it_says_how_much_each_refusal_costs(tmp_path: Path) -> None:
    lines = convert(tmp_path, FILE).stdout.splitlines()
    assert [line.split(": ")[0] for line in lines[:3]] == ["refused value", "refused episode", "noted"]
    assert json.loads("".join(lines[3:]))["refused"] == {"UNKNOWN_CODE": 1, "UPN_CHECK": 1}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_it_prints_repeats_a_value(tmp_path: Path, options: tuple[str, ...]) -> None:
    said = convert(tmp_path, FILE, *options).output
    assert not any(value in said for value in (BAD_UPN, "Xylophone", "LA0001", "LA0002", "2023-06", "2012-02-29"))


def test_a_file_that_breaks_off_leaves_what_was_whole_and_exit_code_1(tmp_path: Path) -> None:
    result = convert(tmp_path, FILE[: FILE.index(b"LA0003")], "--json")
    assert (result.exit_code, json.loads(result.stdout)["complete"]) == (1, False)
    assert convert(tmp_path, FILE).exit_code == 0


def test_what_it_writes_is_valid(tmp_path: Path) -> None:
    convert(tmp_path, FILE)
    checked = CliRunner().invoke(main, ["validate", str(tmp_path / "events.ndjson")])
    assert (checked.exit_code, checked.stdout) == (0, "4 events read, 0 refused\n")


def test_one_refused_line_makes_validate_exit_with_1_and_name_it(tmp_path: Path) -> None:
    convert(tmp_path, FILE)
    events = tmp_path / "events.ndjson"
    first, *rest = events.read_bytes().splitlines(keepends=True)
    events.write_bytes(b"\n" + first.replace(b'"source_code":"6"', b'"source_code":"Xylophone"') + b"".join(rest))
    checked = CliRunner().invoke(main, ["validate", str(events)])
    assert (checked.exit_code, checked.stdout) == (1, "line 2: SCHEMA /source_code\n4 events read, 1 refused\n")


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory of a process as Linux counts it")
def test_reports_without_number_do_not_fill_the_memory(tmp_path: Path) -> None:
    """200,000 remarks were 20 MB and more; a partner's file decides how many there are."""
    peak = {}
    for name, unknown in (("few", 4), ("many", 200_000)):
        file = tmp_path / f"{name}.xml"
        file.write_bytes(a_census(a_child(an_episode(), about="<a/>" * unknown)))
        named = ["--format", "cin-census-xml", "--agency", "x", "--out", str(tmp_path / f"{name}.ndjson")]
        program = (
            "import resource, sys\nfrom streams.cli import main\n"
            "try:\n    main(sys.argv[1:])\n"
            "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        )
        ran = subprocess.run(
            [sys.executable, "-c", program, "convert", str(file), *named, "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ,
            check=True,
        )
        peak[name] = int(ran.stderr.split()[-1])
    assert peak["many"] - peak["few"] < 10_000  # kB
