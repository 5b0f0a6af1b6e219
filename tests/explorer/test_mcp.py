"""The verbs as tools for a client of the Model Context Protocol, and the app's own options."""

import base64
import io
import json

import httpx
import numpy as np
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from PIL import Image

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
    _, (drawn, found, grid, far, wrong, unknown) = tools(
        app,
        ("sample", {**small, "count": 2}),
        ("reconstruct", {**small, "picture": picture, "steps": 0}),
        ("morph", {**small, "pictures": [picture], "n": 3}),
        ("reconstruct", {**small, "picture": "http://127.0.0.1:9/a.png"}),
        ("sample", {**small, "count": 0}),
        ("sample", {**small, "counts": 2}),
    )
    assert not any(answer.isError for answer in (drawn, found, grid))
    assert "sharpness" in figures(grid)[MODEL]
    assert far.isError and "not fetched" in far.content[0].text
    assert wrong.isError and "minimum of 1" in wrong.content[0].text
    assert unknown.isError and "'counts' was unexpected" in unknown.content[0].text

    assert figures(drawn) == {MODEL: {"codes": ["256 values, left out"] * 2}}
    caption, image, *_ = found.content
    name, _, address = caption.text.partition(": ")
    given = Image.open(io.BytesIO(httpx.get(address).content))
    seen = Image.open(io.BytesIO(base64.b64decode(image.data)))
    assert (name, image.mimeType, seen.format, seen.size) == (
        "crop",
        "image/jpeg",
        "JPEG",
        (128, 128),
    )
    shrunk = seen.resize(given.size, Image.Resampling.BOX)
    assert abs(np.asarray(shrunk, float) - np.asarray(given, float)).mean() < 4


def test_a_picture_that_a_tool_gave_is_named_to_the_next_by_its_address(app):
    _, (drawn,) = tools(app, ("sample", {"models": [MODEL], "count": 1}))
    address = drawn.content[0].text.partition(": ")[2]
    elsewhere = f"{app.url}/gradio_api/file=/etc/hostname"
    _, (found, refused) = tools(
        app,
        ("edit", {"models": [MODEL], "picture": address, "amounts": {"Smiling": 1}}),
        ("reconstruct", {"models": [MODEL], "picture": elsewhere}),
    )
    assert figures(found)[MODEL]["effects"]["Smiling"] > 0
    assert refused.isError and "was not uploaded here" in refused.content[0].text


def test_an_attribute_that_a_tool_gave_is_named_to_the_next(app):
    known, (drawn,) = tools(app, ("sample", {"models": [MODEL], "count": 1}))
    picture = drawn.content[0].text.partition(": ")[2]
    _, (found,) = tools(app, ("discover", {"models": [MODEL], "picture": picture, "count": 1}))
    attribute = figures(found)["attributes"][0]
    name, amounts = attribute["held"], {attribute["name"]: 2}
    asked = {"models": [MODEL], "picture": picture, "amounts": amounts}
    _, (moved, unknown) = tools(
        app,
        ("edit", {**asked, "taught": [name]}),
        ("edit", {**asked, "taught": ["nothing"]}),
    )
    assert [*figures(moved)[MODEL]["effects"]] == [*amounts]
    assert unknown.isError and "taught" in unknown.content[0].text
    assert "a tool gave" in json.dumps(known["edit"].inputSchema["properties"]["taught"])


def figures(answer) -> dict:
    return json.loads(answer.content[-1].text)


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
