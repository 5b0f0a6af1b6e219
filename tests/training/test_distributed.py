"""More than one process."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.training import two_processes
from training import distributed

HERE = Path(__file__).parent


def run_processes(out: Path, script: str, *arguments: str) -> list:
    """A script in two processes under torchrun; what each recorded. Everything stays on the
    loopback address: a test machine's own host name need not resolve."""
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    command += ["--local-addr", "127.0.0.1", HERE / script, out, *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
    if sys.platform == "linux":
        environment["GLOO_SOCKET_IFNAME"] = "lo"
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads((out / f"{rank}.json").read_text()) for rank in range(2)]


def test_two_processes_equal_one_with_the_double_batch(tmp_path):
    first, second = run_processes(tmp_path, "two_processes.py")
    with distributed.joined("cpu") as world:
        single = two_processes.record(world)
    assert first["weights"] == second["weights"]  # a digest after every step
    noise = [tuple(drawn) for each in (first, second) for drawn in each["noise"]]
    assert len(set(noise)) == 10  # of each process its own, as of each step
    for step, seen in enumerate(single["indices"]):
        halves = [set(each["indices"][step]) for each in (first, second)]
        assert not halves[0] & halves[1]
        assert halves[0] | halves[1] == set(seen)
    for step, terms in enumerate(single["terms"]):
        for name, value in terms.items():
            mean = (first["terms"][step][name] + second["terms"][step][name]) / 2
            assert mean == pytest.approx(value, rel=1e-3), (step, name)


def test_no_process_waits_for_a_first_one_that_has_stopped(folder, tmp_path):
    first, second = run_processes(tmp_path, "stopped_leader.py", str(folder))
    assert first == "The disk is full."
    assert second == "The first process has stopped; it says why."


def test_a_process_without_others_leads(monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with distributed.joined("cpu") as world:
        assert world.leads and world.size == 1


def test_the_first_process_may_take_hours_alone_but_not_to_appear(monkeypatch):
    waits = {}

    def met(backend, timeout=timedelta(0)):
        waits["appear"] = timeout

    def grouped(timeout, backend):
        waits["alone"] = timeout
        raise KeyboardInterrupt

    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(distributed.distributed, "init_process_group", met)
    monkeypatch.setattr(distributed.distributed, "new_group", grouped)
    with pytest.raises(KeyboardInterrupt), distributed.joined("cpu"):
        pass
    assert waits["appear"] < timedelta(hours=1) < timedelta(hours=10) < waits["alone"]
