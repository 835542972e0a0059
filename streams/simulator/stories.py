"""Stories of one family each, and the rules of the default pack that they raise: the contract, told in examples.

Each begins on Monday 8 September 2025, in term. ``raises`` are the reasons in the order in which they become due, up
to 24:00 of day ``until``; ``basis_changed`` says whether a prompt is marked so in the end. Hubs: any that knows the
terms of EVENTS section 6 and lets these agencies send.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from streams.simulator.telling import tell

START: Final = date(2025, 9, 8)


@dataclass(frozen=True)
class Story:
    """A table for ``tell``, what it shows in a sentence, and what comes of it."""

    name: str
    shows: str
    table: str
    raises: tuple[str, ...]
    until: int
    basis_changed: bool = False

    def events(self) -> list[dict[str, object]]:
        """The story as structured CloudEvents in the order of receipt."""
        return tell(self.table, START, prefix=self.name)


STORIES: Final = (
    Story(
        "three-low-grade",
        "Three notices, each of them slight, within 90 days.",
        """
        +0  Mon 08:00  link    child=A,B family=F1
        +0      22:10  police  ref=N1 child=A grade=green concerns=neglect
        +30     21:00  police  ref=N2 child=B grade=standard concerns=substance-misuse-adult
        +90     02:15  police  ref=N3 child=A grade=green concerns=neglect
        """,
        raises=("three-low-grade-notifications",),
        until=95,
    ),
    Story(
        "does-not-quite-fire",
        "The same one day later: 91 days are more than 90.",
        """
        +0      08:00  link    child=A,B family=F1
        +0      22:10  police  ref=N1 child=A grade=green concerns=neglect
        +30     21:00  police  ref=N2 child=B grade=standard concerns=substance-misuse-adult
        +91     02:15  police  ref=N3 child=A grade=green concerns=neglect
        """,
        raises=(),
        until=95,
    ),
    Story(
        "one-occurrence",
        "Three notices about one occurrence are one occurrence.",
        """
        +0      08:00  link    child=A family=F1
        +0      22:10  police  ref=N1 of=O1 child=A grade=green
        +1      09:00  police  ref=N2 of=O1 child=A grade=green
        +2      09:00  police  ref=N3 of=O1 child=A grade=green
        """,
        raises=(),
        until=5,
    ),
    Story(
        "told-twice",
        "A notice that is sent twice is one notice.",
        """
        +0      08:00  link    child=A family=F1
        +0      22:10  police  ref=N1 child=A grade=green
        +9      22:10  police  ref=N2 child=A grade=green
        +9      22:15  again
        """,
        raises=(),
        until=12,
    ),
    Story(
        "unlinked",
        "Two children whom nobody linked are two families.",
        """
        +0      22:10  police  ref=N1 child=A grade=green
        +9      22:10  police  ref=N2 child=B grade=green
        +19     22:10  police  ref=N3 child=A grade=green
        """,
        raises=(),
        until=22,
    ),
    Story(
        "contact-after-no-action",
        "A referral is closed without action; four months later the police grade a notice amber.",
        """
        +0      08:00  link      child=A family=F1
        +1      10:00  referral  ref=R1 child=A source=2A
        +2      16:00  referral  ref=R1 child=A source=2A referred=+1/09:50 outcome=no-further-action
        +120    23:00  police    ref=N1 child=A grade=amber concerns=physical-abuse
        """,
        raises=("contact-after-no-action",),
        until=123,
    ),
    Story(
        "low-grade-after-no-action",
        "A green notice after a referral without action does not ask for a look.",
        """
        +0      08:00  link      child=A family=F1
        +1      10:00  referral  ref=R1 child=A source=2A outcome=no-further-action
        +120    23:00  police    ref=N1 child=A grade=green concerns=physical-abuse
        """,
        raises=(),
        until=123,
    ),
    Story(
        "three-origins",
        "School, police and a health visitor within four weeks, none of them knowing of the others.",
        """
        +0      08:00  link      child=A,B family=F1
        +1      10:00  referral  ref=R1 child=A source=2A outcome=assessment
        +12     23:00  police    ref=N1 child=B grade=green concerns=neglect
        +29     11:00  referral  ref=H1 child=B source=3B outcome=assessment by=riverton-health
        """,
        raises=("three-origins-in-28-days",),
        until=32,
    ),
    Story(
        "absence-is-an-origin",
        "Six sessions missed without leave stand for the school.",
        """
        +0      08:00  link      child=A family=F1
        +1      10:00  referral  ref=R1 child=A source=3B outcome=assessment
        +9      23:00  police    ref=N1 child=A grade=amber concerns=mental-health-adult
        +11     16:00  marks     child=A on=+9..+11 AM=O PM=O
        """,
        raises=("three-origins-in-28-days",),
        until=14,
    ),
    Story(
        "domestic-abuse-then-absence",
        "After a notice of domestic abuse the child misses four sessions in two weeks.",
        """
        +0      08:00  link      child=A family=F1
        +1      02:30  police    ref=N1 child=A:resident grade=standard concerns=domestic-abuse
        +5      16:00  marks     child=A on=+0..+4 AM=/ PM=O
        """,
        raises=("domestic-abuse-then-absence",),
        until=8,
    ),
    Story(
        "absence-explained",
        "The same, but the school learns that the child was ill before the fourth session is missed.",
        """
        +0      08:00  link      child=A family=F1
        +1      02:30  police    ref=N1 child=A:resident grade=standard concerns=domestic-abuse
        +3      16:00  marks     child=A on=+1..+3 PM=N
        +4      10:00  marks     child=A on=+1..+3 PM=I
        +4      16:00  marks     child=A on=+4 PM=O
        """,
        raises=(),
        until=8,
    ),
    Story(
        "missing-then-absence",
        "A child is missing for two nights, and not at school in the days after.",
        """
        +0      08:00  link      child=A family=F1
        +1      23:30  police    ref=N1 child=A missing=M started=+1/20:00
        +3      09:00  police    ref=N1 child=A missing=M occurred=+1/23:30 started=+1/20:00 ended=+3/07:30
        +4      16:00  marks     child=A on=+3..+4 AM=/ PM=O
        """,
        raises=("missing-then-absence",),
        until=8,
    ),
    Story(
        "repeat-missing",
        "The same child is missing a third time within 90 days; the second time it was only away.",
        """
        +0      08:00  link      child=A,B family=F1
        +1      23:30  police    ref=N1 child=A missing=M ended=+2/02:00
        +20     23:30  police    ref=N2 child=A missing=A ended=+21/02:00
        +30     23:30  police    ref=N3 child=A missing=M ended=+31/02:00
        +31     23:30  police    ref=N4 child=B missing=M ended=+32/02:00
        +85     23:30  police    ref=N5 child=A missing=M ended=+86/02:00
        """,
        raises=("repeat-missing",),
        until=90,
    ),
    Story(
        "severe-absence",
        "A pupil who was there all autumn hardly comes any more, and the police were at the house.",
        """
        +0      08:00  link      child=A family=F1
        +46     16:00  marks     child=A on=+7..+46
        +84     16:00  marks     child=A on=+56..+84 AM=I PM=I
        +85     21:00  police    ref=N1 child=A grade=amber concerns=mental-health-adult
        """,
        raises=("severe-absence-with-other-concern",),
        until=88,
    ),
    Story(
        "absence-alone",
        "However much school is missed, that alone never asks for a look.",
        """
        +0      08:00  link      child=A family=F1
        +46     16:00  marks     child=A on=+7..+46
        +84     16:00  marks     child=A on=+56..+84 AM=O PM=O
        """,
        raises=(),
        until=120,
    ),
    Story(
        "no-decision",
        "A referral of Friday noon waits beyond Monday night.",
        """
        +0      08:00  link      child=A family=F1
        +4  Fri 12:00  referral  ref=R1 child=A source=3E
        +8  Tue 09:00  referral  ref=R1 child=A source=3E referred=+4/12:00 outcome=assessment
        """,
        raises=("no-decision-in-one-working-day",),
        until=9,
        basis_changed=True,
    ),
    Story(
        "decided-in-time",
        "Decided on Monday afternoon, which is in time for a referral of Friday.",
        """
        +0      08:00  link      child=A family=F1
        +4  Fri 12:00  referral  ref=R1 child=A source=3E
        +7  Mon 16:00  referral  ref=R1 child=A source=3E referred=+4/12:00 outcome=assessment
        """,
        raises=(),
        until=12,
    ),
    Story(
        "no-encompass",
        "A child saw domestic abuse on Saturday night, and on Monday morning the school had not been told.",
        """
        +0      08:00  link      child=A family=F1
        +6  Sun 04:00  police    ref=N1 child=A:present grade=medium concerns=domestic-abuse occurred=+5/23:00
        +7  Mon 09:10  police    ref=N2 of=O-N1 type=ENCOMPASS child=A:present concerns=domestic-abuse occurred=+5/23:00
        """,
        raises=("no-encompass-by-next-school-day",),
        until=9,
    ),
    Story(
        "encompass-in-time",
        "The same, and the school was told at seven.",
        """
        +0      08:00  link      child=A family=F1
        +6  Sun 04:00  police    ref=N1 child=A:present grade=medium concerns=domestic-abuse occurred=+5/23:00
        +7  Mon 07:00  police    ref=N2 of=O-N1 type=ENCOMPASS child=A:present concerns=domestic-abuse occurred=+5/23:00
        """,
        raises=(),
        until=9,
    ),
    Story(
        "corrected-afterwards",
        "The third notice is regraded after the prompt: the prompt says that its basis changed.",
        """
        +0      08:00  link    child=A family=F1
        +0      22:10  police  ref=N1 child=A grade=green
        +3      21:00  police  ref=N2 child=A grade=green
        +7      02:15  police  ref=N3 child=A grade=green
        +7      09:30  police  ref=N3 child=A grade=amber occurred=+7/02:15
        """,
        raises=("three-low-grade-notifications",),
        until=7,
        basis_changed=True,
    ),
    Story(
        "retracted",
        "The second notice was about somebody else and is taken back before the third.",
        """
        +0      08:00  link    child=A family=F1
        +0      22:10  police  ref=N1 child=A grade=green
        +30     21:00  police  ref=N2 child=A grade=green
        +31     09:00  police  ref=N2 child=A grade=green occurred=+30/21:00 retract
        +80     02:15  police  ref=N3 child=A grade=green
        """,
        raises=(),
        until=85,
    ),
    Story(
        "named-another",
        "The second notice is corrected to name a child of another family.",
        """
        +0      08:00  link    child=A family=F1
        +0      08:05  link    child=C family=F2
        +0      22:10  police  ref=N1 child=A grade=green
        +30     21:00  police  ref=N2 child=A grade=green
        +31     09:00  police  ref=N2 child=C grade=green occurred=+30/21:00
        +80     02:15  police  ref=N3 child=A grade=green
        """,
        raises=(),
        until=85,
    ),
    Story(
        "late",
        "The notice in the middle arrives last, weeks late, and counts all the same.",
        """
        +0      08:00  link    child=A family=F1
        +0      22:10  police  ref=N1 child=A grade=green
        +40     02:15  police  ref=N3 child=A grade=green
        +20     21:00  police  ref=N2 child=A grade=green late
        """,
        raises=("three-low-grade-notifications",),
        until=42,
    ),
    Story(
        "moved",
        "A child moves in with relatives, whose own story its notices complete.",
        """
        +0      08:00  link    child=A family=F1
        +0      08:05  link    child=B family=F2
        +0      22:10  police  ref=N1 child=A grade=green
        +20     21:00  police  ref=N2 child=A grade=green
        +30     02:15  police  ref=N3 child=B grade=green
        +35     10:00  move    child=B family=F1
        """,
        raises=("three-low-grade-notifications",),
        until=36,
    ),
    Story(
        "linked-late",
        "Three slight notices about two children; that they are one family is known only afterwards.",
        """
        +0      22:10  police  ref=N1 child=A grade=green
        +3      21:00  police  ref=N2 child=B grade=green
        +7      02:15  police  ref=N3 child=A grade=green
        +9      10:00  link    child=A,B family=F1
        """,
        raises=("three-low-grade-notifications",),
        until=10,
    ),
    Story(
        "concern-has-fallen",
        "A plan is open, nobody has been worried for three months, and the child goes to school.",
        """
        +0      08:00  link      child=A family=F1
        +1      10:00  referral  ref=R1 child=A source=2A outcome=assessment
        +20     18:00  outcome   ref=X1 child=A kind=cin-plan-started on=+20
        +88     16:00  marks     child=A on=+56..+88
        +95     09:00  outcome   ref=X2 child=A kind=assessment-completed on=+94 result=child-in-need
        """,
        raises=("concern-has-fallen",),
        until=96,
    ),
)
"""Every story. Names are unique."""


def story(name: str) -> Story:
    """The story of this name. Raises KeyError."""
    return {known.name: known for known in STORIES}[name]
