"""The verbs as endpoints, for `gradio_client`, plain HTTP and other programs.

They keep no state: what they need comes with the call. Pictures come back as PNG files whose
captions name the model, codes as lists of numbers by model name.
"""

from collections.abc import Callable
from inspect import Parameter, Signature, cleandoc
from pathlib import Path
from typing import Any, TypedDict, get_args

import gradio as gr
from gradio.processing_utils import save_pil_to_cache

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.pictures.render import to_pil
from explorer.session.programs import answer, within
from explorer.session.state import Session, Unavailable
from explorer.verbs import VERBS
from explorer.verbs.options import Argument, Result, arguments
from training.errors import UserError


class Captioned(TypedDict):
    """A picture as it comes back."""

    image: gr.FileData
    caption: str


# What stands for the verbs' types in a call
TYPES = {
    Picture: gr.FileData,
    Picture | None: gr.FileData | None,
    list[Picture]: list[gr.FileData] | None,
    Model: str,
    list[Model]: list[str],
}


def build(root: str, names: list[str]) -> None:
    """An endpoint for each verb on the checkpoints under `root`, with `names` as default models."""
    for verb in VERBS.values():
        gr.api(endpoint(verb, root, names), api_name=verb.__name__)


def endpoint(verb: Callable, root: str, names: list[str]) -> Callable:
    """A verb as a function of plain JSON values; whatever is wrong becomes one sentence."""
    known = arguments(verb)
    parameters = [_parameter(argument, names) for argument in known]

    def call(*values):
        given = dict(zip((argument.name for argument in known), values, strict=False))
        try:
            for argument in known:
                value = given.get(argument.name)
                if Picture in (argument.kind, *get_args(argument.kind)):
                    given[argument.name] = _files(value)
                elif argument.kind not in TYPES and value is not None:
                    given[argument.name] = within(argument, value)
            return _presented(answer(Session(root), verb, given))
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from None

    single = any(argument.kind is Model for argument in known)
    returned = dict[str, Any] if single else tuple[list[Captioned], dict[str, Any]]
    call.__signature__ = Signature(parameters, return_annotation=returned)
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    said = (f"    {name}: {option.said}" for name, _, _, option in known)
    call.__doc__ = "\n".join([cleandoc(verb.__doc__), "", "Args:", *said])
    return call


def _parameter(argument: Argument, names: list[str]) -> Parameter:
    defaults = {list[Model]: names, Model: names[0]}.get(argument.kind, argument.default)
    how = {"default": defaults, "annotation": TYPES.get(argument.kind, argument.kind)}
    return Parameter(argument.name, Parameter.POSITIONAL_OR_KEYWORD, **how)


def _files(value: Any) -> Any:
    """Paths of the uploads that a call names."""
    if isinstance(value, list):
        return [_files(each) for each in value]
    if value is None or value == "":
        return None
    return uploaded(value["path"] if isinstance(value, dict) else str(value))


def uploaded(path: str) -> Path:
    """The path of an upload, if it is one: no other file of this machine is opened."""
    file, folder = Path(path).resolve(), Path(gr.utils.get_upload_folder()).resolve()
    if not file.is_relative_to(folder):
        raise Unavailable("That file was not uploaded here: choose it again.")
    return file


def _presented(found: Result | dict[Model, Result]) -> Any:
    """Pictures with captions, and figures by model; of a single model its figures alone."""
    if isinstance(found, Result):
        return found.shown().figures
    first = next(iter(found.values())).shared()
    gallery, figures = [_captioned(*each) for each in first.pictures.items()], dict(first.figures)
    for model, result in found.items():
        shown = result.shown()
        for caption, image in shown.pictures.items():
            gallery.append(_captioned(f"{model.name} {caption}".strip(), image))
        figures[model.name] = shown.figures
    return gallery, figures


def _captioned(caption: str, image) -> Captioned:
    folder = gr.utils.get_upload_folder()
    path = save_pil_to_cache(to_pil(image), folder, name="image", format="png")
    return {"image": gr.FileData(path=path).model_dump(), "caption": caption}
