"""The page, made with Gradio, which is imported here without what takes half of its time.

Gradio 6.31 writes a stub for editors beside the file of each component class, and for that parses
all those files whenever it is imported. It also imports the package for MCP clients, which
`mcp_tools` imports where it is asked for.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec

MCP = "mcp"


def _import_gradio() -> None:
    spec = find_spec("gradio")
    sys.modules["gradio"] = package = module_from_spec(spec)  # its own code has not run yet
    import_module("gradio.component_meta").create_or_modify_pyi = lambda *_: None
    hidden = MCP not in sys.modules
    sys.modules.setdefault(MCP, None)  # so that it is not found, as where it is not installed
    try:
        spec.loader.exec_module(package)
    finally:
        if hidden:
            del sys.modules[MCP]


if "gradio" not in sys.modules:
    _import_gradio()
