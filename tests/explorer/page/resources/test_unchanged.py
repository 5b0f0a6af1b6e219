"""What stays as it is, is not built anew for a visitor: the page, and what a handler skips."""

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from explorer.page.resources.unchanged import Sparing
from tests.explorer.conftest import finished


@pytest.mark.parametrize(
    "given, told",
    [
        ((gr.skip(), "two", gr.skip()), [gr.skip(), "two", gr.skip()]),
        ((gr.skip(), gr.skip(), gr.skip()), [gr.skip()] * 3),
        (("one", gr.skip(), gr.update(lines=2)), ["one", gr.skip(), gr.update(lines=2)]),
        (gr.skip(), [gr.skip()] * 3),
    ],
)
def test_only_what_changes_is_built_for_a_visitor(given, told):
    with Sparing() as demo:
        boxes = [gr.Textbox() for _ in range(3)]
        demo.load(lambda: given, None, boxes)
    state, (function,) = SessionState(demo), demo.fns.values()
    assert finished(demo.postprocess_data(function, given, state)) == told
    built = [box for box in boxes if state.blocks_config.blocks.get(box._id) is not box]
    assert built == [box for box, value in zip(boxes, told, strict=True) if "lines" in value]


def test_one_output_takes_a_list_for_its_value():
    with Sparing() as demo:
        chosen = gr.CheckboxGroup(["a", "b"])
        demo.load(lambda: ["a"], None, chosen)
    state, (function,) = SessionState(demo), demo.fns.values()
    assert finished(demo.postprocess_data(function, ["a"], state)) == [["a"]]


def test_a_visitor_has_no_description_of_the_page():
    with Sparing() as demo:
        demo.load(lambda: "told", None, gr.Textbox(label="Answer"))
    state, (function,) = SessionState(demo), demo.fns.values()
    assert finished(demo.postprocess_data(function, "told", state)) == ["told"]
    assert [*state.components] == []
    described = demo.get_config_file()["components"]
    assert "Answer" in [each["props"].get("label") for each in described]
