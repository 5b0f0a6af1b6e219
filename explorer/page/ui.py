"""The page: header, tabs and shelf, and what connects them. Assembly only."""

import random
from collections.abc import Callable, Iterator
from inspect import isgeneratorfunction

import gradio as gr

from explorer import api as endpoints
from explorer.engine import ROOT
from explorer.page import header, link
from explorer.page.components import QUIET, shelf_value, shelf_view, slot_value, uploaded
from explorer.page.tab import Tab
from explorer.page.tabs import attributes, latent_map, morph, reconstruct, sample
from explorer.pictures.files import PictureError
from explorer.pictures.picture import Picture
from explorer.session.state import SLOTS, Session, Unavailable

TRAIN = "python -m training fit faae --preset small --data FOLDER --out {root}/mine/faae"
SHELF_EMPTY = "Uploads, samples and tiles that you keep appear here. Drop one to keep it."
UNKEPT = "Uploads, morph tiles and edits stay on this computer: the link leaves them out."


def build(root: str = ROOT) -> gr.Blocks:
    """The page for the checkpoints under `root`."""
    first = Session(root)
    with gr.Blocks(title=header.NAME, fill_width=True, delete_cache=(3600, 86400)) as demo:
        session = gr.State(first)
        if not first.names:
            gr.Markdown(nothing(root, first.catalogue.problems), elem_classes="notice")
            return demo
        endpoints.build(root, first.names)  # first, so that they get their names
        top = header.build(first)
        if first.catalogue.problems:
            gr.Markdown(unusable(first.catalogue.problems), elem_classes="notice")
        with gr.Row(elem_id="body"):
            with gr.Column(scale=6, min_width=320), gr.Tabs(elem_id="tabs") as tabs:
                modules = (reconstruct, morph, sample, attributes, latent_map)
                built = [module.build(session) for module in modules]
            with gr.Column(scale=1, min_width=230, elem_id="at-hand"):
                shelf = shelf_view("Pictures at hand", SHELF_EMPTY, removable=True)
                shown = shelf_value(first.examples())
                bundled = shelf_view("Examples", "", value=shown)
        connect(session, top, tabs, built, shelf, bundled)
        restore = loader(built)
        controls = [control for tab in built for control in tab.controls.values()]
        slots = list(slots_of(built).values())
        demo.load(restore, session, [*top.parts, tabs, bundled, *slots, *controls], **QUIET)
    return demo


def slots_of(built: list[Tab]) -> dict:
    """All slots of the page in the order of `SLOTS`."""
    found = {name: slot for tab in built for name, slot in tab.slots.items()}
    return {name: found[name] for name in SLOTS}


def connect(session, top, tabs, built, shelf, bundled) -> None:
    """Events that concern more than one part of the page."""
    slots = slots_of(built)
    everywhere = [tabs, shelf, *slots.values()]
    for slot in slots.values():
        slot.pick(pick, session, [slot, shelf], **QUIET)
    for sender in [sender for tab in built for sender in tab.senders]:
        sender.send(send, session, everywhere, **QUIET)
    for source in (shelf, bundled):
        source.use(send, session, everywhere, **QUIET)
    shelf.keep(send, session, everywhere, **QUIET)
    shelf.remove(remove, session, shelf, **QUIET)
    for event in [tab.edited for tab in built if tab.edited]:
        event.then(lambda session: shelf_value(session.shelf), session, shelf, **QUIET)
    for tab in built:
        bring_up_to_date(tab.tab.select, tab, session, opens=True)
    chosen = [
        top.model_set.input(header.choose_set, [session, top.model_set], top.parts, **QUIET),
        top.models.input(header.choose_models, session, top.parts, **QUIET),
        top.faithful.input(header.choose_faithful, [session, top.faithful], None, **QUIET),
    ]
    for event in chosen:
        for tab in built:
            bring_up_to_date(event.then, tab, session)
    chosen[0].then(lambda session: shelf_value(session.examples()), session, bundled, **QUIET)
    names = [name for tab in built for name in tab.controls]
    controls = [control for tab in built for control in tab.controls.values()]
    address = gr.Textbox(visible=False)
    top.link.click(copier(names), [session, *controls], address, **QUIET).then(
        None, address, js="(query) => Latent.share(query)", **QUIET
    )


def bring_up_to_date(event: Callable, tab: Tab, session: gr.State, opens: bool = False) -> None:
    """Shows a tab's state after an event: one that opens the tab, or one that concerns whichever
    is open."""

    def show(session: Session, *inputs):
        session.tab = tab.name if opens else session.tab
        return tab.show(session, *inputs) if session.tab == tab.name else gr.skip()

    shown = event(show, [session, *tab.inputs], tab.outputs, **QUIET)
    if tab.after is None:
        return
    go_on, inputs, output = tab.after

    def after(session: Session, *inputs):
        return go_on(session, *inputs) if session.tab == tab.name else gr.skip()

    def stream(session: Session, *inputs) -> Iterator:
        if session.tab == tab.name:
            yield from go_on(session, *inputs)
        else:
            yield gr.skip()  # for nothing, gradio would clear the outputs

    shown.then(
        stream if isgeneratorfunction(go_on) else after,
        [session, *inputs],
        output,
        concurrency_limit=None,
        **QUIET,
    )


def pick(session: Session, event: gr.EventData) -> tuple:
    """Something was dropped on a slot or chosen for it: the slot's and the shelf's new values."""
    data = event._data
    slot = data["slot"]
    if slot not in SLOTS:
        raise gr.Error(f"There is no slot '{slot}'.", print_exception=False)
    try:
        picture = None if data.get("clear") else resolve(session, data)
    except (PictureError, Unavailable) as error:
        return slot_value(session.slots.get(slot), problem=str(error)), gr.skip()
    session.put(slot, picture)
    return slot_value(picture), shelf_value(session.shelf)


def resolve(session: Session, data: dict) -> Picture:
    """The picture that an event speaks of: an upload, a tile, one at hand, or a random one."""
    if "path" in data:
        return session.photo(uploaded(data["path"]), str(data.get("name", "upload")))
    if "grid" in data:
        return session.tile(str(data["grid"]), int(data["index"]))
    if data.get("random"):
        return session.draw(random.randrange(10**6))
    return session.find(str(data.get("id")))


def send(session: Session, event: gr.EventData) -> list:
    """A picture goes to the shelf or into a tab, by default the open one: values for tabs, shelf
    and all slots."""
    data = event._data
    still = [gr.skip()] * (2 + len(SLOTS))
    try:
        picture = resolve(session, data)
    except Unavailable as error:
        gr.Warning(str(error))
        return still
    if data.get("to") == "shelf":
        session.keep(picture)
        gr.Info(f"{picture.label} is on the shelf.", duration=2)
        return [gr.skip(), shelf_value(session.shelf), *still[2:]]
    to = data.get("to", session.tab)
    to = to if to in (reconstruct.NAME, morph.NAME) else attributes.NAME
    slot = session.free_corner() if to == morph.NAME else to
    session.put(slot, picture)
    session.tab = to
    slots = [slot_value(picture) if name == slot else gr.skip() for name in SLOTS]
    return [gr.update(selected=to), gr.skip(), *slots]


def remove(session: Session, event: gr.EventData) -> list[dict]:
    """One picture off the shelf, or all."""
    gone = event._data.get("id")
    session.shelf = [p for p in session.shelf if gone is not None and p.id != gone]
    return shelf_value(session.shelf)


def copier(names: list[str]):
    """A handler that gives the state as a link's query; `names` are those of the controls."""

    def copy(session: Session, *values) -> str:
        query = link.query(session, dict(zip(names, values, strict=True)))
        gr.Info("The link is copied." + (f" {UNKEPT}" if link.left_out(session) else ""))
        return query

    return copy


def loader(built: list[Tab]):
    """A handler that sets the page up: as a link says, or with a first example."""

    def load(session: Session, request: gr.Request) -> list:
        fields = dict(request.query_params)
        link.restore(session, fields)
        if reconstruct.NAME not in session.slots:
            session.put(reconstruct.NAME, session.examples()[0])
        # A tab that the visitor has opened meanwhile stays, unless a link names one: by session.tab
        # that would be the page's first, if its own select came while the pictures were drawn.
        asked = link.tab(fields)
        opened = gr.update(selected=asked) if asked else gr.skip()
        shown = [*header.parts(session), opened]
        shown.append(shelf_value(session.examples()))
        shown += [slot_value(session.slots[s]) if s in session.slots else gr.skip() for s in SLOTS]
        for tab in built:
            shown += [_restored(fields, *control) for control in tab.controls.items()]
        return shown

    return load


def _restored(fields: dict, name: str, control):
    if isinstance(control, (gr.Dropdown, gr.Radio)):
        known = [value for _, value in control.choices]
        return fields[name] if fields.get(name) in known else gr.skip()
    least, most = getattr(control, "minimum", 0), getattr(control, "maximum", None) or 10**9
    value = link.number(fields, name, least, most)
    return gr.skip() if value is None else value


def nothing(root: str, problems: list[str]) -> str:
    """The whole page where there is no usable checkpoint."""
    said = f"# {header.NAME}\n\nThere is no usable checkpoint under `{root}`. "
    said += f"Train one with\n\n```\n{TRAIN.format(root=root)}\n```\n\nthen start this app again."
    return said + ("\n\n" + unusable(problems) if problems else "")


def unusable(problems: list[str]) -> str:
    listed = "\n".join(f"- {problem}" for problem in problems)
    return f"**Left out, because they cannot be used:**\n\n{listed}"
