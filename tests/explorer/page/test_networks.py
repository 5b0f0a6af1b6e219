"""What the browser loads of models."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.page.components import ROUTES
from explorer.page.components.loading import networks


@pytest.fixture(params=["", "/explorer"], ids=["", "behind a proxy"])
def client(pairs, monkeypatch, request) -> TestClient:
    monkeypatch.setitem(networks.FOLDERS, "0123", pairs("celeba32/faae"))
    return TestClient(Starlette(routes=ROUTES), root_path=request.param)


def test_a_network_is_sent_once(client):
    answer = client.get("/live/models/0123/decoder.onnx")
    assert answer.status_code == 200 and len(answer.content) > 1e6
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/live/models/0123/decoder.onnx", headers=again).status_code == 304


@pytest.mark.parametrize(
    "name",
    [
        "models/4567/decoder.onnx",
        "models/0123/config.json",
        "models/0123/..%2Fmodel.json",
        "onnxruntime/..%2Ficon.png",
        "gallery/celeba32",
        "onnxruntime/none",
    ],
)
def test_nothing_else_is_sent(client, name):
    assert client.get(f"/live/{name}").status_code == 404


def test_the_runtime_lies_here_with_its_licence(client):
    for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm.gz", "LICENSE"):
        assert client.get(f"/live/onnxruntime/{name}").status_code == 200
    script = client.get("/live/onnxruntime/ort.wasm.bundle.min.mjs")
    assert "javascript" in script.headers["content-type"]
