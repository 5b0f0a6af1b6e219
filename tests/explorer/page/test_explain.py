"""What stands behind the info buttons: true to the systems, and well-formed."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from explorer.page.explain import drawing, explained
from tests.training.conftest import config_of
from training.frameworks import FRAMEWORKS, Flow

SYSTEMS = FRAMEWORKS.values()


@pytest.mark.parametrize("system", SYSTEMS, ids=FRAMEWORKS)
def test_the_drawings_show_the_networks_that_play(system):
    made = system(config_of(system.id))
    players = {player for phase in made.phases() for player in phase.networks} | set(made.frozen)
    drawn = {
        name
        for flow in system.flows
        for name in f"{flow.chain} > {flow.other}".split(" > ")
        if name.split("_")[0] in ("G", "E", "D", "A")
    }
    assert drawn == players


@pytest.mark.parametrize("system", SYSTEMS, ids=FRAMEWORKS)
def test_an_explanation_is_a_paragraph_with_objective_and_drawings(system):
    assert 30 <= len(system.explanation.split()) <= 100
    page = explained(system)
    opened = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("rect", "path"):
                opened.append(tag)

        def handle_endtag(self, tag):
            if tag not in ("rect", "path"):
                assert opened.pop() == tag

    Reader().feed(page)
    assert not opened and page.count("<svg") == len(system.flows) and "min over" in page


def test_a_drawing_ties_what_is_alike_and_brings_two_chains_together():
    svg = drawing(Flow("D_y tells", "x > E > ŷ > D_y", "y > D_y"))
    assert "D<sub>y</sub> tells" in svg
    tree = ElementTree.fromstring(svg)
    texts = ["".join(text.itertext()) for text in tree.iter("text")]
    assert sorted(texts) == sorted(["x", "E", "ŷ", "y", "Dy"])  # the shared network once
    arrows = [path for path in tree.iter("path") if path.get("class") == "arrow"]
    assert len(arrows) == 4
    alike = ElementTree.fromstring(drawing(Flow("found", "z, y > E > ẑ ~ z")))
    assert [text.text for text in alike.iter("text")] == ["z, y", "E", "ẑ", "≈", "z"]
    assert len([path for path in alike.iter("path") if path.get("class") == "arrow"]) == 2
