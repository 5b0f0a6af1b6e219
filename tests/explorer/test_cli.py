"""`python -m explorer` on files: what it writes, and that bad input gives one sentence."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer import load_model
from explorer.__main__ import main
from explorer.cli.commands import commands
from explorer.pictures.render import read_code, to_pil
from explorer.session.examples import astronaut
from training import checkpoints

ROOT = Path(__file__).parents[2] / "checkpoints"
NAMES = ["celeba32/faae", "celeba32/aae"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a verb in an empty folder that holds photo.png: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    astronaut().save("photo.png")

    def run(*arguments):
        verb, *rest = map(str, arguments)
        if verb not in ("map", "describe"):  # they take a folder
            rest = ["--checkpoints", str(ROOT), *rest]
        try:
            code = main([verb, *rest])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


def test_models_are_listed_with_what_they_are(run):
    code, out, _ = run("models", "--json")
    assert code == 0
    first = json.loads(out)[:2]
    assert [row["name"] for row in first] == NAMES
    assert {(row["image_px"], row["code_length"]) for row in first} == {(32, 256)}


def test_reconstruct_measures_every_model_and_refining_helps(run):
    code, out, _ = run("reconstruct", "photo.png", "--steps", 20, "--px", 40, "--json")
    (report,) = json.loads(out)
    assert code == 0 and report["crop"]["found"]
    assert list(report["models"]) == NAMES
    for stages in report["models"].values():
        assert stages["refined"]["mse"] < stages["encoder"]["mse"]
        assert {"mse", "psnr", "ssim", "sharpness", "cycle_error"} <= set(stages["encoder"])
    assert Image.open("reconstruct.png").width == 5 * 42 - 2  # the picture, two stages a model


def test_crop_by_hand_is_used(run):
    _, out, _ = run("reconstruct", "photo.png", "--steps", 0, "--json", "--crop", "10,20,300,5")
    crop = json.loads(out)[0]["crop"]
    assert [crop[name] for name in ("x", "y", "side", "angle")] == [10, 20, 300, 5]


def test_path_writes_a_sheet_and_a_film_and_says_how_long_each_path_is(run):
    run("sample", "--count", 1, "--tiles", ".", "--models", NAMES[0])
    tile = next(Path(NAMES[0]).glob("*.png"))
    how = ("--frames", 3, "--reach", 1.5, "--steps", 10, "--px", 32)
    code, out, _ = run("path", tile, "photo.png", *how, "--film", "there.mp4", "--json")
    assert code == 0 and Path("there.mp4").stat().st_size > 1000
    found = json.loads(out)
    assert list(found) == NAMES
    for ways in found.values():
        assert list(ways) == ["linear", "spherical", "geodesic"]
        assert ways["geodesic"]["energy"] <= ways["spherical"]["energy"]
        assert {len(way["norm"]) for way in ways.values()} == {4}
        assert all(way["length"] > 0 and len(way["density"]) == 4 for way in ways.values())
    assert Image.open("path.png").height > 2 * 3 * 32


def test_restore_measures_what_comes_back(run):
    how = ("--steps", 10, "--px", 32, "--models", NAMES[1], "--json")
    code, out, _ = run("restore", "photo.png", "--kind", "low-resolution", *how)
    assert code == 0
    found = json.loads(out)
    assert found[NAMES[1]]["restored"]["psnr"] > found["damaged"]["psnr"]
    assert list(found) == ["untouched", "damaged", "bicubic", NAMES[1]]
    assert Image.open("restore.png").width == 6 * 34 - 2
    code, out, _ = run("restore", "photo.png", "--damaged", "--box", "0.4,0.4,0.2,0.2", *how)
    assert code == 0 and json.loads(out)["damaged"] == {}


def test_paths_and_restorations_that_cannot_be_give_one_sentence(run):
    Image.new("RGB", (64, 64), "white").save("mask.png")
    for arguments, said in (
        (("path", "photo.png"), "give two or more"),
        (("path", "photo.png", "photo.png"), "are equal: replace one"),
        (("path", "photo.png", "mask.png", "--film", "film.avi"), "does not end in .gif or .mp4"),
        (("restore", "photo.png", "--region", "mask.png"), "covers all of the picture"),
        (("restore", "photo.png", "--box", "0,0,0,0"), "Nothing is painted out"),
        (("restore", "photo.png", "--box", "0,0,2,1"), "in shares from 0 to 1"),
    ):
        code, out, err = run(*arguments)
        assert code == 2 and said in err and not out and "Traceback" not in err


def test_morph_writes_a_grid_and_a_walk(run):
    code, *_ = run(
        "morph", "photo.png", "--size", 3, "--px", 32, "--gif", "walk.gif", "--gif-px", 32
    )
    assert code == 0
    page = Image.open("morph.png")
    assert page.width == 2 * (3 * 34 - 2) + 12  # both models' grids
    assert Image.open("walk.gif").n_frames == (3 * 3 + 1) * 3  # the tiles, one more on the way back


def test_samples_are_the_same_for_the_same_seed_and_carry_their_codes(run):
    for name, seed in (("a.png", 7), ("b.png", 7), ("c.png", 8)):
        run("sample", "--count", 4, "--seed", seed, "--out", name, "--px", 32, "--tiles", "tiles")
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes() != Path("c.png").read_bytes()
    model = load_model(NAMES[0], ROOT)
    codes = model.sample_codes(4, seed=7)
    code, name = read_code(f"tiles/{NAMES[0]}/7-002.png")
    assert name == NAMES[0] and torch.equal(code, codes[2])
    drawn = np.asarray(to_pil(model.decode(codes)[2], 32))
    assert np.array_equal(np.asarray(Image.open(f"tiles/{NAMES[0]}/7-002.png")), drawn)


def test_edit_of_a_saved_tile_starts_at_its_exact_code(run):
    run("sample", "--count", 2, "--tiles", "tiles", "--px", 32)
    tile = f"tiles/{NAMES[0]}/0-001.png"
    code, *_ = run("edit", tile, "--models", NAMES[0], "--set", "Smiling=3", "--px", 32)
    before, after = (
        np.asarray(Image.open("edit.png").crop((x, 0, x + 32, 32))).astype(int) for x in (0, 34)
    )
    assert code == 0
    assert np.array_equal(before, np.asarray(Image.open(tile)))
    assert np.abs(after - before).max() > 5


def test_edit_by_another_method_and_with_attributes_held(run):
    pages = []
    for more in ([], ["--method", "svm"], ["--hold", "Male", "--hold", "Young"]):
        code, *_ = run("edit", "--set", "Smiling=3", "--px", 32, *more)
        assert code == 0
        pages.append(Path("edit.png").read_bytes())
    assert len(set(pages)) == 3
    code, out, _ = run("edit", "--list", "--method", "svm")
    assert code == 0 and re.search(r"Smiling AUC 0\.9\d, Cohen's d [12]\.\d\d \(0\.\d\d\)", out)


def test_labels_are_switched_in_codes_that_end_in_them(run):
    pages = {}
    for label in ("Smiling", "Smiling=off", "Eyeglasses"):
        for verb in ("sample", "edit"):
            arguments = ["--models", "celeba32/icgan,celeba32/faae", "--label", label]
            code, *_ = run(verb, *arguments, "--px", 32, "--seed", 3)
            assert code == 0
            pages[verb, label] = Path(f"{verb}.png").read_bytes()
    assert len(set(pages.values())) == len(pages)


def test_map_is_written_into_the_checkpoint(run, monkeypatch):
    folder = Path(shutil.copytree(ROOT / NAMES[0], "copy"))
    latents = checkpoints.read_latents(folder)
    few = replace(latents, codes=latents.codes[:16], labels=latents.labels[:16], map=None)
    checkpoints.write_latents(folder, few)

    class UMAP:  # the real one needs half a minute
        def __init__(self, random_state, **how):
            assert random_state == 0

        def fit_transform(self, codes):
            return codes[:, :2] * 8

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=UMAP))
    assert run("map", folder)[0] == 0
    written = checkpoints.read_latents(folder)
    torch.testing.assert_close(written.map, few.codes[:, :2] * 8, rtol=1e-2, atol=1e-3)

    for count in (5, 3):  # which replace those
        pictures = Path(f"pictures-{count}")
        pictures.mkdir()
        for at in range(count):
            Image.new("RGB", (40, 40), (at * 40, 0, 90)).save(pictures / f"{at}.png")
        code, out, _ = run("map", folder, "--data", pictures)
        assert code == 0 and f"{16 + count} points" in out
        written = checkpoints.read_latents(folder)
        assert written.map.shape == (16 + count, 2) and len(written.labels) == 16
        torch.testing.assert_close(written.labelled, few.codes, rtol=0.02, atol=0.02)
        assert written.directions["mean"].auc.shape == (len(written.names),)
        assert written.attributes_of(15) and not written.attributes_of(16)


def test_what_can_be_read_is_done_and_the_rest_named(run):
    Path("bad.jpg").write_text("no picture")
    files = ["photo.png", "bad.jpg", "gone.png", "photo.png"]
    code, out, err = run("reconstruct", *files, "--steps", 0, "--px", 16, "--json")
    assert code == 2 and [each["picture"] for each in json.loads(out)] == ["photo.png"] * 2
    assert Path("reconstruct.png").is_file()
    assert re.search(r"^bad\.jpg is not a picture", err, re.M) and "no file gone.png" in err


def test_a_model_named_twice_is_taken_once(run):
    code, out, _ = run("sample", "--models", f"{NAMES[0]},{NAMES[0]}", "--count", 1, "--json")
    assert code == 0 and list(json.loads(out)) == NAMES[:1]


BAD = {
    "a verb": (["paint"], "models, reconstruct, restore, morph"),
    "a model": (["sample", "--models", "celeba32/nvae"], "celeba32/faae, celeba32/aae"),
    "an attribute": (["edit", "--set", "Happy=1"], "choose from: .*Smiling"),
    "a held attribute": (["edit", "--hold", "Happy"], "no attribute 'Happy'; choose from"),
    "a method": (["edit", "--set", "Male=1", "--method", "pca"], "mean, logistic, svm"),
    "a label": (["sample", "--models", "celeba32/icgan", "--label", "Hat"], "choose from: Male"),
    "labels where there are none": (["sample", "--label", "Male"], "No model .* has labels"),
    "a switch": (["edit", "--label", "Male=half"], "like Smiling or Smiling=off"),
    "an amount": (["edit", "--set", "Smiling"], "like Smiling=2"),
    "an amount without end": (["edit", "--set", "Smiling=1e308"], r"--set\['Smiling'\] is 1e\+308"),
    "a flag's name": (["edit", "--hold", "x" * 300], r"--hold\[0\] .* at most 200"),
    "pictures that are not there": (["morph", *"abcde"], "4 pictures, not 5"),
    "a file": (["reconstruct", "gone.png"], "no file gone.png"),
    "no picture": (["reconstruct", "notes.txt"], "use PNG, JPEG"),
    "no pictures": (["reconstruct"], "PICTURE"),
    "a number": (["reconstruct", "photo.png", "--steps", "many"], "from 0 to 300"),
    "too large a grid": (["morph", "--size", "99"], "from 3 to 15"),
    "five corners": (["morph", *["photo.png"] * 5], "4 pictures, not 5"),
    "a crop": (["reconstruct", "photo.png", "--crop", "1,2"], "X,Y,SIDE"),
    "a folder": (["sample", "--out", "nowhere/a.png"], "no folder 'nowhere'"),
    "a suffix": (["sample", "--out", "a.doc"], "not end in .png"),
    "tiles in a file": (["sample", "--tiles", "photo.png"], "photo.png.* cannot be written"),
    "no checkpoint": (["map", "."], "no config.json"),
    "no checkpoints": (["models", "--checkpoints", "."], "python -m training fit"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gives_one_sentence_and_exit_code_2(what, run):
    Path("notes.txt").write_text("no picture")
    arguments, said = BAD[what]
    code, out, err = run(*arguments)
    assert code == 2 and out == ""
    lines = [line for line in err.splitlines() if not line.endswith(".png")]
    assert len(lines) == 1 and re.search(said, lines[0]), err


@pytest.mark.parametrize("name", commands())
def test_every_option_of_every_command_has_help(name, run, capsys):
    _, helped, _ = run(name, "--help")
    assert f"python -m explorer {name} " in helped.split("\n\n")[0]
    plain = re.sub(r"[│╭╮╰╯─┌┐└┘|+]", " ", helped)
    listed = re.split(r"\n +(?=--?\w)", plain.split(" options ")[-1])[1:]
    assert listed
    for option in listed:
        assert len(re.sub(r"\(default[^)]*\)|--?\S+", "", option).split()) > 1, option


def test_module_runs_as_a_program():
    command = [sys.executable, "-m", "explorer", "models", "--checkpoints", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT.parent)
    assert done.returncode == 0 and done.stdout.startswith("celeba32/faae: F-AAE, 32 px")
