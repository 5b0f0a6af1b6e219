"""The server of the page."""

import socket

from explorer.page import server


def test_a_taken_port_gives_way_to_the_next_free_one(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.free_port("127.0.0.1", port) > port
    assert f"Port {port} is taken" in capsys.readouterr().out
