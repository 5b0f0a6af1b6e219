"""What several ask for at a time is done as one batch, and nobody waits for what failed."""

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from explorer import work
from explorer.work import Batches


def test_requests_that_come_meanwhile_are_done_together():
    batches, sizes = Batches(most=3), []
    begun, go_on = threading.Event(), threading.Event()

    def double(x):
        sizes.append(len(x))
        begun.set()
        go_on.wait(10)
        return 2 * x

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(batches.run, "double", double, torch.zeros(1, 2))
        begun.wait(10)
        more = [torch.full((1, 2), number) for number in (1.0, 2.0, 3.0)]
        rest = [pool.submit(batches.run, "double", double, each) for each in more]
        other = pool.submit(batches.run, "triple", lambda x: 3 * x, torch.tensor([5.0]))
        while len(batches._waiting["double"]) < 4 or not batches._waiting["triple"]:
            pass
        go_on.set()
        assert [each.result()[0].tolist() for each in rest] == [[2, 2], [4, 4], [6, 6]]
        assert not first.result().any()
        assert other.result().item() == 15
    assert sorted(sizes) == [1, 3]
    assert not batches._waiting["double"]


def test_a_request_that_fails_is_not_anothers_failure():
    batches = Batches(most=8)
    with pytest.raises(ValueError):
        batches.run("same", lambda x: [][0] if x is None else int("x"), torch.zeros(1))
    assert batches.run("same", lambda x: x + 1, torch.zeros(1)).item() == 1
    assert copy.deepcopy(batches)._most == 8


def test_codes_refined_together_are_those_refined_alone(session):
    model, images = session.models[0], torch.rand(3, 3, 32, 32)
    alone = torch.cat([model.refine(image[None], steps=10) for image in images])
    with ThreadPoolExecutor(3) as pool:
        together = torch.cat([*pool.map(lambda image: model.refine(image[None], steps=10), images)])
    assert torch.allclose(together, alone, atol=1e-2)


def test_work_that_nobody_waits_for_ends(session, monkeypatch):
    def left():
        raise ConnectionError

    monkeypatch.setattr(work, "wanted", left)
    model = session.models[0]
    for long in (model.refine, model.recover, model.encode):
        with pytest.raises(ConnectionError):
            long(torch.rand(1, 3, 32, 32))
