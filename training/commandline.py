"""Command lines from typed, documented functions and dataclasses, by tyro; shared by `training` and
`explorer`. Whatever is wrong with the input becomes one sentence (`UserError`)."""

import os
import re
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import is_dataclass
from inspect import getdoc, signature

import tyro

# tyro has no public way to word its errors; requirements.txt pins the version that has this one
from tyro import _errors as failures

from training.errors import UserError, choose, flag, refusal

NO_OPTION = {marked.__metadata__[0] for marked in (tyro.conf.Positional[str], tyro.conf.Fixed[str])}
REST = ["arguments"]
Verbs = Mapping[str, Callable[..., None]]


def main(
    verbs: Verbs | Callable[..., None],
    args: Sequence[str],
    prog: str,
    description: str = "",
    stopped: str = "Stopped.",
) -> int:
    """Runs the verb that `args` begins with, or the only one, and returns the exit code: 0, 2 after
    an error of the input or of a file, which is printed as one line, or 130 after Ctrl+C, with
    `stopped`."""
    # A character that a redirected output's encoding lacks must not end a run: it is escaped.
    with suppress(AttributeError):  # what stands in for it, as in a notebook, needs no such help
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            if callable(verbs):
                run(verbs, args, prog)
            else:
                dispatch(verbs, args, prog, description)
        finally:
            sys.stdout.flush()  # a closed pipe is found here, not after the end
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, as in `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        what = error.filename or "A file or an address"
        print(f"{what} cannot be written or read: {refusal(error)}.", file=sys.stderr)
        return 2
    return 0


def dispatch(
    verbs: Verbs, args: Sequence[str], prog: str, description: str = "", kind: str = "command"
) -> None:
    """Runs the verb that `args` begins with; raises UserError.

    A verb is a function as `parse` takes it, a dataclass that is called once it is made, or a
    function whose only parameter is `arguments`: it gets the rest of the line as it is, to parse
    what depends on it. The first line of each docstring is its help.
    """
    if not args:
        raise UserError(f"Give a {kind}: {', '.join(verbs)}.")
    name, *rest = args
    if name in ("-h", "--help"):
        print(f"usage: {prog} {kind.upper()} [OPTIONS]\n\n{description}\n\n{kind}s:")
        for verb, target in verbs.items():
            print(f"  {verb:15} {getdoc(target).splitlines()[0]}")
        print(f"\n`{prog} {kind.upper()} --help` explains one.")
        return
    if name.startswith("-"):
        raise UserError(f"Give the {kind} before its options: {', '.join(verbs)}.")
    run(verbs[choose(kind, name, verbs)], rest, f"{prog} {name}")


def run(verb: Callable, args: Sequence[str], prog: str) -> None:
    """Runs a verb as `dispatch` explains it; raises UserError."""
    if [*signature(verb).parameters] == REST:
        verb(args)
    else:
        made = parse(verb, args, prog)
        if is_dataclass(made):
            made()


def parse(target: Callable, args: Sequence[str], prog: str, **further):
    """Calls `target`, a function or a dataclass, with the arguments that `args` spell, and returns
    what it gives.

    Parameters are options, those typed `tyro.conf.Positional` positional; their help is the
    docstring's `Args:`, of a dataclass the comment beside the field or the string below it.
    `further` as `tyro.cli` has it: description, default, return_unknown_args. Raises UserError, and
    SystemExit after `--help`.
    """

    def refuse(failure: failures.ParseErrorEvent) -> None:
        raise UserError(" ".join(_sentence(failure, target).split()))

    with failures.on_parse_error(refuse):
        return tyro.cli(
            target, args=args, prog=prog, config=(tyro.conf.OmitArgPrefixes,), **further
        )


def _sentence(failure: failures.ParseErrorEvent, target: Callable) -> str:
    match failure:
        case failures.UnrecognizedArgs(prog, [token, *_]):
            known = ", ".join(_options(target)) or "none"
            kind = "option" if token.startswith("-") else "place for"
            return f"There is no {kind} '{token}' in `{prog}`; its options are: {known}."
        case failures.InvalidChoice(_, argument, value, choices):
            name, known = argument.display_name(), ", ".join(choices)
            return f"There is no value for {name} '{value}'; choose from: {known}."
        case failures.MissingArgs(prog, missing):
            names = " and ".join(each.arg.display_name() for each in missing)
            return f"Give {names}; `{prog} --help` explains."
        case failures.BadValue(_, argument):
            return f"{argument.display_name()} needs a value."
        case failures.InstantiationFailure(_, message, argument):
            message = re.sub("(invalid literal|could not convert).*: ", "no such number: ", message)
            return f"{argument.display_name() if argument else 'The input'}: {message}."
    return f"The arguments do not fit; `{failure.prog} --help` explains."


def _options(target: Callable) -> list[str]:
    """The options of a function or dataclass, those of its dataclass parameters among them."""
    names = []
    for name, hint in typing.get_type_hints(target, include_extras=True).items():
        if is_dataclass(hint):
            names += _options(hint)
        elif name != "return" and not NO_OPTION & {*getattr(hint, "__metadata__", ())}:
            told = (getattr(each, "name", None) for each in getattr(hint, "__metadata__", ()))
            names.append(flag(next(filter(None, told), name)))
    return names
