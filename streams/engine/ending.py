"""How the process ends when something is wrong: at once, and without a commit.

Whatever was not settled is delivered again after the restart, and the offset guards make that harmless. Going on
would not be: Faust acknowledges a failed event and reads the next.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

EXIT_UNSETTLED: Final = 70
"""EX_SOFTWARE of sysexits.h: restart me."""

FRAMES_TOLD: Final = 6

log = logging.getLogger("earlyword.engine")


class Reason(StrEnum):
    """Why a worker ended without a commit."""

    AGENT_RAISED = "agent_raised"
    BATCH_UNSETTLED = "batch_unsettled"
    BATCHES_MIXED = "batches_mixed"
    SETTLED_OUT_OF_TURN = "settled_out_of_turn"
    SLEPT = "slept"
    LEASE_RAN_OUT = "lease_ran_out"
    NOT_STORED = "not_stored"
    STATE_CORRUPT = "state_corrupt"
    RECOVERY_FAILED = "recovery_failed"
    REPAIR_FAILED = "repair_failed"
    FETCH_FAILED = "fetch_failed"
    TOPIC_MISSING = "topic_missing"
    NOT_READY_IN_TIME = "not_ready_in_time"
    STOPPED_TOO_SLOWLY = "stopped_too_slowly"
    CRASHED = "crashed"


def end(reason: Reason, cause: BaseException | None = None, **where: object) -> NoReturn:
    """End the process now; exit code 70, nothing committed.

    `where` names Kafka coordinates and the like. Of the cause only its type and place are told: its text may
    hold personal data.
    """
    fields = " ".join(f"{name}={value}" for name, value in where.items())
    log.critical("worker_ended reason=%s %s%s", reason, fields, _place(cause))
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(EXIT_UNSETTLED)


def _place(cause: BaseException | None) -> str:
    if cause is None:
        return ""
    frames = traceback.extract_tb(cause.__traceback__)[-FRAMES_TOLD:]
    trail = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f" cause={type(cause).__name__} at {trail or 'unknown place'}"
