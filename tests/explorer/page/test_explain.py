"""What stands behind the info buttons: true to the systems, and well-formed."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from explorer.page.explain import drawing, explained
from tests.training.conftest import config_of
from training.frameworks import FRAMEWORKS, Flow, Phase
from training.frameworks.wae import WAE

SYSTEMS = FRAMEWORKS.values()
FIGURE = re.compile('<div class="flow".*?(?=</figure>)')
DANGLING = {"a", "an", "the", "of", "and", "or", "to", "in", "by", "with", "single"}


@pytest.mark.parametrize("system", SYSTEMS, ids=FRAMEWORKS)
def test_the_drawings_show_the_networks_of_the_system(system):
    made = system(config_of(system.id))
    networks = {name for phase in made.phases() for name in phase.networks} | set(made.frozen)
    assert networks == system.networks()
    page = ElementTree.fromstring(f"<page>{''.join(FIGURE.findall(explained(system)))}</page>")
    drawn = {label(node) for node in page.iter("span") if "network" in node.get("class")}
    assert drawn == {name.replace("_", "") for name in networks}
    data = {label(node) for node in page.iter("span") if node.get("class") == "data"}
    assert data and not data & drawn


@pytest.mark.parametrize("system", SYSTEMS, ids=FRAMEWORKS)
def test_every_flow_is_chains_of_data_and_networks(system):
    for flow in system.flows:
        chains = [chain for chain in (flow.chain, flow.other) if chain]
        nodes = [re.split(" [>~] ", chain) for chain in chains]
        assert all(re.fullmatch(r"[^\s>~,]+(, [^\s>~,]+)*", name) for row in nodes for name in row)
        assert all(chain.count("~") == (len(chains) == 1) for chain in chains), flow
        assert len({row[-1] for row in nodes}) == 1 and nodes[0][0] not in system.networks()
        if len(chains) == 2:
            assert nodes[0][-1] in system.networks()
        assert flow.title[-1].isalnum() and flow.title[0].isupper()


def label(node: ElementTree.Element) -> str:
    return "".join(node.itertext())


def test_networks_of_any_name_are_drawn_as_networks():
    class Scratch(WAE):
        """A system whose networks have other letters.

        min over F, Q
        """

        flows = (Flow("Q and F: reconstruct", "x > Q > c > F > x̂ ~ x"), Flow("C", "c > C", "T > C"))

        def __init__(self, config):
            super().__init__(config)
            self.F, self.Q, self.C, self.T = self.G, self.E, self.G, self.E

        def phases(self):
            return [Phase("all", ("F", "Q", "C", "T"), 1.0, self.reconstruct_by_mmd)]

    figures = "".join(FIGURE.findall(explained(Scratch)))
    page = ElementTree.fromstring(f"<page>{figures}</page>")
    drawn = [label(node) for node in page.iter("span") if "network" in node.get("class")]
    assert sorted(drawn) == ["C", "F", "Q", "T"]


@pytest.mark.parametrize("system", SYSTEMS, ids=FRAMEWORKS)
def test_an_explanation_is_a_paragraph_with_objective_and_drawings(system):
    assert 30 <= len(system.explanation.split()) <= 100
    for sentence in re.split(r"(?<=[.]) ", system.explanation):
        assert re.fullmatch(r"[A-Z][^.]*[\w)]\.", sentence), sentence
        assert sentence.split()[-1].strip(".").lower() not in DANGLING and len(sentence.split()) > 2
    page = explained(system)
    opened = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Reader().feed(page)
    assert not opened and page.count('class="flow"') == len(system.flows) and "min over" in page


def test_a_drawing_ties_what_is_alike_and_brings_two_chains_together():
    page = drawing(Flow("D_y tells", "x > E > ŷ > D_y", "y > D_y"), {"E", "D_y"})
    assert "D<sub>y</sub> tells" in page
    tree = ElementTree.fromstring(page)
    nodes = [label(node) for node in tree.iter("span")]
    assert sorted(nodes) == sorted(["x", "E", "ŷ", "y", "Dy"])  # the shared network once
    assert [link.get("class") for link in tree.iter("i")] == ["arrow"] * 4
    alike = ElementTree.fromstring(drawing(Flow("found", "z, y > E > ẑ ~ z"), {"E"}))
    assert [label(node) for node in alike.iter("span")] == ["z, y", "E", "ẑ", "z"]
    assert [link.get("class") for link in alike.iter("i")] == ["arrow", "arrow", "alike"]
    assert label(alike[1][0][0]) == "z, yEẑ≈z"
