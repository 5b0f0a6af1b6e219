"""The verbs as endpoints, for `gradio_client`, plain HTTP and other programs.

They keep no state: what they need comes with the call. Pictures come back as PNG files whose
captions name the model, codes as lists of numbers by model name.
"""

from collections.abc import Callable
from contextlib import suppress
from inspect import Parameter, Signature, cleandoc
from pathlib import Path
from typing import Any, TypedDict, get_args
from urllib.parse import unquote

import gradio as gr
from gradio.processing_utils import save_base64_to_cache, save_bytes_to_cache

from explorer.catalogue import catalogue
from explorer.engine import Model
from explorer.pictures.decoding import decoded
from explorer.pictures.picture import Picture
from explorer.pictures.render import encoded
from explorer.session.programs import adapter, answer, checked
from explorer.session.state import Session, Unavailable
from explorer.verbs import VERBS, reconstruct
from explorer.verbs.common.options import Argument, Result, arguments
from explorer.words import say
from training.errors import UserError

AT_A_TIME = 48  # calls of endpoints in each lane, which share the threads that compute
BY_ADDRESS = "Pictures are not fetched from addresses: upload the file."
GIVEN = "/gradio_api/file="  # in the address of a picture that was given, before its path


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
OF_PICTURES = [kind for kind in TYPES if Picture in (kind, *get_args(kind))]


def build(root: str, names: list[str]) -> None:
    """An endpoint for each verb on the checkpoints under `root`, with `names` as default models."""
    known = catalogue(str(Path(root))).models
    for verb in VERBS.values():
        lane = "refined" if verb is reconstruct else "verbs"
        how = {"concurrency_id": lane, "concurrency_limit": AT_A_TIME}
        made = gr.api(endpoint(verb, root, names), api_name=verb.__name__, **how)
        inputs = gr.context.Context.root_block.fns[made["id"]].inputs
        for argument, component in zip(arguments(verb), inputs, strict=True):
            # gradio 6.31 reads types, not their limits
            component._api_info = schema(argument, [*known]) or component._api_info


def endpoint(verb: Callable, root: str, names: list[str]) -> Callable:
    """A verb as a function of plain JSON values; raises UserError."""
    known = arguments(verb)
    parameters = [_parameter(argument, names) for argument in known]

    def call(*values):
        given = {}
        for argument, value in zip(known, values, strict=True):
            if argument.kind in OF_PICTURES:
                value = _files(value, argument.kind == list[Picture])
            given[argument.name] = checked(argument, value)
        return _presented(answer(Session(root), verb, given, decoded))

    single = any(argument.kind is Model for argument in known)
    returned = dict[str, Any] if single else tuple[list[Captioned], dict[str, Any]]
    call.__name__ = verb.__name__
    call.__signature__ = Signature(parameters, return_annotation=returned)
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    files = dict.fromkeys(OF_PICTURES, "; an upload, a data: address, or the address of a result")
    said = (f"    {name}: {option.said}{files.get(kind, '')}" for name, kind, _, option in known)
    call.__doc__ = "\n".join([cleandoc(verb.__doc__), "", "Args:", *said])
    return call


def schema(argument: Argument, models: list[str]) -> dict[str, Any]:
    """The JSON schema of an argument with its limits, for names of `models` with these; of a
    picture nothing, since gradio knows it."""
    if argument.kind in OF_PICTURES:
        return {}
    if argument.kind in (Model, list[Model]):
        name = {"type": "string", "enum": models}
        return name if argument.kind is Model else {"type": "array", "items": name}
    return adapter(argument.kind, argument.option.least, argument.option.most).json_schema()


def _parameter(argument: Argument, names: list[str]) -> Parameter:
    defaults = {list[Model]: names, Model: names[0]}.get(argument.kind, argument.default)
    how = {"default": defaults, "annotation": TYPES.get(argument.kind, argument.kind)}
    return Parameter(argument.name, Parameter.POSITIONAL_OR_KEYWORD, **how)


def _files(value: Any, many: bool = False) -> Any:
    """Paths of the pictures that a call gives, by their addresses where it has them from an earlier
    one; what is none stays as it is."""
    if many and (value is None or isinstance(value, list)):
        return [_files(each) for each in value or ()]
    path = value.get("path") if isinstance(value, dict) else value
    if not isinstance(path, str):
        return value
    if path.startswith("data:"):  # as programs give pictures that have no files of their own
        return _unpacked(path)
    if path.startswith(("http://", "https://")):
        _, given, path = path.partition(GIVEN)
        if not given:
            raise UserError(BY_ADDRESS)
        path = unquote(path)
    return uploaded(path) if path else None


def _unpacked(address: str) -> Path:
    """The picture in a `data:` address as a file."""
    try:
        return Path(save_base64_to_cache(address, gr.utils.get_upload_folder()))
    except ValueError:
        raise UserError("That data: address holds no picture in base64: encode it again.") from None


def uploaded(path: str) -> Path:
    """The path of an upload, if it is one: no other file of this machine is opened."""
    folder = Path(gr.utils.get_upload_folder()).resolve()
    with suppress(OSError, ValueError):  # a name too long for the system, or with a null byte
        file = Path(path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    raise Unavailable(say("That file was not uploaded here: choose it again."))


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
    path = save_bytes_to_cache(encoded(image), "image.png", gr.utils.get_upload_folder())
    return {"image": gr.FileData(path=path).model_dump(), "caption": caption}
