"""Opens the explorer in the browser: `python app.py`."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from training import commandline

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported


@dataclass
class App:
    """Opens the explorer in the browser."""

    # address to listen on; a Gradio Space sets the variable
    host: str = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    port: int = 7860  # port; the next free one if taken
    checkpoints: str = str(Path(__file__).with_name("checkpoints"))  # folder of model sets
    share: bool = False  # public link through gradio's servers
    open: bool = True  # open a browser window

    def __call__(self) -> None:
        from explorer.page.server import serve  # here: --help need not wait for torch

        serve(self.checkpoints, self.host, self.port, self.share, self.open)


if __name__ == "__main__":
    sys.exit(commandline.main(App, sys.argv[1:], "python app.py"))
