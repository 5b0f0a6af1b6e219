"""Sample: the same prior samples, decoded by every model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

import gradio as gr
import torch

from explorer.catalogue import titles
from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.guard.events import Labelled, Share
from explorer.page.tab import Shot, Tab, Timing, Widgets, number
from explorer.page.words import mark
from explorer.pictures.picture import SAMPLE
from explorer.session.state import Session
from explorer.verbs import sample
from explorer.verbs.common.grids import Grid, sample_grid
from explorer.verbs.common.labels import in_every_class, label_names, unconcerned, without_classes
from explorer.verbs.common.options import MOST_SEED, Reason
from explorer.verbs.sample import Sample
from explorer.words import chain, say

MOST, EVERY = 144, "every"
NO_MIDDLE = say(
    "on the sphere, values below 1 draw all samples towards one random code, values above 1 away "
    "from it"
)


@dataclass
class Drawn:
    """What is drawn, how far towards the next seed, and whether every style is shown in every
    class."""

    seed: int = 0
    count: int = 36
    spread: float = 1.0
    every_class: bool = field(default=False, metadata={"said": say("every class")})
    walk: float = 0.0


def build(session: gr.State) -> Widgets:
    with gr.Row(elem_classes="controls"):
        counted = {"precision": 0, "minimum": 0, "maximum": MOST_SEED}
        seed = gr.Number(0, label=mark("Seed"), **counted, min_width=110, scale=1)
        count = gr.Slider(4, MOST, 36, step=1, label=mark("Count"), min_width=160, scale=2)
        shown = {"info": mark("1 is the prior"), "min_width": 160, "scale": 2}
        spread = gr.Slider(0, 2, 1, step=0.05, label=mark("Spread"), visible=False, **shown)
        another = gr.Button(mark("New seed"), variant="primary", min_width=110, scale=0)
    does = ui.status_view()
    labels = ui.labels_view(SAMPLE)
    live = ui.Live({"labels": switch, "walk": stroll}, draw)
    tiles = ui.tiles_view(SAMPLE, say("Samples"), say("No model is chosen."), live)
    inputs, outputs = [seed, count, spread], [tiles, labels]
    for control in inputs:
        control.change(show, [session, *inputs], outputs, **ui.LIVE)
    another.click(lambda seed: ((seed or 0) + 1) % MOST_SEED, seed, seed, **ui.QUIET)
    controls = {"seed": seed, "count": count, "spread": spread}
    after = spread_said, [spread], [spread, does]
    return Widgets(show, inputs, outputs, after, senders=[tiles], controls=controls)


def show(session: Session, seed: int | None, count: int, spread: float) -> tuple:
    """The samples of every model, and the labels that can be set."""
    drawn = session.of(Drawn)
    before = drawn.seed, drawn.count, drawn.spread
    drawn.seed, drawn.count, drawn.spread = now = int(seed or 0), int(count), float(spread)
    drawn.walk = drawn.walk if now == before else 0.0
    chosen = tuple(session.labels.items()), drawn.every_class
    if session.seen(SAMPLE, seed, count, spread, *chosen):
        return gr.skip(), gr.skip()
    stamp, kept = ui.stamp(session), say("as drawn")
    labels = ui.labels_value(session.models, session.labels, drawn.every_class, kept)
    return draw(session), stamp | labels


def switch(session: Session, sent: Labelled) -> None:
    """Other labels."""
    session.relabel(sent["labels"])
    session.of(Drawn).every_class = sent["every"]


def stroll(session: Session, sent: Share) -> None:
    """Another share of the way to the next seed."""
    session.of(Drawn).walk = sent


def draw(session: Session) -> dict:
    """The same codes, decoded by every model that shares their prior, with the labels chosen; or,
    where a model has classes, a style a row in every class a column."""
    stamp, asked = ui.stamp(session), session.of(Drawn)
    seed, count, spread = asked.seed, asked.count, asked.spread
    wide = math.ceil(math.sqrt(count))
    models, switches = session.models, session.switches  # both may be others meanwhile
    classes = [label_names(model, exclusive=True) for model in models]
    if asked.every_class and any(classes):
        return stamp | styles(session, models, seed, wide, spread)
    if asked.walk and not switches:
        return stamp | between_seeds(session, models, asked, wide)
    drawn = sample_grid(models, seed, count, spread)
    found = sample(models, seed, count, spread, switches)
    codes = {model.name: each.codes for model, each in found.items()}
    references = None if switches else drawn.references
    session.grids[SAMPLE] = Grid(SAMPLE, drawn.labels, codes, references)
    notes = []
    for model in models:
        apart = "" if model.shares_prior(models[0]) else say("another prior, so other codes")
        alike = "" if switches else same_samples(model, found)
        notes.append(unconcerned(model, switches) or alike or apart)
    images = [each.images for each in found.values()]
    walk = None if switches else {"seed": seed, "at": 0}
    return stamp | ui.tiles_value(models, images, wide, drawn.labels, notes) | {"walk": walk}


def between_seeds(session: Session, models: list[Model], asked: Drawn, wide: int) -> dict:
    """Between the samples of one seed and those of the next, and the codes of both."""
    at, seed, count = asked.walk, asked.seed, asked.count
    ends = [sample_grid(models, each, count, asked.spread).codes for each in (seed, seed + 1)]
    weights, codes = torch.tensor([1 - at, at])[:, None, None], {}
    for model in models:
        both = torch.stack([each[model.name] for each in ends])  # (2, count, n)
        codes[model.name] = model.prior.between(both, weights.to(both))
    labels = [
        say(
            "Sample {seed}·{n}, {share} % towards {next}",
            seed=seed,
            n=i + 1,
            share=f"{100 * at:.0f}",
            next=seed + 1,
        )
        for i in range(count)
    ]
    session.grids[SAMPLE] = Grid(SAMPLE, labels, codes)
    sent = [[name, *(ui.packed(each[name]) for each in ends)] for name in codes]
    images = [model.decode(codes[model.name]) for model in models]
    walk = {"seed": seed, "at": at, "codes": sent}
    return ui.tiles_value(models, images, wide, labels) | {"walk": walk}


def same_samples(model: Model, found: dict[Model, Sample]) -> str:
    """Which models before it draw the very samples of this one, since they share its generator."""
    before = takewhile(lambda other: other is not model, found)
    alike = [m.title for m in before if torch.equal(found[m].images, found[model].images)]
    if not alike:
        return ""
    return say("the same generator, and so the same samples, as {models}", models=alike)


def spread_said(session: Session, spread: float) -> tuple:
    """Whether the spread is shown, and below it what it does to the codes of each prior; neither
    where that is nothing."""
    does = {title: model.spreading for model, title in titles(session.models).items()}
    said = {words: [t for t, w in does.items() if w == words] for words in does.values() if words}
    if not said and spread == 1:
        return gr.update(visible=False), ""
    each = [
        say("{models}: {words}", models=models, words=say(words)) for words, models in said.items()
    ]
    told = chain("{one}; {next}", [say("1 is the prior"), *(each or [NO_MIDDLE])])
    return gr.update(visible=True), told


def styles(session: Session, models: list[Model], seed: int, rows: int, spread: float) -> dict:
    """A style a row, a class a column, of models with classes (Makhzani et al. 2015, figure 7)."""
    classes = [label_names(model, exclusive=True) for model in models]
    heads = [" / ".join(dict.fromkeys(filter(None, names))) for names in zip_longest(*classes)]
    drawn = sample_grid(models, seed, rows, spread).codes
    images, codes = [], {}
    for model, names in zip(models, classes, strict=True):
        if not names:
            images.append(Reason(without_classes(model)))
            continue
        grid = in_every_class(model, drawn[model.name])  # (rows, classes, n)
        images.append(model.decode(grid.flatten(0, 1)))
        filled = torch.arange(len(heads)).clamp_max(len(names) - 1)  # as many columns for all
        codes[model.name] = grid[:, filled].flatten(0, 1)
    labels = [
        say("Style {seed}·{row}, {name}", seed=seed, row=row + 1, name=head)
        for row in range(rows)
        for head in heads
    ]
    session.grids[SAMPLE] = Grid(SAMPLE, labels, codes)
    return ui.tiles_value(models, images, len(heads), labels, heads=classes)


def pack(session: Session) -> dict[str, str]:
    drawn = session.of(Drawn)
    walk = f"{drawn.walk:g}" if drawn.walk else ""
    return {"classes": EVERY if drawn.every_class else "", "walk": walk}


def unpack(session: Session, fields: Mapping[str, str]) -> None:
    drawn, bounds = Drawn(), {"seed": (0, MOST_SEED), "count": (4, MOST), "spread": (0, 2)}
    for name, (least, most) in bounds.items():  # as the link sets the controls
        found, first = number(fields.get(name), least, most), getattr(drawn, name)
        setattr(drawn, name, first if found is None else type(first)(found))
    drawn.every_class = fields.get("classes") == EVERY
    drawn.walk = number(fields.get("walk"), 0, 1) or 0.0
    if drawn.walk != session.of(Drawn).walk:
        session.shown.pop(SAMPLE, None)  # the page shows another share of the way
    session.owned[Drawn] = drawn


def verb(session: Session) -> tuple | None:
    drawn = session.of(Drawn)
    if drawn.every_class or drawn.walk:
        return None
    given = {"seed": drawn.seed, "count": drawn.count, "spread": drawn.spread}
    return sample, given | {"labels": session.switches or None}


SHOT = Shot(".tiles canvas")
TIMING = Timing("64 samples", 150, lambda session: show(session, 0, 64, 1.0))
TAB = Tab(
    SAMPLE,
    say("Sample"),
    build,
    SHOT,
    (TIMING,),
    pack=pack,
    unpack=unpack,
    view=say("Samples"),
    verb=verb,
)
