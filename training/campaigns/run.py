"""Trains a set of runs, each to its end, measures them, and ships what measures better.

The state of a campaign is in its work folder, with a folder for each run: `state.pt` (to resume
from), the checkpoint with `metrics.json`, `curve.json`, and `outcome.json` (shipped or not, why).
By hand: these files alone let it stop at any time, and resume on any machine that has the folder.
"""

import math
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from training import checkpoints, data, loop
from training.campaigns import summary
from training.campaigns.curve import CURVE, Curve
from training.campaigns.plans import CAMPAIGNS, Campaign
from training.campaigns.summary import OUTCOME
from training.checkpoints import (
    STATE,
    CheckpointError,
    read_config,
    read_json,
    read_metrics,
    write_json,
)
from training.config import Config, resolve
from training.errors import UserError, choose
from training.frameworks import FRAMEWORKS, read_settings
from training.measure.evaluate import evaluate, on_file, save
from training.measure.figures import compare
from training.report.card import write_card
from training.stopped import Stopped, enough_memory

SHIPPED = (*checkpoints.FILES, CURVE, "preview.png", "README.md")


@dataclass(frozen=True)
class Job:
    """One run of a campaign with its progress; first_stage: the run whose networks it needs."""

    name: str
    config: Config
    images: int
    first_stage: "Job | None" = None

    @property
    def directory(self) -> Path:
        return Path(self.config.out)

    @property
    def content(self) -> dict:
        """config.json of its checkpoint, {} without one."""
        return read_json(self.directory / checkpoints.CONFIG)

    @property
    def seen(self) -> int:
        return self.content.get("trained", {}).get("images_seen", 0)

    @property
    def done(self) -> bool:
        """Whether the run is complete and measured; UserError where a setting differs that its
        training depends on."""
        content, config = self.content, self.config
        if not content:
            return False
        former, trained = content["settings"], content["trained"]
        if FRAMEWORKS[config.framework].needs_labels:  # by default all of the data's
            config = replace(config, labels=config.labels or read_settings(former).labels)
        loop.check_settings(config, former, self.directory)
        size = config.batch_size
        steps = round(config.epochs * (trained["training_images"] // size))
        measured = read_metrics(self.directory).get("weights_sha256")
        return trained["images_seen"] >= steps * size and measured == content["weights_sha256"]

    def say(self) -> None:
        """Has the checkpoint of a run that is done say of itself what the plan says, as another
        licence."""
        content, config = self.content, self.config
        settings = content["settings"] | {name: getattr(config, name) for name in loop.SAID}
        rewrite(self.directory, content | {"settings": settings})
        if (stored := read_settings(settings).store) != config.store:
            print(
                f"{self.name} is done, and stays stored as {stored}: {config.store} counts for its "
                "next training.",
                file=sys.stderr,
            )


@dataclass(frozen=True)
class Site:
    """A campaign on this machine: folders of data, work and shipped checkpoints, and the device."""

    name: str
    campaign: Campaign
    data: Path
    work: Path
    into: Path
    device: str

    def paths(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The paths of data files; a known dataset's name as it is."""
        return tuple(str(self.data / name) if Path(name).suffix else name for name in names)

    def jobs(self) -> list[Job]:
        """The runs with all of their settings; UserError where data is missing."""
        campaign = self.campaign
        for name in (*campaign.data, *campaign.held_out, campaign.attributes):
            if Path(name).suffix and not (self.data / name).exists():
                raise UserError(
                    f"'{self.data}' has no {name}: give --data-dir the folder that holds it."
                )
        here = {
            "data": self.paths(campaign.data),
            "data_root": str(self.data),
            "attributes": self.paths((campaign.attributes,))[0],
            "device": self.device,
        }
        jobs, count = {}, data.count(here["data"], str(self.data))
        for name, row in campaign.runs.items():
            given = {**campaign.settings, **row.settings, **here, "out": str(self.work / name)}
            if row.start:
                given["start"] = str(self.into / row.start)
            if first := jobs.get(row.first_stage):
                given["first_stage"] = str(first.directory)
            elif row.first_stage:
                given["first_stage"] = str(self.into / row.first_stage)
            config = resolve(FRAMEWORKS[row.framework], row.preset, given)
            epoch = max(count // config.batch_size, 1) * config.batch_size  # whole batches alone
            images = row.images or campaign.images
            jobs[name] = Job(name, replace(config, epochs=images / epoch), images, first)
        return [*jobs.values()]

    def finish(self, job: Job, bar: tqdm) -> None:
        """Completes a run, or records why it cannot be completed."""
        try:
            if job.done:
                job.say()
            else:
                self.train(job, bar)
            new = self.measured(job.directory)
            if self.campaign.ships:
                self.ship(job.directory, self.into / self.name / job.name, new)
            else:
                write_json(job.directory / OUTCOME, {})
        except Stopped as error:
            print(f"{job.name}: {error}", file=sys.stderr)
            former = read_json(job.directory / OUTCOME)
            write_json(job.directory / OUTCOME, former | {"stopped": str(error)})

    def train(self, job: Job, bar: tqdm) -> None:
        first = job.first_stage
        if first and not first.done:
            raise Stopped(f"It stands on {first.name}, which is not done: train that first.")
        config, before = job.config, bar.n - job.seen
        sources, root = self.paths(self.campaign.held_out), config.data_root
        held_out = data.load(sources, config.image_size, config.crop, root=root, train=False)
        curve = Curve(job.directory, held_out.images, self.campaign.point_every)

        def watch(run) -> dict[str, float]:
            bar.update(before + run.images_seen - bar.n)
            return curve(run)

        loop.fit(config, resume=(job.directory / STATE).is_file(), watch=watch)

    def measured(self, directory: Path) -> dict:
        """metrics.json of a checkpoint on the images held out; measured anew unless it has these
        weights' figures on these images and features. Raises CheckpointError, and Stopped where
        that takes too much memory."""
        content, former = read_config(directory), read_metrics(directory)
        sources, root = self.paths(self.campaign.held_out), str(self.data)
        judged_by = FRAMEWORKS[content["framework"]].judged_by
        files = data.count(sources, root, train=False)
        if on_file(content, sources, files, former):
            known = {*former["figures"], *former.get("left_out", ())}
            if known >= {*judged_by}:
                return former
        with enough_memory(directory, "its figures", "free some, and run the campaign again"):
            result = evaluate(directory, sources, self.device, root=root)
        save(directory, result)
        write_card(directory)
        return result

    def ship(self, source: Path, target: Path, new: dict) -> None:
        """Puts a checkpoint in the place of the shipped one if it measures better by what its
        system is judged by; also where there is none, or none that can be read. Of the same weights
        what is said is taken over, as another licence, and what was found with them stays."""
        try:
            former = self.measured(target) if target.is_dir() else None
        except CheckpointError as error:
            print(f"{error} It is replaced.", file=sys.stderr)
            former = None
        if former and former["weights_sha256"] == new["weights_sha256"]:
            rewrite(target, read_json(source / checkpoints.CONFIG))
            outcome = read_json(source / OUTCOME)  # that of the run that shipped
            outcome.pop("stopped", None)
            write_json(source / OUTCOME, outcome)
            return
        ratio, judged_by = None, FRAMEWORKS[read_config(source)["framework"]].judged_by
        if former:
            ratio = compare(judged_by, new["figures"], former["figures"])
        better = ratio is None or ratio < 1
        outcome = {"shipped": better, "former": former and former["figures"]}
        finite = None if ratio == math.inf else ratio  # as JSON has numbers
        write_json(source / OUTCOME, outcome | {"ratio": finite})
        if better:
            exchange(source, target)


def rewrite(directory: Path, content: dict) -> None:
    """Puts another config.json of the same weights in place, with its card."""
    if content != read_json(directory / checkpoints.CONFIG):
        write_json(directory / checkpoints.CONFIG, content)
        write_card(directory)


def exchange(source: Path, target: Path) -> None:
    """Replaces a checkpoint by another. A stop in between leaves either or none, no mixture."""
    staging = target.with_name(f"{target.name}.part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for name in SHIPPED:
        if (source / name).is_file():
            shutil.copy2(source / name, staging / name)
    shutil.rmtree(target, ignore_errors=True)
    staging.replace(target)


def run(site: Site, only: tuple[str, ...] = (), dry_run: bool = False) -> None:
    """Completes a campaign, or the runs `only`; raises UserError."""
    jobs = site.jobs()
    for name in only:
        choose(f"run of {site.name} named", name, site.campaign.runs)
    print(summary.of_plan(site.name, site.campaign, jobs), flush=True)
    if dry_run:
        return
    chosen = [job for job in jobs if not only or job.name in only]
    for job in chosen:  # before the hours that those before it take
        if not job.done:
            FRAMEWORKS[job.config.framework].check(job.config)
    with tqdm(
        total=sum(job.images for job in chosen),
        initial=sum(job.seen for job in chosen),
        desc=site.name,
        unit="images",
        unit_scale=True,
        smoothing=0,  # the runs differ in speed
        dynamic_ncols=True,
    ) as bar:
        for job in chosen:
            site.finish(job, bar)
            summary.write(site.work, site.name, site.campaign, jobs)
    print((site.work / summary.PAGE).read_text(encoding="utf-8"))


def site_of(name: str, data: Path, work: Path, into: Path, device: str) -> Site:
    """A campaign by its name; its work folder is one in `work`. Raises UserError."""
    choose("campaign", name, CAMPAIGNS)
    return Site(name, CAMPAIGNS[name], data, work / name, into, device)
