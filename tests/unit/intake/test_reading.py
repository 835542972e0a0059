"""A name that comes twice is found whatever else is escaped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.wire.dead_letter_v1 import Reason
from streams.intake.reading import read_json
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
