"""A partner's file is judged as intake would judge it, and the report may be mailed."""

from __future__ import annotations

from schemas.wire.dead_letter_v1 import Reason
from streams.hub import BUILT_IN_HUB
from streams.intake.validation import LineReport, LineVerdict, validate_file
from tests.unit.intake.told import LOCAL, NHS, UPN, data_of, line_of


def reports(*lines: bytes) -> list[LineReport]:
    return list(validate_file((line + b"\n" for line in lines), BUILT_IN_HUB))


def verdicts(*lines: bytes) -> list[str]:
    return [report.verdict.name for report in reports(*lines)]


def test_every_line_is_reported_by_its_number_and_blank_ones_are_not_read() -> None:
    found = reports(line_of("referral"), b"", b"  \r", b"{", line_of("outcome"))
    assert [(report.line, report.verdict) for report in found] == [
        (1, LineVerdict.ACCEPTED),
        (4, LineVerdict.REFUSED),
        (5, LineVerdict.ACCEPTED),
    ]
    assert found[1].reason is Reason.JSON


def test_the_same_bytes_are_a_duplicate_and_others_under_the_id_are_refused() -> None:
    assert verdicts(line_of("referral"), line_of("referral")) == ["ACCEPTED", "DUPLICATE"]
    changed = reports(line_of("referral"), line_of("referral", data_of("referral", source_code="6")))[-1]
    assert (changed.verdict, changed.reason, changed.fields) == (LineVerdict.REFUSED, Reason.ID_REUSE, ("/id",))


def test_the_ends_of_lines_do_not_matter() -> None:
    line = line_of("referral")
    assert verdicts(line, line + b"\r") == ["ACCEPTED", "DUPLICATE"]
    assert [report.verdict.name for report in validate_file([line], BUILT_IN_HUB)] == ["ACCEPTED"]


def test_the_same_id_for_an_unrelated_thing_is_accepted() -> None:
    lines = (line_of("referral"), line_of("outcome"), line_of("referral", data_of("referral", referral_id="R-2")))
    assert verdicts(*lines) == ["ACCEPTED"] * 3


def test_the_same_id_from_another_system_is_accepted() -> None:
    other = line_of("referral", data_of("referral", source_code="6"), source="https://systems.example/x/oakfield")
    assert verdicts(line_of("referral", source="urn:oakfield"), other) == ["ACCEPTED", "ACCEPTED"]


def test_marks_are_remembered_by_their_first_identifier() -> None:
    first = line_of("school-absence", data_of("school-absence", child={"identifiers": [LOCAL, UPN]}))
    same_child = line_of("school-absence", data_of("school-absence", child={"identifiers": [UPN]}))
    other_child = line_of("school-absence", data_of("school-absence", child={"identifiers": [UPN, NHS]}))
    assert verdicts(first, same_child, other_child) == ["ACCEPTED", "REFUSED", "ACCEPTED"]


def test_only_accepted_events_claim_their_id() -> None:
    refused = line_of("referral", data_of("referral", source_code="2C"))
    assert verdicts(refused, line_of("referral")) == ["REFUSED", "ACCEPTED"]


def test_an_expired_event_is_accepted_and_its_id_not_remembered() -> None:
    old = data_of("referral", referred_at="2025-01-31T09:15:00Z")
    older = data_of("referral", referred_at="2025-01-30T09:15:00Z")
    assert verdicts(line_of("referral", old), line_of("referral", older)) == ["EXPIRED", "EXPIRED"]


def test_an_id_is_remembered_as_long_as_the_fact_that_replaced_what_it_said() -> None:
    """A fact is kept together with the statements it replaced, and so are their ids (EVENTS sections 1 and 2)."""
    first = line_of("referral", data_of("referral", referred_at="2025-02-02T09:15:00Z"), id="first")
    closed = data_of("referral", referred_at="2025-02-02T09:15:00Z", closed_on="2026-03-01", closure_reason="RC8")
    second = line_of("referral", closed, id="second", time="2026-03-02T16:25:00Z")
    late = line_of("referral", data_of("referral", referred_at="2025-02-02T09:15:00Z", source_code="6"), id="first")
    next_year = line_of("outcome", data_of("outcome", occurred_on="2027-03-01"), time="2027-03-31T12:00:00Z", id="x")
    day_after = line_of("outcome", data_of("outcome", occurred_on="2027-03-01"), time="2027-04-02T12:00:00Z", id="y")
    for lines in ((first, second), (second, first)):
        told = verdicts(*lines, next_year, first, late, second, day_after, first)
        assert told[2:] == ["ACCEPTED", "DUPLICATE", "REFUSED", "DUPLICATE", "ACCEPTED", "EXPIRED"]


def test_a_line_is_received_at_the_latest_time_before_it() -> None:
    """A mark of tomorrow is accepted once the file's clock has moved on, and not before."""
    marks = [{"date": "2026-03-04", "session": "AM", "code": "/"}]
    ahead = line_of("school-absence", data_of("school-absence", marks=marks), id="ahead")
    later = line_of("referral", time="2026-03-03T08:00:00Z", id="later")
    assert verdicts(ahead, later, ahead) == ["REFUSED", "ACCEPTED", "ACCEPTED"]
    assert verdicts(later, ahead) == ["ACCEPTED", "ACCEPTED"]


def test_a_refused_line_does_not_move_the_clock() -> None:
    marks = [{"date": "2026-03-04", "session": "AM", "code": "/"}]
    ahead = line_of("school-absence", data_of("school-absence", marks=marks), id="ahead")
    refused = line_of("referral", data_of("referral", source_code="2C"), time="2026-03-03T08:00:00Z", id="later")
    assert verdicts(refused, ahead) == ["REFUSED", "REFUSED"]


def test_a_report_holds_no_value() -> None:
    said = repr(reports(line_of("referral"), line_of("referral", data_of("referral", referral_id=7)), b'{"Ann":'))
    assert not any(word in said for word in ("R-1", "W999400124001", "oakfield", "Ann"))
