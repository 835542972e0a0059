"""The kinds that partners publish: the CloudEvents type of each, its format and the minor versions of that."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, get_args

from pydantic import TypeAdapter

from schemas.facts import WireKind
from schemas.wire.family_link_v1 import FamilyLink
from schemas.wire.outcome_v1 import Outcome
from schemas.wire.police_notification_v1 import PoliceNotification
from schemas.wire.referral_v1 import Referral
from schemas.wire.school_absence_v1 import SchoolAbsence

WireEvent: TypeAlias = Referral | SchoolAbsence | PoliceNotification | Outcome | FamilyLink

FORMATS: Final[Mapping[WireKind, type[WireEvent]]] = MappingProxyType(
    {
        "referral": Referral,
        "school-absence": SchoolAbsence,
        "police-notification": PoliceNotification,
        "outcome": Outcome,
        "family-link": FamilyLink,
    }
)
"""The format of each kind, version 1. A newer minor adds optional fields to the same model."""

READ: Final[Mapping[WireKind, Callable[[object], WireEvent]]] = MappingProxyType(
    {kind: TypeAdapter(model).validator.validate_python for kind, model in FORMATS.items()}
)
"""The reader of each kind: data as JSON gave it to a model. Raises pydantic's ValidationError: show only pointers."""

NEWEST: Final = "1.0"
"""The newest version of every format. An event that claims a later minor is read as this one."""


def type_of(kind: WireKind) -> str:
    """The CloudEvents ``type`` of events of this kind."""
    return f"org.earlyword.{kind}.v1"


KIND_OF_TYPE: Final[Mapping[str, WireKind]] = MappingProxyType({type_of(kind): kind for kind in get_args(WireKind)})
