"""The kinds of id and of time that the rest of earlyword speaks of, as types that mypy keeps apart.

Every id is a pseudonym or derived from pseudonyms: nothing here can be turned back into a partner's identifier
without the hub's key, which only ``streams.intake`` holds.
"""

from typing import NewType

Moment = NewType("Moment", int)
"""A moment in time: microseconds since 1970-01-01T00:00:00Z."""

Day = NewType("Day", int)
"""A calendar date in Europe/London, as its proleptic Gregorian ordinal (``date.toordinal()``)."""

IdentifierId = NewType("IdentifierId", str)
"""Pseudonym of one identifier of a child, for instance of one NHS number. Facts stay with it."""

ChildId = NewType("ChildId", str)
"""A child: all identifiers that live same-child links connect. Derived from the smallest of them."""

FamilyId = NewType("FamilyId", str)
"""A family: named by a hub's in-family link, or derived from a child that nobody linked."""

FactKey = NewType("FactKey", str)
"""Pseudonym of a natural key (agency and the agency's own id of a statement, and for outcomes the kind)."""

AgencyId = NewType("AgencyId", str)
"""An agency of ``hub.toml``: ``[a-z0-9-]``, 1 to 64 characters. Not personal data."""

TeamId = NewType("TeamId", str)
"""A duty team of ``hub.toml``."""

RuleId = NewType("RuleId", str)
"""A rule of a rule pack, for instance ``three-low-grade-notifications``."""

ReasonId = NewType("ReasonId", str)
"""A reason: derived from family, rule, trigger and newest concern; unique over all prompts."""

PromptId = NewType("PromptId", str)
"""A prompt: derived from the family, the kind of prompt and the reason that opened it."""
