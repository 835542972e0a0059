"""Children move between families; nothing that was said of them is lost or held twice on the way.

Who decides where a child belongs are the link statements, counted in one total order: of two contradicting placements
the one with more link statements behind it is the truth. A family that a strand has left keeps a forwarding address,
so whatever still arrives for it is sent on; a strand that comes back takes the address away. A story is a set of facts,
so joining is a union and the order in which moves and events arrive does not matter.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from models.family.remembering import join
from models.family.state import Address, FamilyState, Strand, decode_strand, encode_strand, encode_watched
from schemas.events import Forwarded, Joined, Moved, Placed
from schemas.identifiers import FamilyId, IdentifierId


class Departure(Struct, frozen=True):
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
    """What a family does when a link takes one of its strands elsewhere, or names its child anew."""
    identifier = moved.placed.identifier
    address = state.addresses.get(identifier)
    strand = state.strands.get(identifier)
    if address is not None and address.links >= moved.links:
        return Departure(state)
    if moved.family == state.family and strand is None:
        named = Address(moved.family, moved.links, moved.at, moved.placed.child)
        return Departure(replace(state, addresses={**state.addresses, identifier: named}))
    if moved.family == state.family:
        return Departure(settle_in(state, moved.placed, moved.links))
    if strand is not None and strand.links >= moved.links:
        return Departure(state)  # it has been here again since: who placed it knew of more links
    strands = {held: story for held, story in state.strands.items() if held != identifier}
    left = replace(
        state,
        strands=strands,
        addresses={**state.addresses, identifier: Address(moved.family, moved.links, moved.at, moved.placed.child)},
    )
    if strand is None:
        return Departure(left)
    emptied_to = None if strands else moved.family
    joined = Joined(
        at=moved.at,
        links=moved.links,
        placed=moved.placed,
        story=encode_strand(strand),
        watched=() if strands else tuple(encode_watched(reason) for reason in state.watched),
    )
    if emptied_to is not None:
        left = replace(left, watched=())
    return Departure(left, (Forwarded(moved.family, joined),), emptied_to)


def arrive(state: FamilyState, joined: Joined) -> FamilyState:
    """The story with a strand that came from another family joined to what was already told here."""
    settled = settle_in(state, joined.placed, joined.links)
    identifier = joined.placed.identifier
    came = replace(decode_strand(joined.story), child=joined.placed.child, links=joined.links)
    strands = {**settled.strands, identifier: join(settled.strands[identifier], came)}
    return share_bounds(replace(settled, strands=strands))


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
