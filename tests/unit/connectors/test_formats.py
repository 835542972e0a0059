"""One file into another: options, progress, what is left behind."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.json import decode

from streams.connectors.cin_census import convert
from streams.connectors.formats import FORMATS, PLANNED, convert_file, find_converter
from streams.connectors.reports import CannotConvert, Noted, Refused
from tests.unit.connectors.census_files import AGENCY, a_census, a_child, an_episode


def write(folder: Path, content: bytes) -> Path:
    path = folder / "census.xml"
    path.write_bytes(content)
    return path


def test_a_file_is_converted_line_by_line_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, a_census(a_child(an_episode(), an_episode(source="1Z"))))
    out, seen, said = tmp_path / "events.ndjson", list[int](), list[Refused | Noted]()
    tally = convert_file(
        path, out, format_name="cin-census-xml", agency=AGENCY, on_bytes=seen.append, on_report=said.append
    )
    assert [decode(line)["type"] for line in out.read_bytes().splitlines()] == ["org.earlyword.referral.v1"]
    assert tally.events == {"referral": 1}
    assert [report.place for report in said] == ["Child[1]/CINdetails[2]/ReferralSource"]
    assert seen[-1] == path.stat().st_size
    assert out.stat().st_mode & 0o077 == 0, "identifiers are for the owner alone"
    assert {entry.name for entry in tmp_path.iterdir()} == {"census.xml", "events.ndjson"}


def test_progress_grows_to_the_size_of_the_file() -> None:
    file = a_census(*(a_child(an_episode(), local=f"LA{n}") for n in range(400)))
    seen: list[int] = []
    for _ in convert(BytesIO(file), AGENCY, on_bytes=seen.append):
        pass
    assert seen == sorted(seen)
    assert len(seen) > 1
    assert seen[-1] == len(file)


def test_an_unknown_format_is_named_as_such_with_what_there_is(tmp_path: Path) -> None:
    for name in ("cin-census", *PLANNED):
        with pytest.raises(CannotConvert, match="there is cin-census-xml"):
            find_converter(name)
    assert set(FORMATS) & PLANNED == set()
    with pytest.raises(CannotConvert):
        convert_file(tmp_path / "none", tmp_path / "out", format_name="x", agency=AGENCY)


@pytest.mark.parametrize("agency", ["", "Riverton", "a b", "a/b", "x" * 65, "riverton\n"])
def test_an_agency_must_be_one_of_a_hub(agency: str) -> None:
    with pytest.raises(CannotConvert, match="--agency"):
        convert(BytesIO(b""), agency)


@pytest.mark.parametrize(
    "source", ["", "two words", "urn:\u00e9", 'urn:"x"', "urn:<x>", "urn:{x}", "urn:x|y", "urn:^`\\"]
)
def test_a_source_must_be_a_uri_reference(source: str) -> None:
    """Intake would set aside every event that names another."""
    with pytest.raises(CannotConvert, match="--source"):
        convert(BytesIO(b""), AGENCY, source=source)


@pytest.mark.parametrize("time", ["2024-05-23T11:14:05", "1850-05-23T11:14:05+00:00", "2024-05-23T11:14:05+00:00:30"])
def test_a_recorded_time_must_carry_an_ordinary_offset(time: str) -> None:
    with pytest.raises(CannotConvert, match="--recorded-at"):
        convert(BytesIO(b""), AGENCY, recorded_at=datetime.fromisoformat(time))


def test_the_file_itself_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, a_census(a_child(an_episode())))
    with pytest.raises(CannotConvert, match="--out"):
        convert_file(path, path, format_name="cin-census-xml", agency=AGENCY)
    assert path.read_bytes().startswith(b"<Message>")


def test_a_conversion_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = write(tmp_path, a_census(a_child(an_episode())))
    out = tmp_path / "events.ndjson"
    out.write_bytes(b"earlier\n")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_file(path, out, format_name="cin-census-xml", agency=AGENCY, on_bytes=stop)
    assert out.read_bytes() == b"earlier\n"
    assert {entry.name for entry in tmp_path.iterdir()} == {"census.xml", "events.ndjson"}
