"""Serving the page: its looks, its port, and what is done before the first visitor comes."""

import socket
import tomllib
from pathlib import Path

import gradio as gr

from explorer.page import cache, components, fair, memory, ui
from explorer.page.header import NAME
from explorer.page.tabs import TABS, reconstruct
from explorer.pictures import decoding
from explorer.session.state import Session

PORTS_TRIED = 100
THEME = Path(__file__).with_name("theme.toml")


def serve(root: str, host: str, port: int, share: bool = False, browser: bool = False) -> None:
    """Serves the page for the checkpoints under `root` until it is interrupted."""
    memory.economise()
    cache.end_on_sigterm()
    with cache.opened():
        demo = fair.install(ui.build(root))
        _, local, public = demo.launch(
            server_name=host,
            server_port=free_port(host, port),
            share=share,
            inbrowser=browser,
            prevent_thread_lock=True,
            quiet=True,
            **looks(),
        )
        print(f"{NAME} is open at {public or local} (Ctrl+C ends it)", flush=True)
        warm(root)
        demo.block_thread()


def looks() -> dict:
    """How the page looks and what it takes, for `Blocks.launch`."""
    theme = tomllib.loads(THEME.read_text(encoding="utf-8"))
    return {
        "theme": gr.themes.Base(**theme["base"]).set(**theme["set"]),
        "css_paths": sorted(components.ASSETS.glob("*.css")),
        "head": components.head([(tab.name, tab.title) for tab in TABS if tab.slots]),
        "favicon_path": components.ASSETS / "icon.png",
        "pwa": True,
        "ssr_mode": False,
        "max_file_size": "64mb",
        "footer_links": ["api"],
    }


def free_port(host: str, wanted: int) -> int:
    """The first port from `wanted` on that nobody listens on; says so where it is another."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            try:
                taken = probe.connect_ex((host, port)) == 0
            except socket.gaierror:
                raise SystemExit(
                    f"There is no host '{host}': choose another with --host."
                ) from None
        if not taken:
            if port != wanted:
                print(f"Port {wanted} is taken, so this is port {port}.")
            return port
    raise SystemExit(f"No port from {wanted} on is free: choose another with --port.")


def warm(root: str) -> None:
    """Does what the first visitor would wait for: slow imports and first passes."""
    decoding.warm()
    session = Session(root)
    if session.names:
        session.put(reconstruct.NAME, session.examples()[0])
        reconstruct.show(session)
        list(reconstruct.refine(session, 1))
