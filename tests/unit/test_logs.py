"""Nothing is logged that is not on the list: whatever is said, and whoever says it."""

import io
import json
import logging
import sys
import threading
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from streams.logs import DROPPED, FIELDS, configure, get_logger, keep_allowed, place

MARK = "Zx9 Jane Doe 943 476 5919"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook)
    stream = io.StringIO()
    configure("intake", instance="intake-0", stream=stream)
    yield stream
    root.handlers[:], level, logging.raiseExceptions, sys.excepthook, threading.excepthook = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_process_and_coordinates(out: io.StringIO) -> None:
    get_logger().warning("event_set_aside", topic="earlyword.in.oakfield.outcome.v1", partition=3, offset=41)
    (line,) = lines(out)
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "warning",
        "event": "event_set_aside",
        "process": "intake",
        "instance": "intake-0",
        "topic": "earlyword.in.oakfield.outcome.v1",
        "partition": 3,
        "offset": 41,
    }


def test_a_field_that_is_not_on_the_list_is_left_out_with_its_name_and_counted(out: io.StringIO) -> None:
    get_logger().info("batch_settled", count=3, family=MARK, **{MARK: 1})
    (line,) = lines(out)
    assert line["dropped"] == 2
    assert "family" not in out.getvalue()
    assert MARK not in out.getvalue()


def test_a_listed_field_of_another_form_is_dropped(out: io.StringIO) -> None:
    get_logger().info("batch_settled", topic=MARK, count=True, reason=["a"], duration_ms=float("nan"), offset="7")
    (line,) = lines(out)
    assert {line[name] for name in ("topic", "count", "reason", "duration_ms", "offset")} == {DROPPED}


def test_an_event_that_is_a_sentence_is_dropped(out: io.StringIO) -> None:
    get_logger().error(f"could not read {MARK}")
    assert lines(out)[0]["event"] == DROPPED


@given(
    st.dictionaries(
        st.one_of(st.text(max_size=20), st.sampled_from(sorted(FIELDS))),
        st.one_of(st.text(), st.binary(), st.none(), st.floats(), st.lists(st.text())).map(
            lambda value: f"{MARK}{value}" if isinstance(value, str) else [MARK, value]
        ),
    ),
    st.text().map(lambda text: MARK + text),
)
def test_no_value_that_is_not_of_the_listed_form_passes(fields: dict[str, Any], event: str) -> None:
    assert MARK not in json.dumps(keep_allowed(None, "info", {**fields, "event": event}))


def test_of_an_exception_stay_types_and_lines_alone(out: io.StringIO) -> None:
    def fail() -> None:
        local = MARK
        try:
            raise KeyError(local)
        except KeyError as cause:
            raise ValueError(local) from cause

    try:
        fail()
    except ValueError:
        get_logger().exception("batch_failed")
    (line,) = lines(out)
    assert line["error"].startswith("ValueError at test_logs.py:")
    assert ", from KeyError at test_logs.py:" in line["error"]
    assert "Zx9" not in out.getvalue()


def test_a_library_is_heard_from_warning_on_without_its_arguments(out: io.StringIO) -> None:
    logging.getLogger("aiokafka.consumer").info("quiet")
    logging.getLogger("aiokafka.consumer").warning("Heartbeat failed: member %s was fenced", MARK)
    (line,) = lines(out)
    assert line["event"] == "Heartbeat failed: member %s was fenced"
    assert (line["logger"], line["level"]) == ("aiokafka.consumer", "warning")
    assert "Zx9" not in out.getvalue()


def test_a_message_made_up_at_run_time_is_told_by_its_place_alone(out: io.StringIO) -> None:
    logging.getLogger("kafka.net").error(f"cannot decode {MARK}")
    logging.getLogger("faust").error("cannot decode " + MARK + "!")
    assert [line["event"].split(":")[0] for line in lines(out)] == ["test_logs", "test_logs"]
    assert "Zx9" not in out.getvalue()


def test_an_exception_of_a_library_leaves_its_text_behind(out: io.StringIO) -> None:
    try:
        raise OSError(MARK)
    except OSError:
        logging.getLogger("faust.agents").exception("Agent raised error: %r", MARK)
    (line,) = lines(out)
    assert line["error"].startswith("OSError at test_logs.py:")
    assert "Zx9" not in out.getvalue()


def test_arguments_that_do_not_fit_their_message_are_not_printed(
    out: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("faust", "earlyword.engine"):
        logging.getLogger(name).error("two of them: %s %s", MARK)  # noqa: PLE1206 - on purpose
    assert len(lines(out)) == 2
    assert "Zx9" not in out.getvalue() + capsys.readouterr().err


def test_the_last_words_of_an_uncaught_exception_keep_to_the_rule(
    out: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    error = ValueError(MARK)
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=fail_with_mark)
    thread.start()
    thread.join()
    assert [line["event"] for line in lines(out)] == ["uncaught", "uncaught"]
    assert "Zx9" not in out.getvalue() + capsys.readouterr().err


def fail_with_mark() -> None:
    raise ValueError(MARK)


def test_our_own_engine_may_say_a_sentence(out: io.StringIO) -> None:
    logging.getLogger("earlyword.engine").critical("worker_ended reason=%s %s", "slept", " cause=OSError at a.py:1")
    assert lines(out)[0]["event"] == "worker_ended reason=slept  cause=OSError at a.py:1"


def test_below_the_level_nothing_is_said(out: io.StringIO) -> None:
    configure("intake", level="warning", stream=out)
    get_logger().info("batch_settled")
    assert lines(out) == []


def test_a_warning_of_python_goes_the_same_way(out: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(MARK, UserWarning, stacklevel=1)
    assert "Zx9" not in out.getvalue()


def test_a_source_that_cannot_be_read_gives_the_place(out: io.StringIO, tmp_path: Path) -> None:
    module = types.ModuleType("made_up")
    code = compile(
        "import logging\ndef say(): logging.getLogger('mode').error('hello')", str(tmp_path / "x.py"), "exec"
    )
    exec(code, module.__dict__)  # noqa: S102 - a module without a file is what this test is about
    module.say()
    assert lines(out)[0]["event"].startswith("x:")


def test_an_exception_never_raised_has_no_place() -> None:
    assert place(ValueError(MARK)) == "ValueError at no place"
