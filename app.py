"""Opens the explorer in the browser: `python app.py`."""

import gc
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tyro.conf import UseAppendAction

from training import commandline

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
# Taken off, since gradio itself would read them and trips over `::`
SET = {"--host": "GRADIO_SERVER_NAME", "--port": "GRADIO_SERVER_PORT"}


@dataclass
class App:
    """Opens the explorer in the browser."""

    host: str = "127.0.0.1"  # address to listen on, by default that of GRADIO_SERVER_NAME
    port: int = 7860  # port, 0 for any, by default GRADIO_SERVER_PORT; the next free one if taken
    root_path: str = ""  # path under which a proxy serves the app, such as /explorer
    # name that the app answers to, besides localhost and addresses; once for each
    allow_host: UseAppendAction[list[str]] = field(default_factory=list)
    auth_file: Path | None = None  # file with a line name:password for each who may sign in
    checkpoints: str = str(Path(__file__).with_name("checkpoints"))  # folder of model sets
    models: tuple[str, ...] = ()  # folders of further models, each with its model.json
    share: bool = False  # public link through gradio's servers
    mcp: bool = False  # offer the verbs as tools of the Model Context Protocol, too
    open: bool = True  # open a browser window

    def __call__(self) -> None:
        gc.disable()  # until the page is served: what starts is kept, and looking through it slow
        from explorer.memory import economise  # here: --help need not wait for torch

        economise()  # before gradio is imported, whose thread would have a heap of its own
        from explorer.page.server import Address, serve

        to_whom = self.allow_host, self.auth_file, self.share, self.mcp
        root = os.pathsep.join([self.checkpoints, *self.models])
        serve(root, Address(self.host, self.port, self.root_path, *to_whom), self.open)


if __name__ == "__main__":
    given = [f"{flag}={value}" for flag, name in SET.items() if (value := os.environ.pop(name, ""))]
    sys.exit(commandline.main(App, [*given, *sys.argv[1:]], "python app.py"))
