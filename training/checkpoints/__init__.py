"""Checkpoints on disk."""

from training.checkpoints.files import (
    CheckpointError,
    read_json,
    reading,
    write_atomically,
    write_json,
)
from training.checkpoints.latents import (
    Directions,
    Latents,
    describe,
    encode_all,
    find_anew,
    labelled_latents,
    read_latents,
    write_latents,
)
from training.checkpoints.state import STATE, Images, Networks, State, damaged, read_state
from training.checkpoints.weights import (
    CONFIG,
    FILES,
    LATENTS,
    METRICS,
    add_metrics,
    copy_networks,
    images_seen,
    portable,
    read,
    read_config,
    read_metrics,
    write,
)
