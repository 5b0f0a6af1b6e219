"""A refinement of a picture by the models under comparison: what it found, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from threading import RLock

from torch import Tensor

from explorer.engine import Model
from explorer.pictures.picture import Picture
from explorer.session.anew import Anew
from explorer.verbs.common.codes import REFINING_STEPS
from explorer.verbs.common.stages import Stage, stage, unrelated
from explorer.verbs.reconstruct import Reconstruction, reconstruct
from explorer.work import computed
from training.codes.inversion import OBJECTIVES

REFINED = "refined"  # the stage that descent brings
WEIGHTS = ("prior_weight", "domain_weight", "sharpness_weight")  # in which objectives differ
USUAL = ("sharp", "hybrid")  # objective and start of the refined codes that every tab shows
Found = dict[Model, Reconstruction]
Rung = tuple[Tensor, dict[str, float]]  # a code (1, n) and its figures


@dataclass(eq=False)
class Refinement(Anew):
    """How far a refinement went.

    number: counts the runs, so that a running one sees that it is outdated; objective: its name
    among `OBJECTIVES`; method: of `training.codes.inversion`, by which descent begins; of: what it
    is of; asked: for how many steps the page was set when it was shown; done: steps; begun, aim:
    those at which the last run began and is to end; stopped: whether it was, for good; found: by
    model name, with the best code as the stage 'refined'; least: the objective by that; rungs: by
    step, the best until then of each model; chosen: the step that is looked at, the last one if
    None; lock: held while it begins anew, takes a step or is shown, since an outdated run may be on
    its last step meanwhile.
    """

    number: int = 0
    objective: str = "sharp"
    method: str = "hybrid"
    of: tuple = ()
    asked: float = 0
    done: int = 0
    begun: int = 0
    aim: int = 0
    stopped: bool = False
    found: dict[str, Reconstruction] = field(default_factory=dict)
    least: dict[str, float] = field(default_factory=dict)
    rungs: dict[int, dict[str, Rung]] = field(default_factory=dict)
    chosen: int | None = None

    def __post_init__(self) -> None:
        self.lock = RLock()

    def about(self, subject: tuple | None) -> tuple:
        """What `of` is for a refinement of this subject."""
        return (self.objective, self.method, subject)

    def has(self, subject: tuple | None) -> bool:
        """Whether it found something of this subject."""
        return bool(self.done) and self.of == self.about(subject)

    def begin(self, subject: tuple | None, found: Found, starts: Mapping[str, Rung]) -> None:
        """Anew, from the models' first codes, or those of `starts`, by model name."""
        self.of, self.done, self.chosen = self.about(subject), 0, None
        self.found = {model.name: each for model, each in found.items()}
        self.least, self.rungs = {}, {0: self._rung() | starts}

    def climb(self, models: Sequence[Model], step: int, codes: Mapping[str, Tensor]) -> None:
        """Takes the codes of a step, (1, n) by model name, where the objective is no higher by
        them than by the best until then."""
        for model in models:
            if model.name not in codes:
                continue  # it cannot refine them
            found = self.found[model.name]
            now, loss = computed(self._judged, model, found.x, codes[model.name])
            if loss <= self.least.get(model.name, inf):
                self.least[model.name] = loss
                self.found[model.name] = replace(found, stages={**found.stages, REFINED: now})
        self.done = step
        self.rungs[step] = self._rung()

    def keep(self, picture: Picture, models: Sequence[Model]) -> None:
        """The best codes of the picture, for every tab, unless it has some of more steps. Not
        where there is no encoder: refined codes begin with a longer recovery there."""
        if (self.objective, self.method) != USUAL or not picture.real:
            return
        for model in models:
            _, longest = picture.refined.get(model.name, (None, REFINING_STEPS))
            if model.encodes and self.done >= longest:
                best = self.found[model.name].stages[REFINED]
                picture.refined[model.name] = (best.z[0], self.done)

    def _judged(self, model: Model, x: Tensor, z: Tensor) -> tuple[Stage, float]:
        now, objective = stage(model, x, z), OBJECTIVES[self.objective]
        return now, model.losses(x, now.z, now.x_hat, objective, now.z_again).item()

    def call(self, models: Sequence[Model]) -> dict | None:
        """What the verb is given to find what is seen. None where no one call does: of a run after
        another, or before its end; of a step or best codes that are not the last; and where there
        is no encoder, for which the verb looks longer."""
        if not all(model.encodes for model in models):
            return None
        if not self.done:
            return {"method": "encoder"}
        rungs, refined = (
            [*self.rungs.values()],
            [n for n, each in self.found.items() if REFINED in each.stages],
        )
        best = all(rungs[-1][name][0] is not rungs[-2][name][0] for name in refined)
        if self.begun or self.done < self.aim or self.chosen is not None or not best:
            return None
        objective = OBJECTIVES[self.objective]
        weights = {name: getattr(objective, name) for name in WEIGHTS}
        return {"steps": self.done, "method": self.method} | weights

    def choose(self, step: int) -> None:
        """Goes back to the last of its steps that is no later, or to the end."""
        known = [each for each in self.rungs if each <= step]
        self.chosen = known[-1] if known and step < self.done else None

    def seen(self, models: Sequence[Model]) -> Found:
        """What was found until the chosen step."""
        found = {model: self.found[model.name] for model in models}
        if self.chosen is None:
            return found
        then, back = self.rungs[self.chosen], {}
        for model, each in found.items():
            z, figures = then[model.name]
            stages = {**each.stages}
            if REFINED in stages:
                stages[REFINED] = Stage(z, model.decode(z), figures)
            back[model] = replace(each, stages=stages)
        return back

    def ladder(self, models: Sequence[Model], figure: str) -> list[list[float]]:
        """A figure of the codes at every step, for each model; those of re-encoding divided by that
        of unrelated codes. Empty for a model without the figure."""
        ladder = []
        for model in models:
            share = unrelated(model) if figure == "cycle_error" else 1.0
            known = [rung[model.name][1].get(figure) for rung in self.rungs.values()]
            ladder.append([] if None in known else [value / share for value in known])
        return ladder

    def _rung(self) -> dict[str, Rung]:
        last = {name: [*each.stages.values()][-1] for name, each in self.found.items()}
        return {name: (each.z, each.figures) for name, each in last.items()}


def planned(controls: Mapping[str, object]) -> Refinement:
    """One that ends as its controls are set."""
    objective, method = controls.get("objective", "sharp"), controls.get("start", "hybrid")
    return Refinement(objective=objective, method=method, done=int(controls.get("steps", 50)))


def starts(picture: Picture, models: Sequence[Model], method: str) -> dict[str, Rung]:
    """Where descents begin that do not begin at the encoder's codes, by model name."""
    if method == "hybrid":
        return {}
    begun = reconstruct(picture, models, steps=0, method=method)
    stages = {model.name: each.stages[method] for model, each in begun.items()}
    return {name: (each.z, each.figures) for name, each in stages.items()}
