"""`python -m training`, as people call it."""

import json

import pytest

from tests.training.conftest import config_of
from training import __main__ as command_line
from training import loop
from training.config import Config
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


def test_a_list_of_the_preset_can_be_emptied(monkeypatch, capsys):
    arguments = ["fit", "faae", "--preset", "best", "--dry-run", "--augment"]
    assert json.loads(call(monkeypatch, capsys, *arguments)[1])["augment"] == []


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_paper_preset_is_the_papers(name, monkeypatch, capsys):
    resolved = json.loads(call(monkeypatch, capsys, "fit", name, "--dry-run")[1])
    assert {
        k: resolved[k] for k in ("lr", "lr_d", "alpha", "lambda_adv", "epochs", "lr_decay")
    } == {
        "lr": 3e-4,
        "lr_d": 1e-3,
        "alpha": 100,
        "lambda_adv": 0.1,
        "epochs": 50,
        "lr_decay": 1e-4,
    }
    assert (resolved["ema"], resolved["r1_gamma"], resolved["augment"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "gnome"], "There is no framework 'gnome'; choose from: faae, "),
        (
            ["fit", "faae", "--preset", "huge"],
            "no preset 'huge'; choose from: paper, small, best, gpu",
        ),
        (["fit", "faae", "--data", "gnome"], "no file, folder or dataset 'gnome'"),
        (["fit", "faae", "--image-size", "48"], "choose from: 32, 64, 128"),
        (["fit", "faae", "--width", "0"], "--width must be greater than 0"),
        (["fit", "faae", "--ema", "1"], "--ema must be at least 0 and less than 1"),
        (["fit", "faae", "--seed", "-1"], "--seed must be 0 or greater"),
        (["fit", "faae", "--crop", "round"], "--crop takes 'center', 'none' or a side in px"),
        (["fit", "faae", "--device", "abacus", "--data", "x"], "There is no device 'abacus'"),
        (["evaluate", "nowhere", "--data", "x"], "Checkpoint 'nowhere' has no config.json"),
    ],
)
def test_bad_input_gets_one_sentence(monkeypatch, capsys, arguments, message):
    code, _, err = call(monkeypatch, capsys, *arguments)
    assert code == 2
    assert message in err and err.count("\n") == 1


def test_frameworks_shows_every_objective(monkeypatch, capsys):
    _, out, _ = call(monkeypatch, capsys, "frameworks")
    assert all(f"{name}: {each.title}" in out for name, each in FRAMEWORKS.items())
    assert "alpha E_z ||z - E(G(z))||^2" in out


def test_every_option_has_help(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        call(monkeypatch, capsys, "fit", "--help")
    out = capsys.readouterr().out
    for name, each in Config.__dataclass_fields__.items():
        if name != "framework":
            assert f"--{name.replace('_', '-')}" in out and each.metadata["help"]


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
    assert 0 <= figures["reencoding_error"] <= 4
    assert f"{figures['mse']:.4g}" in (out / "README.md").read_text()
