"""Errors of the input: one sentence that says what to do."""

import reprlib

QUOTED = 60  # characters of foreign text in a message
SHORT = reprlib.Repr()
SHORT.maxstring, SHORT.maxlevel = QUOTED, 2


class UserError(Exception):
    """Shown without a traceback; the command line exits with code 2."""


def choose(kind: str, value, known):
    """`value` if it is among `known`, otherwise a UserError that lists the known ones."""
    if value not in known:
        listed = ", ".join(map(str, known))
        raise UserError(f"There is no {kind} {quoted(value)}; choose from: {listed}.")
    return value


def quoted(value) -> str:
    """A value as a message shows it: short, however long or nested it is."""
    return SHORT.repr(value)[:QUOTED]


def flag(name: str) -> str:
    """The command-line option of a setting."""
    return "--" + name.replace("_", "-")
