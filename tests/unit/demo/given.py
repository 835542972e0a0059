"""Prompts for the tests of the demo: valid by default, told only what matters."""

from datetime import UTC, date, datetime

from schemas.identifiers import AgencyId, ChildId, FamilyId, PromptId, ReasonId, RuleId, TeamId
from schemas.prompts import FactNamed, NotKnown, Prompt, PromptKind, PromptStatus, Reason, RuleVersion, SpeaksAgainst

NOTICE = "A police notification about 28 June 2026, of the lowest grade."


def a_fact(
    text: str = NOTICE,
    agency: str = "riverton-police",
    kind: str = "police-notification",
    on: date = date(2026, 6, 28),
    fact: str = "t-1",
) -> FactNamed:
    return FactNamed(fact=fact, agency=AgencyId(agency), kind=kind, on=on, text=text)


def a_missed_session(on: date, half: str = "morning") -> FactNamed:
    text = f"Missed school without leave, {half} of {on.day} {on:%B %Y}."
    return a_fact(text, agency="harbour-schools", kind="school-absence", on=on)


def a_reason(*facts: FactNamed, rule: str = "three-low-grade-notifications", text: str = "") -> Reason:
    return Reason(
        id=ReasonId("r-1"),
        text=text or "The police told of 3 separate incidents of the lowest grade between 1 May and 28 June 2026.",
        since=datetime(2026, 6, 28, 9, 5, tzinfo=UTC),
        rule=RuleVersion(id=RuleId(rule), version=1),
        model=None,
        facts=facts or (a_fact(),),
    )


def a_prompt(
    *reasons: Reason,
    prompt_id: str = "p-4njc7jdhyaybk3ooyowgrqw3",
    revision: int = 1,
    kind: PromptKind = "review",
    status: PromptStatus = "open",
    question: str = "Has anyone looked at these police notifications together?",
    speaks_against: tuple[SpeaksAgainst, ...] = (),
    not_known: tuple[NotKnown, ...] = (),
    notes: tuple[str, ...] = (),
    children: int = 2,
    basis_changed: bool = False,
) -> Prompt:
    return Prompt(
        prompt_id=PromptId(prompt_id),
        revision=revision,
        family=FamilyId("k1:s5rpngzdasnwsdutckfaueip"),
        children=tuple(ChildId(f"c-child-{number}") for number in range(children)),
        team=TeamId("front-door"),
        kind=kind,
        status=status,
        question=question,
        reasons=reasons or (a_reason(),),
        speaks_against=speaks_against,
        not_known=not_known,
        notes=notes,
        raised_at=datetime(2026, 6, 28, 9, 5, tzinfo=UTC),
        due_at=datetime(2026, 6, 29, 23, 0, tzinfo=UTC),
        updated_at=datetime(2026, 6, 28, 9, 5, tzinfo=UTC),
        basis_changed=basis_changed,
    )
