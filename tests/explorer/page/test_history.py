"""What was done, in the words of the page."""

import pytest

from explorer.page.components.share.history import spoken
from explorer.session.changes import Set
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


@pytest.mark.parametrize("done", SAID, ids=SAID.get)
def test_what_was_set_is_called_as_on_the_page(done, navigation):
    parts = navigation.parts.values()
    controls = {name: c for each in parts for name, c in each.controls.items()}
    told = spoken(done, controls)
    assert told == SAID[done] and isinstance(told, say)
