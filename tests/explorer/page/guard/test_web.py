"""Whom the server answers, and what it says with every answer."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.page.guard import web
from tests.explorer.conftest import finished

EVIL = "http://evil.example"


async def anything(request: Request) -> PlainTextResponse:
    if request.url.path == "/stumble":
        raise KeyError("9999")
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def client(monkeypatch) -> TestClient:
    monkeypatch.delenv("SPACE_HOST", raising=False)
    monkeypatch.setattr(web, "MOST_JSON", 1000)
    app = Starlette(
        routes=[Route("/{path:path}", anything, methods=["GET", "POST"])],
        **web.guarded(["Mine.example", "*.spaces.example", "0.0.0.0"]),
    )
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *((host, 200) for host in ("localhost:7860", "127.0.0.1", "[::1]:7860", "192.168.1.5:80")),
        *((host, 200) for host in ("mine.example", "a.spaces.example:443")),
        *(
            (host, 421)
            for host in ("evil.example", "localhost.evil.example", "", "[", "127.0.0.1.a")
        ),
    ],
)
def test_other_names_are_not_answered(client, host, status):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == status
    assert status == 200 or "--allow-host" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:7860", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://mine.example"}, 200),
        ({"Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
    ],
)
def test_other_sites_are_not_answered(client, headers, status):
    for method in ("GET", "POST"):
        assert client.request(method, "/upload", headers=headers).status_code == status


def test_bodies_are_bounded_whether_their_length_is_declared_or_not(client):
    assert client.post("/", content=b"x" * 1000).text == "1000"
    assert client.post("/", content=b"x" * 1001).status_code == 413
    assert client.post("/", content=(b"x" * 100 for _ in range(11))).status_code == 400
    assert client.post("/", headers={"Content-Length": "-1"}).status_code == 413
    assert client.post("/gradio_api/upload", content=b"x" * 2000).text == "2000"
    for path in ("/gradio_api/call/upload", "/gradio_api/run/upload", "/upload"):
        assert client.post(path, content=b"x" * 2000).status_code == 413


def test_what_gradio_stumbles_over_is_one_sentence(client):
    answer = client.get("/stumble")
    assert answer.status_code == 400 and answer.json()["detail"] == web.FORM


def test_so_many_questions_of_an_address_are_answered_at_a_time(monkeypatch):
    monkeypatch.setattr(web, "AT_ONCE", 2)
    running, most = 0, 0

    async def app(scope, receive, send):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1

    guard = web.Guard(app)

    async def ask(path: str, host: str) -> None:
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b""}
        headers = [(b"host", b"localhost")]
        await guard({**scope, "headers": headers, "client": (host, 1)}, None, None)

    async def asked(*asked: tuple[str, str]) -> int:
        nonlocal most
        most = 0
        await asyncio.gather(*[ask(*each) for each in asked])
        return most

    question = "/gradio_api/component_server"
    assert finished(asked(*5 * [(question, "1.2.3.4")])) == 2
    assert finished(asked(*5 * [(question, "1.2.3.4")], *2 * [(question, "5.6.7.8")])) == 4
    assert finished(asked(*5 * [("/gradio_api/queue/join", "1.2.3.4")])) == 5
    assert not guard.turns


def test_every_answer_has_the_headers(client):
    for path in ("/", "/stumble"):
        said = client.get(path).headers
        assert said["X-Content-Type-Options"] == "nosniff"
        assert said["Referrer-Policy"] == "same-origin"
        policy = said["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "http" not in policy
        assert policy.endswith("frame-ancestors 'self' mine.example *.spaces.example")
    assert "sandbox" in client.get("/gradio_api/file=/x.svg").headers["Content-Security-Policy"]


def test_a_space_of_hugging_face_is_answered_and_framed(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "me-explorer.hf.space")
    guard = web.Guard(None)
    assert guard.answers("me-explorer.hf.space") and not guard.answers("other.hf.space")
    assert guard.policy.endswith("me-explorer.hf.space https://huggingface.co")
