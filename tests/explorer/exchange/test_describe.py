"""`describe`: codes, a map and directions of a model of others."""

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import describe, export, load_model
from explorer.__main__ import main
from explorer.exchange import layout
from explorer.exchange.description import MODEL, read
from tests.explorer.exchange.conftest import PX, decoder, encoder
from training.checkpoints import write_json


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """40 pictures in a folder, half of them dark, and a table that says which; UMAP is left out,
    which needs half a minute."""
    monkeypatch.setattr(layout, "UMAP_NEEDS", 1000)
    folder = tmp_path / "pictures"
    folder.mkdir()
    generator, rows = np.random.default_rng(0), ["file_name,Dark"]
    for index in range(40):
        pixels = generator.integers(0, 128, (PX, PX, 3)) + 127 * (index % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index:02}.png")
        rows.append(f"{index:02}.png,{1 - index % 2}")
    table = tmp_path / "table.csv"
    table.write_text("\n".join(rows))
    return str(folder), str(table)


def test_describe_finds_map_and_attributes(out, pictures, tmp_path):
    folder, table = pictures
    assert load_model("a/b", tmp_path).latents is None
    assert main(["describe", str(out), "--data", folder, "--attributes", table]) == 0
    latents = load_model("a/b", tmp_path).latents
    assert latents.names == ("Dark",) and latents.map.shape == (40, 2)
    assert latents.directions["mean"].auc[0] > 0.9
    describe(out, folder)
    assert load_model("a/b", tmp_path).latents.names == ()


def test_a_fitted_prior_is_the_gaussian_of_the_codes(pictures, tmp_path):
    folder, _ = pictures
    shifted = encoder()
    shifted[1].bias.data += 5
    export(shifted, decoder(), tmp_path / "a" / "b", image_size=PX, prior="fitted", data=folder)
    model = load_model("a/b", tmp_path)
    codes, drawn = model.latents.codes.T, model.sample_codes(4000).T
    assert (codes.mean(1) - drawn.mean(1)).abs().max() < 0.2
    assert (codes.cov() - drawn.cov()).abs().max() < 0.5


def test_codes_are_kept_on_the_support_of_the_prior(out, pictures):
    said = read(out)  # as of an encoder whose codes others bring onto the sphere
    prior = [{**part.model_dump(), "kind": "sphere"} for part in said.prior]
    write_json(out / MODEL, {**said.model_dump(), "prior": prior})
    codes = describe(out, pictures[0]).codes
    torch.testing.assert_close(codes.norm(dim=1), torch.ones(40))


def test_networks_that_are_exported_anew_have_nothing_that_others_found(out, pictures):
    describe(out, *pictures)
    (out / "metrics.json").write_text("{}")
    export(encoder(), decoder(), out, image_size=PX)
    assert {file.name for file in out.iterdir()} == {"encoder.onnx", "decoder.onnx", "model.json"}
