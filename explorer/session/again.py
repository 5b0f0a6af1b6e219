"""Restored pictures and paths as recipes hold them, and back."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.engine import Model
from explorer.pictures.recipe import FORGED, Repair, Thing, thing
from explorer.verbs.path import Paths, way
from explorer.verbs.restore import Restoration, damage_of
from training.codes.damage import DAMAGES, REGION, Region
from training.errors import UserError

KINDS = {made: kind for kind, made in DAMAGES.items()} | {Region: REGION}


def repair(label: str, found: Mapping[str, Restoration]) -> Repair:
    """How pictures were restored, by the models' names."""
    of = {name: each.of for name, each in found.items()}
    one = next(iter(of.values())).damage
    regions = {n: each.damage.mask for n, each in of.items() if isinstance(each.damage, Region)}
    return Repair(
        found=thing(label, {name: each.codes["inversion"][0] for name, each in found.items()}),
        kind=KINDS[type(one)],
        strength=getattr(one, "strength", 0.0),
        left={n: _text((each.y[0] * 255).round().byte().numpy()) for n, each in of.items()},
        regions={name: _text(np.packbits(mask.numpy())) for name, mask in regions.items()},
    )


def repaired(said: Repair, models: Mapping[str, Model]) -> list[Tensor]:
    """Images (3, H, W) as models restored them; raises UserError where that does not fit them."""
    return [_repaired(said, name, model) for name, model in models.items()]


def _repaired(said: Repair, name: str, model: Model) -> Tensor:
    side, region = model.image_size, None
    y = _bytes(said.left, name, 3 * side * side).reshape(3, side, side)
    if said.kind == REGION:
        bits = np.unpackbits(_bytes(said.regions, name, -(-side * side // 8)))
        region = torch.from_numpy(bits[: side * side].reshape(side, side).astype(bool))
    damage = damage_of(said.kind, said.strength, region)
    g = model.decode(_codes(said.found, name, model)[:1])
    return damage.restored(torch.from_numpy(y.copy()).float()[None] / 255, g)[0]


def ways(said: Sequence[Thing], models: Mapping[str, Model]) -> dict[Model, Paths]:
    """Paths by their kinds, as models draw them; raises UserError where that does not fit them."""
    found = {
        model: {each.label: _codes(each, name, model) for each in said if name in each.codes}
        for name, model in models.items()
    }
    if len({len(z) for kinds in found.values() for z in kinds.values()}) != 1:
        raise UserError(FORGED)
    return {
        model: Paths({kind: way(model, z, over=0) for kind, z in kinds.items()})
        for model, kinds in found.items()
    }


def _codes(said: Thing, name: str, model: Model) -> Tensor:
    """Codes (F, n), on the prior's support."""
    code = said.code(name)
    if code is None or len(code) % model.latent_size:
        raise UserError(FORGED)
    return model.project(code.view(-1, model.latent_size))


def _text(values: np.ndarray) -> str:
    return b64encode(values.tobytes()).decode()


def _bytes(texts: Mapping[str, str], name: str, count: int) -> np.ndarray:
    try:
        found = np.frombuffer(b64decode(texts.get(name, "")), np.uint8)
    except ValueError:
        raise UserError(FORGED) from None
    if len(found) != count:
        raise UserError(FORGED)
    return found
