"""What was done, in the words of the page."""

from types import SimpleNamespace

import pytest

from explorer.page.components.share.history import spoken
from explorer.page.mapped.points import View
from explorer.page.tabs.search import MINE, Looking
from explorer.session.changes import HELD, Set, changes
from explorer.words import say

SAID = {
    Set("steps", 50, 100): "Steps 50 → 100",
    Set("objective", "sharp", "plain"): "Objective Sharp and in-domain → Pixels alone",
    Set("damaged", False, True): "The picture is damaged already off → on",
    Set("colour", "", "Wavy_Hair"): "Colour by Nothing → Wavy Hair",
    Set("Wavy_Hair", None, 2.0): "Wavy Hair – → 2",
    Set(say("Has"), (), ("Male", "Wavy_Hair")): "Has – → Male, Wavy Hair",
    say("models"): "models",
}


def test_where_was_looked_and_the_layout_are_called_as_on_the_page():
    own = {Looking: Looking(where=MINE), View: View(layout="tsne")}
    held = dict.fromkeys(HELD, {})
    said = changes(*(SimpleNamespace(held=held, own=each) for each in ({}, own)))
    told = [str(spoken(each, {})) for each in said]
    assert told == ["Look in Pictures of the maps → My pictures", "Layout UMAP → t-SNE"]


@pytest.mark.parametrize("done", SAID, ids=SAID.get)
def test_what_was_set_is_called_as_on_the_page(done, navigation):
    parts = navigation.parts.values()
    controls = {name: c for each in parts for name, c in each.controls.items()}
    told = spoken(done, controls)
    assert told == SAID[done] and isinstance(told, say)
