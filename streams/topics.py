"""Every topic, declared once: names, partitions, what is kept and how long, who writes and who reads.

Topics, ACLs, deployment files and AsyncAPI come from this table; nothing is created that is not in it. Pure data and
pure functions: `streams.kafka.admin` does the work. Partitions are for life: another count of a topic that a table
is fed from is a migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Literal, TypeAlias, cast, get_args

from msgspec import Struct
from msgspec.structs import replace

from schemas.facts import WireKind
from schemas.identifiers import AgencyId

STATEMENTS: Final = "earlyword.statements.v1"
LINKS: Final = "earlyword.links.v1"
FAMILY_EVENTS: Final = "earlyword.family-events.v1"
DESK_EVENTS: Final = "earlyword.desk-events.v1"
PROMPTS: Final = "earlyword.prompts.v1"
PROMPT_ACTIONS: Final = "earlyword.prompt-actions.v1"
EXAMPLES: Final = "earlyword.examples.v1"
MODELS: Final = "earlyword.models.v1"
DEAD_LETTERS: Final = "earlyword.dead-letters.v1"
AUDIT: Final = "earlyword.audit.v1"
IDENTITIES: Final = "earlyword.identities.v1"
KEYS: Final = "earlyword.keys.v1"

Cleanup: TypeAlias = Literal["delete", "compact", "compact,delete"]
Timestamps: TypeAlias = Literal["broker", "publisher"]

PARTNER_PARTITIONS: Final = 6
FAMILY_PARTITIONS: Final = 12
RETENTION_MONTHS: Final = 13  # EVENTS section 2
LONGEST_MONTH: Final = timedelta(days=31)
WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)

# A value under 256 KiB and headers under 4 KiB (INTERFACES 1.1), and room for key and framing: the broker refuses the
# clearly oversized, intake says TOO_LARGE to the rest. It bounds what a client sends in one batch, too.
INBOUND_BYTES: Final = 272 * 1024
INTERNAL_BYTES: Final = 1024 * 1024  # a family's whole story may move in one record

# Without these two bounds compaction waits for a segment to fill and to be dirty enough (STREAMING section 7): an
# erasure must happen in a day. The younger rows stay, so that recovery can choose the highest guard (3.5).
MAX_COMPACTION_LAG: Final = DAY
MIN_COMPACTION_LAG: Final = timedelta(minutes=10)
TOMBSTONES: Final = WEEK  # longer than a reader with a copy of its own may be away


class Topic(Struct, frozen=True, kw_only=True):
    """One topic. `retention` None: for ever. `stamped_by` says whose clock a record's timestamp is.

    `writers` and `readers` are principals, without the operator's tools; `key` says in words what a record's key is.
    """

    name: str
    partitions: int
    cleanup: Cleanup
    retention: timedelta | None = None
    max_bytes: int = INTERNAL_BYTES
    stamped_by: Timestamps = "publisher"
    is_changelog: bool = False
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    key: str


def partner_topic(agency: str, kind: str) -> str:
    """The topic on which an agency publishes a kind: the ACL on its name is the sender's identity."""
    return f"earlyword.in.{agency}.{kind}.v1"


def parse_partner_topic(name: str) -> tuple[AgencyId, WireKind] | None:
    """Agency and kind of a partner topic; None for any other name."""
    found = _PARTNER_TOPIC.fullmatch(name)
    return (AgencyId(found["agency"]), cast("WireKind", found["kind"])) if found else None


def declare_topics(
    sources: Iterable[tuple[str, str]] = (),
    *,
    timestamps: Timestamps = "broker",
    retention_months: int = RETENTION_MONTHS,
) -> tuple[Topic, ...]:
    """All topics of a hub, sorted by name; `sources` are its (agency, kind) pairs, repeats allowed.

    `timestamps="publisher"` is for a replay or the demo, where a year of events comes in minutes under its own
    stamps, past or future: they are taken as they are, and nothing is deleted for its age.
    """
    partners = (_partner(agency, kind) for agency, kind in set(sources))
    topics = (*_own(retention_months * LONGEST_MONTH), *_CHANGELOGS, *partners)
    if timestamps == "publisher":
        topics = tuple(replace(topic, stamped_by="publisher", retention=None) for topic in topics)
    return tuple(sorted(topics, key=lambda topic: topic.name))


def describe(topic: Topic, *, replication: int = 1) -> dict[str, str]:
    """The topic's settings in Kafka's own words; `replication` decides how many replicas must have a record."""
    settings = {
        "cleanup.policy": topic.cleanup,
        "retention.ms": _milliseconds(topic.retention),
        "max.message.bytes": str(topic.max_bytes),
        "min.insync.replicas": str(max(1, replication - 1)),
        "message.timestamp.type": "LogAppendTime" if topic.stamped_by == "broker" else "CreateTime",
    }
    if topic.retention is not None:
        settings["segment.ms"] = _milliseconds(DAY)  # by default 7 days, by which every retention would grow
    if topic.stamped_by == "publisher":
        settings["message.timestamp.after.max.ms"] = str(2**63 - 1)  # else a replay of later days is refused
    if "compact" in topic.cleanup:
        settings["max.compaction.lag.ms"] = _milliseconds(MAX_COMPACTION_LAG)
        settings["delete.retention.ms"] = _milliseconds(TOMBSTONES)
    if topic.is_changelog:
        settings["min.compaction.lag.ms"] = _milliseconds(MIN_COMPACTION_LAG)
    return settings


_PARTNER_TOPIC: Final = re.compile(
    rf"earlyword\.in\.(?P<agency>[a-z0-9-]{{1,64}})\.(?P<kind>{'|'.join(get_args(WireKind))})\.v1"
)


def _milliseconds(span: timedelta | None) -> str:
    return "-1" if span is None else str(span // timedelta(milliseconds=1))


def _partner(agency: str, kind: str) -> Topic:
    return Topic(
        name=partner_topic(agency, kind),
        partitions=PARTNER_PARTITIONS,
        cleanup="delete",
        retention=WEEK,  # partners' identifiers in clear: no longer than a long outage of ours needs
        max_bytes=INBOUND_BYTES,
        stamped_by="broker",
        writers=(f"agency {agency}",),
        readers=("intake",),
        key="the agency's own subject reference, never an NHS number",
    )


def _changelog(name: str, process: str, partitions: int, key: str) -> Topic:
    return Topic(
        name=name,
        partitions=partitions,
        cleanup="compact",
        is_changelog=True,
        writers=(process,),
        readers=(process,),
        key=key,
    )


_CHANGELOGS: Final = (
    _changelog("earlyword-intake-statements-changelog", "intake", FAMILY_PARTITIONS, "natural key"),
    _changelog("earlyword-families-families-changelog", "families", FAMILY_PARTITIONS, "family"),
    _changelog("earlyword-desk-desks-changelog", "desk", 1, "the hub's desk"),
)


def _own(schedule: timedelta) -> tuple[Topic, ...]:
    """Our own topics; `schedule` is the hub's retention schedule."""
    return (
        Topic(
            name=STATEMENTS,
            partitions=FAMILY_PARTITIONS,
            cleanup="delete",
            retention=WEEK,
            writers=("intake",),
            readers=("intake",),
            key="natural key",
        ),
        Topic(
            name=LINKS,
            partitions=1,  # one order of all links, so that every process draws the same map
            cleanup="delete",
            writers=("intake",),
            readers=("intake",),
            key="natural key of the link",
        ),
        Topic(
            name=FAMILY_EVENTS,
            partitions=FAMILY_PARTITIONS,
            cleanup="delete",
            retention=schedule,
            writers=("intake", "families"),
            readers=("families",),
            key="family; ticks: none",
        ),
        Topic(
            name=DESK_EVENTS,
            partitions=1,  # one order of all that happens to a desk
            cleanup="delete",
            retention=schedule,
            writers=("intake", "families", "desk"),
            readers=("desk",),
            key="none",
        ),
        Topic(
            name=PROMPTS,
            partitions=FAMILY_PARTITIONS,
            cleanup="compact,delete",
            retention=schedule,
            writers=("desk",),
            readers=("console", "hub system"),
            key="prompt id",
        ),
        Topic(
            name=PROMPT_ACTIONS,
            partitions=FAMILY_PARTITIONS,
            cleanup="delete",
            retention=schedule,
            max_bytes=INBOUND_BYTES,
            writers=("console", "hub system"),
            readers=("families", "desk", "console"),
            key="prompt id",
        ),
        Topic(
            name=EXAMPLES,
            partitions=1,
            cleanup="delete",
            retention=schedule,
            writers=("intake", "families"),
            readers=("learner",),
            key="example id; ends of days and counts: the partition that tells them",
        ),
        Topic(
            name=MODELS,
            partitions=1,
            cleanup="compact",
            writers=("learner",),
            readers=("families", "learner"),
            key="snapshot/<version> or head/<specification>",
        ),
        Topic(
            name=DEAD_LETTERS,
            partitions=3,
            cleanup="delete",
            retention=timedelta(days=30),
            max_bytes=2 * INBOUND_BYTES,  # the original, and our note
            writers=("intake", "families", "desk"),
            readers=("operations",),
            key="that of the original",
        ),
        Topic(
            name=AUDIT,
            partitions=1,
            cleanup="delete",
            writers=("intake", "families", "desk", "learner", "console"),
            readers=("verifier",),
            key="stream id",
        ),
        Topic(
            name=IDENTITIES,
            partitions=FAMILY_PARTITIONS,
            cleanup="compact",
            writers=("intake",),
            readers=("console",),
            key="subject pseudonym; no value: forgotten",
        ),
        Topic(
            name=KEYS,
            partitions=FAMILY_PARTITIONS,
            cleanup="compact",
            writers=("key service",),
            readers=("intake", "console"),
            key="subject pseudonym; no value: shredded",
        ),
    )
