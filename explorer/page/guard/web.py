"""What the server asks of every request, and says with every answer, on pages that are shared."""

import ipaddress
import logging
import os
from asyncio import Semaphore
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from fnmatch import fnmatch
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.page import words
from training.errors import quoted

MB = 2**20
MOST_JSON, MOST_UPLOAD = 16 * MB, 2048 * MB  # bytes of a request
UPLOAD = "/gradio_api/upload"
ASKS, AT_ONCE = "/component_server", 40  # what gradio's queue does not hold; of an address
FORM = "The request has not the form that this address takes: see the documentation of the API."
# Gradio's scripts are inline and make functions of text; pictures are `data:` and `blob:`.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# What gradio's own routes raise on ids and forms that they do not know
STUMBLES = (LookupError, ValueError, TypeError, AttributeError, RecursionError, FnIndexInferError)
log = logging.getLogger(__name__)


def guarded(hosts: Sequence[str] = ()) -> dict:
    """`Blocks.launch`'s `app_kwargs`: a `Guard` that answers to the names `hosts`, too."""
    return {
        "middleware": [Middleware(Guard, hosts=hosts)],
        "exception_handlers": {RequestValidationError: _malformed},
    }


class Guard:
    """Refuses requests to other hosts (DNS rebinding), from other sites, and of too many bytes; an
    address is always answered, names are `localhost` and `hosts`, patterns as in '*.example.org'.
    Of what scripts ask past the queue, `AT_ONCE` of an address are computed, and others wait."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()):
        space = os.environ.get("SPACE_HOST", "")  # the name that Hugging Face gives an app
        named = [host.lower() for host in (*hosts, *space.split(",")) if host]
        self.app, self.hosts = app, [host for host in named if not _numeric(host)]
        frames = ["'self'", *self.hosts, *(["https://huggingface.co"] if space else [])]
        policy = {**POLICY, "frame-ancestors": " ".join(frames)}
        self.turns: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()  # by address
        self.policy = "; ".join(f"{name} {value}" for name, value in policy.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, started = Headers(scope=scope), False
        language = headers.get("accept-language", "")
        words.WANTED.set(words.wanted(scope["query_string"].decode("latin-1"), language))
        most = MOST_UPLOAD if scope["path"].rstrip("/").endswith(UPLOAD) else MOST_JSON

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(self.said(scope["path"]))
            await send(message)

        refused = self.refused(headers, most)
        if refused:
            await refused(scope, receive, answer)
            return
        try:
            async with self.turn(scope):
                await self.app(scope, _bounded(receive, most), answer)
        except STUMBLES as error:
            if started:
                raise
            log.warning("%s %s: %s", scope["method"], scope["path"][:80], quoted(str(error)))
            await _refusal(400, FORM)(scope, receive, answer)

    def turn(self, scope: Scope) -> AbstractAsyncContextManager:
        """What a request holds while it is answered."""
        if not scope["path"].rstrip("/").endswith(ASKS):
            return nullcontext()
        address, _ = scope.get("client") or ("", 0)
        return self.turns.setdefault(address, Semaphore(AT_ONCE))

    def refused(self, headers: Headers, most: int) -> JSONResponse | None:
        """Why a request is not answered, None where it is."""
        host, origin = headers.get("host", ""), headers.get("origin")
        site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
        name = _name(f"//{host}")
        if not self.answers(name):
            add = f"start it with --allow-host and this name if it is yours, not {quoted(name)}"
            return _refusal(421, f"The app does not answer to this name: {add}.")
        own = origin is None or origin.partition("://")[2] == host
        foreign = not own and not self.listed(_name(origin))
        if foreign or (site == "cross-site" and mode != "navigate"):
            return _refusal(403, "Requests from other sites are not answered: open the app itself.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            return _refusal(413, f"That is too much at once: {most // MB} MB at most.")
        return None

    def answers(self, name: str) -> bool:
        return name == "localhost" or _numeric(name) or self.listed(name)

    def listed(self, name: str) -> bool:
        return any(fnmatch(name, host) for host in self.hosts)

    def said(self, path: str) -> dict[str, str]:
        """The headers of every answer; what visitors have uploaded is no page of the app."""
        policy = "default-src 'none'; sandbox" if "/gradio_api/file" in path else self.policy
        return {**HEADERS, "Content-Security-Policy": policy}


def _name(address: str) -> str:
    """The host in an address, without port and brackets; nothing where there is none."""
    try:
        return (urlsplit(address).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _numeric(host: str) -> bool:
    """Is it an IP address? No other site can make a browser take one for its own."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _bounded(receive: Receive, most: int) -> Receive:
    """`receive` that gives no more than `most` bytes, also where no length was declared."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise ValueError("more bytes than a request may have")
        return message

    return bounded


def _refusal(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence, "error": sentence}, status)


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    return _refusal(422, FORM)
