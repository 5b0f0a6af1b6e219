"""The state of a session as the query of a link, and back."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from explorer.page.tab import listed, paired, spelt
from explorer.page.tabs import SLOTS, TABS
from explorer.pictures.picture import PHOTO
from explorer.session.state import Session, Unavailable
from explorer.verbs.common.labels import further_classes, label_choices
from explorer.words import say
from training.errors import choose, quoted

DIGITS = 8  # of the SHA-256 of weights, in a link


def query(session: Session, controls: Mapping[str, object]) -> str:
    """`controls` are the tabs' settings; pictures without a reference, as uploads, stay out, but it
    is said where uploads lie: a saved picture has no more than their codes."""
    fields = {"tab": session.tab, "set": session.model_set}
    fields["models"] = ",".join(map(spelt, session.names))
    fields["weights"] = ",".join(model.weights[:DIGITS] for model in session.models)
    fields["faithful"] = "1" if session.faithful else ""
    fields["labels"] = ",".join(f"{spelt(name)}:{on:d}" for name, on in session.switches.items())
    switches = {name: "1" if on else "" for name, on in controls.items() if isinstance(on, bool)}
    fields |= {**controls, **switches}
    fields |= {slot: session.reference(picture) for slot, picture in session.slots.items()}
    fields["uploads"] = ",".join(
        slot
        for slot, picture in session.slots.items()
        if picture.origin == PHOTO and not session.reference(picture)
    )
    for tab in TABS:
        fields |= tab.pack(session)
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return urlencode(given, safe="/,:")


def left_out(session: Session) -> list[str]:
    """What a link cannot carry, in words: pictures in slots, the shelf, and what tabs hold."""
    slots = [quoted(each.label) for each in session.slots.values() if not session.reference(each)]
    shelf = [say("the shelf")] if session.shelf else []
    return [*dict.fromkeys(slots), *shelf, *(each for tab in TABS for each in tab.unkept(session))]


def restore(session: Session, fields: Mapping[str, str]) -> list[str]:
    """Models, pictures and the tabs' own state from a link, as far as they exist here; gives what
    does not.

    Raises UserError, and changes nothing, where none of its models does.
    """
    sets, wanted = session.catalogue.sets, listed(fields, "models")
    first = fields.get("set") or session.model_set
    holds = {name: len({*wanted} & {*names}) for name, names in sets.items()}
    most = max(holds, key=holds.__getitem__, default=first)
    other = most if holds.get(most) and not holds.get(first) else first
    model_set = choose(say("model set"), other, sets)
    names = [name for name in sets[model_set] if name in wanted]
    if wanted and not names:
        named = quoted(", ".join(wanted))
        raise Unavailable(say("None of the link's models is here: {models}.", models=named))
    session.choose_set(model_set)
    session.names = names or session.names
    session.faithful = fields.get("faithful") == "1"
    session.tab = opened(fields) or session.tab
    lacks = [quoted(name) for name in wanted if name not in names]
    lacks += _others(session, wanted, fields.get("weights", "").split(","))
    for slot in SLOTS:
        if slot.name in fields:
            try:
                session.put(slot.name, session.refer(fields[slot.name]))
            except Unavailable:
                lacks.append(say("the picture {name}", name=quoted(fields[slot.name])))
    asked = {name: on == "1" for name, on in paired(fields, "labels").items()}
    choices, further = label_choices(session.models), further_classes(session.models, asked)
    here = [name for name in asked if name in choices and name not in further]
    session.labels = {name: asked[name] for name in here}
    lacks += [say("the label {name}", name=quoted(name)) for name in asked if name not in here]
    for tab in TABS:
        lacks += tab.unpack(session, fields) or []
    return lacks


def _others(session: Session, wanted: Sequence[str], weights: Sequence[str]) -> list[str]:
    """The models that a link names, but of which the weights are not those of the link."""
    given, here = dict(zip(wanted, weights, strict=False)), {m.name: m for m in session.models}
    other = [
        name
        for name, digits in given.items()
        if name in here and digits and not here[name].weights.startswith(digits)
    ]
    return [say("the same weights of {model}", model=quoted(name)) for name in other]


def opened(fields: Mapping[str, str]) -> str | None:
    """The tab that a link opens; None where it names none."""
    return next((tab.name for tab in TABS if tab.name == fields.get("tab")), None)
