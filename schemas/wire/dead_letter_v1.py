"""A dead letter, version 1: why an event was set aside, and the headers that say so (INTERFACES section 1.4).

The record on ``earlyword.dead-letters.v1`` is the partner's own, key, value and headers to the byte; ours are added.
They say where and why, never what: a reason of this closed list, and JSON pointers.
"""

from enum import Enum
from typing import Final

PREFIX: Final = "earlyword-dead-letter-"
"""All headers of ours begin so; on an inbound record they are left unread, but for the story of a replay."""

TOPIC: Final = PREFIX + "topic"
PARTITION: Final = PREFIX + "partition"
OFFSET: Final = PREFIX + "offset"
TIMESTAMP: Final = PREFIX + "timestamp"  # of the record's receipt, milliseconds since 1970 UTC
REASON: Final = PREFIX + "reason"
FIELDS: Final = PREFIX + "fields"  # a JSON list of JSON pointers
APP_VERSION: Final = PREFIX + "app-version"
FIRST_SEEN: Final = PREFIX + "first-seen"  # TIMESTAMP of the first attempt
ATTEMPTS: Final = PREFIX + "attempts"  # how often it was set aside, this time included
REPLAYED_FROM: Final = PREFIX + "replayed-from"  # the dead letter that was replayed: topic/partition@offset
CUT_FROM: Final = PREFIX + "cut-from"  # bytes of a record too large to be kept whole; only the value's beginning is


class Reason(Enum):
    """Why an event was set aside. Closed: a new reason is a new version. The text is for a partner's developer."""

    NOT_CLOUDEVENT = "The record is not a CloudEvent of the agreed profile; the pointers name the attributes at fault."
    HEADER_DECODE = "A header of the event is not UTF-8 text."
    NULL_VALUE = "The record has no value; an event is withdrawn with a retraction, not with an empty record."
    JSON = "The value is not JSON that can be read safely: UTF-8, no name twice in an object, not nested too deep."
    SCHEMA = "The data does not keep to the schema of its kind; the pointers name the fields."
    IDENTIFIER = "An identifier fails its check digit; the pointers name it."
    SOURCE_MISMATCH = "The source is a system of another agency than the one whose topic this is."
    NO_AGREEMENT = "No agreement of the hub that is in force covers this source and kind."
    TYPE_UNKNOWN = "The type is not known here, or not the one that belongs on this topic."
    FUTURE_TIME = "The event is recorded, or a fact in it dated, later than the time of its receipt allows."
    TOO_LARGE = "The value, the headers or the key are larger than agreed: under 256 KiB, 4 KiB and 4 KiB."
    DECRYPT = "The value could not be decrypted."
    ID_REUSE = "The id was already used, by this source, for other bytes under the same natural key."
    HANDLER_BUG = "The fault is ours: the event met an error of earlyword. Replay it after the next release."
