"""Labels that codes end in: which there are, how they are switched, and what a code says."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from explorer.engine import Model
from explorer.words import chain, say
from training.errors import UserError, choose


def words(name: str) -> say:
    """A label's or an attribute's name as people read it."""
    return say(name.replace("_", " "))


def label_names(model: Model, exclusive: bool) -> tuple[str, ...]:
    """The labels that codes end in, as classes if `exclusive`, else as switches; or ()."""
    labels = model.code_labels
    return labels.names if labels and labels.exclusive == exclusive else ()


def label_choices(models: Sequence[Model]) -> list[str]:
    """The labels that codes of any of the models end in."""
    known = [model.code_labels.names for model in models if model.code_labels]
    return [*dict.fromkeys(name for names in known for name in names)]


def checked_labels(models: Sequence[Model], labels: Mapping[str, bool]) -> dict[str, bool]:
    """`labels` to be on or off in the models' codes; raises UserError where none has one, or where
    two are on of which a model's codes have one."""
    known = label_choices(models)
    if labels and not known:
        raise UserError("No model that was chosen has labels in its codes: leave them out.")
    wanted = {choose("label", name, known): bool(on) for name, on in labels.items()}
    if further := further_classes(models, wanted):
        raise UserError(say("Codes are of one class: leave out {names}.", names=further))
    return wanted


def further_classes(models: Sequence[Model], labels: Mapping[str, bool]) -> list[str]:
    """The classes that are on in `labels` beside another one of a model."""
    further = []
    for model in models:
        classes = label_names(model, exclusive=True)
        further += [name for name, on in labels.items() if on and name in classes][1:]
    return [*dict.fromkeys(further)]


def switched(model: Model, z: Tensor, labels: Mapping[str, bool]) -> Tensor:
    """Codes z (B, n) whose labels are on or off as `labels` says, all else kept; of classes, one
    that is on puts all others off. Names that are not the model's are passed over."""
    classes = label_names(model, exclusive=True)
    names = classes or label_names(model, exclusive=False)
    wanted = {name: on for name, on in labels.items() if name in names and (on or not classes)}
    if not wanted:
        return z
    style, y = z.tensor_split([-len(names)], dim=1)
    y = torch.zeros_like(y) if classes else y.clone()
    for name, on in wanted.items():
        y[:, names.index(name)] = float(on)
    return torch.cat([style, y], dim=1)


def in_every_class(model: Model, z: Tensor) -> Tensor:
    """Codes z (B, n), the style of each in every class: (B, classes, n) (Makhzani et al. 2015,
    figure 7). Raises UserError where the codes end in no class."""
    classes = label_names(model, exclusive=True)
    if not classes:
        raise UserError(without_classes(model))
    style = z[:, None, : -len(classes)].expand(-1, len(classes), -1)
    y = torch.eye(len(classes)).to(z).expand(len(z), -1, -1)
    return torch.cat([style, y], dim=2)


def without_classes(model: Model) -> str:
    """What to say of a model that cannot keep a style and change the class."""
    names = label_names(model, exclusive=False)
    if names:
        return say(
            "{model} has labels to switch, no classes: {names}.",
            model=model.title,
            names=[*map(words, names)],
        )
    return say("{model} has no class in its codes: there is none to change.", model=model.title)


def unconcerned(model: Model, labels: Mapping[str, bool]) -> str:
    """Why `labels` change nothing of the model; empty where they do, or where there are none."""
    names = model.code_labels.names if model.code_labels else ()
    if not labels or set(labels) & set(names):
        return ""
    if not names:
        return say("{model} has no labels in its codes: nothing is switched.", model=model.title)
    return say(
        "{model} has no label {names}: nothing is switched.",
        model=model.title,
        names=chain("{one} or {next}", [*map(words, labels)]),
    )


def read_labels(model: Model, z: Tensor) -> list[str] | None:
    """The labels in one code z (1, n), by name; None where codes end in none."""
    if model.code_labels is None:
        return None
    names, exclusive = model.code_labels
    y = z[0, -len(names) :]
    if exclusive:
        return [names[int(y.argmax())]]
    return [name for name, on in zip(names, y > 0.5, strict=True) if on]
