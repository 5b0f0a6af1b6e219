"""Checkpoints on the Hugging Face hub. By hand: the hub's own mixin takes config.json, unchecked,
for the arguments of a constructor."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.checkpoints.files import CheckpointError, read_json
from training.checkpoints.schema import Content
from training.checkpoints.weights import CONFIG, FILES, WEIGHTS, read_config, weights_of
from training.errors import QUOTED, first_line

SHARED = (*FILES, "preview.png", "README.md")


def fetch(repo_id: str, **how) -> Path:
    """The folder that a checkpoint of the hub is downloaded to, once; `how` as for
    `huggingface_hub.snapshot_download`, such as revision or token. Raises CheckpointError."""
    from huggingface_hub import snapshot_download

    with _answers(repo_id):
        folder = Path(snapshot_download(repo_id, allow_patterns=[CONFIG], **how))
        if not read_json(folder / CONFIG, Content):  # before its weights, whatever they are
            raise CheckpointError(f"'{repo_id}' on the hub has no {CONFIG}: it is no checkpoint.")
        return Path(snapshot_download(repo_id, allow_patterns=[*SHARED], **how))


def push(
    directory: str | Path, repo_id: str, private: bool | None = None, token: str | None = None
) -> str:
    """Publishes a checkpoint's files, the card among them, and returns the address of the commit.
    Raises CheckpointError."""
    from huggingface_hub import CommitOperationAdd, HfApi

    directory, api = Path(directory), HfApi(token=token)
    files = {name: directory / name for name in SHARED if (directory / name).is_file()}
    files[WEIGHTS] = weights_of(directory, read_config(directory))
    with _answers(repo_id):
        api.create_repo(repo_id, private=private, exist_ok=True)
        added = [CommitOperationAdd(name, path) for name, path in files.items()]
        return api.create_commit(repo_id, added, commit_message="Checkpoint").commit_url


@contextmanager
def _answers(repo_id: str) -> Iterator[None]:
    """What the hub refuses becomes a CheckpointError."""
    from huggingface_hub import errors

    name = f"'{repo_id:.{QUOTED}}'"
    try:
        yield
    except errors.HFValidationError:
        said = f"{name} is neither a folder here nor an id of the hub, which is OWNER/NAME."
        raise CheckpointError(said) from None
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        said = f"The hub has no {name} that you may use: check the id, or run `hf auth login`."
        raise CheckpointError(said) from error
    except (OSError, errors.HTTPError) as error:
        said = f"The hub does not answer for {name}: {first_line(error)}"
        raise CheckpointError(said) from error
