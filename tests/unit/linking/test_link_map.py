"""Which identifiers are one child, and where a child belongs, as link statements come and go."""

from __future__ import annotations

from models.intake.links import LinkMap
from schemas.facts import Version
from schemas.identifiers import FactKey, FamilyId, IdentifierId, Moment
from schemas.statements import InFamily, Link, LinkStated, SameChild


def stated(key: str, at: int, link: Link | None) -> LinkStated:
    return LinkStated(FactKey(key), Version(Moment(at), f"{key}-{at}", "urn:council"), Moment(at), link)


def same(key: str, at: int, *names: str) -> LinkStated:
    return stated(key, at, SameChild(tuple(IdentifierId(name) for name in names)))


def within(key: str, at: int, name: str, family: str) -> LinkStated:
    return stated(key, at, InFamily(IdentifierId(name), FamilyId(family)))


def drawn(*told: LinkStated) -> LinkMap:
    links = LinkMap()
    for one in told:
        links.apply(one)
    return links


def place(links: LinkMap, name: str) -> tuple[str, str]:
    placement = links.place(IdentifierId(name))
    return placement.child, placement.family


def test_a_child_nobody_linked_is_a_family_of_its_own() -> None:
    links = LinkMap()
    assert place(links, "a") != place(links, "b")
    assert place(links, "a")[1].startswith("f-")


def test_linked_identifiers_are_one_child_in_one_family() -> None:
    links = drawn(same("l1", 1, "a", "b"), same("l2", 2, "b", "c"))
    assert place(links, "a") == place(links, "b") == place(links, "c")


def test_a_withdrawn_link_parts_the_child_again() -> None:
    links = drawn(same("l1", 1, "a", "b"), stated("l1", 2, None))
    assert place(links, "a") == place(LinkMap(), "a")
    assert place(links, "b") == place(LinkMap(), "b")


def test_two_links_between_the_same_two_hold_until_both_are_withdrawn() -> None:
    links = drawn(same("l1", 1, "a", "b"), same("l2", 1, "a", "b"), stated("l1", 2, None))
    assert place(links, "a") == place(links, "b")


def test_the_later_of_two_families_counts_and_the_earlier_again_when_it_is_withdrawn() -> None:
    one, two = within("l1", 1, "a", "F1"), within("l2", 2, "a", "F2")
    assert place(drawn(one, two), "a")[1] == place(drawn(two, one), "a")[1] == "F2"
    assert place(drawn(one, two, stated("l2", 3, None)), "a")[1] == "F1"


def test_the_family_holds_for_every_identifier_of_the_child() -> None:
    links = drawn(within("l1", 1, "a", "F1"), same("l2", 2, "a", "b"))
    assert place(links, "b")[1] == "F1"


def test_an_older_statement_about_a_link_changes_nothing() -> None:
    links = drawn(within("l1", 5, "a", "F2"))
    assert links.apply(within("l1", 4, "a", "F1")) == ()
    assert place(links, "a")[1] == "F2"


def test_it_says_who_moved_from_where_to_where() -> None:
    links = drawn(within("l1", 1, "a", "F1"))
    moved = links.apply(same("l2", 2, "a", "b"))
    assert {one.identifier for one in moved} >= {"b"}
    (b,) = (one for one in moved if one.identifier == "b")
    assert b.before.family == place(LinkMap(), "b")[1]
    assert b.after.family == "F1"


def test_a_statement_goes_by_the_first_identifier_that_a_link_names() -> None:
    links = drawn(same("l1", 1, "b", "c"))
    names = tuple(IdentifierId(name) for name in "abc")
    assert links.choose(names) == "b"
    assert LinkMap().choose(names) == "a"
    assert drawn(same("l1", 1, "b", "c"), stated("l1", 2, None)).choose(names) == "a"


def test_every_statement_counts_also_one_that_changes_nothing() -> None:
    links = drawn(same("l1", 2, "a", "b"), same("l1", 1, "a", "b"))
    assert links.links == 2
