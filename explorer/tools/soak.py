"""`python -m explorer.tools.soak --users 50 --minutes 3`: many visitors who never pause.

Each mixes all journeys over HTTP, as the page and programs do, with a picture of its own. What
comes back has to be of that picture, and two minutes after the server's memory is what it was.
"""

import base64
import io
import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
from PIL import Image

from explorer.catalogue import ROOT
from explorer.page.tabs.latent_map import THUMB_PX
from explorer.pictures.picture import PHOTO, of_face
from explorer.session.examples import astronaut
from explorer.session.state import Session
from explorer.tools.running import Watch, running
from explorer.tools.visitor import Visitor, own
from training import commandline
from training.errors import UserError

LIMIT_S, GROWN_MB = 25, 100
COLOURS = (0.35, 1.0)  # a visitor's picture is the astronaut's in its own light
Journey = Callable[["Visitor"], None]


def reconstruct(visitor: Visitor, steps: int = 0) -> None:
    gallery = visitor.verb("reconstruct", picture=visitor.upload(), steps=steps)
    own(visitor.fetched(gallery[0]), visitor.expected["crop"])
    own(visitor.fetched(gallery[1]), visitor.expected["drawn"])


def refine(visitor: Visitor) -> None:
    reconstruct(visitor, steps=50)


def morph(visitor: Visitor) -> None:
    grid = visitor.fetched(visitor.verb("morph", pictures=[visitor.upload()])[0])
    drawn = visitor.expected["drawn"]
    own(grid.crop((0, 0, *drawn.shape[1:])), drawn)


def sample(visitor: Visitor) -> None:
    visitor.fetched(visitor.verb("sample", seed=random.randrange(1000))[0])


def edit(visitor: Visitor) -> None:
    gallery = visitor.verb("edit", picture=visitor.upload(), amounts={"Smiling": 2})
    own(visitor.fetched(gallery[0]), visitor.expected["drawn"])


def place(visitor: Visitor) -> None:
    """Onto the maps, as the page does it."""
    shown = visitor.seen("add_pictures", [None, [visitor.upload()]])
    encoded = shown["own"][-1]["src"].partition(",")[2]
    own(Image.open(io.BytesIO(base64.b64decode(encoded))), visitor.expected["thumb"])


JOURNEYS: tuple[Journey, ...] = (reconstruct, refine, morph, sample, edit, place)


def arrive(url: str, root: str, users: int) -> list[Visitor]:
    """As many visitors, each with a picture in other colours."""
    models = Session(root).models
    light, came = np.random.default_rng(0), []
    for _ in range(users):
        pixels = np.asarray(astronaut()) * light.uniform(*COLOURS, 3)
        photo, file = Image.fromarray(pixels.astype(np.uint8)), io.BytesIO()
        photo.save(file, "PNG")
        picture = of_face("", PHOTO, photo)
        crop = picture.pixels(models[0].image_size)
        drawn = models[0].decode(models[0].encode(crop[None]))[0]
        expected = {"crop": crop, "drawn": drawn, "thumb": picture.pixels(THUMB_PX)}
        names = [model.name for model in models]
        came.append(Visitor(url, names, file.getvalue(), expected))
    return came


def stay(visitor: Visitor, until: float, seed: int) -> list[tuple[str, float, str]]:
    """(journey, seconds, what went wrong) of a visit."""
    choose, done = random.Random(seed), []
    while time.monotonic() < until:
        journey, begun, wrong = choose.choice(JOURNEYS), time.monotonic(), ""
        try:
            journey(visitor)
        except (httpx.HTTPError, RuntimeError, OSError) as error:
            wrong = f"{type(error).__name__}: {error}"
        done.append((journey.__name__, time.monotonic() - begun, wrong))
    visitor.http.close()
    return done


def soak(users: int = 50, minutes: float = 3, checkpoints: str = ROOT, url: str = "") -> None:
    """Lets many visitors use the app at once, and says how long they waited and what it took.

    Args:
        users: visitors at once
        minutes: how long they stay
        checkpoints: folder of model sets
        url: of an app that runs already with these checkpoints; its memory is not measured
    """
    root = os.path.abspath(checkpoints)
    if url:
        _report(visits(url.rstrip("/"), root, users, minutes))
        return
    with running(root) as (own_url, app):
        visits(own_url, root, 1, 0.2)  # what is loaded once
        with Watch(app.pid) as memory:
            done = visits(own_url, root, users, minutes)
    print(memory)
    _report(done)
    if (kept_mb := memory.after_mb - memory.start_mb) > GROWN_MB:
        raise UserError(f"The server keeps {kept_mb:.0f} MB.")


def visits(url: str, root: str, users: int, minutes: float) -> list[tuple[str, float, str]]:
    """(journey, seconds, what went wrong) of visitors at the same time."""
    came = arrive(url, root, users)
    until = time.monotonic() + 60 * minutes
    with ThreadPoolExecutor(users) as pool:
        visits = [pool.submit(stay, each, until, seed) for seed, each in enumerate(came)]
        return [one for visit in visits for one in visit.result()]


def taken(done: list[tuple[str, float, str]]) -> dict[str, list[float]]:
    """Seconds by journey, of those that were made."""
    names = [journey.__name__ for journey in JOURNEYS]
    found = {name: [seconds for each, seconds, _ in done if each == name] for name in names}
    return {name: seconds for name, seconds in found.items() if seconds}


def _report(done: list[tuple[str, float, str]]) -> None:
    """A line a journey; UserError where one went wrong or took too long."""
    slowest = 0.0
    print(f"{'':12} {'times':>6} {'p50 s':>7} {'p95 s':>7}")
    for name, seconds in taken(done).items():
        p50, p95 = np.percentile(seconds, [50, 95])
        slowest = max(slowest, p95)
        print(f"{name:12} {len(seconds):6} {p50:7.1f} {p95:7.1f}")
    wrong = [f"{name}: {said}" for name, _, said in done if said]
    print(f"{len(done)} answers, {len(wrong)} errors", *wrong[:5], sep="\n")
    if wrong or slowest > LIMIT_S:
        raise UserError(f"{len(wrong)} went wrong, p95 is {slowest:.0f} s of {LIMIT_S} allowed.")


if __name__ == "__main__":
    sys.exit(commandline.main(soak, sys.argv[1:], "python -m explorer.tools.soak"))
