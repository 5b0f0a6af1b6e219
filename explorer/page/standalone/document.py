"""The HTML of a page without a server, and its files: inside it, or beside it on a static host.

All bytes are packed by gzip. Inside the page they stand as base64, by their paths, in script
elements that no browser runs. Beside it they are named `.bin`: a host may unpack what ends in
`.gz`. Their paths hold a digest of what they are: no cache has another one under the same.
"""

import gzip
import hashlib
import tomllib
from base64 import b64encode
from collections.abc import Collection
from contextlib import suppress
from functools import cache, partial
from html import escape
from pathlib import Path

import orjson
from gradio.themes.utils import colors

from explorer.exchange.description import DECODER, ENCODER, PRIOR
from explorer.page.components.assets import ASSETS, SCRIPTS
from explorer.page.standalone.pack import Pack, Packed
from explorer.page.words import CATALOGUES
from explorer.words import spelled
from training.checkpoints import LATENTS, write_atomically

HERE, THEME = Path(__file__).parent, Path(__file__).parents[1] / "theme.toml"
RUNTIME = {
    "script": "onnxruntime/ort.wasm.bundle.min.mjs",
    "wasm": "onnxruntime/ort-wasm-simd-threaded.wasm",
    "gif": "gifenc/gifenc.esm.js",
}
DIGITS = 16  # of a SHA-256, in a path
NOTICES = ("onnxruntime/LICENSE", "gifenc/LICENSE.md")
# Those of the app that need no server
SHARED = (
    "common.js",
    *("share/back.js", "share/marked.js"),
    *("inputs/keyboard.js", "inputs/slot.js", "inputs/crop.js", "inputs/sliders.js"),
    *("views/theme.js", "views/sprites.js", "views/tiles.js"),
    *("live/codes.js", "live/worker.js", "live/engine.js"),
    *("live/latents.js", "live/edit.js", "live/film.js", "live/pad.js"),
)
OWN = (
    "local",
    "crops",
    "things",
    "parts",
    "morph",
    "picture",
    "samples",
    "places",
    "about",
    "start",
)
# Nothing is asked of any other host, and nothing foreign runs
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' data: blob:; "
    "worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; "
    "connect-src 'self' data: blob:; base-uri 'none'; form-action 'none'"
)
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" type="image/png" href="data:image/png;base64,{icon}">
<style>
{style}
</style>
</head>
<body>
<noscript>This page runs models in the browser: it needs JavaScript.</noscript>
<header><div class="brand">{logo}<h1>Latent Explorer</h1></div>
<div class="latent"><div class="models" role="group"></div></div></header>
<nav id="tabs"></nav>
<main></main>
<footer></footer>
<script type="application/json" id="about">{about}</script>
<script>
{script}
</script>
{inside}
</body>
</html>
"""


def as_page(page: Pack) -> bytes:
    """One HTML file with everything in it."""
    files = {path: _base64(_gzip(content)) for path, content in _files(page).items()}
    inside = (
        f'<script type="application/gzip" id="{path}">{text}</script>'
        for path, text in files.items()
    )
    return _html(page, len(page.models), "\n".join(inside)).encode()


def as_site(page: Pack, out: Path) -> int:
    """Writes index.html and its files into a folder, in place of those of a former page, and gives
    their size in bytes."""
    files = {f"{path}.bin": _gzip(content) for path, content in _files(page).items()}
    files["index.html"] = _html(page, 1).encode()
    for path, content in files.items():  # index.html last: it names the others
        write_atomically(out / path, partial(Path.write_bytes, data=content))
    _sweep(out, files)
    return sum(map(len, files.values()))


def _sweep(out: Path, files: Collection[str]) -> None:
    """Deletes the models and the runtime of a former page, and nothing else that lies there."""
    written = [f"models/*/{name}.bin" for name in (DECODER, ENCODER, PRIOR, LATENTS)]
    written += [f"{name}-*.bin" for name in RUNTIME.values()]
    for pattern in written:
        for found in out.glob(pattern):
            if found.relative_to(out).as_posix() not in files:
                found.unlink()
                with suppress(OSError):  # until it is empty
                    found.parent.rmdir()


@cache
def shell() -> str:
    """The page but for what is of its models: another one makes other pages."""
    return _html(Pack([], {}), 0)


def _asset(name: str) -> bytes:
    """A file of the assets, where the largest is compressed."""
    packed = ASSETS / f"{name}.gz"
    return (
        gzip.decompress(packed.read_bytes()) if packed.is_file() else (ASSETS / name).read_bytes()
    )


def _files(page: Pack) -> dict[str, bytes]:
    """The contents of all files by path."""
    runtime = {_placed(name): _asset(name) for name in RUNTIME.values()}
    of_models = {
        f"{_folder(at, model)}{name}": content
        for at, model in enumerate(page.models)
        for name, content in model.files.items()
    }
    return runtime | of_models


@cache
def _placed(name: str) -> str:
    """The path of a file of the assets."""
    return f"{name}-{_digest(_asset(name))}"


def _folder(at: int, model: Packed) -> str:
    """That of a model's files, of which each has its place on the page."""
    return f"models/{at}-{_digest(*model.files.values())}/"


def _digest(*contents: bytes) -> str:
    digests = (hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(b"".join(digests)).hexdigest()[:DIGITS]


def _html(page: Pack, opened: int, inside: str = "") -> str:
    """`opened`: how many of the models are shown at first; `inside`: what else is in the body."""
    about = {
        "models": [
            model.about | {"at": _folder(at, model), "files": [*model.files]}
            for at, model in enumerate(page.models)
        ],
        "sliders": page.sliders,
        "opened": opened,
        "runtime": {what: _placed(name) for what, name in RUNTIME.items()},
        "words": CATALOGUES,
        "notices": "\n".join(_text(ASSETS / name) for name in NOTICES),
    }  # fmt: skip
    told = orjson.dumps(about, spelled, orjson.OPT_PASSTHROUGH_SUBCLASS).decode()
    titles = [model.about["title"] for model in page.models]
    return PAGE.format(
        policy=POLICY,
        title=escape(" · ".join(["Latent Explorer", *titles])),
        logo=_text(ASSETS / "logo.svg"),
        icon=_base64((ASSETS / "icon.png").read_bytes()),
        style="\n".join([_variables(), *map(_text, (ASSETS / "explorer.css", HERE / "page.css"))]),
        about=told.replace("<", "\\u003c"),
        script="\n".join(map(_text, _scripts())),
        inside=inside,
    )


def _scripts() -> list[Path]:
    """In the order in which they use each other; the views in that of their tabs."""
    own = [HERE / "scripts" / f"{name}.js" for name in OWN]
    return [HERE / "scripts" / "words.js", *(SCRIPTS / name for name in SHARED), *own]


def _variables() -> str:
    """The app's theme as the variables of its style sheet."""
    theme = tomllib.loads(_text(THEME))
    shades = {
        f"{hue}-{shade[1:]}": value
        for hue in ("primary", "neutral")
        for shade, value in vars(getattr(colors, theme["base"][f"{hue}_hue"])).items()
        if shade[0] == "c"
    }
    dark = {n.removesuffix("_dark"): v for n, v in theme["set"].items() if n.endswith("_dark")}
    light = shades | {n: v for n, v in theme["set"].items() if not n.endswith("_dark")}
    return f":root {{ {_declared(light)} }}\n.dark {{ {_declared(dark)} }}"


def _declared(values: dict[str, str]) -> str:
    def css(value: str) -> str:
        return f"var(--{_dashed(value[1:])})" if value.startswith("*") else value

    return " ".join(f"--{_dashed(name)}: {css(value)};" for name, value in values.items())


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
