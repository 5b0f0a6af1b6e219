"""Each system's own options: which it has, what files say of them, and older files."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.training.conftest import config_of
from training import checkpoints, loop
from training.config import PRESETS, Config, option_names
from training.errors import UserError
from training.frameworks import FRAMEWORKS, read_settings

SHIPPED = sorted((Path(__file__).parents[2] / "checkpoints").glob("*/*/config.json"))
ALL = {name for system in FRAMEWORKS.values() for name in option_names(system.Options)}


def test_a_setting_of_a_preset_is_an_option_of_a_system():
    assert {name for preset in PRESETS.values() for name in preset} <= ALL


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_checkpoint_stores_the_options_of_its_system_alone(name, tmp_path):
    system = FRAMEWORKS[name]
    checkpoints.write(tmp_path, system(config_of(name)), {})
    settings = json.loads((tmp_path / "config.json").read_text())["settings"]
    theirs = {"framework", *option_names(system.Options)} - set(checkpoints.weights.OF_THE_MACHINE)
    assert settings.keys() == theirs
    assert set(option_names(Config)) < ALL


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_a_shipped_file_is_read_and_says_what_its_images_are_of(path):
    settings = json.loads(path.read_text())["settings"]
    config = read_settings(settings)
    for name, value in json.loads(json.dumps(asdict(config))).items():
        assert settings.get(name, value) == value, name
    of_set = {
        "celeba32": "face",
        "celeba64": "face",
        "cifar32": "picture",
        "digits": "digit",
        "mnist32": "digit",
    }
    assert config.images_of == of_set[path.parts[-3]]


def test_a_file_that_lists_the_options_of_all_systems_is_read():
    settings = json.loads(json.dumps(asdict(config_of("vae", width=7))))
    older = {**settings, "morphs": 0.5, "clusters": 16, "labels": []}
    del older["images_of"]
    assert read_settings(older) == config_of("vae", width=7)
    with pytest.raises(UserError, match="vae has no option colour; it has: .*lambda_kl"):
        read_settings({**older, "colour": "red"})


def test_a_run_of_before_goes_on_with_the_same_settings():
    config = config_of("vae", images_of="face")
    former = {**checkpoints.portable(config), "morphs": 0.5, "first_stage": ""}
    del former["images_of"]
    loop.check_settings(config, former, Path("run"))
    with pytest.raises(UserError, match="'run' was trained with lambda_kl = 1.0, not 0.004"):
        loop.check_settings(config, {**former, "lambda_kl": 1.0}, Path("run"))
