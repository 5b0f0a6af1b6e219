"""How long people wait at the page in a browser, from what they do to the changed pixels."""

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.page.tabs import WITHIN, attributes, morph
from explorer.tools.screenshots import opened
from training.errors import UserError

DRAG_S, WARM_S, SETTLE_MS = 3, 1, 800
FEW = 3  # models; of more, twice the time is the limit
SCRIPT, NEEDING = Path(__file__).with_suffix(".js"), "The browser's timings"


Figure = tuple[str, float, float]  # what is measured, its value in ms or 1/s, and the limit


def measured(root: str, names: list[str], runs: int) -> Iterator[Figure]:
    """The medians of what people wait for with these models; raises UserError as `opened`."""
    with opened(root, NEEDING, path=SCRIPT) as (page, url):
        page.goto(f"{url}/?tab={attributes.NAME}&models={','.join(names)}")
        page.wait_for_function("document.querySelector('.sliders input[type=range]') && shown()")
        page.hover(".sliders")  # the pointer has to come there before it drags
        yield from waits(page, names, runs)


def walked(root: str, pairs: Sequence[list[str]]) -> Iterator[Figure]:
    """The time from one frame of the live pad to the next while the pointer moves, of pairs of
    models; raises UserError as `opened`."""
    with opened(root, NEEDING, path=SCRIPT) as (page, url):
        for names in pairs:
            page.goto(f"{url}/?tab={morph.TAB.name}&models={','.join(names)}")
            page.wait_for_function("document.querySelector('.pad canvas')?.width > 0")
            if not page.evaluate("(names) => Latent.local.with(names).then(Boolean)", names):
                raise UserError("This Chromium cannot run the models.")
            page.evaluate("walk", WARM_S)
            times = sorted(page.evaluate("walk", DRAG_S))
            for share, called, limit in ((0.5, "median", 16), (0.95, "95th percentile", 33)):
                what = f"pad, {' and '.join(names)}, {called}"
                yield what, times[int(share * len(times))], limit


def waits(page, names: list[str], runs: int) -> Iterator[Figure]:
    """As `measured`, in an open page whose tab Attributes is shown."""
    slower = 1 if len(names) <= FEW else 2

    def median(act: str, values) -> float:
        times = []
        for value in values:
            page.wait_for_timeout(SETTLE_MS)
            times.append(page.evaluate(act, value))
        return statistics.median(times)

    def sliding(when: str) -> Iterator[Figure]:
        slide = "(value) => changed(() => slide(value))"
        yield f"a value{when}", median(slide, [(i + 1) / 4 for i in range(runs)]), 60 * slower
        page.wait_for_timeout(SETTLE_MS)
        yield f"pictures a second{when}", page.evaluate("drag", DRAG_S), 20 // slower

    yield from sliding(", fresh page")
    others = [tab.title for tab in (*WITHIN, attributes.TAB)]
    yield "a tab, first time", median("openTab", others), 150 * slower
    yield "a tab, again", median("openTab", others), 150 * slower
    yield from sliding(", after all tabs")
    tick = "(on) => changed(() => [...document.querySelectorAll('.models input')].at(-1).click())"
    more = len(names) < page.locator(".models input").count()
    what = "a model switched on or off" if more else "a model switched off or on"
    there_and_back = range(runs + runs % 2)  # so that the corners are of the same models
    yield what, median(tick, there_and_back), 400 * slower
    page.evaluate("openTab", morph.TAB.title)
    page.wait_for_function("document.querySelector('.tiles .grid canvas')?.shown?.complete")
    corner = """(at) => changed(() => [...document.querySelectorAll(".corners .slot")][at % 4]
      .querySelector("button[title^=draw]").click())"""
    yield "a corner", median(corner, range(runs)), 300 * slower
