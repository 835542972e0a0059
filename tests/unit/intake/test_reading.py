"""A value is read once and strictly: no name twice, no depth beyond measure, and no text that takes for ever."""

from __future__ import annotations

import json
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.wire.dead_letter_v1 import Reason
from streams.intake.reading import MAX_DEPTH, read_json
from streams.intake.refused import Refused

TEXTS = st.text(st.sampled_from('\\"/a\u00e9\n'), max_size=5)


@pytest.mark.parametrize(
    "text",
    [
        r'{"code": "\\", "code": "/"}',
        r'{"a\\": 1, "a\\": 2}',
        r'{"a": "\\\"", "a": 2}',
        r'{"a": 1, "\u0061": 2}',
        r'{"a": {"b": "\\", "b": "\\\\"}}',
        r'{"a\"": 1, "a\u0022": 2}',
    ],
)
def test_a_name_that_comes_twice_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_json(text.encode())
    assert refused.value.reason is Reason.JSON


@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)))
def test_what_is_written_once_is_read(content: object) -> None:
    assert read_json(json.dumps(content).encode()) == content
    assert read_json(json.dumps(content, ensure_ascii=False).encode()) == content


@given(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=3))
def test_any_twin_is_found(content: dict[str, str]) -> None:
    name = next(iter(content))
    twins = json.dumps(content)[:-1] + "," + json.dumps(name) + ":" + json.dumps(name) + "}"
    with pytest.raises(Refused):
        read_json(twins.encode())


@given(st.integers(1, 80), st.sampled_from(["[]", "{}"]), TEXTS.map(lambda text: text + "[{" * 40))
def test_depth_is_that_of_the_value_and_not_of_brackets_in_its_text(depth: int, pair: str, text: str) -> None:
    begin, end = ("[", "]") if pair == "[]" else ('{"a":', "}")
    value = f"{begin * depth}{json.dumps(text)}{end * depth}".encode()
    if depth <= MAX_DEPTH:
        read_json(value)
    else:
        with pytest.raises(Refused):
            read_json(value)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "value",
    [
        b'["' + b'\\"[' * 80_000,
        b'["' + b'\\\\"[' * 60_000,
        b'"' + b"\\" * 240_001 + b"[" * 40,
        b'"' * 120_000 + b"[" * 120_000,
        b"[" * 130_000 + b"]" * 130_000,
        b"[" + b"[[[[[[[[[[]]]]]]]]]]," * 12_000 + b"[]]",
    ],
    ids=["a quote escaped", "a backslash escaped", "backslashes", "quotes", "deep", "up and down"],
)
def test_no_value_of_the_size_of_an_event_takes_long(value: bytes) -> None:
    began = process_time()
    with suppress(Refused):  # read or refused: soon
        read_json(value)
    assert process_time() - began < 1
