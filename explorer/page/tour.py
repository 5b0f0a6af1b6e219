"""What a first visit is told: a tour, and a lesson whose steps set the page up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Response

from explorer.page.components.wire import told, whose
from explorer.page.explain import drawing
from explorer.page.guard.calls import served
from explorer.page.guard.events import Keyed
from explorer.session.history import History
from explorer.words import say
from training.frameworks import FRAMEWORKS

FIELD = "lesson"  # in a link: the step that it opens, from 1
PAIR = "set=celeba32&models=celeba32/faae,celeba32/aae"
FACE = "attributes=example/4"
CORNERS = "&".join(f"corner-{corner}=example/{corner + 1}" for corner in range(4))


@dataclass
class At:
    """The step of the lesson that a visitor is at, from 1; 0 is none."""

    step: int = field(default=0, metadata={"said": say("Lesson")})


class Step(NamedTuple):
    """title and text, the query of the link that sets the page up, and a selector of what is to be
    in sight."""

    title: str
    text: str
    query: str
    sight: str = ""


class Told(NamedTuple):
    """A part of the tour: its text, what it points out, and the systems whose diagrams it shows."""

    title: str
    text: str
    points: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


TOUR = (
    Told(
        say("Pictures from codes"),
        say(
            "An encoder E reads a short code z from a picture x; a generator G draws a picture "
            "from a code. Most models here learn both, each in its own way, from the same "
            "pictures, and all stand side by side in every tab."
        ),
    ),
    Told(
        say("AAE, the adversarial autoencoder"),
        say(
            "It makes reconstructions match the pixels, while a discriminator D makes the codes "
            "look like random ones. Its pictures are faithful, and soft."
        ),
        systems=("aae",),
    ),
    Told(
        say("F-AAE, the flipped one"),
        say(
            "It compares codes in place of pixels: E must recover the code z from the picture "
            "G(z), and D makes the pictures look real. They are sharp, and less faithful."
        ),
        systems=("faae",),
    ),
    Told(
        say("What to look for"),
        say("Three things tell the models apart:"),
        (
            say("Sharp against faithful: sharpness and MSE stand below each reconstruction."),
            say("The middle of a morph: does it stay as sharp as its corners?"),
            say("The re-encoding error: how far is E(G(z)) from z?"),
        ),
    ),
)
TRY = (
    Step(say("Put a picture of yours into the slot"), "", "tab=reconstruct"),
    Step(say("Walk between four faces"), "", "tab=morph"),
    Step(say("Make a face smile"), "", f"tab=attributes&{PAIR}&{FACE}&edit=Smiling:2"),
)
LESSON = (
    Step(
        say("A picture, a code, a picture"),
        say(
            "The encoder reads 256 numbers from the photo, the generator draws a picture of them. "
            "What gets lost on the way? Compare both models with the original."
        ),
        f"tab=reconstruct&{PAIR}&reconstruct=example/0&steps=0",
    ),
    Step(
        say("Sharp against faithful"),
        say(
            "Whose picture has the lower MSE, and whose is as sharp as the original? F-AAE draws "
            "details that may be others; AAE leaves out what it is not sure of."
        ),
        f"tab=reconstruct&{PAIR}&reconstruct=example/3&steps=0",
    ),
    Step(
        say("Refined codes"),
        say(
            "Optimisation looks for a code whose picture is closer to the photo. The MSE falls; "
            "see what the re-encoding error says of the codes that it finds."
        ),
        f"tab=reconstruct&{PAIR}&reconstruct=example/0&steps=100",
        ".board .row:has(.ladder:not([hidden]))",
    ),
    Step(
        say("The middle of a morph"),
        say(
            "Every tile is drawn from a code between the corners' codes. Follow the sharpness from "
            "a corner to the middle, in the pictures and in the curve below them."
        ),
        f"tab=morph&{PAIR}&{CORNERS}&n=9",
    ),
    Step(
        say("Faces that nobody has"),
        say(
            "These codes are drawn at random, the same for both models. Which model knows what to "
            "draw for a code that no picture has led to?"
        ),
        f"tab=sample&{PAIR}&seed=1&count=36",
    ),
    Step(
        say("A direction that smiles"),
        say(
            "The difference between the mean codes of smiling and other faces is a direction. Move "
            "along it with the slider, and read below the pictures what the encoder measures."
        ),
        f"tab=attributes&{PAIR}&{FACE}&edit=Smiling:2",
    ),
    Step(
        say("What else changes"),
        say(
            "Blond hair changes more than the hair: attributes occur together in the training "
            "pictures. The lock holds one still while another moves; release it and compare."
        ),
        f"tab=attributes&{PAIR}&{FACE}&edit=Blond_Hair:4&hold=Male",
    ),
    Step(
        say("A map of codes"),
        say(
            "Each point is a picture, coloured by whether it smiles. Move over the map: near "
            "points have similar codes. Does one model separate smiles better than the other?"
        ),
        f"tab=map&{PAIR}&colour=Smiling",
    ),
)


def fields(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a link, or those of the step of the lesson that it names."""
    number = step(given)
    return dict(parse_qsl(LESSON[number - 1].query)) if number else dict(given)


def step(given: Mapping[str, str]) -> int:
    """The step of the lesson that a link names, from 1; 0 for none."""
    number = given.get(FIELD, "")
    return int(number) if number in map(str, range(1, len(LESSON) + 1)) else 0


def servers() -> list[Callable]:
    """What the page's script calls for all that is told, and to end the lesson."""

    def contents(_asked: dict) -> Response:
        steps = [dict(step._asdict()) for step in LESSON]
        parts = [part._asdict() | {"drawings": _drawings(part)} for part in TOUR]
        return told({"tour": parts, "lesson": steps, "try": [each._asdict() for each in TRY]})

    def end(asked: Keyed) -> Response:
        session = whose(asked["key"])
        session.of(At).step = 0
        session.of(History).note(session, belongs=True)
        return told({})

    return [served(contents), served(end)]


def _drawings(part: Told) -> str:
    """The data-flow diagrams of a part's systems, as HTML."""
    systems = [FRAMEWORKS[name] for name in part.systems]
    return "".join(drawing(flow, each.networks()) for each in systems for flow in each.flows)
