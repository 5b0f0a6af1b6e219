"""The page's header: what is compared, and what these models are."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from explorer.components import QUIET, columns
from explorer.engine import Model, titles
from explorer.explain import explained
from explorer.session import Session

NAME = "Latent Explorer"
BRAND = f"""<div class="brand"><svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
<rect width="32" height="32" rx="9" fill="var(--primary-600)"/>
<g fill="#fff"><circle cx="9" cy="9" r="3.2"/><circle cx="23" cy="9" r="2.4" opacity=".8"/>
<circle cx="9" cy="23" r="2.4" opacity=".8"/><circle cx="23" cy="23" r="3.2" opacity=".55"/>
<circle cx="16" cy="16" r="2.2"/></g></svg><h1>{NAME}</h1></div>"""
# metrics.json's figures that say most, with what they mean
FIGURES = {
    "mse": ("reconstruction MSE", "{:.4f}"),
    "mse_refined": ("refined", "{:.4f}"),
    "sharpness": ("sharpness of reconstructions", "{:.2f}"),
    "sample_sharpness": ("of samples", "{:.2f}"),
    "reencoding_error": ("re-encoding error", "{:.3f}"),
    "frechet": ("Fréchet distance of samples", "{:.2f}"),
}


@dataclass
class Header:
    model_set: gr.Dropdown
    models: gr.CheckboxGroup
    faithful: gr.Checkbox
    about: gr.HTML
    link: gr.Button

    @property
    def parts(self) -> list:
        """What shows the session's choice of models."""
        return [self.model_set, self.models, self.faithful, self.about]


def build(session: Session) -> Header:
    with gr.Row(elem_id="header"):
        gr.HTML(BRAND, apply_default_css=False, elem_classes="brand-box")
        chosen = [
            gr.Dropdown(
                list(session.catalogue.sets),
                value=session.model_set,
                label="Model set",
                elem_id="model-set",
                min_width=150,
                scale=0,
            ),
            gr.CheckboxGroup(
                choices(session),
                value=session.names,
                label="Compare",
                elem_id="models",
                min_width=200,
                scale=1,
            ),
            gr.Checkbox(
                session.faithful,
                label="Faithful codes",
                info="refine the codes of real pictures, everywhere",
                elem_id="faithful",
                min_width=200,
                scale=1,
            ),
        ]
        link = gr.Button("Copy link", elem_id="copy-link", size="sm", min_width=92, scale=0)
        theme = gr.Button("Light / dark", size="sm", min_width=100, scale=0)
    about = gr.HTML(describe(session), apply_default_css=False, elem_id="about")
    theme.click(None, js="() => Latent.toggleDark()", **QUIET)
    return Header(*chosen, about, link)


def choices(session: Session) -> list[tuple[str, str]]:
    """Titles and names of the set's models."""
    models = [session.catalogue.models[name] for name in session.catalogue.sets[session.model_set]]
    return [(title, model.name) for model, title in titles(models).items()]


def parts(session: Session) -> list:
    """Values for `Header.parts`."""
    return [
        session.model_set,
        gr.update(choices=choices(session), value=session.names),
        session.faithful,
        describe(session),
    ]


def choose_set(session: Session, model_set: str) -> list:
    session.choose_set(model_set)
    return parts(session)


def choose_models(session: Session, names: list[str]) -> list:
    """At least one model stays under comparison."""
    if names:
        session.names = [n for n in session.catalogue.sets[session.model_set] if n in names]
    else:
        gr.Warning("At least one model has to stay chosen.")
    return parts(session)


def choose_faithful(session: Session, faithful: bool) -> None:
    session.faithful = faithful


def describe(session: Session) -> str:
    """An info button for each model of the set, those under comparison with their colours; behind
    it what the system is, the model's size and its measured figures."""
    colours = dict(
        zip(session.names, [each["colour"] for each in columns(session.models)], strict=True)
    )
    parts = []
    for index, (title, name) in enumerate(choices(session)):
        model, at = session.catalogue.models[name], f"about-{index}"
        dot = ""
        if name in colours:
            dot = f'<span class="dot" style="background:{colours[name]}"></span>'
        parts.append(
            f'<button type="button" class="info" popovertarget="{at}" '
            f'aria-label="What is {escape(title)}?">{dot}{escape(title)}<i>i</i></button>'
            f'<section popover id="{at}" class="about-model"><button type="button" class="close" '
            f'popovertarget="{at}" popovertargetaction="hide" aria-label="Close">×</button>'
            f"<h3>{escape(title)}</h3>{explained(model.system)}<h4>This model</h4>"
            f"<p>{escape(measured(model))}</p></section>"
        )
    return f'<div class="about-models"><span>What is</span>{"".join(parts)}</div>'


def measured(model: Model) -> str:
    """Its size, and the figures of metrics.json that say most."""
    known = model.metrics
    figures = [
        f"{said} {form.format(known[k])}" for k, (said, form) in FIGURES.items() if k in known
    ]
    size = f"{model.image_size} px, {model.latent_size} numbers a code"
    return " · ".join([size, *filter(None, [model.note]), *figures])
