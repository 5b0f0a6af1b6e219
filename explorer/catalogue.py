"""The models that there are, in sets."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from explorer.engine import Model
from explorer.exchange.folders import folders, given
from training.checkpoints import CheckpointError
from training.errors import UserError, choose, refusal
from training.frameworks import FRAMEWORKS
from training.report.tables import headings

ROOT = str(Path(__file__).parents[1] / "checkpoints")  # the installed one, wherever it is run from
OWN = "models"  # the set of models that are given by their folders, where there is no other


@dataclass(frozen=True)
class Catalogue:
    """models: by name, in display order; sets: set -> names; problems: why others are left out."""

    models: dict[str, Model]
    sets: dict[str, list[str]]
    problems: list[str]


def titles(models: Sequence[Model]) -> dict[Model, str]:
    """A title for each model, which no other of its set has: of its system, where taken with what
    its folder adds to that, else set and folder."""
    every = [*models, *_beside(models)]
    named = headings([(model.title, _apart(model), model.name) for model in every])
    return dict(zip(models, named, strict=False))


def _beside(models: Sequence[Model]) -> list[Model]:
    """The others of the set that these models are of."""
    given = {model.name for model in models}
    known = catalogue(models[0].root if models else "")
    held = next((names for names in known.sets.values() if given <= {*names}), [])
    return [known.models[name] for name in held if name not in given]


def _apart(model: Model) -> str:
    """Of aae-labels in a folder aae-labels-swiss-roll: 'AAE with labels, swiss roll'."""
    added = model.directory.name.removeprefix(model.framework).strip("-_").replace("-", " ")
    return f"{model.title}, {added}" if added else model.title


def list_models(root: str | Path = ROOT, device: str = "cpu") -> Catalogue:
    """Every usable model `root/SET/NAME`, loaded, each set in the order of the registry; unusable
    ones are named in `.problems`. `root` may name further folders of models, separated as in PATH:
    those belong to every set."""

    def load(name: str, folder: Path) -> Model | CheckpointError:
        try:
            return Model(folder, name, device, str(root))
        except CheckpointError as error:
            return CheckpointError(str(error).replace(str(folder), name))  # for visitors
        except OSError as error:
            return CheckpointError(f"Checkpoint '{name}' cannot be read: {refusal(error)}.")

    with ThreadPoolExecutor() as pool:  # reading and unpacking run beside each other
        found = list(pool.map(load, *zip(*folders(root).items(), strict=True)))
    models = [each for each in found if isinstance(each, Model)]
    problems = [str(each) for each in found if isinstance(each, CheckpointError)]
    order = [*FRAMEWORKS, *(model.framework for model in models)]  # those of others at the end
    models.sort(key=lambda m: (m.directory.parent.name, order.index(m.framework), m.name))
    drawing = [model for model in models if model.decodes]
    problems += [f"{m.name} has no decoder: it is for programs." for m in models if not m.decodes]
    own = [model.name for model in drawing if model.directory in given(root)]
    sets: dict[str, list[str]] = {}
    for model in drawing:
        if model.name not in own:
            sets.setdefault(model.directory.parent.name, []).append(model.name)
    for names in sets.values():
        names += own
    return Catalogue({m.name: m for m in models}, sets or ({OWN: own} if own else {}), problems)


@cache
def catalogue(root: str) -> Catalogue:
    """`list_models`, read once a process; nothing for the root of a model that was opened alone."""
    return list_models(root) if root else Catalogue({}, {}, [])


def load_model(name: str, root: str | Path = ROOT, device: str = "cpu") -> Model:
    """The model `SET/NAME` under `root`, by default the checkpoints that come with the explorer.

    Raises UserError, which lists what exists.
    """
    known = folders(root)
    if not known:
        raise UserError(f"'{root}' holds no checkpoint; `python -m training fit` makes one.")
    return Model(known[choose("model", name, known)], name, device, str(Path(root)))
