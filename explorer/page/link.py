"""The state of a session as the query of a link, and back. No gradio."""

from collections.abc import Mapping
from urllib.parse import urlencode

from explorer.session.state import SLOTS, Session, Unavailable
from explorer.verbs.labels import label_choices

EVERY = "every"
TABS = ("reconstruct", "morph", "sample", "attributes", "map")


def query(session: Session, controls: Mapping[str, object]) -> str:
    """`controls` are the page's own settings by name. Pictures go by reference: uploads, tiles
    of a morph and edits have none and stay out."""
    fields: dict[str, object] = {"tab": session.tab, "set": session.model_set}
    fields["models"] = ",".join(session.names)
    if session.faithful:
        fields["faithful"] = 1
    fields.update({name: value for name, value in controls.items() if value not in (None, "")})
    pictures = session.slots.items()
    fields.update({slot: picture.reference for slot, picture in pictures if picture.reference})
    if session.amounts:
        fields["edit"] = ",".join(f"{name}:{value:g}" for name, value in session.amounts.items())
    if session.held:
        fields["hold"] = ",".join(session.held)
    if session.labels:
        fields["labels"] = ",".join(f"{name}:{on:d}" for name, on in session.labels.items())
    if session.every_class:
        fields["classes"] = EVERY
    return urlencode(fields, safe="/,:")


def left_out(session: Session) -> int:
    """How many slots hold a picture that a link cannot carry."""
    return sum(not picture.reference for picture in session.slots.values())


def restore(session: Session, fields: Mapping[str, str]) -> None:
    """Models, pictures and edits from a link; what does not exist here is passed over."""
    sets = session.catalogue.sets
    if fields.get("set") in sets:
        session.choose_set(fields["set"])
    wanted = fields.get("models", "").split(",")
    names = [name for name in sets[session.model_set] if name in wanted]
    session.names = names or session.names
    session.faithful = fields.get("faithful") == "1"
    session.tab = tab(fields) or session.tab
    for slot in SLOTS:
        if slot in fields:
            try:
                session.put(slot, session.refer(fields[slot]))
            except Unavailable:
                continue
    known = {name for m in session.models if m.latents for name in m.latents.names}
    session.amounts = {k: v for k, v in _amounts(fields.get("edit", "")) if k in known}
    session.held = [name for name in fields.get("hold", "").split(",") if name in known]
    pairs = (part.partition(":") for part in fields.get("labels", "").split(","))
    choices = label_choices(session.models)
    session.labels = {name: on == "1" for name, _, on in pairs if name in choices}
    session.every_class = fields.get("classes") == EVERY


def tab(fields: Mapping[str, str]) -> str | None:
    """The tab that a link opens; None where it names none."""
    return fields.get("tab") if fields.get("tab") in TABS else None


def number(fields: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    """A number from a link, within its bounds; None where there is none."""
    try:
        value = float(fields[name])
    except (KeyError, ValueError):
        return None
    return min(max(value, least), most) if value == value else None


def _amounts(text: str):
    for part in text.split(","):
        name, _, value = part.partition(":")
        amount = number({"value": value}, "value", -5, 5)
        if name and amount:
            yield name, amount
