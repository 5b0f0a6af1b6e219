"""Where encoded images lie, by each layout."""

from dataclasses import replace

import pytest
import torch

from explorer.catalogue import list_models, load_model
from explorer.exchange import layout
from explorer.verbs.common.options import Reason
from explorer.verbs.map import laid_out
from tests.explorer.conftest import CHECKPOINTS


@pytest.fixture
def model(monkeypatch):
    """One with few codes, so that t-SNE is quick."""
    model = load_model("celeba32/faae", CHECKPOINTS)
    known = model.latents
    less = replace(known, codes=known.codes[:40], labels=known.labels[:40], map=None)
    monkeypatch.setattr(model, "latents", less)
    return model


@pytest.mark.parametrize(("by", "work"), [(layout.PCA, "_components"), (layout.TSNE, "digest")])
def test_a_layout_that_is_there_is_found_once(model, monkeypatch, tmp_path, by, work):
    monkeypatch.setattr(layout.kept, "place", lambda kind: tmp_path)
    assert isinstance(laid_out(model, layout.TSNE), Reason)  # nobody has laid them out yet
    wanted, asked, do = layout.layout(model.latents.codes, by), [], getattr(layout, work)
    monkeypatch.setattr(layout, work, lambda *how: asked.append(how) or do(*how))
    for _ in range(3):
        torch.testing.assert_close(laid_out(model, by), wanted)
    assert len(asked) == 1


@pytest.mark.parametrize("name", [*list_models(CHECKPOINTS).models])
def test_every_shipped_model_with_codes_has_a_map_of_them(name):
    model = load_model(name, CHECKPOINTS)
    assert model.latents is None or laid_out(model).shape == (len(model.latents.codes), 2)
