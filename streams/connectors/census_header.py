"""The header of a census file: is it a census, when was it recorded, from when do its links hold."""

from __future__ import annotations

from datetime import date, datetime

from streams.connectors.census_event import Census
from streams.connectors.census_fields import read_day, refuse
from streams.connectors.london_time import day_of, last_second_of, read_date_time
from streams.connectors.reports import Lost, Noted, Reason, Refused
from streams.connectors.xml_parts import Part


def read_header(
    header: Part | None, agency: str, source: str, recorded_at: datetime | None
) -> tuple[Census | None, list[Refused | Noted]]:
    """What holds for the whole file, or None where it cannot be used; and what to say about the header.

    Recorded is, in this order: what the caller says; the latest ``DateTime`` of the sources, for a file is complete
    when its last source has written; the last second of the reference date.
    """
    said: list[Refused | Noted] = []
    details = header.first("CollectionDetails") if header is not None else None
    collection = details.first("Collection") if details is not None else None
    if collection is not None and collection.text.upper() not in ("", "CIN"):
        return None, [refuse(collection, Reason.WRONG_FORMAT, Lost.FILE)]

    reference = read_day(details, "ReferenceDate", Lost.VALUE, not_after=None) if details is not None else None
    if isinstance(reference, Refused):
        said.append(reference)
    reference_date = reference if isinstance(reference, date) else None
    moments, refusals = _read_moments(header)
    said += refusals
    if recorded_at is None and moments:
        recorded_at = max(moments)
    if recorded_at is None and reference_date is not None:
        recorded_at = last_second_of(reference_date)
    if recorded_at is None:
        said.append(_no_recorded_time(header))
        return None, said
    census = Census(
        agency=agency,
        source=source,
        recorded_at=recorded_at,
        valid_from=reference_date or day_of(recorded_at),
    )
    return census, said


def _read_moments(header: Part | None) -> tuple[list[datetime], list[Refused]]:
    moments: list[datetime] = []
    refusals: list[Refused] = []
    for source in header.each("Source") if header is not None else ():
        part = source.first("DateTime")
        if part is None or not (part.text or part.is_too_long):
            continue
        moment = Reason.TOO_LONG if part.is_too_long else read_date_time(part.text)
        if isinstance(moment, Reason):
            refusals.append(refuse(part, moment, Lost.VALUE))
        else:
            moments.append(moment)
    return moments, refusals


def _no_recorded_time(header: Part | None) -> Refused:
    if header is not None:
        return refuse(header, Reason.NO_RECORDED_TIME, Lost.FILE)
    return Refused(place="file", line=1, column=1, reason=Reason.NO_RECORDED_TIME, lost=Lost.FILE)
