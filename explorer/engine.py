"""Loaded models: encode, decode, refine, recover, sample.

Results are tensors: images (B, 3, H, W) float in [0, 1], codes (B, n) on the prior's support.
Images that are given may also be uint8, NumPy arrays, or PIL pictures (`explorer.pictures.arrays`).
"""

import time
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from explorer.exchange.descending import Descending
from explorer.exchange.folders import networks, weights
from explorer.exchange.pair import Network, Pair
from explorer.pictures.arrays import Images, as_codes, as_images
from explorer.words import say
from explorer.work import Descents, computed, go_on, last, stepwise
from training import checkpoints
from training.checkpoints import Latents, hub
from training.codes import inversion, paths
from training.codes.priors import Prior
from training.distributed import device_named
from training.errors import UserError
from training.frameworks import FRAMEWORKS, Framework
from training.frameworks.base import CodeLabels
from training.measure import domain

RECOVERY_STEPS = 50  # for the codes of pictures where there is no encoder
TIMED_CODES, TIMED_STEPS = 4, 8  # of the descent that is timed
BATCH, EVERY = 32, 4  # pictures refined at a time; steps after which it is asked whether to go on


class Model:
    """One checkpoint, loaded; thread-safe, since nothing of it changes after loading.

    root: where its catalogue is, empty where it was opened alone; encodes, decodes: whether it has
    an encoder, a decoder; code_labels: the labels that its codes end in, None without; shows: what
    its images are of, such as 'face', 'digit' or 'picture'.
    """

    @torch.inference_mode(False)  # so that codes can be refined, wherever it is loaded
    def __init__(self, directory: Path, name: str, device: str = "cpu", root: str = ""):
        self.name, self.directory = name, directory
        self.root, self.device = root, device_named(device)
        self.network: Network
        self.network, self.config = networks(directory, self.device)
        measured = checkpoints.read_metrics(directory)
        self.metrics: dict = measured.get("figures", {})
        self.domain: dict | None = measured.get("domain")
        self.traded: dict = measured.get("objectives", {})
        self.latents: Latents | None = checkpoints.read_latents(directory, self.network.prior.size)
        self.framework: str = self.network.id
        self.title: str = self.network.title
        self.image_size: int = self.network.config.image_size
        self.prior: Prior = self.network.prior
        self.latent_size: int = self.prior.size
        self.encodes: bool = self.network.encodes
        self.decodes: bool = self.network.decodes
        self.code_labels: CodeLabels | None = self.network.code_labels
        self.shows: str = self.network.config.images_of
        self._descending, self._refining = Descending(self.network), Descents(BATCH)

    def __repr__(self) -> str:
        size = f"{self.image_size} px, codes of {self.latent_size} numbers"
        return f"<{type(self).__name__} {self.name}: {self.title}, {size}, on {self.device}>"

    @classmethod
    def from_pretrained(cls, name: str | Path, device: str = "cpu", **how) -> "Model":
        """A checkpoint by its folder, or by its id on the Hugging Face hub, such as 'me/faces';
        `how` is for `hub.fetch`, such as revision="v1". Raises UserError."""
        folder = Path(name)
        directory = folder.resolve() if folder.is_dir() else hub.fetch(str(name), **how)
        return cls(directory, str(name), device)

    def push_to_hub(self, repo_id: str, **how) -> str:
        """Publishes the checkpoint with its card and returns the address; `how` is for `hub.push`,
        such as private=True. Raises UserError."""
        return hub.push(self.directory, repo_id, **how)

    @property
    def system(self) -> type[Framework] | None:
        """What kind of system it is: explanation, objective, source; None for one of others."""
        return FRAMEWORKS.get(self.framework)

    @property
    def place(self) -> str:
        """Its folder in words for visitors, as checkpoints/SET/NAME: no path of the server."""
        return "/".join(self.directory.parts[-3:])

    @property
    def data(self) -> tuple[str, ...]:
        """The names of the data it was trained on, where they are known."""
        return getattr(self.network.config, "data", ())

    @property
    def explanation(self) -> str:
        """What is said of a model whose system is none of ours."""
        return getattr(self.network.config, "explanation", "")

    @cached_property
    def unrefined(self) -> str:
        """Why codes cannot be refined, nor found without an encoder; empty where they can."""
        return self.network.without_gradients

    @cached_property
    def weights(self) -> str:
        """The SHA-256 of its weights, by which a picture knows the model that drew it."""
        return self.config.get("weights_sha256") or weights(self.directory)

    @property
    def found_by(self) -> str:
        """How `encode` finds codes: 'encoder', or 'recovery' where there is none."""
        return "encoder" if self.encodes else "recovery"

    @property
    def spreading(self) -> str:
        """What a spread other than 1 does to samples; empty where the prior has no middle."""
        return self.network.prior.spreading

    @property
    def note(self) -> str:
        """What has to be said about that; empty for an encoder."""
        if self.encodes:
            return ""
        if self.unrefined:
            draws = inversion.DRAWS
            return f"no encoder, no gradients: a picture's code is the nearest of {draws} samples"
        starts, draws, steps = inversion.STARTS, inversion.DRAWS, RECOVERY_STEPS
        begun = f"{steps} steps from the {starts} nearest of {draws} samples"
        return f"no encoder: codes are found by recovery, {begun}"

    @property
    def why_no_codes(self) -> str:
        """Ends a sentence on what the model comes without, where there is more to say."""
        if not self.encodes:
            return say(": it has no encoder, so no images were encoded with it")
        command = f"python -m explorer describe {self.place} --data FOLDER"
        pair = isinstance(self.network, Pair)
        return say(": `{command}` finds them in images", command=command) if pair else ""

    def descent_s(self, pictures: int, steps: int = RECOVERY_STEPS) -> float:
        """About how many seconds recovery takes here for so many pictures."""
        if self.unrefined:
            return 0.0
        return pictures * inversion.STARTS * steps * self.step_s

    @cached_property
    def step_s(self) -> float:
        """Seconds that a step of descent takes here for one code, measured when first asked for."""
        x = torch.zeros(TIMED_CODES, 3, self.image_size, self.image_size)
        steps = self.refine_steps(x, self.sample_codes(TIMED_CODES), TIMED_STEPS, every=2)
        times = [time.perf_counter() for _ in steps]
        return min(b - a for a, b in pairwise(times)) / (2 * TIMED_CODES)

    def encode(self, images: Images) -> Tensor:
        """(B, 3, H, W) in [0, 1] -> (B, n); by recovery where there is no encoder."""
        go_on()
        if self.encodes:
            return computed(torch.no_grad()(self.network.encode), self._images(images))
        return self.recover(images, 0 if self.unrefined else RECOVERY_STEPS)

    def decode(self, codes: Tensor) -> Tensor:
        """(B, n) -> (B, 3, H, W) in [0, 1]."""
        go_on()
        return computed(torch.no_grad()(self.network.decode), self._codes(codes))

    def project(self, codes: Tensor) -> Tensor:
        """Any (B, n) back to the prior's support: for the sphere, to unit norm."""
        return self.network.prior.project(codes)

    def refine(self, images: Images, codes: Tensor | None = None, steps: int = 50, **how) -> Tensor:
        """Better codes (B, n) for the images, by descent from `codes` (the encoder's if None) on
        `inversion.DEFAULT`; `how` is for `inversion.Descent`, such as domain_weight=0.03."""
        x, z = self._start(images, codes)
        return last(self.refine_steps(x, z, steps, EVERY, **how)) if steps > 0 else z

    def refine_steps(
        self,
        images: Images,
        codes: Tensor | None = None,
        steps: int = 50,
        every: int = EVERY,
        **how,
    ) -> Iterator[tuple[int, Tensor]]:
        """(step, codes) every `every` steps and after the last; close the iterator to stop."""
        self._need_gradients(steps)
        how = vars(inversion.DEFAULT) | how
        descent = inversion.Descent(self._descending, *self._start(images, codes), steps, **how)
        return self._refining.run(descent, every)

    def losses(
        self,
        images: Images,
        codes: Tensor,
        decoded: Tensor,
        objective: inversion.Objective,
        z_again: Tensor | None = None,
    ) -> Tensor:
        """What refinement by the objective minimises, (B,), of codes, their images, and the codes
        that the encoder gives these, where they are known."""
        given = self._images(images), self._codes(codes), decoded, z_again
        return computed(torch.no_grad()(objective.of), self.network, *given)

    def recover(self, images: Images, steps: int = RECOVERY_STEPS, **how) -> Tensor:
        """Codes (B, n) found without the encoder; `how`, such as starts=8, as in `inversion`."""
        return last(self.recover_steps(images, steps, **how))

    def recover_steps(
        self, images: Images, steps: int = RECOVERY_STEPS, every: int = EVERY, **how
    ) -> Iterator[tuple[int, Tensor]]:
        """(0, the best of random codes), then as `refine_steps`."""
        self._need_gradients(steps)
        x, how = self._images(images), vars(inversion.DEFAULT) | how
        return stepwise(inversion.recovery(self._descending, x, steps, every=every, **how))

    def geodesics(self, z: Tensor, *how) -> Iterator[tuple[int, Tensor]]:
        """(step, paths) from paths z (B, F, n); `how` as in `paths.geodesics`."""
        self._need_gradients(1)
        return stepwise(paths.geodesics(self.network, z.to(self.device), *how))

    def sample_codes(self, n: int, seed: int = 0, spread: float = 1.0) -> Tensor:
        """(n, latent_size) from the prior; the same for all models that share it."""
        generator = torch.Generator().manual_seed(seed)
        codes = self.network.prior.sample(n, generator, spread)
        return codes.to(self.device)

    def unlikeness(
        self,
        images: Images,
        codes: Tensor | None = None,
        decoded: Tensor | None = None,
        z_again: Tensor | None = None,
    ) -> Tensor:
        """How far images are from those that it knows, (B,), where 99 % of held-out ones are below
        1; for a model with a `domain`. Their codes, the images of these, and the codes that the
        encoder gives these are found where they are not given."""
        x, z = self._start(images, codes)
        x_hat = self.decode(z) if decoded is None else decoded
        z_again = self.encode(x_hat) if z_again is None else z_again
        found = computed(torch.no_grad()(domain.features), x, z, x_hat, z_again)
        return domain.distance(self.domain, found)

    def shares_prior(self, other: "Model") -> bool:
        """Do codes drawn for one of the two mean as much to the other?"""
        return self.network.prior == other.network.prior

    def _need_gradients(self, steps: int) -> None:
        if steps and self.unrefined:
            raise UserError(f"{self.name} cannot refine codes: {self.unrefined}")

    def _start(self, images: Images, codes: Tensor | None) -> tuple[Tensor, Tensor]:
        x = self._images(images)
        z = self.encode(x) if codes is None else self._codes(codes)
        if len(x) != len(z):
            raise UserError(f"Give a code for each image, not {len(z)} codes for {len(x)}.")
        return x, z

    def _images(self, images: Images) -> Tensor:
        return as_images(images, self.image_size).to(self.device)

    def _codes(self, codes: Tensor) -> Tensor:
        return as_codes(codes, self.latent_size).to(self.device)
