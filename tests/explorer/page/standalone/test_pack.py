"""What a page has of a model: weights in 8 bits within their bound, codes, names; and what cannot
be on a page is said in one sentence."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from explorer import describe, export, load_model
from explorer.__main__ import main
from explorer.engine import Model
from explorer.exchange.graphs import INT8, Graph, halved, quantised, to_onnx
from explorer.page import standalone
from explorer.page.standalone import pack
from training.checkpoints import LATENTS
from training.errors import UserError

N = 8


def encoder(px: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * px * px, N))


def decoder(px: int) -> nn.Module:
    shape = nn.Unflatten(1, (3, px, px))
    return nn.Sequential(nn.Linear(N, 3 * px * px), nn.Sigmoid(), shape)


def model(folder: Path, px: int = 16, **how) -> Model:
    torch.manual_seed(0)
    given = {"encoder": encoder(px), "decoder": decoder(px), **how}
    export(out=folder, image_size=px, **given)
    return load_model(f"{folder.parent.name}/{folder.name}", folder.parents[1])


def told(page: standalone.Pack) -> dict:
    """What the page knows, as its scripts read it."""
    html = standalone.as_page(page).decode()
    return json.loads(re.search(r'id="about">(.*?)</script>', html)[1])


def test_weights_in_8_bits_are_within_half_a_step_and_a_quarter_of_the_size():
    torch.manual_seed(0)
    full = to_onnx(nn.Linear(64, 64), torch.zeros(2, 64), "It")
    for graph in (full, halved(full)):
        small = quantised(graph)
        stored = {each.name: numpy_helper.to_array(each) for each in small.graph.initializer}
        (name,) = (each for each in stored if each.endswith(INT8))
        before = numpy_helper.to_array(
            next(each for each in full.graph.initializer if len(each.dims) == 2)
        )
        scale = stored[f"{name}.scale"]
        half = 0.5 if graph is full else 0.6  # and the rounding to half precision
        assert (np.abs(stored[name] * scale - before) <= half * scale + 1e-7).all()
        assert stored[name].nbytes * 4 == before.nbytes
        x = torch.randn(3, 64)
        wanted = Graph(full.SerializeToString(), "it")(x)
        assert (Graph(small.SerializeToString(), "it")(x) - wanted).abs().max() < 0.02


def test_images_of_small_weights_are_near_and_others_keep_theirs(tmp_path, monkeypatch):
    one = model(tmp_path / "mine" / "vae")
    blobs, stored = pack.networks(one, one.directory)
    assert stored == {"decoder.onnx": "int8", "encoder.onnx": "int8"}
    codes = one.sample_codes(8, seed=3)
    images = Graph(blobs["decoder.onnx"], "decoder")(codes)
    assert (images - one.decode(codes)).abs().mean() < pack.NEAR
    monkeypatch.setattr(pack, "NEAR", 0)
    blobs, stored = pack.networks(one, one.directory)
    assert {*stored.values()} == {"as exported"}
    assert blobs["decoder.onnx"] == (one.directory / "decoder.onnx").read_bytes()


def test_models_of_two_sizes_and_one_without_an_encoder_share_a_page(tmp_path):
    models = [
        model(tmp_path / "mine" / "small"),
        model(tmp_path / "mine" / "large", 32),
        model(tmp_path / "mine" / "lone", encoder=None, latent_size=N),
    ]
    about = told(standalone.packed(models))
    assert [each["description"]["image_size"] for each in about["models"]] == [16, 32, 16]
    assert [each["files"] for each in about["models"]] == [
        ["decoder.onnx", "encoder.onnx"],
        ["decoder.onnx", "encoder.onnx"],
        ["decoder.onnx"],
    ]
    assert about["sliders"]["attributes"] == [] and about["opened"] == 3


def test_codes_map_and_directions_come_along(tmp_path, monkeypatch):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    from PIL import Image

    for at in range(12):
        Image.new("RGB", (16, 16), (20 * at, 90, 255 - 20 * at)).save(pictures / f"{at}.png")
    table = tmp_path / "table.csv"
    rows = "".join(f"{at}.png,{int(at > 5)}\n" for at in range(12))
    table.write_text("file_name,Red\n" + rows)
    folder = model(tmp_path / "mine" / "vae").directory
    describe(folder, pictures, str(table))
    monkeypatch.setattr(pack, "POINTS", 10)
    page = standalone.packed([load_model("mine/vae", tmp_path)])
    (tmp_path / "read").mkdir()
    (tmp_path / "read" / LATENTS).write_bytes(page.models[0].files[LATENTS])
    from training.checkpoints import read_latents

    found = read_latents(tmp_path / "read", N)
    assert found.codes.shape == (10, N) and found.map.shape == (10, 2)
    assert found.names == ("Red",) and [*found.directions] == ["mean"]


def test_foreign_names_stay_text(tmp_path):
    name = "</script><img src=x onerror=alert(1)>"
    page = standalone.packed([model(tmp_path / "mine" / "vae", name=name, licence=name)])
    assert told(page)["models"][0]["description"]["name"] == name
    assert b"<img src=x" not in standalone.as_page(page)


def test_a_folder_that_is_written_anew_has_no_model_of_the_former_page(tmp_path):
    both = [model(tmp_path / "mine" / name) for name in ("one", "other")]
    out, first = tmp_path / "site", standalone.packed(both[:1])
    standalone.as_site(standalone.packed(both), out)
    (out / "models" / "mine.txt").touch()
    standalone.as_site(first, out)
    (about,) = told(first)["models"]
    named = {out / about["at"] / f"{file}.bin" for file in about["files"]}
    assert {*out.glob("models/*/*")} == named and (out / "models" / "mine.txt").is_file()
    assert len([*out.glob("models/*/")]) == 1


def test_other_weights_lie_under_another_path(tmp_path):
    page = standalone.packed([model(tmp_path / "mine" / "vae")])
    (before,) = (each["at"] for each in told(page)["models"])
    page.models[0].files["decoder.onnx"] += b"other"
    (after,) = (each["at"] for each in told(page)["models"])
    assert before != after


def test_what_cannot_be_on_a_page_is_one_sentence(tmp_path, capsys):
    one = model(tmp_path / "mine" / "vae")
    with pytest.raises(UserError, match="at most 4 models, not 5"):
        standalone.packed([one] * 5)
    lone = model(tmp_path / "mine" / "lone", decoder=None)
    with pytest.raises(UserError, match="no decoder"):
        standalone.packed([lone])
    assert main(["export", "mine/vae", "--checkpoints", str(tmp_path)]) == 2
    assert "--html FILE" in capsys.readouterr().err
