"""README and the other documents: their links, their commands, and the table of README."""

import importlib.util
import json
import re
import sys
from contextlib import redirect_stdout
from dataclasses import fields
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest

from app import App
from training.errors import flag
from training.frameworks import FRAMEWORKS
from training.report.tables import number

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = (
    README,
    ROOT / "checkpoints" / "RESULTS.md",
    ROOT / "training" / "RECIPES.md",
    ROOT / "explorer" / "EXPORT.md",
    ROOT / "explorer" / "WORKSHOP.md",
)
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
FOREIGN = {"--depth", "--check", "-m"}  # options of git, ruff and python

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)


def code(path: Path) -> list[str]:
    """What stands in code spans and blocks, a space between words."""
    return [" ".join(each.split()) for each in CODE.findall(path.read_text(encoding="utf-8"))]


def anchors(path: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@cache
def help_of(module: str, *arguments: str) -> str | None:
    """What `python -m MODULE ARGUMENTS --help` prints; None where it knows no such command."""
    main = import_module(f"{module}.__main__").main
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(sys, "argv", [module, *arguments, "--help"])
        try:
            failed = main()
        except SystemExit as stopped:
            failed = stopped.code
    return None if failed else printed.getvalue()


def commands() -> list[tuple[str, str]]:
    """Every `python -m training|explorer VERB` of the documents."""
    command = re.compile(r"python -m (training|explorer) ([a-z][a-z-]*)")
    return sorted(
        {found for path in DOCUMENTS for each in code(path) for found in command.findall(each)}
    )


def test_readme_is_short():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250
    assert [line for line in lines if len(line) > 110] == []


@every_document
def test_every_link_leads_somewhere(path):
    found = [a or b for a, b in LINK.findall(path.read_text(encoding="utf-8"))]
    assert found
    for target in found:
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        aim = path.parent / file if file else path
        assert aim.exists(), target
        assert not anchor or anchor in anchors(aim), target


def test_commands_are_found():
    assert {("training", "fit"), ("training", "compare"), ("explorer", "gallery")} <= {*commands()}


@pytest.mark.parametrize(("module", "verb"), commands())
def test_every_command_exists(module, verb):
    assert help_of(module, verb), f"python -m {module} {verb}"


def test_an_unknown_command_has_no_help(capsys):
    assert help_of("training", "gnome") is None and help_of("explorer", "gnome") is None


OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def test_every_option_exists():
    helps = [help_of(module, verb) for module, verb in commands()]
    helps += [help_of("training", "fit", system) for system in FRAMEWORKS]
    known = {*OPTION.findall("".join(helps))} | FOREIGN
    known |= {flag(each.name) for each in fields(App)}
    for path in DOCUMENTS:
        named = {
            found
            for each in code(path)
            for found in re.findall(r"(?<!\S)--[a-z][\w-]*", each.strip("`"))
        }
        assert named - known == set(), path.name


def test_every_command_has_the_options_that_it_is_given():
    verb, rest = r"(fit [a-z-]+|[a-z][a-z-]*)", r"((?:(?!python )[^`|&;#])*)"
    whole = re.compile(rf"python -m (training|explorer) {verb}{rest}")
    given = {found for path in DOCUMENTS for each in code(path) for found in whole.findall(each)}
    assert len(given) > 20
    for module, verb, rest in given:
        systems = FRAMEWORKS if verb == "fit" else [""]  # where none is named
        helps = (help_of(module, *f"{verb} {system}".split()) for system in systems)
        assert {*OPTION.findall(rest)} <= {*OPTION.findall("".join(helps))}, f"{module} {verb}"


def test_every_module_exists():
    named = {
        m
        for path in DOCUMENTS
        for each in code(path)
        for m in re.findall(r"python -m ([\w.]+)", each)
    }
    assert "explorer.tools.timings" in named
    assert [module for module in named if importlib.util.find_spec(module) is None] == []


def test_readme_has_the_figures_of_faae_and_aae():
    """Where this fails: the rows of README's table are to be those of `made`."""
    columns = ["mse", "mse_refined", "sharpness", "sample_sharpness", "reencoding_error", "frechet"]
    made = {}
    for system in ("faae", "aae"):
        folder = ROOT / "checkpoints" / "celeba32" / system
        trained = json.loads((folder / "config.json").read_text())["trained"]
        seen = trained["images_seen"] + trained["images_seen_before"]
        figures = json.loads((folder / "metrics.json").read_text())["figures"]
        cells = [f"{seen / 1e6:.2f} million", *(number(figures[name]) for name in columns)]
        made[FRAMEWORKS[system].title] = cells
    rows = re.findall(
        r"^\| (F-AAE|AAE) \| (.+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {title: cells.replace("**", "").split(" | ") for title, cells in rows} == made
