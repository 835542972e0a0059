"""What may be logged: an event by name, and fields of a closed list. Everything else is left out.

A pseudonym is still personal data, so no family, child or worker stands in a log, nor any text from a partner: the
Kafka coordinates let an authorised person find the record. The list below decides, not the care of whoever logs.

Libraries log too, and their messages may quote what they were given. Of theirs, from WARNING on, stays the logger, the
place, and the message before its arguments are put in, if it stands word for word in the library's source: a text
made up at run time does not. Of an exception stay the types and the lines, never the text and never the locals.
"""

from __future__ import annotations

import logging
import math
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from pathlib import Path
from types import CodeType, MappingProxyType, TracebackType
from typing import Any, Final, TextIO

import structlog

DROPPED: Final = "<dropped>"
FRAMES: Final = 8
OWN_LOGGERS: Final = "earlyword."

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")  # what Kafka allows in a topic
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.,:\[\]-]{1,500}")
_OWN_SENTENCE: Final = re.compile(r"[A-Za-z0-9 _.,:=<>/()-]{1,400}")
_TRAIL: Final = r"(?:no place|[\w<>.-]+:\d+(?: < [\w<>.-]+:\d+)*)"
_PLACES: Final = re.compile(rf"(?:\w+ at {_TRAIL})(?:, from \w+ at {_TRAIL})*", re.ASCII)


def _text(form: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


FIELDS: Final[Mapping[str, Callable[[object], bool]]] = MappingProxyType(
    {
        # which record, and what became of it
        "topic": _text(_NAME),
        "partition": _number,
        "offset": _number,
        "event_id": _text(_EVENT_ID),
        "kind": _text(_WORD),
        "reason": _text(_WORD),
        "duration_ms": _number,
        # which process, and how it fares
        "process": _text(_WORD),
        "instance": _text(_NAME),
        "version": _text(_NAME),
        "agency": _text(_NAME),
        "table": _text(_NAME),
        "address": _text(_ADDRESS),
        "count": _number,
        "exit_code": _number,
        # put in here
        "logger": _text(_NAME),
        "error": _text(_PLACES),
    }
)


def configure(process: str, *, level: str = "info", instance: str | None = None, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard output) as one JSON object a line.

    Takes over the loggers of the libraries and the last words of an uncaught exception. Call it once, first.
    """
    out = stream or sys.stdout
    always = {"process": process, **({"instance": instance} if instance else {})}
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            lambda _, __, event: {**always, **event},
            describe_error,
            keep_allowed,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    logging.raiseExceptions = False  # a message that does not fit its arguments would print both
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler(max(least, logging.WARNING))]
    root.setLevel(logging.WARNING)
    for name in ("faust", "mode", "aiokafka", "kafka", "aiohttp", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)  # at DEBUG Faust and its driver show keys and values
    logging.captureWarnings(capture=True)
    sys.excepthook = _tell_uncaught
    threading.excepthook = lambda told: _tell_uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def get_logger() -> Any:
    """A logger: `get_logger().warning("event_set_aside", topic=..., reason=...)`."""
    return structlog.get_logger()


def keep_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Let through what `FIELDS` allows; a value that does not fit is dropped, an unknown field with its name."""
    kept: dict[str, Any] = {"level": event.pop("level", "info")}
    name = event.pop("event", None)
    kept["event"] = name if _is_event(name) else DROPPED
    unknown = 0
    for field, value in event.items():
        if field not in FIELDS:
            unknown += 1
        elif value is not None:
            kept[field] = value if FIELDS[field](value) else DROPPED
    if unknown:
        kept["dropped"] = unknown
    return kept


def describe_error(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn an exception into the types and lines of its chain: `KeyError at step.py:41 < agent.py:33`."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()[1]
    elif isinstance(told, tuple):
        told = told[1]
    if isinstance(told, BaseException):
        event["error"] = place(told)
    return event


def place(error: BaseException) -> str:
    """Types and lines of an exception and of what caused it; nothing of what it says."""
    parts = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)[-FRAMES:]
        trail = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        parts.append(f"{type(link).__name__} at {trail or 'no place'}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return ", from ".join(parts)


class _Fixed(str):
    """A text of which it is known that nobody's value is in it."""

    __slots__ = ()


class _LibraryHandler(logging.Handler):
    """Passes what the standard loggers say through the same chain."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the fixed part of a record."""
        log = structlog.get_logger()
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, _fixed_text(record), logger=record.name, exc_info=error)


def _fixed_text(record: logging.LogRecord) -> _Fixed:
    place = f"{record.module}:{record.lineno}"
    if record.name.startswith(OWN_LOGGERS):  # ours, and held to the rule where it is written
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit
            return _Fixed(place)
        return _Fixed(text if _OWN_SENTENCE.fullmatch(text) else place)
    if isinstance(record.msg, str) and record.msg in _texts_of(record.pathname):
        return _Fixed(record.msg)
    return _Fixed(place)


def _is_event(name: object) -> bool:
    return isinstance(name, _Fixed) or (isinstance(name, str) and _WORD.fullmatch(name) is not None)


@lru_cache(maxsize=256)
def _texts_of(path: str) -> frozenset[str]:
    """Every text that stands whole in a Python file; of an f-string only its fixed parts do."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for constant in waiting.pop().co_consts:
            if isinstance(constant, str):
                found.add(constant)
            elif isinstance(constant, CodeType):
                waiting.append(constant)
    return frozenset(found)


def _tell_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    get_logger().critical("uncaught", error=place(error) if error is not None else kind.__name__)
