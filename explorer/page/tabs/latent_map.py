"""Latent map: codes of encoded images in two dimensions, and one's own pictures among them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.exchange.layout import LAYOUTS, PCA, TSNE, UMAP
from explorer.page import components as ui
from explorer.page.filters import InLink, ask_for, choices, filter_kept, filter_shown, filter_view
from explorer.page.guard.events import Picked
from explorer.page.mapped import groups, waiting
from explorer.page.mapped.points import Own, View, choose, servers
from explorer.page.tab import Shot, Tab, Timing, Widgets, parted
from explorer.page.words import here, mark
from explorer.pictures.picture import MAP, Picture
from explorer.session.state import Session
from explorer.verbs.common.options import Reason
from explorer.verbs.map import code_plane, laid_out, placed
from explorer.words import chain, say
from training.data.pictures import PictureError

OWN_LIMIT, NOWHERE = 500, torch.zeros(0, 2)
THUMB_PX = 64
IN_LINK = InLink("has", "lacks", "either")
UNMAPPED = (
    "No model that is compared can map pictures of yours: choose one with an encoder and a map."
)
MAPPING = {**ui.LONG, "trigger_mode": "once", "show_progress": "full", "show_progress_on": None}
SWITCHES = {
    "pictures": say("Pictures in place of points"),
    "regions": say("What stands out where"),
    "near": say("Lines to the nearest codes"),
}
NOTES = {
    UMAP: say(
        "A map by UMAP: pictures that lie near each other have similar codes; how far apart groups "
        "lie, and the axes, mean nothing."
    ),
    PCA: say(
        "A map by PCA: the two directions in which codes differ most. Pictures that lie near each "
        "other may still differ in all other directions."
    ),
    TSNE: say(
        "A map by t-SNE: pictures that lie near each other have similar codes; how far apart "
        "groups lie, how large they are, and the axes, mean nothing."
    ),
}


def build(session: gr.State) -> Widgets:
    every = list(session.value.catalogue.models.values())
    with gr.Row(elem_classes="controls of-map"):
        colours = colourings(every)  # so that a link may name any
        chosen = known_colour(session.value, colours)
        colour = gr.Dropdown(colours, value=chosen, label=mark("Colour by"), min_width=180)
        files = gr.UploadButton(mark("Add my pictures"), file_count="multiple", min_width=120)
        folder = gr.UploadButton(mark("Add a folder"), file_count="directory", min_width=120)
        away = gr.Button(mark("Remove my pictures"), min_width=120, elem_classes="of-own")
    with gr.Accordion(mark("Filter, layout, pictures"), open=False, elem_classes="refine of-codes"):
        work = work_on(every)
    said = ui.status_view()
    with gr.Row(elem_classes="split"):
        with gr.Column(scale=5, min_width=320):
            texts = say("Map of codes"), say("No model is chosen.")
            root = session.value.root
            functions = [*servers(root), waiting.ready(root), groups.export_group]
            chart = ui.map_view(*texts, functions)
        with gr.Column(scale=2, min_width=280, elem_classes="in-sight of-map"):
            empty = say("Choose a point to decode it here.")
            board = ui.board_view(MAP, empty)
    *filters, layout, switches = work
    colour.change(paint, [session, colour], chart, **ui.IN_TURN)
    has, lacks, _ = filters
    for control in (*filters, switches):
        control.input(refine, [session, *filters, switches], [chart, has, lacks], **ui.LIVE)
    layout.input(lay_out, [session, layout], [chart, said], **ui.LIVE)
    chart.laid(maps, session, chart, **ui.IN_TURN)
    chart.select(choose, session, board, trigger_mode="multiple", **ui.IN_TURN)
    chart.lasso(groups.lasso, session, [board, chart], **ui.IN_TURN)
    chart.group(groups.act, session, [board, chart], trigger_mode="multiple", **ui.IN_TURN)
    for button in (files, folder):
        button.upload(add_pictures, [session, button], [chart, said], **MAPPING)
    chart.remove(remove, session, [chart, said], **ui.IN_TURN)
    away.click(remove_all, session, [chart, said], **ui.IN_TURN)
    outputs = [chart, colour, *work, board]
    links = {"handed": chart.teach, "controls": {"colour": colour}}
    after = complete, [], [chart, board]
    return Widgets(show, [], outputs, after, senders=[board], **links)


def work_on(models: list[Model]) -> list[gr.components.Component]:
    """Filters, layout and switches."""
    with gr.Row(elem_classes="controls of-map"):
        filters = filter_view(attributes(models))
    with gr.Row(elem_classes="controls"):
        layouts = [(title, name) for name, title in LAYOUTS.items()]
        layout = gr.Radio(layouts, value=UMAP, label=mark("Layout"), min_width=180)
        shown = [(mark(words), name) for name, words in SWITCHES.items()]
        show_it = {"min_width": 240, "elem_classes": "of-map"}
        switches = gr.CheckboxGroup(shown, value=[], label=mark("Show"), **show_it)
    return [*filters, layout, switches]


def show(session: Session) -> tuple:
    """The maps of the models under comparison, what they can be coloured by, how they look, and the
    board of what was chosen."""
    own, view = session.of(Own), session.of(View)
    look = view.look
    if session.seen(MAP, len(own.pictures), view.layout):
        return (gr.skip(),) * 8
    colours = colourings(session.models)
    look.colour = known_colour(session, colours)
    filters = filter_shown(look, attributes(session.models))
    return (
        maps(session),
        gr.update(choices=colours, value=look.colour),
        *filters,
        view.layout,
        [name for name in SWITCHES if getattr(look, name)],
        groups.redrawn(session),
    )


def maps(session: Session) -> dict:
    stamp, models, own = ui.stamp(session), session.models, session.of(Own)
    view = session.of(View)
    mine = [
        {"id": each.id, "label": each.label, "src": ui.address(each.pixels(THUMB_PX))}
        for each in own.pictures
    ]
    places = [laid_out(model, view.layout) for model in models]
    planes = [code_plane(model) for model in models]
    late = waiting.unplaced(session)
    lie = [NOWHERE if model in late else place(session, model) for model in models]
    shown = view.look, mine, lie, late, groups.shown(session), NOTES[view.layout]
    return stamp | ui.map_value(models, places, planes, *shown)


def attributes(models: list[Model]) -> list[str]:
    """The attributes that pictures of the maps have."""
    known = [model.latents for model in models if model.latents]
    return sorted({name for latents in known for name in latents.names})


def colourings(models: list[Model]) -> list[tuple[str, str]]:
    """What points can be coloured by: nothing, one label, or all classes at once."""
    known = [model.latents for model in models if model.latents]
    labels = [latents.labels for latents in known if len(latents.labels)]
    of_classes = any(bool((each.sum(dim=1) == 1).all()) for each in labels)
    classes = [(say("All classes"), ui.CLASSES)] if of_classes else []
    return [(say("Nothing"), ""), *classes, *choices(attributes(models))]


def known_colour(session: Session, colours: list[tuple[str, str]]) -> str:
    """The session's colouring where it is among the choices, else by all classes if possible."""
    values = [value for _, value in colours]
    wanted = (session.of(View).look.colour, ui.CLASSES, "")
    return next(colour for colour in wanted if colour in values)


def paint(session: Session, colour: str) -> dict:
    """Recolours the points that the page has already."""
    session.of(View).look.colour = colour
    stamp = ui.stamp(session)
    return gr.update(look=stamp | ui.look_shown(session.of(View).look, session.models))


def refine(
    session: Session, has: list[str], lacks: list[str], either: str, switches: list[str]
) -> tuple:
    """Filters the points that the page has already, and switches what is shown with them."""
    look = session.of(View).look
    ask_for(look, has, lacks, either)
    for name in SWITCHES:
        setattr(look, name, name in switches)
    filters = filter_kept(look, attributes(session.models))
    return gr.update(look=ui.stamp(session) | ui.look_shown(look, session.models)), *filters


def lay_out(session: Session, layout: str) -> tuple:
    """The maps by another layout; of those that take long, why they are not there yet."""
    session.of(View).layout = layout
    session.seen(MAP, len(session.of(Own).pictures), layout)
    return maps(session), ""


def complete(session: Session) -> tuple:
    """Maps and board with the visitor's pictures, once the codes are found that take seconds."""
    if waiting.encode(session):
        return maps(session), groups.redrawn(session)
    return gr.skip(), gr.skip()


def place(session: Session, model: Model) -> Tensor:
    """Where the visitor's own pictures lie on a model's map, (M, 2)."""
    mine, layout = session.of(Own).pictures, session.of(View).layout
    if not mine or not model.encodes or isinstance(laid_out(model, layout), Reason):
        return NOWHERE
    return placed(model, session.codes(mine, model), layout)


def add_pictures(session: Session, paths: list[str] | None, progress=gr.Progress()) -> tuple:  # noqa: B008
    """Encodes uploaded files and puts them on the maps, each picture once; names those that are no
    pictures."""
    paths, own, added, refused, full = sorted({*(paths or [])}), session.of(Own), 0, [], False
    for path in progress.tqdm(paths, desc=here(say("Finding faces"))):
        try:
            picture = session.small_photo(path, Path(path).name, THUMB_PX)
        except PictureError as error:
            refused.append(error.said)
            continue
        mine = own.pictures  # looked up anew, as some may be removed meanwhile
        if not any(map(partial(_alike, picture), mine)):
            if full := len(mine) >= OWN_LIMIT:
                break
            mine.append(picture)
        added += 1
    mine, layout = [*own.pictures], session.of(View).layout
    models = [model for model in session.models if model.encodes]
    for model in progress.tqdm(models if mine else [], desc=here(say("Encoding"))):
        session.codes(mine, model)
    lie = [laid_out(model, layout) for model in models]
    session.seen(MAP, len(own.pictures), layout)
    said = []
    if added and not any(isinstance(each, Tensor) or each.seconds for each in lie):
        said.append(say(UNMAPPED))
    elif added:
        stars = say("On the map, as stars: {count} of {all} pictures.", count=added, all=len(paths))
        said.append(stars)
    if full:
        said.append(say("At most {most} can lie on a map.", most=OWN_LIMIT))
    if refused:
        named = chain("{one} {next}", refused[:5])
        said.append(say("Left out, {count}: {named}", count=len(refused), named=named))
    return maps(session), chain("{one} {next}", said)


def _alike(one: Picture, other: Picture) -> bool:
    return torch.equal(one.pixels(THUMB_PX), other.pixels(THUMB_PX))


def remove(session: Session, event: Picked) -> tuple:
    """The maps without one of the visitor's own pictures."""
    return without(session, lambda picture: picture.id == event._data.get("id"))


def remove_all(session: Session) -> tuple:
    """The maps without the visitor's own pictures."""
    return without(session, lambda picture: True)


def without(session: Session, gone: Callable[[Picture], bool]) -> tuple:
    """The maps without those of the visitor's pictures that are `gone`, and how many those were."""
    own = session.of(Own)
    before, own.pictures = len(own.pictures), [each for each in own.pictures if not gone(each)]
    count, chosen = before - len(own.pictures), session.of(View).chosen
    for model_set, last in [*chosen.items()]:
        mine = last.get("own") if isinstance(last, dict) else None
        if mine and gone(mine):
            del chosen[model_set]
    session.seen(MAP, len(own.pictures), session.of(View).layout)
    said = say("{count} pictures of yours are removed.", count=count) if count else ""
    return maps(session), say("1 picture of yours is removed.") if count == 1 else said


def pack(session: Session) -> dict[str, str]:
    view = session.of(View)
    look = view.look
    return {
        "layout": "" if view.layout == UMAP else view.layout,
        **IN_LINK.pack(look),
        "shown": ",".join(name for name in SWITCHES if getattr(look, name)),
        **groups.pack(session),
    }


def unkept(session: Session) -> list[str]:
    mine = [say("your pictures on the map")] if session.of(Own).pictures else []
    return mine + groups.unkept(session)


def unpack(session: Session, fields: Mapping[str, str]) -> list[str]:
    """As far as it is here; gives what is not."""
    view = session.of(View)
    look, layout = view.look, fields.get("layout")
    look.colour = fields.get("colour", look.colour)
    view.layout = layout if layout in LAYOUTS else UMAP
    lost = IN_LINK.unpack(look, fields, attributes(session.models))
    for name in SWITCHES:
        setattr(look, name, name in parted(fields, "shown"))
    return lost + groups.unpack(session, fields)


SHOT = Shot(".map .chart", click=True)
TIMING = Timing("map, first view", 1000, show)
LINK = {"pack": pack, "unpack": unpack, "unkept": unkept}
TAB = Tab(MAP, say("Latent map"), build, SHOT, (TIMING,), view=say("Map"), **LINK)
