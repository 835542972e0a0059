"""The headers of a partner's record: which of them are the event's, and what they say.

Kafka's names are exact: ``ce_id`` is an attribute, ``CE_ID`` is nobody's. Only ``content-type`` may be in capitals, as
in HTTP. Whatever is not the event's is neither read nor judged, but it counts towards the size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from schemas.wire.common import point_to
from schemas.wire.dead_letter_v1 import PREFIX, Reason
from streams.intake.refused import Refused

MAX_HEADER_BYTES: Final = 4 * 1024

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]
"""Headers of a Kafka record in their order; one without value has None."""

CONTENT_TYPE: Final = "datacontenttype"
"""The attribute that binary mode writes as the header ``content-type``."""


class Told(NamedTuple):
    """What the event's own headers say: attributes as text, and which of them came twice."""

    attributes: dict[str, str]
    twice: tuple[str, ...]
    is_binary: bool


def list_headers(headers: Headers | Mapping[str, bytes | None] | None) -> Headers:
    """Headers as a list, however the client hands them over. A ``dict`` has already lost those that came twice."""
    if headers is None:
        return ()
    return tuple(headers.items()) if isinstance(headers, Mapping) else headers


def refuse_large_headers(headers: Headers) -> None:
    """Raises Refused with ``TOO_LARGE`` from 4 KiB. What a replay of ours added does not count."""
    size = 0
    for name, content in headers:
        size += len(name) + (0 if content is None else len(content))
    if size >= MAX_HEADER_BYTES or not all(name.isascii() for name, _ in headers):
        theirs = [(name, content) for name, content in headers if not name.startswith(PREFIX)]
        exact = sum(len(name.encode("utf-8", "replace")) + len(content or b"") for name, content in theirs)
        if exact >= MAX_HEADER_BYTES:
            raise Refused(Reason.TOO_LARGE)


def read_headers(headers: Headers) -> Told:
    """The event's own headers. Raises Refused with ``HEADER_DECODE`` where one is not UTF-8, or has no value."""
    attributes: dict[str, str] = {}
    twice: list[str] = []
    unreadable: list[str] = []
    is_binary = False
    for name, content in headers:
        if name.startswith("ce_"):
            attribute = name[3:]
            is_binary = True
        elif name.lower() == "content-type":
            attribute = CONTENT_TYPE
        else:
            continue
        try:
            text = None if content is None else content.decode()
        except UnicodeDecodeError:
            text = None
        if text is None:
            unreadable.append(point_to(attribute))
        elif attribute in attributes:
            twice.append(point_to(attribute))
        else:
            attributes[attribute] = text
    if unreadable:
        raise Refused(Reason.HEADER_DECODE, *unreadable)
    return Told(attributes, tuple(twice), is_binary)
