"""The tab that is open, which events of the whole page bring up to date."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import isclass, isgeneratorfunction, signature

import gradio as gr

from explorer.page.components import IN_TURN, LONG
from explorer.page.guard.calls import settling
from explorer.page.tab import Tab, Widgets
from explorer.session.state import Session


class Current:
    """Shows what the open tab shows by the same event that concerns it, so that the page waits for
    one answer; tabs that are not seen are left alone."""

    def __init__(self, parts: Mapping[Tab, Widgets], session: gr.State):
        self.parts, self.session = parts, session
        self.names = {c: name for each in parts.values() for name, c in each.controls.items()}
        self.inputs = [c for each in parts.values() for c in each.inputs]
        self.outputs = [c for each in parts.values() for c in each.outputs]
        going_on = [each.after for each in parts.values() if each.after]
        self.later = [c for _, inputs, _ in going_on for c in inputs]
        self.completed = [c for _, _, outputs in going_on for c in _listed(outputs)]

    def follows(
        self,
        event: Callable,
        handler: Callable,
        outputs: Sequence,
        inputs: Sequence = (),
        restores: bool = False,
        settles: bool = False,
        **options,
    ) -> None:
        """On `event`, `outputs` show what `handler` gives for the session and the `inputs`, or for
        the event's data where there are none, and the open tab what it then shows; by the session's
        values of its controls where the handler `restores` those. What the session then holds is a
        step, unless the handler `settles` the one before."""

        kinds = [each.annotation for each in signature(handler).parameters.values()]

        def react(session: Session, event: gr.EventData, *values) -> list:
            own, rest = values[: len(inputs)], values[len(inputs) :]
            given = handler(session, *own) if inputs else handler(session, event)
            if restores:
                rest = self.known(session, self.inputs, rest)
            return [*_listed(given), *self.show(session, rest)]

        sent = (kind for kind in kinds if isclass(kind) and issubclass(kind, gr.EventData))
        react.__annotations__["event"] = next(sent, gr.EventData)
        handle = settling(react) if settles else react
        wide = [self.session, *inputs, *self.inputs], [*outputs, *self.outputs]
        shown = event(handle, *wide, **{**IN_TURN, "trigger_mode": "multiple", **options})
        later = [self.session, *self.later], self.completed
        shown.then(self.complete, *later, **LONG)

    def show(self, session: Session, values: Sequence) -> list:
        """For all tabs' outputs what the open one shows, for its own of all tabs' inputs."""
        given, shown = iter(values), []
        for tab, each in self.parts.items():
            own = [next(given) for _ in each.inputs]
            at_once = _listed(each.show(session, *own)) if tab.name == session.tab else None
            shown += at_once or [gr.skip()] * len(each.outputs)
        return shown

    def known(self, session: Session, components: Sequence, values: Sequence) -> list:
        """The values of components, but of controls what the session knows of these."""
        named = zip(map(self.names.get, components), values, strict=True)
        return [session.controls.get(name, value) for name, value in named]

    def complete(self, session: Session, *values) -> Iterator[list]:
        """What comes later, perhaps step by step, by the session's values of controls, since the
        page's may have been sent before it was loaded; where nothing does `gr.skip()`, since gradio
        would clear the outputs for nothing."""
        given, before = iter(self.known(session, self.later, values)), 0
        for tab, each in self.parts.items():
            if not each.after:
                continue
            go_on, inputs, outputs = each.after
            own, width = [next(given) for _ in inputs], len(_listed(outputs))
            after = len(self.completed) - before - width
            if tab.name == session.tab:
                found, value = go_on(session, *own), None
                for value in found if isgeneratorfunction(go_on) else [found]:
                    values = [value] * width if value == gr.skip() else _listed(value)
                    yield [*[gr.skip()] * before, *values, *[gr.skip()] * after]
                if value is not None:
                    return
                break
            before += width
        yield [gr.skip()] * len(self.completed)


def _listed(values) -> list:
    return list(values) if isinstance(values, (list, tuple)) else [values]
