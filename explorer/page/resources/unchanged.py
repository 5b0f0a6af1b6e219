"""What stays as it is costs nothing: the page for another visitor, and outputs that are skipped."""

from copy import copy

import gradio as gr
from gradio.blocks import BlocksConfig


class Shared(BlocksConfig):
    """What blocks consist of, of which visitors keep no description of their own. Gradio 6.31 makes
    one for each, and notes in it what goes in and out, for its deep links: 120 ms in which it
    answers nobody, and 0.7 MB."""

    def __copy__(self) -> BlocksConfig:
        own = super().__copy__()
        own.config_for_block = lambda *_: {}
        return own


class Sparing(gr.Blocks):
    """Blocks that leave out what a handler skips: gradio 6.31 builds such a component anew for the
    visitor, which takes 1.5 ms and stays in memory as long as the visit."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.default_config = Shared(self)

    async def postprocess_data(self, block_fn, predictions, state):
        outputs, skipped = block_fn.outputs, gr.skip()
        told = [skipped] * len(outputs)
        if _is(predictions, skipped):
            return told
        if len(outputs) < 2 or not isinstance(predictions, list | tuple):
            return await super().postprocess_data(block_fn, predictions, state)
        changed = [at for at, value in enumerate(predictions) if not _is(value, skipped)]
        narrow, values = copy(block_fn), [predictions[at] for at in changed]
        narrow.outputs = [outputs[at] for at in changed]
        given = values[0] if len(values) == 1 else values  # as one output's value stands alone
        found = await super().postprocess_data(narrow, given, state)
        for at, value in zip(changed, found, strict=True):
            told[at] = value
        return told


def _is(value: object, skipped: dict) -> bool:
    return isinstance(value, dict) and value == skipped
