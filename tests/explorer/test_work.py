"""What several ask for at a time is done as one batch, and nobody waits for what failed."""

import copy
import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest
import torch

from explorer import work
from explorer.work import Descents, beside
from training.codes import inversion
from training.codes.inversion import Descent
from training.errors import UserError


def wait(until):
    for _ in range(5000):
        if until():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come")


@pytest.fixture
def sizes(monkeypatch):
    """How many descents each step takes along."""
    seen, step = [], work.descend

    def counted(descents):
        seen.append(len(descents))
        step(descents)

    monkeypatch.setattr(work, "descend", counted)
    return seen


@pytest.fixture
def descent(session):
    """Of other random images, for so many steps."""
    model = session.models[0]

    def begun(steps, seed, count=1, **how):
        x = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))
        return Descent(model.network, x, model.sample_codes(count, seed), steps, **how)

    return begun


def test_descents_that_come_meanwhile_go_on_together(descent, sizes):
    descents = Descents(most=3)
    first = descents.run(descent(4, seed=0), every=2)
    next(first)
    second = descents.run(descent(6, seed=1, count=2), every=2)
    assert [step for step, _ in second] == [2, 4, 6]
    assert [step for step, _ in first] == [4]
    assert sizes == [1, 1, 2, 2, 1, 1, 1, 1]
    assert not descents._going


def test_codes_do_not_depend_on_who_else_is_in_the_batch(descent):
    def loss(codes, begun):  # roundings grow with steps, and the codes differ that are as good
        drawn = begun.framework.decode(codes)
        return (drawn - begun.x).square().mean().item()

    asked = [(50, 0), (20, 1), (35, 2), (50, 3)]
    alone = [[*Descents(9).run(descent(*each), every=5)] for each in asked]
    descents = Descents(9)
    going = [descents.run(descent(*each), every=5) for each in asked]
    together = [[next(each)] for each in going]
    for _ in range(9):  # in turn, until the last has ended
        for found, each in zip(together, going, strict=True):
            found += [given for given in [next(each, None)] if given]
    for each, one, other in zip(asked, alone, together, strict=True):
        assert [step for step, _ in one] == [step for step, _ in other]
        for (step, expected), (_, found) in zip(one, other, strict=True):
            if step == 5:
                assert torch.allclose(found, expected, atol=1e-2)
            losses = [loss(codes, descent(*each)) for codes in (found, expected)]
            assert losses[0] == pytest.approx(losses[1], rel=0.01)


def test_in_threads_as_well(session):
    model, images = session.models[0], torch.rand(3, 3, 32, 32)
    alone = torch.cat([model.refine(image[None], steps=10) for image in images])
    with ThreadPoolExecutor(3) as pool:
        together = torch.cat([*pool.map(lambda image: model.refine(image[None], steps=10), images)])
    assert torch.allclose(together, alone, atol=1e-2)


@pytest.mark.parametrize("asked_s, steps", [(-9, 1), (9, 4)])
def test_what_else_is_computed_comes_between_the_steps_where_it_is_first(
    descent, monkeypatch, asked_s, steps
):
    monkeypatch.setattr(work.time, "monotonic", lambda: 10.0)
    monkeypatch.setattr(work, "_usual", {})
    with ThreadPoolExecutor(1) as core, ThreadPoolExecutor(2) as visitors:
        monkeypatch.setattr(work, "_cores", core)
        others, going, step = [], descent(4, seed=0), work.descend

        def ask():
            with work.Request("", asked_s).computing():
                return work.computed(lambda: going.done)

        def joined(descents):
            if not others:  # asked for during the first step
                others.append(visitors.submit(ask))
                wait(lambda: work._jobs)
            step(descents)

        def descending():
            with work.Request("", 0.0).computing():
                return [*Descents(1).run(going, every=4)]

        monkeypatch.setattr(work, "descend", joined)
        visitors.submit(descending).result()
    assert others[0].result() == steps


def test_what_has_waited_longest_for_what_it_takes_comes_first(monkeypatch):
    done, clock, free = [], [0.0], threading.Event()
    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(work, "_usual", {("long", False): 5.0, ("quick", False): 0.5})

    def ask(kind, took_s):
        with work.Request(kind, took_s=took_s).computing():
            work.computed(done.append, (kind, took_s))

    asked = [("long", 0, 0), ("long", 0, 99), ("quick", 9, 0), ("quick", 9.5, 0), ("quick", 9.5, 4)]
    with ThreadPoolExecutor(1) as core, ThreadPoolExecutor(len(asked)) as visitors:
        monkeypatch.setattr(work, "_cores", core)
        core.submit(free.wait)
        for number, (kind, clock[0], took_s) in enumerate(asked):
            visitors.submit(ask, kind, took_s)
            wait(lambda number=number: len(work._jobs) > number)
        clock[0] = 10.0  # over what they take: 2 and 0.1; 2, 1 and 0.125
        free.set()
    assert done == [("long", 0), ("quick", 0), ("quick", 0), ("quick", 4), ("long", 99)]


@pytest.fixture
def clock(monkeypatch):
    """Seconds of a core's time, which tests set; with nothing known of what is usual."""
    seconds = [0.0]
    monkeypatch.setattr(work.time, "thread_time", lambda: seconds[0])
    monkeypatch.setattr(work, "_usual", {})
    return seconds


def test_all_that_is_computed_for_a_request_counts(clock):
    mine = work.Request("any")
    with mine.computing():
        for ends in (3, 5):
            beside(lambda each: work.computed(clock.__setitem__, 0, each), [ends])
    assert mine.took_s == mine.takes_s == 5
    work.computed(clock.__setitem__, 0, 9)  # which is for another
    with pytest.raises(ZeroDivisionError), mine.computing():  # failed, it took time as well
        work.computed(lambda: clock.__setitem__(0, 10) or 1 / 0)
    assert mine.took_s == 6


def test_what_is_usual_is_learned_of_those_that_are_answered(clock, descent):
    assert work.Request("a").takes_s == work.SHORT_S
    for took_s in (2, 4):
        work.Request("a", took_s=took_s).answered()
    assert work.Request("a").takes_s == pytest.approx(2 + work.RENEWED * 2)
    assert work.Request("a", took_s=7).takes_s == 7
    assert work.Request("b").takes_s == work.SHORT_S
    refined = work.Request("a")
    with refined.computing():
        next(Descents(1).run(descent(1, seed=0), every=1))
    assert refined.takes_s == work.SHORT_S  # nothing is known of those that descend


def test_a_step_for_several_counts_for_each_what_it_would_take_alone(descent, monkeypatch, clock):
    asked, step, descend = [], work.computed, work.descend

    def computed(do, *given, requests):
        asked.append([each.kind for each in requests])
        return step(do, *given, requests=requests)

    def timed(descents):
        clock[0] += 6
        descend(descents)

    monkeypatch.setattr(work, "computed", computed)
    monkeypatch.setattr(work, "descend", timed)
    descents = Descents(9)
    going = [descents.run(descent(9, seed), every=1) for seed in range(2)]
    for kind, each in zip("ab", going, strict=True):
        with work.Request(kind).computing():
            next(each)
    assert asked == [["a"], ["b", "a"]]
    one, two = (each.request for each in descents._going)
    alone = 6 / math.sqrt(2)
    assert (one.took_s, two.took_s) == pytest.approx((6 + alone, alone))
    monkeypatch.setattr(work.time, "monotonic", lambda: 100.0)
    one.asked_s, two.asked_s = 40.0, 82.0
    assert work.response_ratio([one, two]) == pytest.approx((60 + 18) / (one.takes_s + two.takes_s))


def test_each_step_counts_before_it_is_asked_who_is_first(descent, monkeypatch, clock):
    monkeypatch.setattr(work.time, "monotonic", lambda: 100.0)
    counted = []

    def timed(descents):
        clock[0] += 6
        for each in descents:
            each.done += 1

    monkeypatch.setattr(work, "descend", timed)
    monkeypatch.setattr(work, "_others_first", lambda requests: counted.append(requests[0].took_s))
    with work.Request("any").computing():
        assert len([*Descents(1).run(descent(4, seed=0), every=4)]) == 1
    assert counted == [6, 12, 18]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all threads have one priority")
def test_what_answers_runs_before_what_computes():
    def priority():
        return os.getpriority(os.PRIO_PROCESS, 0)

    assert work.computed(priority) == min(priority() + work.NICE, 19)


def test_what_a_part_computes_by_itself_waits_for_nobody(monkeypatch):
    """Nor for itself, where one thread computes."""
    here = threading.current_thread
    with ThreadPoolExecutor(1) as core:
        monkeypatch.setattr(work, "_cores", core)
        outer, inner = work.computed(lambda: (here(), work.computed(here)))
    assert outer is inner is not here()


def test_what_fails_is_raised_where_it_was_asked_for():
    with pytest.raises(ZeroDivisionError):
        work.computed(divmod, 1, 0)
    assert work.computed(divmod, 3, 2) == (1, 1)


def test_of_more_than_a_batch_holds_those_come_next_that_have_waited(descent, sizes):
    descents = Descents(most=2)
    going = [descents.run(descent(9, seed), every=1) for seed in range(3)]
    for each in going:
        next(each)
    first, second, third = descents._going
    first.round, second.round, third.round = 5, 6, 4
    assert descents._batch(second) == [second, third]
    assert descents._batch(third) == [third, first]
    large = descents.run(descent(1, seed=3, count=5), every=1)
    assert len(next(large)[1]) == 5 and sizes[-1] == 1


def test_larger_batches_are_multiples_of_four(descent, sizes):
    descents = Descents(most=9)
    going = [descents.run(descent(9, seed), every=1) for seed in range(7)]
    for each in going:
        next(each)
    assert sizes == [1, 2, 3, 4, 4, 4, 4]
    waited = min(descents._going, key=lambda each: each.round)
    assert waited.round < descents._rounds and descents._batch(descents._going[0])[1] is waited


def test_only_what_minimises_the_same_loss_goes_together(descent, sizes):
    descents = Descents(most=9)
    other = descents.run(descent(2, seed=0, loss="cross-entropy"), every=1)
    next(other)
    next(descents.run(descent(2, seed=1), every=1))
    assert sizes == [1, 1]


def test_a_descent_that_is_closed_or_fails_holds_up_nobody(descent, monkeypatch):
    descents = Descents(most=9)
    left = descents.run(descent(50, seed=0), every=1)
    next(left)
    left.close()
    assert not descents._going
    with monkeypatch.context() as broken:
        broken.setattr(work, "descend", lambda descents: [][0])
        with pytest.raises(IndexError):
            next(descents.run(descent(5, seed=1), every=1))
    assert not descents._going
    assert next(descents.run(descent(5, seed=2), every=5))[0] == 5
    assert copy.deepcopy(descents)._most == 9


def test_an_unknown_loss_is_named_at_once(descent):
    with pytest.raises(UserError, match="squared"):
        descent(1, seed=0, loss="cubed")
    assert "squared" in inversion.LOSSES


def test_things_are_done_beside_each_other_each_in_the_callers_context():
    asked = ContextVar("asked")
    asked.set("by a visitor")
    meeting = threading.Barrier(3, timeout=60)

    def meet(number):
        meeting.wait()
        return number, asked.get()

    found = beside(meet, [3, 1, 2])
    assert [*found.items()] == [(n, (n, "by a visitor")) for n in (3, 1, 2)]
    assert beside(meet, []) == {}


def test_what_fails_beside_others_fails():
    with pytest.raises(ZeroDivisionError):
        beside(lambda number: 1 / number, [1, 0])


def test_work_that_nobody_waits_for_ends(session, monkeypatch):
    def left():
        raise ConnectionError

    monkeypatch.setattr(work, "wanted", left)
    model = session.models[0]
    for long in (model.refine, model.recover, model.encode):
        with pytest.raises(ConnectionError):
            long(torch.rand(1, 3, 32, 32))


def test_what_takes_long_is_done_one_at_a_time_and_not_for_who_has_left(monkeypatch):
    monkeypatch.setattr(work, "ASKED_S", 0.01)
    left, begun, ended = ContextVar("left", default=False), [], threading.Event()

    def long(name):
        begun.append(name)
        assert ended.wait(60)
        return name

    def go_on():
        if left.get():
            raise UserError("left")

    def asked(name, leaves):
        left.set(leaves)
        return work.by_itself(long, name)

    monkeypatch.setattr(work, "wanted", go_on)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(asked, "first", False)
        wait(lambda: begun)
        with pytest.raises(UserError, match="left"):
            threads.submit(asked, "gone", True).result()
        last = threads.submit(asked, "last", False)
        ended.set()
        assert (first.result(), last.result(), begun) == ("first", "last", ["first", "last"])
