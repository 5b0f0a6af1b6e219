"""The page's header: which models are compared, and what they are."""

from html import escape

import gradio as gr

from explorer.engine import Model
from explorer.page import components as ui
from explorer.page.components.share.download import download_button
from explorer.page.explain import explained
from explorer.page.guard.events import Chosen
from explorer.page.words import mark
from explorer.session.state import Session
from explorer.words import say
from training.errors import choose
from training.measure.figures import MAIN, columns

NAME = "Latent Explorer"
LOGO = (ui.ASSETS / "logo.svg").read_text(encoding="utf-8")
BRAND = f'<div class="brand">{LOGO}<h1>{NAME}</h1></div>'


def build(session: Session) -> tuple[list, gr.Button]:
    """What shows the choice of models, as `parts` has its values, and the button for a link."""
    with gr.Row(elem_id="header"):
        gr.HTML(BRAND, apply_default_css=False, elem_classes="brand-box")
        sets, size = list(session.catalogue.sets), {"min_width": 150, "scale": 0}
        model_set = gr.Dropdown(
            sets, value=session.model_set, label=mark("Model set"), elem_id="model-set", **size
        )
        info = mark("refine the codes of real pictures by 50 optimisation steps, in every tab")
        refined = gr.Checkbox(
            session.faithful, label=mark("Refined codes"), info=info, elem_id="faithful"
        )
        link = gr.Button(mark("Copy link"), elem_id="copy-link", size="sm", min_width=92, scale=0)
        download_button(session.root)
        pixels = gr.Button(mark("Pixels"), elem_id="pixels", size="sm", min_width=80, scale=0)
        theme = gr.Button(mark("Light / dark"), size="sm", min_width=100, scale=0)
        ui.networks_view(session.root)
    models = ui.models_view(elem_id="models")
    pixels.click(None, js="() => Latent.togglePixels()", **ui.QUIET)
    theme.click(None, js="() => Latent.toggleDark()", **ui.QUIET)
    return [model_set, refined, models], link


def parts(session: Session) -> list:
    """Model set, whether codes are refined, and the models."""
    return [session.model_set, session.faithful, compared(session)]


def choose_set(session: Session, model_set: str) -> list:
    session.choose_set(choose(say("model set"), model_set, session.catalogue.sets))
    return parts(session)


def choose_models(session: Session, event: Chosen) -> list:
    """At least one model stays under comparison."""
    name, on = event._data["name"], event._data["on"]
    wanted = {*session.names, name} if on else {*session.names} - {name}
    if wanted:
        every = session.catalogue.sets[session.model_set]  # one of a set that was left counts not
        session.names = [name for name in every if name in wanted]
    else:
        ui.warn(say("At least one model has to stay selected."))
    return parts(session)


def choose_faithful(session: Session, faithful: bool) -> list:
    session.faithful = bool(faithful)
    return parts(session)


def compared(session: Session) -> dict:
    """The models of the set, which of them are compared, and what is said of each."""
    models = [session.catalogue.models[name] for name in session.catalogue.sets[session.model_set]]
    return ui.models_value(models, session.models, [described(model) for model in models])


def described(model: Model) -> str:
    """What the system is, and this model's size and main figures, as HTML."""
    known = model.metrics
    figures = [f"{f.short} {f.text(known[f.name])}" for f in columns(MAIN) if f.name in known]
    size = f"{model.image_size} px images, {model.latent_size}-dimensional codes"
    said = " · ".join([size, *filter(None, [model.note]), *figures])
    system = explained(model.system) if model.system else f"<p>{escape(model.explanation)}</p>"
    return f"{system}<h3>This model</h3><p>{escape(said)}</p>"
