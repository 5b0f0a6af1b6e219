"""The page: header, tabs and shelf, and what connects them. Assembly only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from types import MethodType

import gradio as gr

from explorer import api
from explorer.catalogue import ROOT
from explorer.page import header, link, tour
from explorer.page.components import (
    QUIET,
    READING,
    history_view,
    inform,
    notice_view,
    reopen,
    save_view,
    shelf_value,
    shelf_view,
    slot_value,
    tour_view,
    warn,
)
from explorer.page.current import Current
from explorer.page.going import Controls, Filled, fill, follow, travel, whole
from explorer.page.guard.calls import Guarded, settling
from explorer.page.guard.events import Going, Handed, Picked
from explorer.page.navigation import BY_NAME, Item, Navigation, go
from explorer.page.picked import at_hand
from explorer.page.saving import servers, uploaded
from explorer.page.tabs import SLOTS, TABS, attributes, teach
from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.words import say
from training.errors import UserError
from training.errors import choose as one_of

TRAIN = "python -m training fit faae --preset small --data FOLDER --out {root}/mine/faae"
NOTHING = "There is no usable checkpoint under {root}. Start this app again after training one:"
SHELF_EMPTY = say("Uploads appear here, and what you keep: drop a picture, or choose “To shelf”.")
FULL = say("The shelf is full of favourites: remove one first.")
RECEIVERS = {tab.name: tab for tab in TABS if tab.slots}
FALLBACK = attributes.TAB  # takes what is used while a tab without slots is open
OF_BROWSER = ("__theme", "lang")  # in a link, but no part of the state


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
        with gr.Column(visible=False) as endpoints:  # first, so that they get their names
            api.build(root, first.names)
        save_view(servers())
        top, copy = header.build(first)
        lesson = tour_view(tour.servers())
        controls: dict[str, gr.components.Component] = {}
        history = history_view({tab.name: tab.title for tab in TABS}, controls, elem_id="history")
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
        for each in parts.values():
            controls.update(each.controls)
        current = Current(parts, session)
        items = {each.item._id: each for each in navigation.items}
        selected = on(each.item.select for each in navigation.items)
        current.follows(selected, partial(opened, items), slots, settles=True)
        exchange(current, session, navigation, shelf, bundled, slots)
        choose(current, top, shelf, bundled, slots)
        copy_link(session, copy, controls)
        shown = [*top, *bars, lesson, shelf, bundled, *slots, *controls.values()]
        demo.controls = {each: name for name, each in controls.items()}
        travels = goes(navigation, controls, len(shown))
        current.follows(history.go, travels, shown, restores=True, settles=True)
        key = gr.Textbox(visible=False)  # of the page before a reload
        asked = "(session) => [session, Latent.kept('sessionStorage').getItem('latent-key')]"
        demo.children.remove(endpoints)
        demo.children.append(endpoints)  # the page looks through all before them, at each event
        load = settling(loader(navigation, controls))
        loaded = demo.load(load, [session, key], shown, js=asked, **QUIET)
        current.follows(loaded.then, lambda *_: [], [])
    return demo


def exchange(current: Current, session, navigation: Navigation, shelf, bundled, slots) -> None:
    """Pictures that go from one part of the page to another."""
    everywhere = [*navigation.bars.values(), shelf, *slots]
    current.follows(on(slot.pick for slot in slots), pick, [*slots, shelf], **READING)
    senders = [sender.send for each in current.parts.values() for sender in each.senders]
    sent = on([*senders, shelf.use, bundled.use, shelf.keep])
    current.follows(sent, partial(send, navigation), everywhere, **READING)
    shelf.remove(remove, session, shelf, trigger_mode="multiple", **QUIET)
    shelf.mark(favour, session, shelf, trigger_mode="multiple", **QUIET)
    for event in [event for each in current.parts.values() for event in each.edited]:
        event.then(lambda session: shelf_value(session.shelf), session, shelf, **QUIET)
    for event in [each.handed for each in current.parts.values() if each.handed]:
        current.follows(event, partial(hand, navigation), [*navigation.bars.values()])


def choose(current: Current, top, shelf, bundled, slots) -> None:
    """Another choice of models, which concerns the open tab; of the set also the examples, and
    pictures that are adapted to the models."""
    model_set, refined, models = (recovering(each.input, current.session, top) for each in top)
    busy = {"js": "(...values) => { Latent.busy(); return values; }"}
    chosen = [*top, shelf, bundled, *slots]
    current.follows(model_set, choose_set, chosen, [top[0]], **busy)
    current.follows(refined, header.choose_faithful, top, [top[1]], **busy)
    current.follows(models, header.choose_models, top)


def recovering(event: Callable, session: gr.State, top) -> Callable:
    """The event; where it fails, the header shows what is chosen still."""
    still = {"js": "(...values) => { Latent.unchosen(); return values; }"}

    def asked(*given, **options) -> gr.events.Dependency:
        sent = event(*given, **options)
        sent.failure(header.parts, session, top, **still, **QUIET)
        return sent

    return asked


def choose_set(session: Session, model_set: str) -> list:
    shown = header.choose_set(session, model_set)
    shown += [shelf_value(session.shelf), shelf_value(session.examples())]
    return shown + [slot_value(session.slots.get(slot.name)) for slot in SLOTS]


def copy_link(session, button, controls: dict) -> None:
    """The state as a link on the clipboard."""

    def query(session: Session, *values) -> str:
        if lost := link.left_out(session):
            inform(say("The link cannot hold {lost}: that stays on this page.", lost=lost))
        return link.query(session, dict(zip(controls, values, strict=True)))

    address = gr.Textbox(visible=False)
    settled = {"js": "async (...values) => { await Latent.settled(); return values; }"}
    copied = button.click(query, [session, *controls.values()], address, **settled, **QUIET)
    copied.then(None, address, js="(query) => Latent.share(query)", **QUIET)


def on(events: Iterable[Callable]) -> Callable:
    """Any of these, as one event: the page is the slower the more there are."""
    bound = [MethodType(e.func, *e.args) if isinstance(e, partial) else e for e in events]
    return partial(gr.on, bound)  # which takes methods; a component's own events are none


def opened(items: Mapping[int, Item], session: Session, event: gr.EventData) -> list:
    """A tab or view was opened, of the `items` by their ids: values for all slots."""
    item = items[event.target._id]
    tab, held = go(session, item.tab, last=item.bar), session.slots
    fill(tab, session)
    # also of what was filled: a picture in two slots looks in both as it was cropped in one
    return [slot_value(held.get(s.name)) if s in tab.slots else gr.skip() for s in SLOTS]


def pick(session: Session, event: Picked) -> list:
    """Something was dropped on a slot or chosen for it: values for all slots and the shelf."""
    data = event._data
    slot = one_of("slot", data.get("slot"), [known.name for known in SLOTS])
    try:
        picture = None if data.get("clear") else resolve(session, data)
    except UserError as error:
        value, shelf = slot_value(session.slots.get(slot), problem=error.said), gr.skip()
    else:
        session.put(slot, picture)
        value, shelf = slot_value(picture), shelf_value(session.shelf)
    return [*(value if each.name == slot else gr.skip() for each in SLOTS), shelf]


def resolve(session: Session, data: dict) -> Picture:
    """The picture that an event speaks of: an upload, or one of `at_hand`."""
    if "path" in data:
        return uploaded(session, api.uploaded(data["path"]), data.get("name") or "upload")
    return at_hand(session, data)


def send(navigation: Navigation, session: Session, event: Picked) -> list:
    """Sends a picture to the shelf or a tab, by default the open one: bars, shelf, all slots."""
    data, bars = event._data, navigation.at(None)
    still = [*bars, gr.skip(), *[gr.skip()] * len(SLOTS)]
    try:
        picture = resolve(session, data)
    except UserError as error:
        warn(error.said)
        return still
    if data.get("to") == "shelf":
        if session.keep(picture):
            inform(say("{picture} is on the shelf.", picture=picture.label), duration=2)
        else:
            warn(FULL)
        return [*bars, shelf_value(session.shelf), *[gr.skip()] * len(SLOTS)]
    tab = RECEIVERS.get(data.get("to", session.tab), FALLBACK)
    name = tab.free_slot(session)
    session.put(name, picture)
    go(session, tab)
    slots = [slot_value(picture) if slot.name == name else gr.skip() for slot in SLOTS]
    return [*navigation.at(tab.name), shelf_value(session.shelf), *slots]


def hand(navigation: Navigation, session: Session, event: Handed) -> list:
    """A group of the map is what Teach, which opens, is taught with: the bars."""
    teach.teach_with(session, event._data["name"])
    go(session, teach.TAB)
    return navigation.at(teach.NAME)


def goes(navigation: Navigation, controls: Controls, count: int) -> Callable:
    """A handler that brings the whole page, `count` components, to another state."""

    def goes(session: Session, event: Going) -> list:
        found = travel(session, event, controls)
        return whole(session, navigation, controls, session.tab) if found else [gr.skip()] * count

    return goes


def remove(session: Session, event: Picked) -> list[dict]:
    """One picture off the shelf, or all that are no favourites."""
    gone = event._data.get("id")
    stay = [p.marked if gone is None else p.id != gone for p in session.shelf]
    session.shelf = [*compress(session.shelf, stay)]
    return shelf_value(session.shelf)


def favour(session: Session, event: Picked) -> list[dict]:
    """A picture on the shelf becomes a favourite, or is one no more."""
    for picture in session.shelf:
        picture.marked ^= picture.id == event._data.get("id")
    return shelf_value(session.shelf)


def loader(navigation: Navigation, controls: Controls) -> Callable:
    """A handler that sets up header, tabs, examples, slots and controls, by a link if there is."""

    def load(session: Session, key: str | None, request: gr.Request) -> list:
        given = request.query_params.items()
        fields = {name: text for name, text in given if name not in OF_BROWSER}
        again = reopen(session, key)
        came = session.of(Came)
        if not again:
            first = {name: each.value for name, each in controls.items()}
            session.controls = first | session.controls  # set before this came
        try:
            if not again or came.by != fields:  # what was done since then is not undone
                came.by = fields
                follow(session, fields, controls)
        except UserError as error:  # and nothing else stands in the place of what it names
            session.of(Filled).names.update(tab.name for tab in TABS)
            warn(say("This link cannot be opened here. {why}", why=error.said), duration=None)
            fields = {}
        fill(TABS[0], session)
        # A tab that the visitor has opened meanwhile stays, unless a link names one: by session.tab
        # that would be the page's first, if its own select came while the pictures were drawn.
        asked = session.tab if again else link.opened(tour.fields(fields))
        if asked:
            go(session, BY_NAME[asked])
        return whole(session, navigation, controls, asked, fresh=True)

    return load
