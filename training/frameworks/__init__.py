"""Every system by its id. A new one is one file beside this and one table in systems.toml, where
loop, command line, tests and app find it."""

import tomllib
from importlib import import_module
from pathlib import Path

from training.config import Config, from_dict, option_names
from training.frameworks.base import Batch, Flow, Framework, Phase

REGISTRY = Path(__file__).with_name("systems.toml")


def registered() -> dict[str, type[Framework]]:
    """The systems of the registry, each with what it says of them."""
    found = {}
    for name, texts in tomllib.loads(REGISTRY.read_text(encoding="utf-8")).items():
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        found[name] = system = getattr(module, texts["class"])
        system.id, system.title, system.source = name, texts["title"], texts["source"]
        system.explanation = texts["explanation"]
        system.flows = tuple(Flow(*flow) for flow in texts["flows"])
    return found


FRAMEWORKS = registered()


def read_settings(settings: dict) -> Config:
    """The options of a run from the plain settings in its config.json or state.pt, where options of
    other systems are dropped: older files list those of all. UserError for an unknown one."""
    framework = FRAMEWORKS[settings["framework"]]
    foreign = {name for each in FRAMEWORKS.values() for name in option_names(each.Options)}
    foreign = {"framework", *foreign}.difference(option_names(framework.Options))
    return from_dict(framework, {k: v for k, v in settings.items() if k not in foreign})
