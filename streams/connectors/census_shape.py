"""What a children in need census file looks like, 2017 to 2026, and its code sets.

Only what is listed as ``TEXT`` is ever taken into memory. What says something about a person that earlyword does not
carry (birth date, sex, ethnicity, disability) is ``SKIPPED``: its text is never read.
Source: DfE, CIN census schemas 2019 and 2024; the 2026 module as in the samples in circulation.
"""

from typing import Final, get_args

from schemas.wire.referral_v1 import ClosureReason, Factor, PrimaryNeed, SourceCode
from streams.connectors.xml_parts import Layout, Tree, Use

_T: Final = Use.TEXT
_S: Final = Use.SKIPPED

_IDENTIFIERS: Final[Tree] = {
    "LAchildID": _T,
    "UPN": _T,
    "FormerUPN": _T,
    "UPNunknown": _S,
    "PersonBirthDate": _S,
    "ExpectedPersonBirthDate": _S,
    "GenderCurrent": _S,
    "Sex": _S,
    "PersonDeathDate": _S,
}
_ASSESSMENT: Final[Tree] = {
    "AssessmentActualStartDate": _T,
    "AssessmentInternalReviewDate": _S,
    "AssessmentAuthorisationDate": _T,
    "FactorsIdentifiedAtAssessment": {"AssessmentFactors": _T},
}
_ENQUIRY: Final[Tree] = {
    "S47ActualStartDate": _T,
    "InitialCPCtarget": _S,
    "DateOfInitialCPC": _T,
    "ICPCnotRequired": _S,
}
_PROTECTION_PLAN: Final[Tree] = {
    "CPPstartDate": _T,
    "CPPendDate": _T,
    "InitialCategoryOfAbuse": _S,
    "LatestCategoryOfAbuse": _S,
    "NumberOfPreviousCPP": _S,
    "Reviews": _S,
}
_EPISODE: Final[Tree] = {
    "CINreferralDate": _T,
    "ReferralSource": _T,
    "PrimaryNeedCode": _T,
    "CINclosureDate": _T,
    "ReasonForClosure": _T,
    "DateOfInitialCPC": _T,
    "Assessments": _ASSESSMENT,
    "CINPlanDates": {"CINPlanStartDate": _T, "CINPlanEndDate": _T},
    "Section47": _ENQUIRY,
    "ReferralNFA": _T,
    "ChildProtectionPlans": _PROTECTION_PLAN,
    "PreProceedingsandFGDM": Use.NOT_USED,
}
_HEADER: Final[Tree] = {
    "CollectionDetails": {"Collection": _T, "Year": _S, "ReferenceDate": _T},
    "Source": {
        "SourceLevel": _S,
        "LEA": _S,
        "SoftwareCode": _S,
        "Release": _S,
        "SerialNo": _S,
        "DateTime": _T,
    },
}
_CHILD: Final[Tree] = {
    "ChildIdentifiers": _IDENTIFIERS,
    "ChildCharacteristics": _S,
    "CINdetails": _EPISODE,
}

CIN_CENSUS: Final = Layout(
    root="Message",
    tree={"Header": _HEADER, "Children": {"Child": _CHILD}},
    records=frozenset({"Header", "Child"}),
    repeatable=frozenset(
        {
            "Source",
            "Child",
            "CINdetails",
            "Assessments",
            "AssessmentFactors",
            "CINPlanDates",
            "Section47",
            "ChildProtectionPlans",
            "PreProceedingsandFGDM",
        }
    ),
    # Some exports open these once per item; reading on loses nothing.
    tolerated=frozenset({"Children", "FactorsIdentifiedAtAssessment"}),
)

# The codes that EVENTS carries are the codes of the census; what the wire takes is said once, there.
REFERRAL_SOURCES: Final = frozenset(get_args(SourceCode))
PRIMARY_NEEDS: Final = frozenset(get_args(PrimaryNeed))
CLOSURE_REASONS: Final = frozenset(get_args(ClosureReason))
FACTORS: Final = frozenset(get_args(Factor))
RETIRED_FACTORS: Final = frozenset({"18A", "19A"})
"""Physical and sexual abuse before 2021 did not say by whom; EVENTS knows only the codes in force."""

TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
"""``yesnotype`` of the schema, compared without regard to case."""
