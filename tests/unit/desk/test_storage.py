from collections.abc import Callable
from typing import Any

import pytest
from msgspec import msgpack

from models.desk.shelf import Shelf
from models.desk.state import DeskState
from models.desk.storage import UnreadableDesk, decode, encode

When = Callable[..., Any]


def test_an_empty_desk_is_stored_and_read() -> None:
    assert decode(encode(DeskState())) == DeskState()


@pytest.mark.parametrize("raw", [b"", b"\x00", b"marker", msgpack.encode([1]), msgpack.encode({"marker": 1})])
def test_bytes_that_are_no_desk_are_refused_without_quoting_them(raw: bytes) -> None:
    with pytest.raises(UnreadableDesk) as refused:
        decode(raw)
    assert "marker" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_desk_of_a_later_version_is_refused(desk: Any, when: When) -> None:
    desk.raised("r-1", when(3))
    later = msgpack.decode(encode(desk.state))
    later[0] += 1
    with pytest.raises(UnreadableDesk, match="version"):
        decode(msgpack.encode(later))


def test_the_same_prompts_give_the_same_bytes_in_whatever_order_they_came(desk_with: Any, when: When) -> None:
    one, other = desk_with(), desk_with()
    for family in ("f-1", "f-2", "f-3"):
        one.raised(f"r-of-{family}", when(3), family=family)
    for family in ("f-3", "f-1", "f-2"):
        other.raised(f"r-of-{family}", when(3), family=family)
    assert encode(one.state) == encode(other.state)


def test_nothing_about_a_family_shows_in_the_name_of_a_state(desk: Any, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3), family="f-marker", children=("c-marker",), notes=("marker",))
    desk.act("noted", prompt, when(3), note="marker", by="marker")
    shown = [desk.state, *desk.state.live, desk.last, desk.state.live.get(prompt.prompt_id).actions]
    desk.act("disposed", prompt, when(3), note="marker", by="marker")
    shown += [desk.state, *desk.state.closed]
    assert "marker" not in repr(shown)


def test_a_shelf_is_never_changed_only_replaced() -> None:
    empty: Shelf[int] = Shelf()
    one = empty.put("a", 1)
    two = one.put("b", 2).put("a", 3)
    assert (len(empty), len(one), len(two)) == (0, 1, 2)
    assert (one.get("a"), two.get("a"), empty.get("a")) == (1, 3, None)
    assert list(two) == [3, 2]
    assert "b" in two
    assert "b" not in two.without("b")
    assert two.without("c") is two
    assert two.without("b") == Shelf([("a", 3)])
