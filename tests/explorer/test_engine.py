"""Loaded models: found from anywhere, and what they take for images and codes."""

import copy
import gc
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from weakref import ref

import huggingface_hub
import numpy as np
import pytest
import torch
from huggingface_hub import errors
from PIL import Image

from explorer import LatentModel, list_models, load_model
from explorer.session.examples import astronaut
from explorer.verbs.edit import middle
from tests.explorer.conftest import CHECKPOINTS
from training.data import resize
from training.errors import UserError

NAME = "celeba32/aae"


@pytest.fixture(scope="module")
def model():
    return load_model(NAME)


@pytest.fixture(scope="module")
def x() -> torch.Tensor:
    """A face as the model takes it, (1, 3, 32, 32) in [0, 1]."""
    pixels = np.asarray(resize(astronaut(), 32, "center"))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 255


def test_the_installed_checkpoints_are_found_from_any_folder(tmp_path):
    code = f"from explorer import load_model; print(load_model('{NAME}').name)"
    for more in ("", f"; print(load_model('{NAME}', root={str(CHECKPOINTS)!r}).name)"):
        done = subprocess.run(
            [sys.executable, "-c", code + more],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(CHECKPOINTS.parent)},
        )
        assert done.stdout.split() == [NAME] * (2 if more else 1), done.stderr


def test_every_command_finds_them_too(tmp_path, monkeypatch, capsys):
    from explorer.__main__ import main

    monkeypatch.chdir(tmp_path)
    assert main(["sample", "--count", "1", "--px", "16"]) == 0
    assert Path("sample.png").is_file()


def test_images_of_every_usual_kind_give_the_same_code(model, x):
    bytes_ = (x * 255).round().to(torch.uint8)
    picture = Image.fromarray(bytes_[0].permute(1, 2, 0).numpy())
    expected = model.encode(x)
    for given in (bytes_, bytes_.numpy(), x.numpy(), x[0], x.double(), picture, [picture]):
        torch.testing.assert_close(model.encode(given), expected, atol=1e-6, rtol=0)
    torch.testing.assert_close(model.encode(np.asarray(picture)), expected, atol=1e-6, rtol=0)
    assert model.encode([astronaut(), picture]).shape == (2, model.latent_size)  # of any size
    errors = (model.decode(model.refine(picture, steps=20)) - x).square().mean()
    assert errors < 0.02 and model.recover(bytes_, steps=1).shape == expected.shape


NAN = torch.full((1, 3, 32, 32), torch.nan)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (255 * torch.rand(1, 3, 32, 32), "from 0 to 1, these from .*: give x / 255"),
        (2 * torch.rand(1, 3, 32, 32) - 1, r"give \(x \+ 1\) / 2"),
        (NAN, "not finite"),
        (NAN.new_full(NAN.shape, torch.inf), "not finite"),
        (torch.rand(1, 3, 64, 64), r"\(B, 3, 32, 32\) here, not \(1, 3, 64, 64\)"),
        (torch.rand(1, 1, 32, 32), r"not \(1, 1, 32, 32\)"),
        (torch.rand(32, 32), r"not \(32, 32\)"),
        ([], "give at least one"),
        ("face.png", "tensors, NumPy arrays or PIL pictures, not str"),
        ([[0.5]], "not list"),
        (None, "not NoneType"),
        (255 * np.random.rand(40, 40, 3), "from 0 to 1, these from .*: give x / 255"),
        (np.full((40, 40, 3), np.nan), "not finite"),
        (np.array([None]), "of numbers"),
    ],
)
def test_images_that_cannot_be_meant_are_one_sentence(model, given, said):
    for take in (model.encode, model.refine, model.recover):
        with pytest.raises(UserError, match=said):
            take(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (torch.rand(1, 8), r"\(B, 256\) here, not \(1, 8\)"),
        (torch.rand(256), r"not \(256,\)"),
        (torch.full((1, 256), torch.nan), "not finite"),
        ("code", "of numbers"),
        (None, "of numbers"),
        ([[0.5], [0.5, 0.5]], "of numbers"),
    ],
)
def test_codes_that_cannot_be_meant_are_one_sentence(model, given, said):
    with pytest.raises(UserError, match=said):
        model.decode(given)


def test_images_and_codes_come_in_pairs(model, x):
    for take in (model.refine, model.refine_steps):
        with pytest.raises(UserError, match="not 2 codes for 1"):
            take(x, model.sample_codes(2))


def test_a_model_says_what_it_is():
    said = "<Model celeba32/faae: F-AAE, 32 px, codes of 256 numbers, on cpu>"
    assert repr(load_model("celeba32/faae")) == said


def test_images_may_be_flipped_arrays(model, x):
    flipped = model.encode(x.flip(3))
    torch.testing.assert_close(model.encode(x.numpy()[..., ::-1]), flipped)


def test_codes_may_be_arrays(model):
    z = model.sample_codes(2)
    assert torch.equal(model.decode(z.numpy()), model.decode(z))


def test_what_is_found_of_a_model_does_not_keep_it():
    loaded = load_model(NAME)
    assert middle(loaded) is middle(loaded)
    kept = ref(loaded)
    del loaded
    gc.collect()
    assert kept() is None


def test_models_are_pickled_and_copied(model, x):
    codes = model.encode(x)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other.encode(x), codes)
        assert other._refining is not model._refining
        assert other.refine(x, codes, steps=1).shape == codes.shape


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_codes_are_found_in_any_mode(mode, model, x):
    refined, recovered = model.refine(x, steps=3), model.recover(x, steps=2)
    with mode():
        image = x.clone()
        assert torch.equal(model.refine(image, steps=3), refined)
        assert torch.equal(model.refine(image, model.encode(image), steps=3), refined)
        assert torch.equal(model.recover(image, steps=2), recovered)
        loaded = load_model(NAME)
        *_, (_, codes) = loaded.refine_steps(image, steps=3)
    assert torch.equal(codes, refined)
    assert torch.equal(loaded.refine(x, steps=3), refined)


class Hub:
    """The hub's part that is used, with no network: repositories are folders."""

    def __init__(self, root: Path):
        self.root, self.asked = root, []

    def snapshot_download(self, repo_id, allow_patterns, **how):
        if not (self.root / repo_id).is_dir():
            raise errors.LocalEntryNotFoundError("Got: no route.\nMore of it")
        self.asked.append((allow_patterns, how))
        return str(self.root / repo_id)

    def HfApi(self, token=None):
        return self

    def create_repo(self, repo_id, private, exist_ok):
        (self.root / repo_id).mkdir(parents=True, exist_ok=exist_ok)

    def create_commit(self, repo_id, operations, commit_message):
        for each in operations:
            shutil.copy(each.path_or_fileobj, self.root / repo_id / each.path_in_repo)
        return SimpleNamespace(commit_url=f"https://hub/{repo_id}/commit/1")


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = Hub(tmp_path)
    for name in ("snapshot_download", "HfApi"):
        monkeypatch.setattr(huggingface_hub, name, getattr(hub, name))
    return hub


def test_a_model_goes_to_the_hub_and_comes_back(model, x, hub):
    assert model.push_to_hub("me/faces", private=True) == "https://hub/me/faces/commit/1"
    names = {path.name for path in model.directory.iterdir()} - {"curve.json"}
    assert {path.name for path in (hub.root / "me" / "faces").iterdir()} == names
    fetched = LatentModel.from_pretrained("me/faces", revision="v1")
    assert torch.equal(fetched.encode(x), model.encode(x)) and fetched.name == "me/faces"
    assert hub.asked[0] == (["config.json"], {"revision": "v1"})
    local = LatentModel.from_pretrained(model.directory)
    assert torch.equal(local.encode(x), model.encode(x))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("me/gone", "^The hub does not answer for 'me/gone': Got: no route[.]$"),
        ("me/other", "'me/other' on the hub has no config.json: it is no checkpoint"),
        ("me/torn", "config.json is damaged"),
    ],
)
def test_a_model_that_the_hub_does_not_have_is_one_sentence(name, said, hub):
    (hub.root / "me" / "other").mkdir(parents=True)
    (hub.root / "me" / "torn").mkdir()
    (hub.root / "me" / "torn" / "config.json").write_text("[]")
    with pytest.raises(UserError, match=said):
        LatentModel.from_pretrained(name)


def test_a_hub_that_gives_no_reason_is_one_sentence_too(hub, monkeypatch):
    def late(*given, **how):
        raise TimeoutError  # whose text is empty

    monkeypatch.setattr(huggingface_hub, "snapshot_download", late)
    with pytest.raises(UserError, match="hub does not answer for 'me/faces': TimeoutError[.]$"):
        LatentModel.from_pretrained("me/faces")


def test_what_is_no_id_is_one_sentence():
    with pytest.raises(UserError, match="'/no/such/folder' is neither a folder here nor an id"):
        LatentModel.from_pretrained("/no/such/folder")


def test_one_bad_file_leaves_the_other_models(tmp_path):
    for name in ("aae", "wae"):
        shutil.copytree(CHECKPOINTS / "cifar32" / name, tmp_path / "set" / name)
    (tmp_path / "set" / "wae" / "metrics.json").write_text('{"figures": {"mse": null}}')
    found = list_models(tmp_path)
    assert [*found.models] == ["set/aae"]
    (problem,) = found.problems
    assert problem.startswith("Checkpoint 'set/wae': metrics.json is damaged: figures.mse must be")


def test_a_device_that_is_not_here_is_one_sentence():
    for device in ("abacus", *(() if torch.cuda.is_available() else ("cuda",)), "mps"):
        with pytest.raises(UserError, match=device):
            load_model(NAME, device=device)
