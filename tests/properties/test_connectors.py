"""Whatever a census file holds: no crash, no event that breaks the contract, no value in a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import encode

from streams.connectors.reports import Lost, Noted, Refused, Told, WireEvent
from streams.hub import BUILT_IN_HUB
from streams.intake.validation import LineVerdict, validate_file
from tests.unit.connectors.census_files import (
    GOOD_UPN,
    OTHER_UPN,
    a_census,
    a_child,
    a_header,
    a_plan,
    a_protection_plan,
    an_assessment,
    an_enquiry,
    an_episode,
    check_contract,
    field,
    tag,
    tell,
)

MARKER = "Marigold"
RECORDED = date(2024, 5, 23)

# fmt: off
DATES = [
    "2023-01-31", "2023-03-26", "2023-06-01", "2023-06-01", "2023-06-02", "2023-10-29", "2024-02-29", "2024-05-23",
    "2024-05-24", "2025-01-01",
]
CODES = ["1A", "6", "10", "N1", "N0", "RC1", "RC8", "RC9", "18A", "3B", "10A", "21", "true", "FALSE", "0", "1", "CIN"]
NUMBERS = [GOOD_UPN, OTHER_UPN, "X98765432123B", f"A{MARKER}", "LA0001", "LA0002", "UNKNOWN"]
ODDITIES = [
    "", " ", MARKER, f"2023-06-{MARKER}", f"{MARKER}\n", "x" * 2_000 + MARKER, "0000-00-00", "9999-12-31",
    "2023-06-01Z", "1847-01-01", "2024-05-23T11:14:05", "2024-13-01",
]
LEAVES = [
    "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure", "DateOfInitialCPC",
    "ReferralNFA", "AssessmentActualStartDate", "AssessmentAuthorisationDate", "AssessmentFactors",
    "CINPlanStartDate", "CINPlanEndDate", "S47ActualStartDate", "CPPstartDate", "CPPendDate", "LAchildID", "UPN",
    "FormerUPN", "PersonBirthDate", "Sex", "DateTime", "ReferenceDate", MARKER,
]
BRANCHES = [
    "Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans", "FactorsIdentifiedAtAssessment",
    "PreProceedingsandFGDM", "ChildIdentifiers", "CINdetails", "Child", "Children", "Header", "Source", MARKER,
]
# fmt: on
dates = st.sampled_from(DATES)
numbers = st.sampled_from(NUMBERS)
texts = st.sampled_from(DATES + CODES + NUMBERS + ODDITIES)
leaves = st.builds(field, st.sampled_from(LEAVES), texts)
branches = st.builds(lambda name, parts: tag(name, *parts), st.sampled_from(BRANCHES), st.lists(leaves, max_size=4))
deep_branches = st.builds(
    lambda name, parts: tag(name, *parts), st.sampled_from(BRANCHES), st.lists(branches | leaves, max_size=3)
)
soups = st.lists(leaves | branches | deep_branches, max_size=3).map("".join)
"""Any elements of a census, and some of none, in any order, in any place."""


@st.composite
def plausible_episodes(draw: st.DrawFn) -> str:
    """An episode of the right form, each field of it right, odd or absent."""

    def some(right: st.SearchStrategy[str]) -> str | None:
        return draw(st.one_of(right, right, right, st.none(), texts))

    modules = draw(
        st.lists(
            st.one_of(
                st.builds(an_assessment, dates, st.none() | dates, st.sampled_from(["3B", "18A", MARKER])),
                st.builds(a_plan, dates, st.none() | dates),
                st.builds(an_enquiry, dates, st.none() | dates),
                st.builds(a_protection_plan, dates, st.none() | dates),
                soups,
            ),
            max_size=4,
        )
    )
    return an_episode(
        *modules,
        referred=some(dates),
        source=some(st.sampled_from(["1A", "6"])),
        need=some(st.sampled_from(["N1", "N0"])),
        closed=some(dates),
        closure=some(st.sampled_from(["RC1", "RC8", "RC9"])),
        conference=some(dates),
        nfa=some(st.sampled_from(["true", "false"])),
    )


children = st.builds(
    lambda episodes, local, upn, former, about: a_child(
        *episodes, local=local, upn=upn, former_upn=former, about=about
    ),
    st.lists(plausible_episodes(), max_size=3),
    st.sampled_from(["LA0001", "LA0002"]) | texts,
    st.none() | numbers,
    st.none() | numbers,
    st.just("<Sex>F</Sex>") | soups,
)
headers = st.just(a_header()) | st.builds(a_header, st.none() | texts, st.none() | texts)
files = st.builds(
    lambda header, people, rest: a_census(*people, rest, header=header),
    headers,
    st.lists(children, max_size=4),
    soups,
)
VALID = a_census(
    a_child(
        an_episode(
            an_assessment("2023-06-05", "2023-07-03", "3B"),
            a_plan(end="2023-09-01"),
            an_enquiry(conference="2023-07-04"),
            a_protection_plan(end="2024-01-01"),
            closed="2024-02-01",
            closure="RC7",
        ),
        an_episode(),
        upn=GOOD_UPN,
        former_upn=OTHER_UPN,
    ),
    a_child(an_episode(nfa="true"), local="LA0002"),
)
edits = st.lists(
    st.tuples(
        st.integers(0, len(VALID)),
        st.integers(0, 40),
        st.binary(max_size=4)
        | st.sampled_from([MARKER.encode(), b"<", b">", b"&", b"&#0;", b"<!DOCTYPE x>", b"<?x?>"]),
    ),
    min_size=1,
    max_size=4,
)


def mutate(changes: list[tuple[int, int, bytes]]) -> bytes:
    file = VALID
    for at, cut, put in changes:
        file = file[:at] + put + file[at + cut :]
    return file


def natural_key(event: WireEvent) -> tuple[str, ...]:
    data = event.content["data"]
    match event.kind:
        case "referral":
            return ("referral", data["referral_id"])
        case "outcome":
            return ("outcome", data["outcome_id"], data["kind"])
        case _:
            return ("family-link", data["link_id"])


def check_laws(told: list[Told]) -> None:
    """What holds for every file there is."""
    events = [item for item in told if isinstance(item, WireEvent)]
    for event in events:
        check_contract(event)
        check_nothing_lies_ahead(event.content)
    said = list(validate_file([event.line() for event in events], BUILT_IN_HUB))
    assert [line.verdict for line in said if line.verdict in (LineVerdict.REFUSED, LineVerdict.DUPLICATE)] == []
    assert len({event.event_id for event in events}) == len(events), "an id is used once"
    assert len({natural_key(event) for event in events}) == len(events), "a key is stated once"
    links = [event.content["data"]["child"]["identifiers"] for event in events if event.kind == "family-link"]
    owners: dict[str, set[str]] = {}
    for names in links:
        [local] = (name["value"] for name in names if name["scheme"] == "la-child-id")
        for name in names:
            owners.setdefault(f"{name['scheme']} {name['value']}", set()).add(local)
    assert all(len(of) == 1 for of in owners.values()), "no link joins two children of the file"
    for item in told:
        if isinstance(item, Refused | Noted):
            assert MARKER.lower() not in repr(item).lower()
            assert item.line >= 1
            assert item.column >= 1
    ended = [isinstance(item, Refused) and item.lost in (Lost.FILE, Lost.REST) for item in told]
    assert not any(ended[:-1]), "nothing follows the end of reading"


def check_nothing_lies_ahead(content: dict[str, Any]) -> None:
    data = content["data"]
    recorded = date.fromisoformat(content["time"][:10])
    if "referred_at" in data:
        assert date.fromisoformat(data["referred_at"][:10]) <= recorded
        assert data["closed_on"] is None or data["referred_at"][:10] <= data["closed_on"] <= recorded.isoformat()
    if "occurred_on" in data and not data["kind"].endswith("plan-ended"):
        assert date.fromisoformat(data["occurred_on"]) <= recorded


@settings(max_examples=min(60, settings().max_examples))
@given(files)
def test_any_census_obeys_the_laws(file: bytes) -> None:
    check_laws(tell(file))


@given(edits)
def test_any_damage_to_a_census_obeys_the_laws(changes: list[tuple[int, int, bytes]]) -> None:
    check_laws(tell(mutate(changes)))


@given(st.binary(max_size=300))
def test_any_bytes_obey_the_laws(file: bytes) -> None:
    check_laws(tell(file))


@settings(max_examples=min(25, settings().max_examples))
@given(files)
def test_converting_again_gives_the_same(file: bytes) -> None:
    assert encode(tell(file)) == encode(tell(file))


@settings(max_examples=min(25, settings().max_examples))
@given(st.lists(children, min_size=1, max_size=4))
def test_a_cut_file_tells_a_beginning_of_what_the_whole_tells(people: list[str]) -> None:
    file = a_census(*people)
    whole = [item.line() for item in tell(file) if isinstance(item, WireEvent)]
    for at in range(0, len(file), max(1, len(file) // 20)):
        kept = [item.line() for item in tell(file[:at]) if isinstance(item, WireEvent)]
        assert kept == whole[: len(kept)]
