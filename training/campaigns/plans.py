"""The sets that `python -m training campaign` trains: shared settings, then a line for each run."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One run: a system, a preset, and settings that differ from the preset's.

    images: training images to see, 0 for the campaign's number; first_stage: name of an earlier run
    whose networks it needs; start: a shipped checkpoint, such as celeba32/faae, whose networks it
    continues from.
    """

    framework: str
    preset: str
    settings: dict = field(default_factory=dict)
    images: int = 0
    first_stage: str = ""
    start: str = ""


@dataclass(frozen=True)
class Campaign:
    """Runs on the same data.

    data, held_out, attributes: files in --data-dir (or a known dataset's name) to train on, to
    measure on, and with labels; images: training images that a run sees; settings: common to all
    runs; runs: by name, in the order of training; point_every: images from one point of the curves
    to the next; ships: whether a checkpoint that measures better replaces the one in --into.
    """

    data: tuple[str, ...]
    held_out: tuple[str, ...]
    images: int
    runs: dict[str, Row]
    settings: dict
    attributes: str = ""
    point_every: int = 100_000
    ships: bool = True


FACES = {
    "data": tuple(f"celeba64-train-0{part}.zip" for part in range(3)),
    "held_out": ("celeba64-valid-00.zip",),
}
OF_FACES = {
    "images_of": "face",
    "licence": "CelebA: non-commercial research only, no redistribution of images; the weights "
    "likewise",
}
FULL = {"store": "half", "keep_codes": 4096}  # of the pair that the page shows first
# For grown networks: with augmentation a new D stays near chance for long; E is trained already
GROWN = {
    "d_width": 48,
    "augment": (),
    "r1_gamma": 0.05,
    "encoder_noise": 0.02,
    "lambda_cycle": 0.0,
    "morphs": 0.4,
    "lr": 2e-4,
    "lr_d": 8e-4,
}
CIFAR_LICENCE = "CIFAR-10 (as JPEG): no licence stated; the weights likewise"


def variants(framework: str, preset: str, **changes: dict) -> dict[str, Row]:
    """A run for each set of changes, by name."""
    return {name: Row(framework, preset, settings) for name, settings in changes.items()}


CAMPAIGNS = {
    "celeba32": Campaign(
        **FACES,
        attributes="celeba64-train-attributes.csv",
        images=1_800_000,
        settings={**OF_FACES, "image_size": 32, "store": "int8", "keep_codes": 1024},
        runs={
            "faae": Row("faae", "best", FULL, images=3_600_000),
            "aae": Row("aae", "best", FULL, images=3_600_000),
            "vae": Row("vae", "small"),
            "wae": Row("wae", "small"),
            "gan": Row("gan", "small"),
            "inverse": Row("inverse", "small", first_stage="gan"),
            "aegan": Row("aegan", "small", first_stage="gan"),
            "bigan": Row("bigan", "small"),
            "alice": Row("alice", "small"),
            "aaae": Row("aaae", "small"),
            "icgan": Row("icgan", "small", {"labels": ("Male", "Smiling", "Eyeglasses")}),
        },
    ),
    "cifar32": Campaign(
        data=("cifar10-train.zip",),
        held_out=("cifar10-test.zip",),
        attributes="classes",
        images=2_500_000,
        settings={"image_size": 32, "store": "int8", "keep_codes": 2048, "licence": CIFAR_LICENCE},
        runs={
            "faae": Row(
                "faae", "best", {"morphs": 0.2}
            ),  # with 0.5 the middle of morphs is blurred
            "aae": Row("aae", "best"),
            "aaae": Row("aaae", "small"),
            "wae": Row("wae", "best"),
        },
    ),
    "celeba64": Campaign(
        **FACES,
        attributes="celeba64-train-attributes.csv",
        images=620_000,  # beyond those that the networks which they grow out of have seen
        settings={
            **OF_FACES,
            "image_size": 64,
            "nets": "nested",
            "width": 16,
            "store": "int8",
            "keep_codes": 2048,
        },
        runs={
            "faae": Row("faae", "best", GROWN, images=540_000, start="celeba32/faae"),
            "aae": Row("aae", "best", start="celeba32/aae"),
            "aaae": Row("aaae", "best", {"d_width": 48}, images=200_000, start="celeba32/aaae"),
        },
    ),
    "digits": Campaign(
        data=("digits",),
        held_out=("digits",),
        attributes="classes",
        images=56_320,
        point_every=14_080,
        settings={"store": "half"},
        runs={
            "aae-labels-mixture": Row("aae-labels", "digits"),
            "aae-labels-swiss-roll": Row("aae-labels", "digits", {"prior": "swiss-roll"}),
            "aae-supervised": Row("aae-supervised", "digits"),
            "aae-semi": Row("aae-semi", "digits", {"labelled": 100}),
            "aae-cluster": Row("aae-cluster", "digits", {"clusters": 16}),
        },
    ),
    "recipes": Campaign(
        **FACES,
        images=73_216,
        point_every=100_000,
        ships=False,
        settings={**OF_FACES, "image_size": 32},
        runs={
            "base": Row("faae", "small"),
            **variants(
                "faae",
                "small",
                another_seed={"seed": 1},
                encoder_noise={"encoder_noise": 0.05},
                cycle={"lambda_cycle": 10.0},
                slow_d={"lr_d": 3e-4},
                wide_d={"d_width": 96},
            ),
            "paper": Row("faae", "paper", {"width": 32}),
            **variants(
                "faae",
                "small",
                no_ema={"ema": 0.0},
                fp32={"precision": "fp32"},
                alpha_3={"alpha": 3.0},
                spectral_d={"d_norm": "spectral"},
                no_r1={"r1_gamma": 0.0},
                wide={"width": 48},
                batch_norm_d={"d_norm": "batch"},
                constant={"schedule": "constant"},
                translation={"augment": ("translation",)},
            ),
            "three": Row("faae", "best", {"alpha": 1.0, "augment": (), "morphs": 0.0}),
            "three_alpha_3": Row("faae", "best", {"augment": (), "morphs": 0.0}),
            "no_morphs": Row("faae", "best", {"morphs": 0.0}),
            "best": Row("faae", "best"),
            "aae": Row("aae", "small"),
            "aae_paper": Row("aae", "paper", {"width": 32}),
        },
    ),
}
