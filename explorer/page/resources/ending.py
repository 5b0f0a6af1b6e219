"""The end of a page that somebody may still wait for."""

import threading
import time

import gradio as gr

WAIT_S = 5
# Daemons: one that is in PyTorch when the interpreter ends aborts it.
WORKERS = "AnyIO worker thread"


def close(demo: gr.Blocks) -> None:
    """Ends the server, and waits for what its workers are at."""
    demo.close(verbose=False)
    until = time.monotonic() + WAIT_S
    for thread in threading.enumerate():
        if thread.name == WORKERS:
            thread.join(max(0.0, until - time.monotonic()))
