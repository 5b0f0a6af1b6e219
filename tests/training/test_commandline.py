"""Typed, documented functions as commands, and every way to call them wrongly."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.error import URLError

import pytest
from tyro.conf import Positional

from training.commandline import main, parse
from training.errors import UserError


@dataclass(frozen=True)
class Options:
    """Options of painting."""

    size_px: Literal[32, 64] = 32
    """side of the picture, px"""
    colours: tuple[Literal["red", "blue"], ...] = ("red",)
    """colours to mix"""
    flip: bool = True
    """mirror it"""
    weight: float = 1.0
    """of the paint, g"""
    layers: int = 1
    """of paint"""


def paint(name: Positional[str], options: Options = Options(), preset: str = "oil") -> None:
    """Paints a picture.

    Args:
        name: what to paint
        preset: kind of paint
    """
    print(name, options.size_px, *options.colours, options.flip, options.weight, preset)


def give(arguments: list[str]) -> None:
    """Prints the options that it is given."""
    print(parse(Options, arguments, "house give", default=Options(weight=7)))


def wait() -> None:
    """Waits for Ctrl+C."""
    raise KeyboardInterrupt


def refuse() -> None:
    """Refuses."""
    raise UserError("Not today.")


def write() -> None:
    """Writes where it cannot."""
    Path("nowhere/at/all").write_text("x")


def fetch() -> None:
    """Asks who does not answer."""
    raise URLError("no route")


def speak() -> None:
    """Says more than anybody reads."""
    print("word\n" * 10**5)


VERBS = {each.__name__: each for each in (paint, give, wait, refuse, write, fetch)}


def call(capsys, *args: str) -> tuple[int, str, str]:
    code = main(VERBS, args, "house", "What a house does.", "Stopped; come again.")
    return code, *capsys.readouterr()


def test_arguments_and_options_reach_the_function(capsys):
    assert call(capsys, "paint", "cat") == (0, "cat 32 red True 1.0 oil\n", "")
    given = ["--size-px", "64", "--colours", "blue", "red", "--no-flip", "--preset", "water"]
    assert call(capsys, "paint", *given, "--weight", "-2", "cat")[1] == (
        "cat 64 blue red False -2.0 water\n"
    )
    assert call(capsys, "paint", "cat", "--colours")[1] == "cat 32 True 1.0 oil\n"


def test_the_rest_of_a_line_can_be_parsed_by_what_depends_on_it(capsys):
    out = call(capsys, "give", "--flip", "--size-px", "64")[1]
    assert out == "Options(size_px=64, colours=('red',), flip=True, weight=7, layers=1)\n"


def test_help_says_what_there_is(capsys):
    code, out, _ = call(capsys, "--help")
    assert code == 0 and "What a house does." in out
    assert "paint           Paints a picture." in out
    with pytest.raises(SystemExit, match="0"):
        call(capsys, "paint", "--help")
    out = capsys.readouterr().out
    assert all(words in out for words in ("what to paint", "--size-px {32,64}", "side of the"))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "Give a command: paint, give, wait, refuse, write, fetch."),
        (["sing"], f"There is no command 'sing'; choose from: {', '.join(VERBS)}."),
        (["paint"], "Give name; `house paint --help` explains."),
        (
            ["paint", "cat", "--song", "3"],
            "There is no option '--song' in `house paint`; its options are: --size-px, --colours, "
            "--flip, --weight, --layers, --preset.",
        ),
        (["wait", "here"], "There is no place for 'here' in `house wait`; its options are: none."),
        (["paint", "cat", "--size-px", "3"], "There is no value for --size-px '3'; choose from: "),
        (["paint", "cat", "--colours", "red", "pink"], "There is no value for --colours 'pink'"),
        (["paint", "cat", "--preset"], "--preset needs a value."),
        (["paint", "cat", "--weight", "much"], "--weight: no such number: 'much'."),
        (["paint", "cat", "--layers", "1.5"], "--layers: no such number: '1.5'."),
        (["--weight", "1", "paint"], "Give the command before its options: paint, give"),
        (["give", "--song"], "There is no option '--song' in `house give`; its options are: "),
        (["refuse"], "Not today."),
        (["write"], "nowhere/at/all cannot be written or read: No such file or directory."),
        (["fetch"], "A file or an address cannot be written or read: <urlopen error no route>."),
    ],
)
def test_bad_input_gets_one_sentence(args, sentence, capsys):
    code, out, err = call(capsys, *args)
    assert code == 2 and not out
    assert err.startswith(sentence) and err.endswith(".\n") and err.count("\n") == 1


@pytest.mark.parametrize("command", ["speak", "paint --help"])
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(command):
    """As in `| head`: its output goes into a pipe that nobody reads."""
    code = "from tests.training.test_commandline import *; import sys;"
    code += f"sys.exit(main({{'speak': speak, 'paint': paint}}, {command.split()}, 'house'))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_single_function_is_a_command_line_too(capsys):
    assert main(paint, ["cat", "--preset", "water"], "paint") == 0
    assert capsys.readouterr().out == "cat 32 red True 1.0 water\n"


def test_an_interrupted_command_says_how_to_go_on(capsys):
    assert call(capsys, "wait") == (130, "", "\nStopped; come again.\n")


def test_no_output_is_lost_to_the_encoding_of_a_file(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(lambda: print("Fréchet 0.49"), [], "test") == 0
    assert written.getvalue() == b"Fr\\xe9chet 0.49\n"
