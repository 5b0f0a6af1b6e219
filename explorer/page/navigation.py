"""The bar of tabs, and within some of them a bar of views; each of either is a `Tab`."""

from typing import NamedTuple

import gradio as gr

from explorer.page.tab import Tab, Widgets
from explorer.page.tabs import TABS, WITHIN
from explorer.page.words import mark
from explorer.session.state import Session

BY_NAME = {tab.name: tab for tab in TABS}


class Views(dict):
    """By the name of a tab the view within it that was open last."""


class Item(NamedTuple):
    """What is clicked to open a tab, or with `bar` the view within it that was open last."""

    item: gr.Tab
    tab: Tab
    bar: bool


class Navigation:
    """Builds every tab: `parts` are their widgets, in the page's order; `bars`, by the name of the
    tab that they are within, show what is open; `items` open it."""

    def __init__(self, session: gr.State):
        self.parts: dict[Tab, Widgets] = {}
        self.items: list[Item] = []
        with gr.Tabs(elem_id="tabs") as main:
            self.bars: dict[str, gr.Tabs] = {"": main}
            for tab, views in WITHIN.items():
                with self._item(tab, tab.title, bar=True):
                    if len(views) == 1:
                        self.parts[tab] = tab.build(session)
                    else:
                        self._views(views, session)

    def _item(self, tab: Tab, title: str, bar: bool = False) -> gr.Tab:
        called = f"{'tab' if bar else 'view'}-{tab.name}"
        item = gr.Tab(mark(title), id=tab.name, elem_id=called)
        self.items.append(Item(item, tab, bar))
        return item

    def _views(self, views: tuple[Tab, ...], session: gr.State) -> None:
        with gr.Tabs(elem_classes="views") as self.bars[views[0].name]:
            for view in views:
                with self._item(view, view.view or view.title):
                    self.parts[view] = view.build(session)

    def at(self, name: str | None) -> list:
        """What the bars show when the tab of this name is open; for None what they show already."""
        tab = BY_NAME.get(name or "")
        main = tab and (tab.within or tab.name)
        chosen = {"": main, main: name} if tab else {}
        return [
            gr.update(selected=chosen[bar]) if bar in chosen else gr.skip() for bar in self.bars
        ]


def go(session: Session, tab: Tab, last: bool = False) -> Tab:
    """Opens a tab, or the `last` view that was open within it, and gives what is open."""
    views = session.of(Views)
    if last:
        tab = BY_NAME[views.get(tab.name, tab.name)]
    session.tab = views[tab.within or tab.name] = tab.name
    return tab
