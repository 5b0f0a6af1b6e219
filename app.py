"""Opens the explorer in the browser: `python app.py`, and `python app.py --help` for more."""

import argparse
import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")  # a Gradio Space sets it
    parser.add_argument("--host", default=host, help="address to listen on")
    parser.add_argument("--port", type=int, default=7860, help="port; the next free one if taken")
    parser.add_argument("--checkpoints", default="checkpoints", help="folder of model sets")
    parser.add_argument("--share", action="store_true", help="public link through gradio's servers")
    browser = argparse.BooleanOptionalAction
    parser.add_argument("--open", action=browser, default=True, help="open a browser window")
    return parser.parse_args()


if __name__ == "__main__":
    options = arguments()
    from explorer.page.server import serve  # after the arguments: --help need not wait for torch

    serve(options.checkpoints, options.host, options.port, options.share, options.open)
