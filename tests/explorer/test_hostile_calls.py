"""Calls that nobody makes by accident: each gives its answer or one sentence, none leaves a
traceback in the log, and the next honest call gives the same figures as before."""

import io
import json
import math
import random
import re
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.page.guard.calls import FAILED
from explorer.pictures.render import png_bytes
from explorer.session.examples import astronaut
from explorer.session.programs import checked
from explorer.verbs import VERBS
from explorer.verbs.common.options import arguments
from tests.explorer.running import Running
from training.errors import UserError

MODEL, EVENTS, CALLS, ASKED = "celeba32/aae", 150, 150, 8
FILE = {"meta": {"_type": "gradio.FileData"}}


def noise(sigma: int) -> str:
    """A picture as an address."""
    content = png_bytes(Image.effect_noise((40, 40), sigma))
    return "data:image/png;base64," + b64encode(content).decode()


NOISE = [noise(sigma) for sigma in (90, 100, 110, 120)]
HONEST = {
    "reconstruct": {"picture": None, "models": [MODEL], "steps": 0},
    "morph": {"pictures": [], "models": [MODEL], "n": 3},
    "sample": {"models": [MODEL], "count": 2},
    "breed": {"pictures": NOISE[:1], "models": [MODEL], "count": 2},
    "edit": {"picture": None, "models": [MODEL], "amounts": {"Smiling": 1}},
    "teach": {"pictures": NOISE[:2], "without": NOISE[2:], "models": [MODEL]},
    "discover": {"picture": None, "models": [MODEL], "count": 1},
    "latent_map": {"model": MODEL, "attribute": "Smiling"},
    "search": {"picture": None, "models": [MODEL], "has": ["Smiling"]},
    "restore": {"picture": NOISE[0], "models": [MODEL], "steps": 1},
    "path": {
        "pictures": [*NOISE[:2]],
        "models": [MODEL],
        "frames": 3,
        "steps": 1,
    },
}
NUMBERS = [None, True, -1, 0.5, 10**30, 1e308, -1e308, math.nan, math.inf, -math.inf]
TEXTS = ["", "7", "ten", "x" * 100_000, "\0", "../../etc/passwd", "data:;base64,!!!"]
LISTS = [[], [None], [[]], [1.5], ["x"] * 2000, [MODEL] * 60, [MODEL] * 2000, [math.nan, 0]]
OBJECTS = [
    {},
    {"1": "off"},
    {"Smiling": math.nan},
    {"Smiling": 1e308},
    {"Smiling": None},
    {"": True},
    {str(i): 1 for i in range(2000)},
    {"path": None},
    {"path": "/etc/passwd", **FILE},
    {"path": "http://127.0.0.1:9/x.png", **FILE},
    {"path": "/etc/passwd", "meta": 1},
    {"slot": "nowhere", "random": True},
    {"grid": "sample"},
    {"grid": "nothing", "index": 10**30},
    {"index": -7},
    {"index": 10**9, "models": [MODEL]},
    {"model": "x/y", "z": [0, 0]},
    {"model": MODEL, "z": [math.nan, 0]},
    {"index": 0, "models": ["x/y"] * 3},
    {"id": {}, "to": "shelf"},
    {"name": "all", "on": 1},
    {"x": math.nan, "y": 0, "side": -1, "angle": 1e308},
    {"labels": {"Male": "off"}, "every": 1},
    {"amounts": {"Smiling": "2"}, "held": [1]},
]
PARTS = [*LISTS, *OBJECTS]
HOSTILE = [*NUMBERS, *TEXTS, *LISTS, *OBJECTS, json.loads("[" * 60 + "]" * 60)]


class Visitor:
    """Somebody who sends whatever they like."""

    def __init__(self, app: Running):
        self.http = httpx.Client(base_url=app.url, timeout=120)
        self.config = self.http.get("/config").json()

    def post(self, path: str, body: dict) -> httpx.Response:
        header = {"Content-Type": "application/json"}
        return self.http.post(f"/gradio_api/{path}", content=json.dumps(body), headers=header)

    def shown(self, answer: httpx.Response, event: dict) -> str:
        """What the page shows after an event: its components fetch their content by a name."""
        names = zip(event["outputs"], answer.json().get("data") or (), strict=False)
        asked = [
            {"component_id": each, "fn_name": "take", "session_hash": "seen", "data": name}
            for each, name in names
            if isinstance(name, str) and re.match(r"\d+-", name)
        ]
        return answer.text + "".join(self.post("component_server", each).text for each in asked)

    def uploads(self) -> list[dict]:
        """The events of the page's buttons for files."""
        events = self.config["dependencies"]
        return [each for each in events if any(does == "upload" for _, does in each["targets"])]

    def sent(self, button: dict, file: object) -> str:
        """What the page shows after a file, or several, for such a button."""
        body = {"data": [None, file], "fn_index": button["id"], "session_hash": "b"}
        return self.shown(self.post("run/x", body), button)

    def call(self, verb: str, given: dict) -> httpx.Response:
        data = [given.get(each.name, each.default) for each in arguments(VERBS[verb])]
        return self.post(f"run/{verb}", {"data": data})

    def upload(self) -> dict:
        file = io.BytesIO()
        astronaut().save(file, "JPEG")
        files = {"files": ("astronaut.jpg", file.getvalue())}
        (path,) = self.http.post("/gradio_api/upload", files=files).json()
        return {"path": path, **FILE}


@pytest.fixture(scope="module")
def visitor(app) -> Visitor:
    return Visitor(app)


@pytest.fixture
def figures(visitor, app) -> Iterator[None]:
    """What honest calls give is the same before and after, and the log is free of tracebacks."""

    def honest() -> dict:
        given = {"picture": visitor.upload()}
        calls = HONEST | {verb: HONEST[verb] | given for verb in ("reconstruct", "search")}
        found = {verb: visitor.call(verb, given).json()["data"] for verb, given in calls.items()}
        return {verb: data[-1] for verb, data in found.items()}

    before = honest()
    yield
    assert honest() == before
    assert "Traceback" not in app.said(), app.said()[-4000:]


def fits(answer: httpx.Response, given: object) -> None:
    """Asserts that an answer is one, in finite numbers, or one sentence."""
    if answer.status_code == 200:
        json.dumps(answer.json(), allow_nan=False)
        return
    body = answer.json()
    said = body.get("error") or body.get("detail")
    about = f"{said!r:.500} of {given!r:.500}"
    assert isinstance(said, str) and said != FAILED, about
    assert re.fullmatch(r"[^\n]{5,1200}\.", said), about
    assert not re.search(r"Traceback|Error\b|x{61}|/(tmp|home|work|root|usr)/", said), about


def test_calls_of_endpoints(visitor, figures):
    chance = random.Random(0)
    for _ in range(CALLS):
        verb = chance.choice([*VERBS])
        known = [each.name for each in arguments(VERBS[verb])]
        wrong = chance.sample(known, chance.choice([1, 1, 2]))
        forged = {name: chance.choice(HOSTILE) for name in wrong}
        fits(visitor.call(verb, HONEST[verb] | forged), (verb, forged))


def test_events_of_the_page(visitor, figures):
    chance = random.Random(1)
    events = [each for each in visitor.config["dependencies"] if each["backend_fn"]]
    for at in range(EVENTS):
        event = events[at % len(events)]
        more = chance.choice([0, 0, 0, -1, 1])  # now and then too few or too many values
        targets = [None, 0, 10**9, *(target for target, _ in event["targets"])]
        body = {
            "data": [chance.choice(HOSTILE) for _ in range(len(event["inputs"]) + more)],
            "fn_index": event["id"],
            "event_data": chance.choice(HOSTILE),
            "trigger_id": chance.choice(targets),
            "session_hash": f"hostile{at % 3}",
        }
        fits(visitor.post("run/forged", body), (event["targets"], body["data"], body["event_data"]))


def test_functions_of_the_page(visitor, figures):
    chance = random.Random(2)
    own = [visitor.upload()]
    shown = "".join(visitor.sent(button, own) for button in visitor.uploads())
    keys = ("", None, "nobody", re.search(r'"key":"([^"]+)"', shown)[1])
    keyed = [{"key": key, "parts": each, **(each if isinstance(each, dict) else {})}
        for key in keys for each in PARTS]  # fmt: skip
    functions = [
        (each["id"], name)
        for each in visitor.config["components"]
        for name in each["props"].get("server_fns", ())
    ]
    told = {name for _, name in functions}
    assert {"take", "ask", "saved", "python", "pair", "decode_point", "export_group"} <= told
    by_name = {name: component for component, name in functions}  # one component of each
    unknown = [(0, "postprocess"), (10**9, "ask"), (by_name["ask"], "nothing")]
    asked = [*((component, name) for name, component in by_name.items()), *unknown]
    for at in range(ASKED * len(asked)):
        component, name = asked[at % len(asked)]
        body = {
            "component_id": component,
            "fn_name": name,
            "session_hash": "hostile",
            "data": chance.choice([*HOSTILE, *keyed]),
        }
        answer = visitor.post("component_server", body)
        assert answer.status_code < 500, answer.text
        fits(answer, body)


def test_requests_of_no_form(visitor, figures):
    unknown = {"data": [], "fn_index": 10**9, "session_hash": "a"}
    for path in ("run/sample", "call/sample", "call/nothing", "queue/join", "call/v2/sample"):
        for body in (None, [], 7, {"data": None}, {"data": {}}, unknown):
            fits(visitor.post(path, body), (path, body))


def test_a_name_of_10_mb_is_quoted_short(visitor, figures):
    answer = visitor.call("sample", {"models": ["y" * 10_000_000]})
    fits(answer, "10 MB")
    assert len(answer.content) < 1000
    assert "models" in answer.json()["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=70) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=80,
)


@settings(max_examples=60, deadline=None)
@given(value=JSON)
@pytest.mark.parametrize("argument", [each for verb in VERBS.values() for each in arguments(verb)])
def test_any_value_is_taken_or_refused_in_a_sentence(argument, value):
    try:
        taken = checked(argument, value)
    except UserError as refused:
        said = str(refused)
        assert said.count("\n") == 0 and len(said) < 500 and said.endswith(".")
        assert argument.name in said
    else:
        json.dumps(taken, allow_nan=False)


def test_nothing_is_read_outside_and_nothing_is_fetched(visitor, figures, tmp_path):
    """Files of the machine, and addresses in its network, by every route that takes one."""
    asked = []

    class Seen(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    secret = tmp_path / "secret.png"
    astronaut().save(secret)
    with ThreadingHTTPServer(("127.0.0.1", 0), Seen) as inside:
        Thread(target=inside.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{inside.server_port}/a.png"
        buttons, sent = visitor.uploads(), visitor.sent
        own = [sent(button, [visitor.upload()]) for button in buttons]
        assert sum("as stars" in shown for shown in own) == 2  # files and a folder, of the map
        for path in (str(secret), f"../../../..{secret}", f"file://{secret}", address, "/dev/zero"):
            named = {"path": path, "url": path}
            for file in (path, {"path": path}, {"path": path, **FILE}, named | FILE):
                answer = visitor.call("reconstruct", HONEST["reconstruct"] | {"picture": file})
                assert answer.status_code != 200
                fits(answer, file)
                for button in buttons:
                    shown = sent(button, file) + sent(button, [file])
                    assert "as stars" not in shown and "secret.png" not in shown
            got = [visitor.http.get(f"/gradio_api/{route}={path}") for route in ("file", "proxy")]
            assert all(each.status_code >= 300 for each in got)
        inside.shutdown()
    assert asked == []
