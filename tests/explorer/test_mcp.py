"""The verbs as tools for a client of the Model Context Protocol, and the app's own options."""

import base64
import io

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from explorer.session.examples import astronaut
from explorer.verbs import VERBS
from explorer.verbs.common.options import arguments
from tests.explorer.conftest import finished
from tests.explorer.running import Running, running

MODEL = "celeba32/aae"


def tools(app: Running, *calls: tuple[str, dict]) -> tuple[dict, list]:
    """The tools by name, and what the calls give."""

    async def ask():
        async with (
            streamablehttp_client(f"{app.url}/gradio_api/mcp/") as (reads, writes, _),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            known = {tool.name: tool for tool in (await session.list_tools()).tools}
            return known, [await session.call_tool(*call) for call in calls]

    return finished(ask())


def test_tools_are_named_described_and_typed_with_their_limits(app):
    known, _ = tools(app)
    assert set(known) == set(VERBS)
    for name, tool in known.items():
        fields = tool.inputSchema["properties"]
        assert tool.description and set(fields) == {each.name for each in arguments(VERBS[name])}
        assert all(field["description"] for field in fields.values())
    fields = known["reconstruct"].inputSchema["properties"]
    assert (fields["steps"]["minimum"], fields["steps"]["maximum"]) == (0, 300)
    assert fields["method"]["enum"] == ["encoder", "recovery", "hybrid"]
    assert MODEL in fields["models"]["items"]["enum"]
    assert known["reconstruct"].inputSchema["required"] == ["picture"]


def test_tools_are_called(app):
    file = io.BytesIO()
    astronaut().save(file, "JPEG")
    picture = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    small = {"models": [MODEL]}
    _, (drawn, found, grid, far, wrong) = tools(
        app,
        ("sample", {**small, "count": 2}),
        ("reconstruct", {**small, "picture": picture, "steps": 0}),
        ("morph", {**small, "pictures": [picture], "n": 3}),
        ("reconstruct", {**small, "picture": "http://127.0.0.1:9/a.png"}),
        ("sample", {**small, "count": 0}),
    )
    said = [answer.content[0].text for answer in (drawn, found, grid)]
    assert not any(answer.isError for answer in (drawn, found, grid))
    assert "codes" in said[0] and "psnr" in said[1] and "sharpness" in said[2]
    assert far.isError and "not fetched" in far.content[0].text
    assert wrong.isError and "minimum of 1" in wrong.content[0].text


def test_it_is_served_by_ipv6_under_a_path_with_its_monitoring_closed(app):
    assert app.url.startswith("http://[::1]:")
    config = httpx.get(f"{app.url}/config").json()
    assert config["root"].endswith("/explorer")
    assert httpx.get(f"{app.url}/monitoring").status_code == 403
    assert httpx.get(f"{app.url}/monitoring/summary").status_code == 403


def test_those_who_are_not_in_the_file_are_not_let_in(tmp_path):
    people = tmp_path / "people"
    people.write_text("ann:secret", encoding="utf-8")
    empty = tmp_path / "checkpoints"
    empty.mkdir()
    options = ("--auth-file", str(people), "--checkpoints", str(empty))
    with running(tmp_path, *options) as app, httpx.Client(base_url=app.url) as browser:
        assert browser.get("/config").status_code == 401
        given = {"username": "ann", "password": "wrong"}
        assert browser.post("/login", data=given).status_code == 400
        assert browser.post("/login", data={**given, "password": "secret"}).status_code == 200
        assert browser.get("/config").status_code == 200
