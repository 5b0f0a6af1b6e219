"""Serving the page: its looks, its port, and what is done before the first visitor comes."""

import errno
import gc
import socket
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import torch

from explorer.page import components, ui
from explorer.page.components.share import download
from explorer.page.guard.access import readers
from explorer.page.guard.web import guarded
from explorer.page.header import NAME
from explorer.page.resources import cache, ending, fair
from explorer.page.tabs import WITHIN, morph, reconstruct, sample
from explorer.page.words import Words
from explorer.pictures import decoding
from explorer.session.state import Session
from training.errors import UserError, quoted

PORTS_TRIED = 100
SWITCH_S = 0.001  # between threads: with Python's 5 ms, what answers waits for what computes
THREADS = 112  # for events: more than what endpoints are asked for at a time (`api.AT_A_TIME`)
THEME = Path(__file__).with_name("theme.toml")


@dataclass
class Address:
    """Where the page is served, and to whom.

    root_path: under which a proxy serves it; hosts: names that it answers to besides localhost and
    addresses; auth_file: as `guard.access` has it; share: by a public link; mcp: with MCP tools.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    hosts: Sequence[str] = ()
    auth_file: Path | None = None
    share: bool = False
    mcp: bool = False


def serve(root: str, at: Address, browser: bool = False) -> None:
    """Serves the page for the checkpoints under `root` until it is interrupted."""
    if at.auth_file and at.mcp:
        raise UserError("MCP clients cannot sign in: give either --auth-file or --mcp.")
    if at.mcp:
        from explorer.page import mcp_tools  # here: its package takes long to import

        mcp_tools.install()
    allowed = readers(at.auth_file) if at.auth_file else None
    torch.set_num_threads(1)  # models and visitors share the cores, by `work.beside`
    sys.setswitchinterval(SWITCH_S)
    with cache.opened():
        port, demo = free_port(at.host, at.port), fair.install(ui.build(root))
        _, local, public = demo.launch(
            server_name=f"[{at.host}]" if ":" in at.host else at.host,
            server_port=port,
            max_threads=THREADS,
            root_path=at.root_path or None,
            auth=allowed,
            share=at.share,
            mcp_server=at.mcp,
            inbrowser=browser,
            prevent_thread_lock=True,
            quiet=True,
            **looks([*at.hosts, at.host, *(["*.gradio.live"] if at.share else [])]),
        )
        print(f"{NAME} is open at {public or local} (Ctrl+C ends it)", flush=True)
        warm(root)
        gc.freeze()
        gc.enable()
        try:
            demo.block_thread()
        finally:
            ending.close(demo)


def looks(hosts: Sequence[str] = ()) -> dict:
    """How the page looks and what it takes, for `Blocks.launch`; it answers to the names `hosts`
    besides localhost."""
    theme = tomllib.loads(THEME.read_text(encoding="utf-8"))
    return {
        "theme": gr.themes.Base(**theme["base"]).set(**theme["set"]),
        "css_paths": sorted(components.ASSETS.glob("*.css")),
        "head": components.head([(tab.name, tab.title) for tab in WITHIN if tab.slots]),
        "favicon_path": components.ASSETS / "icon.png",
        "ssr_mode": False,
        "max_file_size": "64mb",
        "footer_links": ["api"],
        "i18n": Words(),
        "enable_monitoring": False,
        "app_kwargs": {**guarded(hosts), "routes": [*components.ROUTES, *download.ROUTES]},
    }


def free_port(host: str, wanted: int) -> int:
    """The first port from `wanted` on that is free, any for 0; says so where it is another."""
    if not 0 <= wanted < 65536:
        raise UserError(f"--port is {wanted}: choose a whole number from 0 to 65535.")
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        try:
            family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.create_server(place, family=family) as probe:
                free = probe.getsockname()[1]
        except (socket.gaierror, UnicodeError):
            raise UserError(
                f"There is no host {quoted(host)}: choose another with --host."
            ) from None
        except PermissionError:
            raise UserError(f"Port {port} is not for you: choose another with --port.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            why = f"{quoted(host)} is no address of this machine: choose another with --host."
            raise UserError(why) from None
        if free != wanted and wanted:
            print(f"Port {wanted} is taken, so this is port {free}.")
        return free
    raise UserError(f"No port from {wanted} on is free: choose another with --port.")


def warm(root: str) -> None:
    """Does what the first visitor would wait for: slow imports and first passes."""
    decoding.warm()
    session = Session(root)
    if session.names:
        for slot in (reconstruct.SLOT, *morph.SLOTS):
            session.put(slot.name, session.examples()[slot.example])
        reconstruct.show(session)
        list(reconstruct.refine(session, 1))
        morph.TIMING.call(session)
        sample.TIMING.call(session)
