"""Children move between families; nothing that was said of them is lost or held twice on the way.

Who decides where a child belongs are the link statements, counted in one total order: of two contradicting placements
the one with more link statements behind it is the truth. A family that a strand has left keeps a forwarding address,
so whatever still arrives for it is sent on; a strand that comes back takes the address away. A story is a set of facts,
so joining is a union and the order in which moves and events arrive does not matter. What one link takes from one
family to another goes in one event: whoever looked at half a child would raise on half of its facts.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from models.family.remembering import join
from models.family.row_moves import void_all
from models.family.state import Address, FamilyState, Strand, decode_strand, encode_strand, encode_watched
from schemas.events import Forwarded, Joined, Moved, Placed
from schemas.identifiers import FamilyId, IdentifierId


class Departure(Struct, frozen=True, gc=False):
    """A strand has left, or was never here: the story without it, and what is to be sent on.

    ``emptied_to`` names the family that the last child of this one went to.
    """

    state: FamilyState
    forwards: tuple[Forwarded, ...] = ()
    emptied_to: FamilyId | None = None


def gone_to(state: FamilyState, identifier: IdentifierId, links: int) -> Address | None:
    """Where a record for this identifier is to be sent on, None if it belongs here.

    ``links`` is what the sender knew: who knows of more link statements than the address is right.
    """
    address = state.addresses.get(identifier)
    is_elsewhere = address is not None and address.family != state.family
    return address if is_elsewhere and address is not None and address.links > links else None


def settle_in(state: FamilyState, placed: Placed, links: int) -> FamilyState:
    """The story with a strand for this identifier, under the child that the newest link statement says."""
    strand = state.strands.get(placed.identifier)
    address = state.addresses.get(placed.identifier)
    if strand is None and address is not None and address.links > links:
        strand = Strand(address.child, address.links)  # it was named anew before it came
    elif strand is None:
        strand = Strand(placed.child, links)
    elif links > strand.links:
        strand = replace(strand, child=placed.child, links=links)
    elif address is None:
        return state
    addresses = state.addresses
    if address is not None:
        addresses = {identifier: at for identifier, at in addresses.items() if identifier != placed.identifier}
    return replace(state, strands={**state.strands, placed.identifier: strand}, addresses=addresses)


def depart(state: FamilyState, moved: Moved) -> Departure:
    """What a family does when a link takes some of its strands elsewhere, or names their child anew: all at once."""
    left, went = state, []
    for placed in moved.going:
        left, strand = _let_go(left, moved, placed)
        if strand is not None:
            went.append((placed, encode_strand(strand)))
    is_move = moved.family != state.family
    is_emptied = is_move and not left.strands and not moved.is_home and bool(went or left.watched)
    if not went and not is_emptied and (not is_move or moved.sources == 1):
        return Departure(left)
    (first, story), *others = went or [(moved.placed, b"")]
    joined = Joined(
        at=moved.at,
        links=moved.links,
        placed=first,
        story=story,
        watched=tuple(encode_watched(reason) for reason in left.watched) if is_emptied else (),
        others=tuple(others),
        sources=moved.sources,
    )
    forwards = (Forwarded(moved.family, joined),)
    return Departure(replace(left, watched=()), forwards, moved.family) if is_emptied else Departure(left, forwards)


def named_anew(state: FamilyState, moved: Moved) -> FamilyState:
    """The story with its children under the names that the link gives them, before any leaves."""
    for placed in moved.going:
        if placed.identifier in state.strands:
            state = settle_in(state, placed, moved.links)
    return state


def _let_go(state: FamilyState, moved: Moved, placed: Placed) -> tuple[FamilyState, Strand | None]:
    """The story without this strand, and the strand; none if it stays, is not here or was never here."""
    identifier = placed.identifier
    address = state.addresses.get(identifier)
    strand = state.strands.get(identifier)
    if address is not None and address.links >= moved.links:
        return state, None
    if moved.family == state.family and strand is not None:
        return settle_in(state, placed, moved.links), None
    if strand is not None and strand.links >= moved.links:
        return state, None  # it has been here again since: who placed it knew of more links
    strands = {held: story for held, story in state.strands.items() if held != identifier}
    gone = Address(moved.family, moved.links, moved.at, placed.child)
    return replace(state, strands=strands, addresses={**state.addresses, identifier: gone}), strand


def arrive(state: FamilyState, joined: Joined) -> FamilyState:
    """The story with the strands that came from another family joined to what was already told here."""
    for placed, story in joined.came:
        settled = settle_in(state, placed, joined.links)
        came = replace(decode_strand(story), child=placed.child, links=joined.links)
        known = join(settled.strands[placed.identifier], came)
        state = replace(settled, strands={**settled.strands, placed.identifier: known})
    return share_bounds(state)


def count_in(state: FamilyState, joined: Joined) -> FamilyState:
    """The story that knows how many families have sent what this link takes here, until all have."""
    come = state.arriving.get(joined.links, 0) + 1
    arriving = {links: count for links, count in state.arriving.items() if links != joined.links}
    if come < joined.sources:
        arriving[joined.links] = come
    return state if arriving == state.arriving else replace(state, arriving=arriving)


def part_arrivals(state: FamilyState, joined: Joined) -> tuple[Joined | None, tuple[Forwarded, ...]]:
    """What of an arrival belongs here, and what is sent on, as somebody would tell it who knew where it has gone.

    The raised reasons stay with what belongs here; if nothing does, they go with what is sent on first. So do the rows,
    which describe nobody any more if the story is parted.
    """
    here: list[tuple[Placed, bytes]] = []
    gone: dict[tuple[FamilyId, int], list[tuple[Placed, bytes]]] = {}
    for placed, story in joined.came:
        address = gone_to(state, placed.identifier, joined.links)
        if address is None:
            here.append((placed, story))
        else:
            at_home = replace(placed, child=address.child)
            gone.setdefault((address.family, address.links), []).append((at_home, story))
    if not gone:
        return joined, ()
    rows = joined.rows if not here and len(gone) == 1 else void_all(joined.rows)
    along = iter([(joined.watched, rows)])
    stays = _with(joined, here, joined.links, *next(along)) if here else None
    forwards = tuple(
        Forwarded(family, replace(_with(joined, came, links, *next(along, ((), ()))), sources=1))
        for (family, links), came in sorted(gone.items(), key=lambda entry: entry[0])
    )
    return stays, forwards


def _with(
    joined: Joined,
    came: list[tuple[Placed, bytes]],
    links: int,
    watched: tuple[bytes, ...],
    rows: tuple[bytes, ...],
) -> Joined:
    (first, story), *others = came
    return replace(joined, placed=first, story=story, others=tuple(others), links=links, watched=watched, rows=rows)


def share_bounds(state: FamilyState) -> FamilyState:
    """Each strand of a child keeps the child's bounds, so that each part has them if the child is parted again."""
    strands = dict(state.strands)
    for identifier, strand in state.strands.items():
        bounds = dict(strand.bounds)
        for other in state.strands.values():
            if other.child == strand.child:
                for rule, moment in other.bounds.items():
                    bounds[rule] = max(moment, bounds.get(rule, moment))
        if bounds != strand.bounds:
            strands[identifier] = replace(strand, bounds=bounds)
    return replace(state, strands=strands)
