"""`python -m training`, as people call it."""

import json
import re
from dataclasses import fields
from math import inf, nan

import pytest

from tests.training.conftest import CHECKPOINTS, config_of, heeded
from training import __main__ as command_line
from training import loop
from training.config import option_names
from training.errors import UserError, flag
from training.frameworks import FRAMEWORKS


def call(monkeypatch, capsys, *arguments) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["training", *map(str, arguments)])
    code = command_line.main()
    return code, *capsys.readouterr()


def test_dry_run_prints_the_resolved_configuration(monkeypatch, capsys):
    arguments = ["fit", "faae", "--preset", "small", "--lr", "0.5", "--data", "x", "--no-flip"]
    code, out, _ = call(monkeypatch, capsys, *arguments, "--dry-run")
    resolved = json.loads(out)
    assert code == 0
    assert resolved["lr"] == 0.5 and resolved["data"] == ["x"] and resolved["flip"] is False
    assert resolved["ema"] == 0.999 and resolved["framework"] == "faae"


def test_the_system_may_stand_after_its_options(monkeypatch, capsys):
    options = ["--preset", "small", "--lr", "0.5", "--dry-run"]
    before = call(monkeypatch, capsys, "fit", "faae", *options)
    assert call(monkeypatch, capsys, "fit", *options, "faae") == before and before[0] == 0


def test_a_list_of_the_preset_can_be_emptied(monkeypatch, capsys):
    arguments = ["fit", "faae", "--preset", "best", "--dry-run", "--augment"]
    assert json.loads(call(monkeypatch, capsys, *arguments)[1])["augment"] == []


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_paper_preset_is_the_papers(name, monkeypatch, capsys):
    resolved = json.loads(call(monkeypatch, capsys, "fit", name, "--dry-run")[1])
    paper = {"lr": 3e-4, "lr_d": 1e-3, "alpha": 100, "lambda_adv": 0.1, "epochs": 50}
    paper |= {"lr_decay": 1e-4, "ema": 0, "r1_gamma": 0, "augment": []}
    assert heeded(FRAMEWORKS[name], paper).items() <= resolved.items()
    assert {"lr", "epochs", "lr_decay", "ema"} <= resolved.keys()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "gnome"], "There is no framework 'gnome'; choose from: faae, "),
        (
            ["fit", "faae", "--preset", "huge"],
            "no preset 'huge'; choose from: paper, small, best, gpu",
        ),
        (["fit"], "Give a framework: faae, "),
        (["fit", "faae", "--framework", "vae"], "no option '--framework'"),
        (["evaluate", "x"], "Give --data; `python -m training evaluate --help` explains."),
        (["evaluate", CHECKPOINTS / "celeba32/vae", "--data"], "Give --data: a folder"),
        (["campaign"], "Give name; "),
        (["fit", "faae", "--data", "gnome"], "no file, folder or dataset 'gnome'"),
        (["fit", "faae", "--image-size", "48"], "choose from: 32, 64, 128"),
        (["fit", "faae", "--width", "0"], "--width must be greater than 0"),
        (["fit", "faae", "--ema", "1"], "--ema must be at least 0 and less than 1"),
        (["fit", "faae", "--seed", "-1"], "--seed must be 0 or greater"),
        (["fit", "faae", "--seed", "9" * 20], "--seed must be at most 9223372036854775807"),
        (["fit", "faae", "--width", "3000"], "--width must be at most 2048"),
        (["fit", "faae", "--latent-size", "150000"], "--latent-size must be at most 16384"),
        (["fit", "faae", "--log-every", "0"], "--log-every must be greater than 0"),
        (["fit", "faae", "--checkpoint-minutes", "nan"], "--checkpoint-minutes must be a finite"),
        (["fit", "faae", "--beta1", "1"], "--beta1 must be at least 0 and less than 1"),
        (["fit", "faae", "--crop", "0"], "--crop takes 'center', 'none' or a side in px"),
        (["fit", "faae", "--crop", "round"], "--crop takes 'center', 'none' or a side in px"),
        (["fit", "faae", "--device", "abacus", "--data", "x"], "There is no device 'abacus'"),
        (["evaluate", "x", "--data", "x", "--seed", "-1"], "--seed must be 0 or greater."),
        (["evaluate", "nowhere", "--data", "x"], "Checkpoint 'nowhere' has no config.json"),
    ],
)
def test_bad_input_gets_one_sentence(monkeypatch, capsys, arguments, message):
    code, _, err = call(monkeypatch, capsys, *arguments)
    assert code == 2
    assert message in err and err.count("\n") == 1


NUMBERS = [
    (name, each.name)
    for name, system in FRAMEWORKS.items()
    for each in fields(system.Options)
    if isinstance(each.default, float)
]


@pytest.mark.parametrize(("name", "option"), NUMBERS)
def test_no_option_is_without_limits(name, option):
    for value in (nan, inf, -1.0, "1", None):
        with pytest.raises(UserError, match=f"^{flag(option)} must be .*[.]$"):
            config_of(name, **{option: value})


def test_frameworks_shows_every_objective(monkeypatch, capsys):
    _, out, _ = call(monkeypatch, capsys, "frameworks")
    assert all(f"{name}: {each.title}" in out for name, each in FRAMEWORKS.items())
    assert "alpha E_z ||z - E(G(z))||^2" in out


def test_help_of_fit_names_the_systems_and_how_to_see_their_options(monkeypatch, capsys):
    code, out, _ = call(monkeypatch, capsys, "fit", "--help")
    assert code == 0 and "`fit faae --preset small --help` shows" in out
    assert all(f"  {name} " in out and each.title in out for name, each in FRAMEWORKS.items())


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_option_of_a_system_has_help(name, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit):
        call(monkeypatch, capsys, "fit", name, "--preset", "small", "--help")
    out = capsys.readouterr().out
    for option in option_names(FRAMEWORKS[name].Options):
        assert re.search(rf"{flag(option)}[ ,].*\s.*\w.* \(default: ", out), option
    assert "--framework" not in out
    assert "--width INT" in out and "(default: 32)" in out  # the preset's


def test_an_option_of_another_system_is_refused_with_those_that_there_are(monkeypatch, capsys):
    code, _, err = call(monkeypatch, capsys, "fit", "vae", "--morphs", "0.5")
    assert code == 2 and err.count("\n") == 1
    assert "no option '--morphs' in `python -m training fit vae`; its options are: " in err
    assert "--lambda-kl" in err and "--epochs" in err and "--d-width" not in err


def test_evaluate_measures_and_saves(folder, tmp_path, monkeypatch, capsys):
    out = tmp_path / "run"
    loop.fit(config_of("faae", data=(str(folder),), out=str(out), epochs=1))
    arguments = ["evaluate", out, "--data", folder, "--refine-steps", 3, "--save", "--json"]
    code, printed, _ = call(monkeypatch, capsys, *arguments)
    result = json.loads(printed)
    assert code == 0 and result == json.loads((out / "metrics.json").read_text())
    figures = result["figures"]
    assert result["features"] and result["images"] == 40
    assert figures["mse_refined"] < figures["mse"]
    assert figures["reencoding_error"] > 0
    assert f"{figures['mse']:.4g}" in (out / "README.md").read_text()
    call(monkeypatch, capsys, *arguments[:4], "--refine-steps", 0, "--save")
    assert "0 steps" not in (out / "README.md").read_text()
