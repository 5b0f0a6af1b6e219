"""Errors of the input: one sentence that says what to do."""


class UserError(Exception):
    """Shown without a traceback; the command line exits with code 2."""


def choose(kind: str, value, known):
    """`value` if it is among `known`, otherwise a UserError that lists the known ones."""
    if value not in known:
        listed = ", ".join(map(str, known))
        raise UserError(f"There is no {kind} '{value}'; choose from: {listed}.")
    return value


def flag(name: str) -> str:
    """The command-line option of a setting."""
    return "--" + name.replace("_", "-")
