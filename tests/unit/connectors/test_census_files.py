"""Files as they come: years, namespaces, encodings, damage, and files made to do harm."""

import os
from pathlib import Path

import pytest

from streams.connectors.reports import Lost, Reason, Refused, Tally, Told, WireEvent
from streams.hub import BUILT_IN_HUB
from streams.intake.validation import LineVerdict, validate_file
from tests.unit.connectors.census_files import (
    GOOD_UPN,
    a_census,
    a_child,
    a_header,
    an_assessment,
    an_episode,
    events,
    field,
    reports,
    steps,
    tag,
    tell,
)

SHARED = Path(os.environ.get("EARLYWORD_SHARED", Path(__file__).parents[4] / "shared"))
SAMPLE = SHARED / "data" / "cin-census" / "cin-2022.xml"


def refusals(told: list[Told]) -> list[tuple[Reason, Lost]]:
    return [(item.reason, item.lost) for item in told if isinstance(item, Refused)]


@pytest.mark.parametrize(
    "about",
    [
        "<GenderCurrent>1</GenderCurrent>",
        "<Sex>F</Sex>",
        "<Sex>1</Sex><PersonBirthDate/>",
        "<ExpectedPersonBirthDate>2024-08-01</ExpectedPersonBirthDate><GenderCurrent>0</GenderCurrent>",
        "",
    ],
)
def test_every_years_way_to_describe_a_child_is_read(about: str) -> None:
    file = a_census(a_child(an_episode(), about=about))
    assert reports(file) == []
    assert len(events(file)) == 1


def test_a_file_of_2017_without_plans_and_characteristics_is_read() -> None:
    identifiers = tag("ChildIdentifiers", field("LAchildID", "LA0001"))
    assert len(events(a_census(tag("Child", identifiers, an_episode())))) == 1


def test_the_module_of_2026_is_passed_over_and_said() -> None:
    module = tag("PreProceedingsandFGDM", field("PPStartDate", "2023-09-09"), field("PPOutcome", "A"))
    file = a_census(a_child(an_episode(module)))
    assert reports(file) == [("Child[1]/CINdetails[1]/PreProceedingsandFGDM[1]", "NOT_USED")]
    assert steps(file) == []


def test_an_element_of_no_census_is_passed_over_without_its_name() -> None:
    file = a_census(a_child(an_episode("<MarigoldTestname><UPN>1</UPN></MarigoldTestname>")))
    assert reports(file) == [("Child[1]/CINdetails[1]/*[1]", "UNKNOWN_ELEMENT")]
    assert len(events(file)) == 1


def test_a_field_told_twice_counts_once() -> None:
    file = a_census(a_child(an_episode(field("ReferralSource", "1A"))))
    assert events(file)[0]["source_code"] == "6"
    assert reports(file) == [("Child[1]/CINdetails[1]/ReferralSource[2]", "REPEATED")]


def test_stray_text_is_passed_over_and_said() -> None:
    file = a_census(a_child(an_episode(), about="</GenderCurrent>".replace("</GenderCurrent>", "PersonBirthDate")))
    assert reports(file) == [("Child[1]/ChildIdentifiers", "STRAY_TEXT")]


def test_identifiers_may_come_after_the_episodes() -> None:
    child = tag("Child", an_episode(), tag("ChildIdentifiers", field("LAchildID", "LA0001")))
    assert len(events(a_census(child))) == 1


@pytest.mark.parametrize("root", ['<Message xmlns="urn:census">', '<c:Message xmlns:c="urn:census">'])
def test_namespaces_do_not_matter(root: str) -> None:
    text = a_census(a_child(an_episode(an_assessment()), upn=GOOD_UPN)).decode()
    plain = events(text.encode())
    if root.startswith("<c:"):
        text = text.replace("</", "\0").replace("<", "<c:").replace("\0", "</c:")
        text = text.replace("<c:Message>", root)
    else:
        text = text.replace("<Message>", root)
    assert events(text.encode()) == plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "us-ascii"])
def test_what_the_prolog_declares_is_read(encoding: str) -> None:
    local = "LA1" if encoding == "us-ascii" else "LÄ1"
    name = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?>' + a_census(a_child(an_episode(), local=local)).decode()
    [referral] = events(text.encode(encoding))
    assert referral["child"]["identifiers"][0]["value"] == local


@pytest.mark.parametrize("encoding", ["utf-32", "shift_jis", "unicode_escape", "rot13", "no-such-thing"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + a_census(a_child(an_episode())).decode()
    assert refusals(tell(text.encode())) == [(Reason.ENCODING, Lost.FILE)]


def test_a_comment_or_a_character_reference_inside_a_value_changes_nothing() -> None:
    file = a_census(a_child(an_episode())).replace(b"2023-06-01", b"2023<!-- x -->-06<![CDATA[-0]]>&#49;")
    assert events(file)[0]["referred_at"] == "2023-06-01T00:00:00+01:00"


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE Message>",
        '<!DOCTYPE Message SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE Message [<!ENTITY a "b">]>',
        '<!DOCTYPE Message [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Message [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd">%a;]>',
        "<!DOCTYPE Message [" + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40)) + "]>",
    ],
    ids=["empty", "external", "entity", "external entity", "parameter entity", "a billion laughs"],
)
def test_a_document_type_is_refused_before_anything_is_read(prolog: str) -> None:
    assert refusals(tell(prolog.encode() + a_census(a_child(an_episode())))) == [(Reason.DTD, Lost.FILE)]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", Reason.MALFORMED_XML),
        (b"LAchildID,UPN\n1,2\n", Reason.MALFORMED_XML),
        (b"\x00\x01\x02", Reason.MALFORMED_XML),
        (b"PK\x03\x04", Reason.MALFORMED_XML),
        (b"<SSDA903/>", Reason.WRONG_FORMAT),
        (a_census().replace(b"<Collection>CIN<", b"<Collection>SWF<"), Reason.WRONG_FORMAT),
        (b"<Message>" + b"<a>" * 100_000, Reason.TOO_DEEP),
        (b"<Message><!--" + b"x" * 2_000_000, Reason.TAG_TOO_LONG),
        (b"<Message a='" + b"x" * 2_000_000 + b"'/>", Reason.TAG_TOO_LONG),
        (b"<Message>" + b"".join(b"<a%d/>" % n for n in range(20_000)) + b"</Message>", Reason.TOO_MANY_NAMES),
    ],
)
def test_a_file_that_is_not_a_census_is_refused(file: bytes, reason: Reason) -> None:
    assert refusals(tell(file)) == [(reason, Lost.FILE)]


def test_a_file_without_children_says_so() -> None:
    assert reports(a_census()) == [("file", "NO_CHILDREN")]
    assert reports(b"<Message/>") == [("file", "NO_CHILDREN")]


def test_a_child_with_more_parts_than_any_life_is_refused_and_the_next_is_told() -> None:
    file = a_census(a_child(*["<CINdetails/>"] * 60_000), a_child(an_episode(), local="LA0002"))
    assert reports(file) == [("Child[1]", "TOO_MANY")]
    assert len(events(file)) == 1


def test_what_stood_before_the_damage_is_kept_and_the_place_is_said() -> None:
    text = a_census(a_child(an_episode()), a_child(an_episode(), an_episode(referred="2023-09-01"), local="LA0002"))
    damaged = text.decode().replace("</Child>", "</Child>\n", 1).replace("<CINreferralDate>2023-09", "<<")
    told = tell(damaged.encode())
    assert [item.kind for item in told if isinstance(item, WireEvent)] == ["referral", "referral"]
    [fault] = (item for item in told if isinstance(item, Refused))
    assert (fault.reason, fault.lost) == (Reason.MALFORMED_XML, Lost.REST)
    assert (fault.place, fault.line) == ("Child[2]/CINdetails[2]", 2)
    assert damaged.split("\n")[1][fault.column - 1 :].startswith("<")
    tally = Tally()
    for item in told:
        tally.count(item)
    assert not tally.is_complete


def test_a_file_cut_anywhere_keeps_its_finished_episodes_and_says_that_it_was_cut() -> None:
    file = a_census(a_child(an_episode(an_assessment()), upn=GOOD_UPN), a_child(an_episode(), local="LA0002"))
    whole = [item.line() for item in tell(file) if isinstance(item, WireEvent)]
    for at in range(0, len(file), 7):
        told = tell(file[:at])
        kept = [item.line() for item in told if isinstance(item, WireEvent)]
        assert kept == whole[: len(kept)]
        assert refusals(told)[-1][0] is Reason.MALFORMED_XML


def test_a_header_after_the_children_is_too_late() -> None:
    text = a_census(a_child(an_episode())).decode()
    header = a_header()
    late = text.replace(header, "").replace("</Message>", f"{header}</Message>").encode()
    assert refusals(tell(late)) == [(Reason.NO_RECORDED_TIME, Lost.FILE)]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared census sample is not on this machine")
def test_the_sample_in_circulation_is_read() -> None:
    told = tell(SAMPLE.read_bytes())
    lines = [item.line() for item in told if isinstance(item, WireEvent)]
    verdicts = [line.verdict for line in validate_file(lines, BUILT_IN_HUB)]
    assert set(verdicts) <= {LineVerdict.ACCEPTED, LineVerdict.EXPIRED}, "intake takes every event"
    tally = Tally()
    for item in told:
        tally.count(item)
    assert tally.as_json() == {
        "complete": True,
        "events": {"outcome": 10, "referral": 1},
        "refused": {"UPN_CHECK": 1, "UPN_TEMPORARY": 1},
        "noted": {"BEFORE_REFERRAL": 4},
    }
