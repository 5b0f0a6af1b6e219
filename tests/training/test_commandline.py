"""Typed, documented functions as commands, and every way to call them wrongly."""

from dataclasses import dataclass
from typing import Literal

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


def call(capsys, *args: str) -> tuple[int, str, str]:
    verbs = {"paint": paint, "give": give, "wait": wait, "refuse": refuse}
    code = main(verbs, args, "house", "What a house does.", "Stopped; come again.")
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
    assert out == "Options(size_px=64, colours=('red',), flip=True, weight=7)\n"


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
        ([], "Give a command: paint, give, wait, refuse."),
        (["sing"], "There is no command 'sing'; choose from: paint, give, wait, refuse."),
        (["paint"], "Give name; `house paint --help` explains."),
        (
            ["paint", "cat", "--song", "3"],
            "There is no option '--song' in `house paint`; its options are: --size-px, --colours, "
            "--flip, --weight, --preset.",
        ),
        (["wait", "here"], "There is no place for 'here' in `house wait`; its options are: none."),
        (["paint", "cat", "--size-px", "3"], "There is no value for --size-px '3'; choose from: "),
        (["paint", "cat", "--colours", "red", "pink"], "There is no value for --colours 'pink'"),
        (["paint", "cat", "--preset"], "--preset needs a value."),
        (["paint", "cat", "--weight", "much"], "--weight: could not convert string to float: 'm"),
        (["give", "--song"], "There is no option '--song' in `house give`; its options are: "),
        (["refuse"], "Not today."),
    ],
)
def test_bad_input_gets_one_sentence(args, sentence, capsys):
    code, out, err = call(capsys, *args)
    assert code == 2 and not out
    assert err.startswith(sentence) and err.endswith(".\n") and err.count("\n") == 1


def test_an_interrupted_command_says_how_to_go_on(capsys):
    assert call(capsys, "wait") == (130, "", "\nStopped; come again.\n")
