"""What the terminals of a network cannot tell apart: a network that is its own mirror image but for the names.

Turn a network around in depth, rename its rails, exchange source and sink (Kirchhoff's laws ask for neither order nor
polarity): where circuits of the same form come to lie upon one another, the impedance is the same with their
parameters exchanged, and no spectrum says which set belongs where. All such turns are tried. Forms are compared as they
are written: ``R | C`` is not taken for ``C | R``, so what is found is certain and need not be all.
"""

from itertools import permutations

from sslib.impedance.circuit import Circuit, Exchange, Series

# More rails than these have more orders than are worth trying at each fit.
MOST_RAILS = 6


def exchanges_of(network):
    """Sets of parameters of a `Network` that can change places, as a tuple of `Exchange`."""
    inner, contacts, circuits = _without_series(network)
    found = [x for x in Series(*circuits).exchanges if x.first != x.second] if len(circuits) > 1 else []
    places = _places(network, inner, contacts)
    # What stands in series stays: a name of it that stands inside as well cannot move.
    outer = [region for k, region in enumerate(network.regions) if k not in inner]
    places["in series",] = (), tuple(slot.name for part in (*circuits, *outer) for slot in part.slots)
    rails = sorted({rail for region in network.regions for rail in region.rails})
    slots = [slot.name for slot in network.slots]
    known = set()
    for order in permutations(rails) if len(rails) <= MOST_RAILS else ():
        renamed = dict(zip(rails, order, strict=True))
        for turned in (False, True):
            for crossed in (False, True):
                partner = _partners(places, renamed, inner if turned else None, crossed)
                pairs = _pairs(partner, slots)
                if pairs and pairs not in known:
                    known.add(pairs)
                    found.append(_exchange(pairs, places, slots))
    return tuple(found)


def _without_series(network):
    """What is left without the parts that all current flows through: they add to the rest, wherever they stand.

    These are the circuit at a terminal's only contact, and a separator: a layer of one rail that begins there.

    Returns
    -------
    range
        Places of the regions that are left.
    dict
        By side their contacts.
    list of Circuit
        The circuits that were taken away.
    """
    contacts = {side: network.contacts(side) for side in ("source", "sink")}
    # What leads from terminal to terminal passes by all of it.
    linked = {end for pair in network.links if set(pair) != {"source", "sink"} for end in pair}
    first, last, circuits = 0, len(network.regions), []
    for side, other in (("source", "sink"), ("sink", "source")):
        if len(contacts[side]) > 1 or side in linked:
            continue
        [((rail, face), circuit)] = contacts[side].items()
        circuits += [] if circuit is None else [circuit]
        while last - first > 1 and (rail, face) not in linked and (rail, face) not in contacts[other]:
            if face == first and network.regions[first].rails == (rail,):
                first = face = face + 1
            elif face == last and network.regions[last - 1].rails == (rail,):
                last = face = face - 1
            else:
                break
        contacts[side] = {(rail, face): None}
    return range(first, last), contacts, circuits


def _places(network, inner, contacts):
    """Every place of a network where something stands: its form without names, and the names of its parameters."""
    places = {}

    def put(place, form, names):
        own_form, own_names = places.get(place, ((), ()))
        places[place] = (*own_form, form), (*own_names, *names)

    for k in inner:
        region = network.regions[k]
        for key, conductor in region.conductors.items():
            if isinstance(key, str):
                put(("rail", k, key), *_form(conductor))
            elif isinstance(conductor, Circuit):
                # A salt: which of its rails is the cation's counts.
                put(("coupled", k, tuple(key)), *_form(conductor))
            else:
                for slot, (i, j) in zip(conductor.slots, conductor.elements, strict=True):
                    put(("coupled", k, (key[i], key[j])), "conductance", (slot.name,))
        for pair, circuit in region.shunts.items():
            put(("shunt", k, frozenset(pair)), *_form(circuit))
        named = isinstance(region.thickness, str)
        put(("thickness", k), "named" if named else region.thickness, (region.thickness,) if named else ())
    for side, own in contacts.items():
        for place, circuit in own.items():
            put(("contact", side, place), *_form(circuit))
    for pair, circuit in network.links.items():
        put(("link", frozenset(pair)), *_form(circuit))
    return places


def _form(circuit):
    """How a circuit is written, without the names of its parameters; and these, in their order."""
    names = () if circuit is None else tuple(slot.name for slot in circuit.slots)
    text = repr(circuit)
    for name in names:
        text = text.replace(repr(name), "''")
    return text, names


def _partners(places, renamed, around, crossed):
    """By name the parameter in whose place it comes to lie when the network is turned; None if it does not fit.

    ``around`` are the regions that are turned in depth, None where they stay.
    """

    def moved_end(end):
        # Source and sink themselves may be named in links.
        if isinstance(end, str):
            return {"source": "sink", "sink": "source"}[end] if crossed else end
        rail, face = end
        return renamed[rail], face if around is None else around.start + around.stop - face

    def moved(place):
        kind, *rest = place
        if kind == "in series":
            return place
        if kind == "contact":
            side, end = rest
            return kind, moved_end(side), moved_end(end)
        if kind == "link":
            return kind, frozenset(map(moved_end, rest[0]))
        k = rest[0] if around is None else around.start + around.stop - 1 - rest[0]
        if kind == "rail":
            return kind, k, renamed[rest[1]]
        if kind == "thickness":
            return kind, k
        return kind, k, type(rest[1])(renamed[rail] for rail in rest[1])

    partner, source = {}, {}
    for place, (form, names) in places.items():
        other_form, others = places.get(moved(place), (None, ()))
        if form != other_form:
            return None
        for name, other in zip(names, others, strict=True):
            if partner.setdefault(name, other) != other or source.setdefault(other, name) != name:
                return None
    return partner


def _pairs(partner, slots):
    """The pairs that change places, in the order of the circuit; None where that takes more than one turn."""
    if partner is None or any(partner[other] != name for name, other in partner.items()):
        return None
    order = list(dict.fromkeys(slots))
    moved = [(name, partner.get(name, name)) for name in order]
    return tuple(pair for pair in moved if order.index(pair[0]) < order.index(pair[1]))


def _exchange(pairs, places, slots):
    """The set that is named first takes the larger value: of the resistance of a rail, where that is among them."""
    resistances = {names for place, (_, names) in places.items() if place[0] == "rail" and len(names) == 1}
    of_rails = [pair for pair in pairs if (pair[0],) in resistances and (pair[1],) in resistances]
    first, second = zip(*sorted(pairs, key=lambda pair: pair not in of_rails), strict=True)
    return Exchange(
        kind="rails exchangeable" if of_rails else "parts exchangeable",
        first=first,
        second=second,
        rank=_leading,
        text=f"{', '.join(first)} and {', '.join(second)} can change places without a change of this spectrum: that "
        f"{first[0]} is the larger is an assumption, not a result.",
        places={name: slots.count(name) for name in (*first, *second)},
    )


def _leading(values):
    return values[..., 0]
