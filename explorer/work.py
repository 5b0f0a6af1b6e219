"""How work on models shares the machine: it ends when nobody waits for it any more, what has waited
longest for what it takes comes first, and what several ask for at a time is done as one batch.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, local
from typing import Any, TypeVar

import torch
from torch import Tensor

from training.codes.inversion import Descent, descend

Thing, Found = TypeVar("Thing"), TypeVar("Found")
ASKED_S = 0.5  # from one look to the next whether what takes long is still wanted
THREADS = 64  # that wait for what is computed, for somebody
# Threads that compute: more than cores wait for each other, and oneDNN keeps up to 3 MB in each
CORES = min(4, os.cpu_count() or 1)
# n requests that descend together, each of as many pictures, take n ** TOGETHER times one's time
TOGETHER = 0.5
# What a request of an unknown kind takes; the least that counts; how fast what is usual is learned
SHORT_S, LEAST_S, RENEWED = 0.03, 0.002, 0.1
NICE = 10  # of threads that compute
MULTIPLE = 4  # larger batches are multiples of it: oneDNN keeps 2 MB for each size that it has met


def _always() -> None:
    """Without a page, work is wanted until it ends."""


wanted: Callable[[], None] = _always  # raises where whoever asked for the work has left


def go_on() -> None:
    """For between the parts of work that takes long: ends what nobody waits for any more."""
    wanted()


_pool = ThreadPoolExecutor(THREADS, "beside")


def _yield_to_answers() -> None:
    """For a thread that computes: what answers visitors runs first, where both wait for a core."""
    if sys.platform == "linux":  # elsewhere it would count for the other threads too
        os.nice(NICE)


_cores = ThreadPoolExecutor(CORES, "core", _yield_to_answers)
_long = ThreadPoolExecutor(1, "long", _yield_to_answers)


@dataclass(eq=False)
class Request:
    """Something that a visitor asked for, of a `kind`, at a time, and how much of a core's time it
    took so far; of what is computed for several, about what it would have taken alone. Those of a
    kind are expected to take as much, apart from those that descend."""

    kind: str
    asked_s: float = field(default_factory=lambda: time.monotonic())
    took_s: float = 0.0
    descends: bool = False

    @property
    def alike(self) -> tuple[str, bool]:
        """What it has in common with those that take as much."""
        return self.kind, self.descends

    @property
    def takes_s(self) -> float:
        """How much it takes in all: what is usual for its like, unless it took more already."""
        return max(self.took_s, _usual.get(self.alike, SHORT_S))

    @contextmanager
    def computing(self) -> Iterator[None]:
        """What is computed meanwhile, in this context, is for it."""
        before = _request.set(self)
        try:
            yield
        finally:
            _request.reset(before)

    def answered(self) -> None:
        """Of what it took is learned what is usual: not of those that failed or were left."""
        usual = _usual.get(self.alike, self.took_s)
        _usual[self.alike] = usual + RENEWED * (self.took_s - usual)


_usual: dict[tuple[str, bool], float] = {}  # what those that are alike took lately
_request: ContextVar[Request] = ContextVar("_request")


def _current() -> Request:
    return _request.get(None) or Request("")


@dataclass(eq=False)
class _Job:
    """What is to be computed, for one request or more."""

    do: Callable
    requests: Sequence[Request]
    found: Future = field(default_factory=Future)

    def done(self) -> Any:
        """What it gives; the time counts for its requests, also where it fails."""
        _this.counted_s = time.thread_time()  # which is not longer where others hold the cores
        try:
            return self.do()
        finally:
            _count(self.requests)


def _count(requests: Sequence[Request]) -> None:
    """What this thread computed since it was counted last is for these."""
    before_s, _this.counted_s = _this.counted_s, time.thread_time()
    with _counting:  # other parts of the same request may end at the same time
        for each in requests:
            each.took_s += (_this.counted_s - before_s) / len(requests) ** TOGETHER


def response_ratio(requests: Sequence[Request]) -> float:
    """How long ago they came, over what they take. The job whose requests have the highest comes
    next (Brinch Hansen 1971): what is quick waits less, and none for ever."""
    now_s = time.monotonic()
    passed_s = sum(now_s - each.asked_s for each in requests)
    return passed_s / sum(max(each.takes_s, LEAST_S) for each in requests)


_jobs: list[_Job] = []
_choosing, _counting = Lock(), Lock()
_this = local()  # thread: whether it is one of those that compute, and until when it was counted


def computed(do: Callable[..., Found], *given, requests: Sequence[Request] | None = None) -> Found:
    """What `do` gives, by one of the threads that compute, in which gradients are on. It is for one
    of `requests` or more, by default for the one of this context.

    What `do` computes by itself is part of it: so several short parts wait once. It must not wait
    for anybody else's, as a descent does that joins others.
    """
    if getattr(_this, "computes", False):
        return do(*given)
    job = _Job(partial(copy_context().run, do, *given), requests or [_current()])
    with _choosing:
        _jobs.append(job)
    _cores.submit(_next_job)  # which need not be this one
    return job.found.result()


def by_itself(do: Callable[..., Found], *given) -> Found:
    """What `do` gives, which takes many seconds: one such at a time, beside all others. It is not
    begun for whoever has left."""
    found = _long.submit(copy_context().run, do, *given)
    try:
        while not wait([found], ASKED_S).done:
            go_on()
        return found.result()
    finally:
        found.cancel()


def _next_job() -> None:
    _this.computes = True
    with _choosing:
        job = max(_jobs, key=lambda job: response_ratio(job.requests))
        _jobs.remove(job)
    try:
        job.found.set_result(job.done())
    except BaseException as error:  # it is raised by who asked
        job.found.set_exception(error)


def _others_first(requests: Sequence[Request]) -> bool:
    """Whether a job that waits has a higher response ratio."""
    ratio = response_ratio(requests)
    with _choosing:
        return any(response_ratio(job.requests) > ratio for job in _jobs)


def _descend(descents: Sequence[Descent], until: int, requests: Sequence[Request]) -> None:
    """One step or more, until the first has made so many or others come first."""
    descend(descents)
    while descents[0].done < until:
        _count(requests)
        if _others_first(requests):
            break
        descend(descents)


def stepwise(steps: Iterator[Found]) -> Iterator[Found]:
    """An iterator whose steps are `computed`; closing it closes `steps`."""
    with closing(steps):
        while (found := computed(next, steps, None)) is not None:
            yield found


def last(steps: Iterator[tuple[int, Found]]) -> Found:
    """What the last of (step, what it found) found, as long as someone waits for it."""
    for step in steps:
        go_on()
        found = step[1]
    return found


def beside(do: Callable[[Thing], Found], things: Iterable[Thing]) -> dict[Thing, Found]:
    """What `do` finds for each thing, all beside each other; for whatever calls not `beside` again.

    Two cores do the work of two models in 1.9 times less than one; on the operations of one model
    they share, they gain 1.4 at most, and nothing for a single picture.
    """
    things = [*things]
    later = [_pool.submit(copy_context().run, do, each) for each in things[1:]]
    found = [do(each) for each in things[:1]]
    return dict(zip(things, [*found, *(each.result() for each in later)], strict=True))


@dataclass(eq=False)  # tensors are not compared
class _Going:
    """A descent for a request, which gives its codes every `every` steps: those that were `found`
    and not yet taken, and in which of all the rounds it was taken along last."""

    descent: Descent
    every: int
    request: Request
    found: deque[tuple[int, Tensor]] = field(default_factory=deque)
    round: int = 0

    @property
    def until_next(self) -> int:
        """Steps until it gives codes again; 0 at its end."""
        left = self.descent.steps - self.descent.done
        return min(self.every - self.descent.done % self.every, left)


class Descents:
    """Refinements of one model that several threads ask for at a time, done as one batch, which
    takes 4 times less for sixteen pictures. Each joins and leaves as it comes and ends, and finds
    codes as good as those that it would find alone.

    most: pictures in a batch; of more, those come next that have waited longest.
    """

    def __init__(self, most: int):
        self._most, self._running = most, Lock()
        self._going: list[_Going] = []
        self._rounds = 0

    def __reduce__(self) -> tuple:  # a copy has its own
        return Descents, (self._most,)

    @torch.inference_mode(False)
    def run(self, descent: Descent, every: int) -> Iterator[tuple[int, Tensor]]:
        """(step, codes) every `every` steps and after the last; close the iterator to stop."""
        mine, step = _Going(descent, every, _current()), 0
        mine.request.descends = True
        self._going.append(mine)
        try:
            while step < descent.steps:
                if not mine.found:
                    with self._running:
                        while not mine.found:  # by who ran before
                            self._advance(self._batch(mine))
                step, codes = mine.found.popleft()
                yield step, codes
        finally:
            self._going.remove(mine)

    def _batch(self, mine: _Going) -> list[_Going]:
        """`mine`, with as many more as one batch may hold."""
        batch, size = [mine], len(mine.descent.x)
        for each in sorted(self._going, key=lambda each: each.round):
            size_with = size + len(each.descent.x)
            alike = each.descent.objective == mine.descent.objective and each.until_next
            if each is not mine and alike and size_with <= self._most:
                batch.append(each)
                size = size_with
        while size > MULTIPLE and size % MULTIPLE and len(batch) > 1:  # the last go first next time
            size -= len(batch.pop().descent.x)
        return batch

    def _advance(self, batch: Sequence[_Going]) -> None:
        """All of them, until one has codes to give."""
        self._rounds += 1
        descents, requests = zip(*((each.descent, each.request) for each in batch), strict=True)
        until = descents[0].done + min(each.until_next for each in batch)
        while descents[0].done < until:
            computed(_descend, descents, until, requests, requests=requests)
        for each in batch:
            each.round = self._rounds
            if each.descent.done % each.every == 0 or each.descent.done == each.descent.steps:
                each.found.append((each.descent.done, each.descent.codes))
