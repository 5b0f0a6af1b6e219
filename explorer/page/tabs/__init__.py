"""Every tab, in the page's order. A new one is one file beside this and one line in this list;
page, links, screenshots, timings and tests find it here alone."""

from importlib import import_module

from explorer.page.tab import Slot, Tab

FILES = (
    "reconstruct",
    "restore",
    "morph",
    "paths",
    "sample",
    "breed",
    "attributes",
    "teach",
    "discover",
    "latent_map",
    "search",
)
TABS: tuple[Tab, ...] = tuple(import_module(f"{__name__}.{file}").TAB for file in FILES)
# By each tab of the page's bar the views within it, its own first
WITHIN: dict[Tab, tuple[Tab, ...]] = {
    tab: (tab, *(each for each in TABS if each.within == tab.name))
    for tab in TABS
    if not tab.within
}
SLOTS: tuple[Slot, ...] = tuple(slot for tab in TABS for slot in tab.slots)
