"""Errors of the input: one sentence that says what to do."""

import reprlib

from training.words import say

QUOTED = 60  # characters of foreign text in a message
SHORT = reprlib.Repr()
SHORT.maxstring, SHORT.maxlevel = QUOTED, 2


class UserError(Exception):
    """Shown without a traceback; the command line exits with code 2."""

    @property
    def said(self) -> str:
        """The sentence, which a page tells in the visitor's language where it is a `say`."""
        return self.args[0]


def choose(kind: str, value, known):
    """`value` if it is among `known`, otherwise a UserError that lists the known ones."""
    if value not in known:
        here = {"kind": kind, "value": quoted(value)}
        if not known:
            raise UserError(say("There is no {kind} {value}, and none to choose from.", **here))
        here["known"] = [*map(str, known)]
        raise UserError(say("There is no {kind} {value}; choose from: {known}.", **here))
    return value


def quoted(value) -> str:
    """A value as a message shows it: short, however long or nested it is."""
    return SHORT.repr(value)[:QUOTED]


def first_line(error: Exception) -> str:
    """What an error of a library says, as a sentence of at most 200 characters; of one that says
    nothing, its name."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip()[:200].rstrip(".") + "."


def refusal(error: OSError) -> str:
    """Why a file cannot be read or written, without a full stop: what the system says or, of an
    error that a library made itself, its own first line."""
    return error.strerror or first_line(error).rstrip(".")


def flag(name: str) -> str:
    """The command-line option of a setting."""
    return "--" + name.replace("_", "-")
