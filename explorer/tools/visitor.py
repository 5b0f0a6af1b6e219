"""A visitor of the running app as the server sees one: a session, uploads, events, answers."""

import io
import json
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any

import httpx
import numpy as np
from PIL import Image
from torch import Tensor

from explorer.pictures.render import to_pil
from explorer.verbs import VERBS
from explorer.verbs.common.options import arguments

PATIENCE_S = 300
ALIKE = 2.0  # mean difference in levels of 255: PNG rounds, and batches change the last bits


@dataclass
class Visitor:
    """An open page: its session, its picture as a file, and what has to come back of it."""

    url: str
    models: list[str]
    file: bytes = b""
    expected: dict[str, Tensor] = field(default_factory=dict)
    name: str = field(default_factory=lambda: secrets.token_hex(6))

    def __post_init__(self) -> None:
        config = httpx.get(f"{self.url}/config", timeout=PATIENCE_S).raise_for_status().json()
        self.values = {c["id"]: c["props"].get("value") for c in config["components"]}
        self.events: dict[str, dict] = {}
        for each in config["dependencies"]:  # by the endpoint's name, and what a component does
            for name in (each["api_name"], *(does for _, does in each["targets"])):
                self.events.setdefault(str(name), each)
        self.http = httpx.Client(base_url=f"{self.url}/gradio_api", timeout=PATIENCE_S)
        threading.Thread(target=self._stay, daemon=True).start()

    def _stay(self) -> None:
        """Holds the connection with whose end the server takes the page for closed."""
        with suppress(httpx.HTTPError), self.http.stream("GET", f"/heartbeat/{self.name}") as beats:
            for _ in beats.iter_lines():
                pass

    def upload(self, name: str = "", file: bytes | None = None) -> dict:
        """A file of the page's own, by default its picture."""
        files = {"files": (name or f"{self.name}.png", self.file if file is None else file)}
        path = self.http.post("/upload", files=files).raise_for_status().json()[0]
        return {"path": path, "meta": {"_type": "gradio.FileData"}}

    def verb(self, name: str, which: int = 0, **given) -> Any:
        """The pictures that an endpoint gives, or with `which` 1 its figures."""
        given["models"] = self.models
        values = [given.get(each.name, each.default) for each in arguments(VERBS[name])]
        data = [None if value is Parameter.empty else value for value in values]
        return self.event(name, data)[which]

    def event(self, name: str, data: list, sent: dict | None = None) -> list:
        """What an event gives for the values of its first inputs, the others as the page has them
        at first, and what the component sent."""
        known = self.events[name]
        data = [*data, *(self.values[each] for each in known["inputs"][len(data) :])]
        body = {"fn_index": known["id"], "data": data, "session_hash": self.name}
        body["event_data"] = sent
        self.http.post("/queue/join", json=body).raise_for_status()
        asked = {"session_hash": self.name}
        with self.http.stream("GET", "/queue/data", params=asked) as lines:
            for line in filter(None, lines.iter_lines()):
                said = json.loads(line.removeprefix("data:"))
                if said["msg"] == "process_completed" and said["success"]:
                    return said["output"]["data"]
                if said["msg"] in ("process_completed", "unexpected_error"):
                    raise RuntimeError(f"{name}: {said}")
        raise RuntimeError(f"{name}: no answer")

    def seen(self, name: str, data: list, sent: dict | None = None) -> dict:
        """The content of the component that an event shows first, as the page fetches it."""
        content = self.event(name, data, sent)[0]
        body = {"component_id": self.events[name]["outputs"][0], "session_hash": self.name}
        body |= {"fn_name": "take", "data": content}
        return self.http.post("/component_server", json=body).raise_for_status().json()

    def fetched(self, picture: dict) -> Image.Image:
        path = picture["image"]["path"]
        return Image.open(io.BytesIO(self.http.get(f"/file={path}").raise_for_status().content))


def own(found: Image.Image, expected: Tensor) -> None:
    """Raises RuntimeError where a picture is another visitor's."""
    x, y = (np.asarray(each.convert("RGB"), float) for each in (found, to_pil(expected)))
    if x.shape != y.shape or abs(x - y).mean() > ALIKE:
        raise RuntimeError("this is not the visitor's own picture")
