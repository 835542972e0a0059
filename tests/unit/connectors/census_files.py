"""Census files made in code: valid by default, each saying only what matters to its test."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.wire.kinds import FORMATS, KIND_OF_TYPE
from schemas.wire.times import read_time
from streams.connectors.cin_census import convert
from streams.connectors.reports import Noted, Refused, Told, WireEvent

AGENCY = "riverton-council"
GOOD_UPN = "W999400124001"
OTHER_UPN = "Y999400124012"


def tag(name: str, *content: str) -> str:
    """An element around finished content."""
    return f"<{name}>{''.join(content)}</{name}>"


def field(name: str, value: str | None) -> str:
    """An element with a text, or nothing for None."""
    return "" if value is None else tag(name, escape(value))


def a_header(date_time: str | None = "2024-05-23T11:14:05", reference: str | None = "2024-03-31") -> str:
    details = tag(
        "CollectionDetails", field("Collection", "CIN"), field("Year", "2024"), field("ReferenceDate", reference)
    )
    return tag(
        "Header", details, tag("Source", field("SourceLevel", "L"), field("LEA", "201"), field("DateTime", date_time))
    )


def an_assessment(start: str | None = "2023-06-05", end: str | None = "2023-07-03", *factors: str) -> str:
    box = (
        tag("FactorsIdentifiedAtAssessment", *(field("AssessmentFactors", code) for code in factors)) if factors else ""
    )
    return tag("Assessments", field("AssessmentActualStartDate", start), field("AssessmentAuthorisationDate", end), box)


def a_plan(start: str = "2023-07-10", end: str | None = None) -> str:
    return tag("CINPlanDates", field("CINPlanStartDate", start), field("CINPlanEndDate", end))


def an_enquiry(start: str = "2023-06-20", conference: str | None = None) -> str:
    return tag(
        "Section47",
        field("S47ActualStartDate", start),
        field("InitialCPCtarget", "2023-07-11"),
        field("DateOfInitialCPC", conference),
        field("ICPCnotRequired", "false"),
    )


def a_protection_plan(start: str = "2023-07-12", end: str | None = None) -> str:
    return tag(
        "ChildProtectionPlans",
        field("CPPstartDate", start),
        field("CPPendDate", end),
        field("InitialCategoryOfAbuse", "NEG"),
        field("LatestCategoryOfAbuse", "NEG"),
        field("NumberOfPreviousCPP", "1"),
        tag("Reviews", field("CPPreviewDate", "2023-10-01")),
    )


def an_episode(
    *modules: str,
    referred: str | None = "2023-06-01",
    source: str | None = "6",
    need: str | None = "N1",
    closed: str | None = None,
    closure: str | None = None,
    conference: str | None = None,
    nfa: str | None = "false",
) -> str:
    return tag(
        "CINdetails",
        field("CINreferralDate", referred),
        field("ReferralSource", source),
        field("PrimaryNeedCode", need),
        field("CINclosureDate", closed),
        field("ReasonForClosure", closure),
        field("DateOfInitialCPC", conference),
        *modules,
        field("ReferralNFA", nfa),
    )


def a_child(
    *episodes: str,
    local: str | None = "LA0001",
    upn: str | None = None,
    former_upn: str | None = None,
    about: str = "<PersonBirthDate>2012-02-29</PersonBirthDate><GenderCurrent>1</GenderCurrent>",
) -> str:
    identifiers = tag(
        "ChildIdentifiers", field("LAchildID", local), field("UPN", upn), field("FormerUPN", former_upn), about
    )
    return tag("Child", identifiers, tag("ChildCharacteristics", field("Ethnicity", "WBRI")), *episodes)


def a_census(*children: str, header: str | None = None) -> bytes:
    return tag("Message", a_header() if header is None else header, tag("Children", *children)).encode()


def tell(file: bytes, **options: Any) -> list[Told]:
    """All that the conversion gives back."""
    return list(convert(BytesIO(file), AGENCY, **options))


def events(file: bytes, kind: str | None = None, **options: Any) -> list[dict[str, Any]]:
    """The `data` of every event, or of one kind, each checked against the contract."""
    told = [item for item in tell(file, **options) if isinstance(item, WireEvent)]
    for event in told:
        check_contract(event)
    return [event.content["data"] for event in told if kind in (None, event.kind)]


def steps(file: bytes, **options: Any) -> list[tuple[str, str, str | None]]:
    """Kind, date and result of every outcome."""
    return [(data["kind"], data["occurred_on"], data["result"]) for data in events(file, "outcome", **options)]


def reports(file: bytes, **options: Any) -> list[tuple[str, str]]:
    """Place and reason of everything refused or noted."""
    return [(item.place, item.reason.value) for item in tell(file, **options) if isinstance(item, Refused | Noted)]


def check_contract(event: WireEvent) -> None:
    """Refuse an event that intake would set aside: by our own formats, and by the reference reader of CloudEvents."""
    line = event.line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    read = JSONFormat().read(CloudEvent, line)
    assert read.get_id() == event.event_id
    assert len(event.event_id) <= 64
    assert set(event.event_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert KIND_OF_TYPE[read.get_type()] == event.kind
    assert set(event.content) == {"specversion", "id", "source", "type", "time", "data"}
    read_time(event.content["time"])
    data = event.content["data"]
    model = FORMATS[KIND_OF_TYPE[read.get_type()]]
    assert set(data) == set(model.model_fields) - {"action"}, "every field present, none besides"
    model.model_validate(data)
