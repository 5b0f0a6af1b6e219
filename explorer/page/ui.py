"""The page: header, tabs and shelf, and what connects them. Assembly only."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import gradio as gr

from explorer import api
from explorer.engine import ROOT
from explorer.page import header, link
from explorer.page.components import (
    QUIET,
    READING,
    inform,
    notice_view,
    reopen,
    shelf_value,
    shelf_view,
    slot_value,
    warn,
)
from explorer.page.current import Current
from explorer.page.guard.calls import Guarded
from explorer.page.guard.events import Picked
from explorer.page.navigation import BY_NAME, Navigation, go
from explorer.page.tab import Tab, number
from explorer.page.tabs import SLOTS, TABS, attributes
from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.words import say
from training.errors import UserError
from training.errors import choose as one_of

TRAIN = "python -m training fit faae --preset small --data FOLDER --out {root}/mine/faae"
NOTHING = "There is no usable checkpoint under {root}. Start this app again after training one:"
SHELF_EMPTY = say("Uploads appear here, and what you keep: drop a picture, or choose “To shelf”.")
RECEIVERS = {tab.name: tab for tab in TABS if tab.slots}
FALLBACK = attributes.TAB  # takes what is used while a tab without slots is open
UNKEPT = "It leaves out uploads, morph tiles, and pictures that were edited before."
OF_BROWSER = ("__theme", "lang")  # in a link, but no part of the state


class Filled(set):
    """The names of the tabs whose slots have had their examples."""


@dataclass
class Came:
    """The link by which the visitor came."""

    by: dict[str, str] = field(default_factory=dict)


def build(root: str = ROOT) -> gr.Blocks:
    """The page for the checkpoints under `root`."""
    first = Session(root)
    with Guarded(title=header.NAME, fill_width=True, delete_cache=(3600, 86400)) as demo:
        session, problems = gr.State(first), first.catalogue.problems
        if not first.names:
            notice_view(NOTHING.format(root=root), problems, TRAIN.format(root=root))
            return demo
        api.build(root, first.names)  # first, so that they get their names
        top, copy = header.build(first)
        if problems:
            notice_view("Left out, because they cannot be used:", problems)
        with gr.Row(elem_id="body"):
            with gr.Column(scale=6, min_width=320):
                navigation = Navigation(session)
            with gr.Column(scale=1, min_width=230, elem_id="at-hand"):
                shelf = shelf_view(say("Shelf"), SHELF_EMPTY, removable=True)
                bundled = shelf_view(say("Examples"), "")
        parts, bars = navigation.parts, navigation.bars.values()
        slots = [slot for each in parts.values() for slot in each.slots]
        controls = {name: c for each in parts.values() for name, c in each.controls.items()}
        current = Current(parts, session)
        for item, tab, bar in navigation.items:
            current.follows(item.select, partial(opened, tab, bar), slots)
        exchange(current, session, navigation, shelf, bundled, slots)
        choose(current, session, top, bundled)
        copy_link(session, copy, controls)
        shown = [*top, *bars, shelf, bundled, *slots, *controls.values()]
        key = gr.Textbox(visible=False)  # of the page before a reload
        stored = {"js": "(session) => [session, sessionStorage.getItem('latent-key')]"}
        loaded = demo.load(loader(navigation, controls), [session, key], shown, **stored, **QUIET)
        current.follows(loaded.then, lambda *_: [], [])
    return demo


def exchange(current: Current, session, navigation: Navigation, shelf, bundled, slots) -> None:
    """Pictures that go from one part of the page to another."""
    everywhere = [*navigation.bars.values(), shelf, *slots]
    for slot in slots:
        current.follows(slot.pick, pick, [slot, shelf], **READING)
    senders = [sender.send for each in current.parts.values() for sender in each.senders]
    for sent in (*senders, shelf.use, bundled.use, shelf.keep):
        current.follows(sent, partial(send, navigation), everywhere, **READING)
    shelf.remove(remove, session, shelf, **QUIET)
    for event in [each.edited for each in current.parts.values() if each.edited]:
        event.then(lambda session: shelf_value(session.shelf), session, shelf, **QUIET)


def choose(current: Current, session, top, bundled) -> None:
    """Another choice of models, which concerns the open tab and the examples."""
    model_set, refined, models = top
    busy = {"js": "(...values) => { Latent.busy(); return values; }"}
    chosen = [*top, bundled]
    current.follows(model_set.input, choose_set, chosen, [model_set], **busy)
    current.follows(refined.input, header.choose_faithful, top, [refined], **busy)
    current.follows(models.input, header.choose_models, top)


def choose_set(session: Session, model_set: str) -> list:
    return [*header.choose_set(session, model_set), shelf_value(session.examples())]


def copy_link(session, button, controls: dict) -> None:
    """The state as a link on the clipboard."""

    def query(session: Session, *values) -> str:
        if link.left_out(session):
            inform(UNKEPT)
        return link.query(session, dict(zip(controls, values, strict=True)))

    address = gr.Textbox(visible=False)
    copied = button.click(query, [session, *controls.values()], address, **QUIET)
    copied.then(None, address, js="(query) => Latent.share(query)", **QUIET)


def opened(tab: Tab, bar: bool, session: Session, _event: gr.EventData) -> list:
    return fill(go(session, tab, last=bar), session)


def fill(tab: Tab, session: Session) -> list:
    """Examples for the slots of a tab that are empty when it first opens: values for all slots."""
    filled = session.of(Filled)
    slots = () if tab.name in filled else tab.slots
    filled.add(tab.name)
    empty = [slot for slot in slots if slot.name not in session.slots]
    for slot in empty:
        session.put(slot.name, session.examples()[slot.example])
    return [slot_value(session.slots[s.name]) if s in empty else gr.skip() for s in SLOTS]


def pick(session: Session, event: Picked) -> tuple:
    """Something was dropped on a slot or chosen for it: the slot's and the shelf's new values."""
    data = event._data
    slot = one_of("slot", data.get("slot"), [known.name for known in SLOTS])
    try:
        picture = None if data.get("clear") else resolve(session, data)
    except UserError as error:
        return slot_value(session.slots.get(slot), problem=str(error)), gr.skip()
    session.put(slot, picture)
    return slot_value(picture), shelf_value(session.shelf)


def resolve(session: Session, data: dict) -> Picture:
    """The picture that an event speaks of: an upload, a tile, one at hand, or a random one."""
    if "path" in data:
        return session.photo(api.uploaded(data["path"]), data.get("name") or "upload")
    if "grid" in data:
        return session.tile(str(data["grid"]), int(data.get("index", -1)))
    if data.get("random"):
        return session.draw(random.randrange(10**6))
    return session.find(str(data.get("id")))


def send(navigation: Navigation, session: Session, event: Picked) -> list:
    """Sends a picture to the shelf or a tab, by default the open one: bars, shelf, all slots."""
    data, bars = event._data, navigation.at(None)
    still = [*bars, gr.skip(), *[gr.skip()] * len(SLOTS)]
    try:
        picture = resolve(session, data)
    except UserError as error:
        warn(str(error))
        return still
    if data.get("to") == "shelf":
        session.keep(picture)
        inform(f"{picture.label} is on the shelf.", duration=2)
        return [*bars, shelf_value(session.shelf), *[gr.skip()] * len(SLOTS)]
    tab = RECEIVERS.get(data.get("to", session.tab), FALLBACK)
    name = tab.free_slot(session)
    session.put(name, picture)
    go(session, tab)
    slots = [slot_value(picture) if slot.name == name else gr.skip() for slot in SLOTS]
    return [*navigation.at(tab.name), shelf_value(session.shelf), *slots]


def remove(session: Session, event: Picked) -> list[dict]:
    """One picture off the shelf, or all."""
    gone = event._data.get("id")
    session.shelf = [p for p in session.shelf if gone is not None and p.id != gone]
    return shelf_value(session.shelf)


def loader(navigation: Navigation, controls: Mapping[str, gr.components.Component]) -> Callable:
    """A handler that sets up header, tabs, examples, slots and controls, by a link if there is."""

    def load(session: Session, key: str | None, request: gr.Request) -> list:
        fields = {
            name: text for name, text in request.query_params.items() if name not in OF_BROWSER
        }
        again = reopen(session, key)
        came = session.of(Came)
        try:
            if not again or came.by != fields:  # what was done since then is not undone
                came.by = fields
                link.restore(session, fields)
        except UserError as error:  # and nothing else stands in the place of what it names
            session.of(Filled).update(tab.name for tab in TABS)
            warn(f"The link shows what is not here. {error}", duration=None)
        fill(TABS[0], session)
        # A tab that the visitor has opened meanwhile stays, unless a link names one: by session.tab
        # that would be the page's first, if its own select came while the pictures were drawn.
        asked = session.tab if again else link.opened(fields)
        if asked:
            go(session, BY_NAME[asked])
        shown = [*header.parts(session), *navigation.at(asked)]
        shown += [shelf_value(session.shelf), shelf_value(session.examples())]
        held = [session.slots.get(slot.name) for slot in SLOTS]
        shown += [slot_value(picture) if picture else gr.skip() for picture in held]
        return shown + [_restored(fields.get(name), each) for name, each in controls.items()]

    return load


def _restored(text: str | None, control):
    """A control's value from a link; it stays as it is where that is none of its values."""
    if isinstance(control, (gr.Dropdown, gr.Radio)):
        return text if text in [value for _, value in control.choices] else gr.skip()
    most = getattr(control, "maximum", None) or 10**9
    value = number(text, getattr(control, "minimum", 0), most)
    return gr.skip() if value is None else value
