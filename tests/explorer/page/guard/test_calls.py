"""What the page sends of controls whose tab just opens."""

import gradio as gr
from gradio.state_holder import SessionState

from explorer.page.guard.calls import Guarded
from tests.explorer.conftest import finished


def test_a_control_without_a_value_yet_is_as_the_session_has_it_or_as_at_first(session):
    with Guarded() as demo:
        held = gr.State(session)
        spread, count, seed = gr.Slider(0, 2, 1.5), gr.Slider(1, 9, 4), gr.Number(7)
        private = {"api_visibility": "private"}
        demo.load(lambda *_: None, [held, spread, count, seed], None, **private)
    demo.controls = {spread: "spread", count: "count", seed: "seed"}
    session.controls["spread"] = 0.5
    state, (function,) = SessionState(demo), demo.fns.values()
    state[held._id] = session
    values = finished(demo.preprocess_data(function, [None] * 4, state))
    assert values == [session, 0.5, 4, None]  # a number may be left empty
    assert session.controls == {"spread": 0.5, "count": 4, "seed": None}
