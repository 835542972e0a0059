import re

from hypothesis import given
from hypothesis import strategies as st

from models.ids import derive

PARTS = st.lists(st.text(max_size=5) | st.integers(-300, 300) | st.binary(max_size=5), max_size=4).map(tuple)


def test_an_id_is_the_same_for_ever() -> None:
    assert derive("prompt", "f-a", "review", 3, b"\x00") == "p-d22gatpja5j7guic4sqru3l6"


def test_an_id_is_short_and_safe_in_names_and_addresses() -> None:
    assert re.fullmatch(r"p-[a-z2-7]{24}", derive("prompt", "Ångström & Søn"))
    assert derive("ping", "a").startswith("ping-")


def test_the_same_parts_are_another_id_in_another_domain() -> None:
    assert derive("prompt", "a")[2:] != derive("reason", "a")[2:]


@given(PARTS, PARTS)
def test_only_the_same_parts_give_the_same_id(
    some: tuple[str | int | bytes, ...], others: tuple[str | int | bytes, ...]
) -> None:
    same = [type(part) for part in some] == [type(part) for part in others] and some == others
    assert (derive("prompt", *some) == derive("prompt", *others)) is same
