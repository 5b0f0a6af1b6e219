"""The one place where whatever is wrong with a call becomes one sentence: of endpoints, of events
of the page, and of the functions that its scripts call. Only a fault of ours leaves a traceback in
the log."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache, wraps
from typing import Any, ClassVar, get_type_hints
from weakref import WeakKeyDictionary

import gradio as gr
from anyio.to_thread import run_sync
from fastapi import HTTPException
from gradio import queueing
from gradio.exceptions import InvalidPathError
from gradio_client.utils import is_file_obj_with_meta, is_http_url_like, traverse
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict  # pydantic takes those of typing from Python 3.12 on

from explorer import work
from explorer.api import BY_ADDRESS
from explorer.page.resources.unchanged import Sparing
from explorer.page.said import failure
from explorer.page.words import here
from explorer.session.history import History
from explorer.session.programs import STRICT, said
from explorer.session.state import Session
from explorer.words import say
from training.errors import UserError

UNFIT = say("What was sent does not fit this part of the page: reload it and try again.")
NOT_HERE = say("That file was not uploaded here: choose it again.")
FAILED = say("This did not work, by a fault of the app: try again, or reload the page.")
# What gradio 6.31 does not check of a control: that a switch is on or off, and a number finite
KINDS = {gr.Checkbox: bool, gr.Slider: float, gr.Number: float | None}
LATER = "long"  # the lane of events that may wait until what they were sent with has changed
log = logging.getLogger(__name__)


def within(block: gr.components.Component, value: Any) -> Any:
    """A number within the limits of its control: gradio refuses others, which the page sends while
    somebody types, and with every event of other controls."""
    if not isinstance(block, gr.Slider | gr.Number) or not isinstance(value, int | float):
        return value
    low, high = block.minimum, block.maximum
    value = value if high is None else min(value, high)
    return value if low is None else max(value, low)


class Guarded(Sparing):
    """Blocks whose visitors are told in one sentence what is wrong, whatever they send; and whose
    sessions know the values of `controls`, by the names of these, and what was done."""

    controls: Mapping[gr.components.Component, str] = {}
    requests: WeakKeyDictionary[queueing.Event, work.Request] = WeakKeyDictionary()

    async def preprocess_data(self, block_fn, inputs, state, explicit_call=False):
        try:
            traverse(inputs, _local, is_file_obj_with_meta)
            if block_fn.api_visibility == "private":
                inputs = self._settled(block_fn, inputs, state)
                inputs = [*map(within, block_fn.inputs, inputs)]
            for block, value in zip(block_fn.inputs, inputs, strict=False):
                if kind := KINDS.get(type(block)):
                    fitting(kind, value, getattr(block.label, "key", block.label))
            values = await super().preprocess_data(block_fn, inputs, state, explicit_call)
            if block_fn.concurrency_id != LATER:
                set_to = zip(map(self.controls.get, block_fn.inputs), values, strict=True)
                for session in _sessions(values):
                    session.controls |= {name: value for name, value in set_to if name}
            return values
        except (UserError, InvalidPathError):
            raise
        except Exception:  # components raise almost anything on values that are not theirs
            name, of_page = block_fn.api_name, block_fn.api_visibility == "private"
            takes = (
                f"/{name} takes {len(block_fn.inputs)} values of other kinds: see its description."
            )
            raise UserError(UNFIT if of_page else takes) from None

    def _settled(self, block_fn, inputs, state) -> list:
        """The inputs, with what the session knows of controls whose tab just opens: the page has no
        values of those yet, where only a number can have none."""
        held = [state[each._id] for each in block_fn.inputs if isinstance(each, gr.State)]
        known = next((session.controls for session in _sessions(held)), {})
        return [
            known.get(self.controls.get(block), block.value)
            if value is None and not isinstance(block, gr.State | gr.Number)
            else value
            for block, value in zip(block_fn.inputs, inputs, strict=False)
        ]

    def _asked(self, block_fn, event_id: str | None) -> work.Request:
        """One for all parts of what an event gives, from when it was sent."""
        event, kind = self._queue.event_ids_to_events.get(event_id), str(block_fn.api_name)
        if event is None:
            return work.Request(kind)
        return self.requests.setdefault(event, work.Request(kind, event.enqueue_time))

    async def process_api(self, block_fn, inputs, state=None, request=None, *args, **kwargs):
        held = [state[block._id] for block in block_fn.inputs if isinstance(block, gr.State)]
        settles = getattr(block_fn.fn, "settles", None)
        asked = self._asked(block_fn, kwargs.get("event_id"))
        try:
            with asked.computing(), ExitStack() as settled:
                for session in _sessions(held) if settles else []:
                    settled.enter_context(session.of(History).settled())
                found = await super().process_api(block_fn, inputs, state, request, *args, **kwargs)
                if not found["is_generating"]:
                    asked.answered()
                    for session in _sessions(held):
                        # It takes milliseconds, in which the event loop would answer nobody.
                        await run_sync(session.of(History).note, session, settles)
            return found
        except UserError as error:
            message = error.said
        except InvalidPathError:
            message = NOT_HERE
        except gr.Error as error:
            if not error.print_exception:
                raise  # it is for the visitor
            message = UNFIT
        except Exception:
            log.exception("%s failed", block_fn)
            message = FAILED
        of_page = block_fn.api_visibility == "private"
        raise failure(here(message, request) if of_page else message, of_page)


def settling(handler: Callable) -> Callable:
    """The handler of an event, marked: what it changes belongs to the step before, and is none."""
    handler.settles = True
    return handler


class Event(gr.EventData):
    """What a component of the page sends, of the `shape` that a subclass declares."""

    shape: ClassVar[Any] = dict

    def __init__(self, target, _data: Any):
        super().__init__(target, fitting(self.shape, _data))


def served(function: Callable[[Any], Any], kind: str = "") -> Callable[[Any], Any]:
    """A function for scripts of the page, whose parameter's annotation is the shape it takes. What
    they ask is of a `kind`, of the function's own by default (`work.Request`)."""
    (shape, *_) = get_type_hints(function).values()
    kind = kind or f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def call(asked: Any) -> Any:
        try:
            request = work.Request(kind)
            with request.computing():
                answer = function(fitting(shape, asked))
            request.answered()
            return answer
        except UserError as error:
            raise HTTPException(422, str(error)) from None
        except Exception:
            log.exception("%s failed", function.__name__)
            raise HTTPException(500, FAILED) from None

    return call


def fitting(shape: Any, value: Any, called: str = "") -> Any:
    """The value, of the shape that the page's scripts send; raises UserError, which names a control
    that is `called` so."""
    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        raise UserError(said(error, called, value) if called else UNFIT) from None


@cache
def _adapter(shape: Any) -> TypeAdapter:
    return TypeAdapter(shape, config=None if is_typeddict(shape) else STRICT)  # which has its own


def _sessions(values: Sequence[Any]) -> list[Session]:
    return [value for value in values if isinstance(value, Session)]


def _local(file: dict) -> dict:
    if is_http_url_like(str(file["path"])):
        raise UserError(BY_ADDRESS)
    return file
