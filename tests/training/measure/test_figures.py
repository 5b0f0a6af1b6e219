"""Spectra, diversity, morphs, and which of two checkpoints is better."""

import math

import pytest
import torch
from PIL import Image

from tests.training.conftest import config_of
from training import checkpoints
from training.frameworks import FRAMEWORKS
from training.measure import metrics
from training.measure.evaluate import evaluate, measure, save
from training.measure.features import feature_network
from training.measure.figures import (
    COMPARE,
    FIGURES,
    MAIN,
    PICTURE,
    Figure,
    columns,
    compare,
    kept,
    not_finite,
)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("cycles", "band"), [(2, 0), (6, 1), (10, 2), (14, 3)])
def test_a_wave_has_its_power_in_its_quarter(cycles, band):
    wave = 0.5 + 0.4 * torch.cos(2 * math.pi * cycles * torch.arange(32) / 32)
    for x in (wave.expand(1, 3, 32, 32), wave[:, None].expand(1, 3, 32, 32)):
        power = metrics.spectrum(x)[0]
        assert power[band] > 0.99 * power.sum()


def test_a_border_that_does_not_close_is_no_detail():
    ramp = torch.linspace(0, 1, 32).expand(1, 3, 32, 32)
    power = metrics.spectrum(ramp)[0]
    assert power[0] > 0.999 * power.sum()


def test_coverage_and_distinct_of_fresh_draws_and_of_collapsed_ones():
    real, fresh = draw(2000, 4).split(1000)
    assert metrics.coverage(real, fresh) == pytest.approx(0.97, abs=0.02)
    assert metrics.distinct(real, fresh) == pytest.approx(0.95, abs=0.03)
    one_side = fresh[fresh[:, 0] > 0]
    assert metrics.coverage(real, one_side) < 0.75
    repeated = fresh[:10].repeat(100, 1)
    assert metrics.distinct(real, repeated) == 0
    assert metrics.coverage(real, repeated) < 0.3


@pytest.mark.parametrize("name", ["faae", "gan"])
def test_a_system_has_the_figures_that_it_can_have(name, images):
    framework = FRAMEWORKS[name](config_of(name)).eval()
    figures = measure(framework, images.images, feature_network())
    assert figures.keys() <= FIGURES.keys() and all(map(math.isfinite, figures.values()))
    assert {"frechet", "distinct", "sample_spectrum_4"} <= figures.keys()
    assert ("morph_middle" in figures) == ("mse" in figures) == framework.encodes


def test_a_figure_that_is_not_finite_is_left_out(tmp_path):
    (tmp_path / "black").mkdir()
    for index in range(4):
        Image.new("RGB", (32, 32)).save(tmp_path / "black" / f"{index}.png")
    checkpoints.write(tmp_path, FRAMEWORKS["faae"](config_of("faae")), {})
    save(tmp_path, evaluate(tmp_path, (str(tmp_path / "black"),), refine_steps=0))
    figures = checkpoints.read_metrics(tmp_path)["figures"]  # which refuses any other number
    assert "mse" in figures and not {"sharpness", "spectrum_1"} & figures.keys()


def test_samples_that_are_not_finite_leave_their_figures_out(images):
    framework = FRAMEWORKS["faae"](config_of("faae")).eval()
    framework.G.blocks[-1].weight.data.fill_(torch.inf)
    figures = measure(framework, images.images, feature_network())
    assert {"frechet", "frechet_reconstructions"} <= {*not_finite(figures)}
    assert "frechet" not in kept(figures)


def test_better_is_a_matter_of_ratios():
    former = {"mse": 0.02, "sharpness": 0.8, "psnr": 20.0}
    assert compare(("mse", "sharpness"), former, former) == pytest.approx(1)
    assert compare(("mse",), {"mse": 0.01}, former) == pytest.approx(0.5)
    assert compare(("psnr",), {"psnr": 25.0}, former) == pytest.approx(0.8)
    over_sharp = {"mse": 0.02, "sharpness": 1 / 0.8}
    assert compare(("mse", "sharpness"), over_sharp, former) == pytest.approx(1)
    assert compare(("mse", "sharpness"), {"mse": 0.02, "sharpness": 1.0}, former) < 1
    assert compare(("mse", "sharpness"), {"mse": 0.005, "sharpness": 0.4}, former) < 1
    assert not compare(("mse",), {"mse": math.nan}, former) < 1
    unknown = {"mse": 0.01, "class_error": 0.1}  # the former was measured without classes
    assert compare(("mse", "class_error"), unknown, former) == pytest.approx(0.5)


def test_a_figure_that_is_left_out_makes_no_checkpoint_better():
    whole, without = {"mse": 0.02, "frechet": 5.0}, {"mse": 0.01}
    assert compare(("mse", "frechet"), without, whole) == math.inf
    assert compare(("mse", "frechet"), whole, without) == pytest.approx(2)
    assert compare(("mse",), {"mse": 0.01}, {}) == 0
    assert compare(("mse",), {}, {}) == 1


def test_the_registry_has_whatever_a_table_or_a_system_names():
    assert [figure.name for figure in FIGURES.values()] == list(FIGURES)
    for figure in FIGURES.values():
        assert figure.short and figure.words and figure.better in ("lower", "one", "higher")
        assert set(figure.tables) <= {COMPARE, MAIN, PICTURE} and figure.text(0.5)
    shorts = [figure.short for figure in FIGURES.values()]
    assert len(set(shorts)) == len(shorts) and columns(COMPARE) and columns(MAIN)
    assert all(each.of and each.inputs == ("x", "x_hat") for each in columns(PICTURE))
    for system in FRAMEWORKS.values():
        assert set(system.judged_by) <= FIGURES.keys()


def test_a_figure_of_images_is_measured_by_being_registered(images, monkeypatch):
    def error(x, x_hat):
        return (x - x_hat).abs().flatten(1).mean(dim=1)

    figure = Figure("mae", "MAE", "mean absolute error", "", ".3f", "lower", of=error)
    monkeypatch.setitem(FIGURES, "mae", figure)
    framework = FRAMEWORKS["vae"](config_of("vae")).eval()
    with torch.no_grad():
        x = images.images.float() / 255
        expected = error(x, framework.decode(framework.encode(x))).mean().item()
    found = measure(framework, images.images, feature_network())
    assert found["mae"] == pytest.approx(expected)
    without = measure(FRAMEWORKS["gan"](config_of("gan")).eval(), images.images, feature_network())
    assert "mae" not in without
