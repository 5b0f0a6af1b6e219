"""The server of the page."""

import socket

import pytest

from explorer.page import server
from training.errors import UserError


def test_a_taken_port_gives_way_to_the_next_free_one(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.free_port("127.0.0.1", port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_port_0_is_any_free_one(host, capsys):
    assert server.free_port(host, 0) > 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", 65536, "from 0 to 65535"),
        ("127.0.0.1", -1, "from 0 to 65535"),
        ("nowhere.invalid", 0, "no host 'nowhere.invalid'"),
        ("192.0.2.1", 0, "no address of this machine"),
    ],
)
def test_an_address_that_cannot_be_is_one_sentence(host, port, said):
    with pytest.raises(UserError, match=said):
        server.free_port(host, port)


def test_signing_in_and_tools_exclude_each_other(tmp_path):
    at = server.Address(auth_file=tmp_path / "people", mcp=True)
    with pytest.raises(UserError, match="either --auth-file or --mcp"):
        server.serve(str(tmp_path), at)
