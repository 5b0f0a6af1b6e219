"""Tables of pictures on disk or at an address, by LanceDB: thumbnails, codes, looks, attributes."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import torch
from pydantic import ValidationError
from torch import Tensor

from explorer.exchange import kept
from explorer.search.looks import LOOKS
from explorer.search.pool import Near
from explorer.search.wanted import Wanted
from explorer.words import say
from training.errors import UserError, choose, quoted
from training.schema import Strict

PLACE = "LATENT_EXPLORER_TABLES"  # names the database, a folder or an address such as s3://…
UNREACHED = say(
    "The tables of pictures cannot be reached: check the folder or address that --tables or "
    "{variable} names, the network, and the credentials for it.",
    variable=PLACE,
)
VERSION, KEY = 2, b"latent-explorer"
INDEXED = 20_000  # rows from which codes and labels have an index; fewer take 10 ms without
PARTITIONS, PROBED = 256, 20  # of the index, and of those how many are looked through at least


class Held(Strict):
    """What a table holds: codes of these models by name, each with the SHA-256 of its weights;
    the attributes; and what was indexed, `source`, with the digest of its files."""

    version: Literal[VERSION] = VERSION
    models: dict[str, str]
    attributes: list[str]
    source: str
    files: str


def database() -> Any:
    """The operator's database: at `PLACE`, by default in the user's cache folder."""
    os.environ.setdefault("LANCEDB_LOG", "error")  # read when it is imported
    import lancedb

    with _reaching():
        return lancedb.connect(os.environ.get(PLACE) or str(kept.place("tables")))


def tables() -> list[str]:
    """The names of all tables."""
    if not os.environ.get(PLACE) and not any(kept.place("tables").glob("*")):
        return []  # without an import that takes seconds
    with _reaching():
        return [*database().list_tables().tables]


@contextmanager
def _reaching() -> Iterator[None]:
    """Whatever goes wrong meanwhile is said as a UserError."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # lancedb raises almost anything
        raise UserError(UNREACHED) from error


def holds(name: str, held: Held) -> bool:
    """Whether there is a table of that name, and holds this and nothing else."""
    if name not in tables():
        return False
    with _reaching():
        return _held(database().open_table(name)) == held


def _held(table: Any) -> Held | None:
    """What a table of LanceDB holds; None where it is none of ours, or of another version."""
    try:
        return Held.model_validate_json((table.schema.metadata or {}).get(KEY, b""))
    except ValidationError:
        return None


class Table:
    """A table by its name; raises UserError where there is none, or it is none of ours."""

    def __init__(self, name: str):
        self.name = choose(say("table"), name, tables())
        with _reaching():
            self._table = database().open_table(name)
            held = _held(self._table)
        if held is None:
            message = say(
                "Table {table} is none of pictures, or an earlier version made it: "
                "`{command}` makes a new one.",
                table=quoted(name),
                command="python -m explorer index",
            )
            raise UserError(message)
        self.held = held

    @property
    def names(self) -> Sequence[str]:
        return self.held.attributes

    def __len__(self) -> int:
        return self._table.count_rows()

    def why_not(self, kind: str, weights: str = "") -> str:
        known = self.held.models.get(kind)
        if kind in LOOKS or known == weights:
            return ""
        command = f"python -m explorer index FOLDER --models {kind}"
        if known is None:
            return say(
                "Table {table} holds no codes of {model}: `{command}` makes one that does.",
                table=self.name,
                model=kind,
                command=command,
            )
        return say(
            "Table {table} holds codes of another checkpoint {model}: `{command}` makes a new one.",
            table=self.name,
            model=kind,
            command=command,
        )

    def size(self, kind: str) -> int:
        return len(self)

    def nearest(self, kind: str, vector: Tensor, count: int, wanted: Wanted) -> list[Near]:
        of_look = kind in LOOKS
        codes = {column_of(self.held, name): name for name in self.held.models}
        asked = self._table.search(
            vector.numpy() if of_look else vector.float().numpy(),
            vector_column_name=kind if of_look else column_of(self.held, kind),
        )
        asked = asked.distance_type("hamming" if of_look else "l2").limit(count)
        if not of_look:
            asked = asked.minimum_nprobes(PROBED).maximum_nprobes(0)  # all, for a narrow filter
        if condition := wanted.among(self.names).sql():
            asked = asked.where(condition, prefilter=True)
        shown = ["row", "label", "thumbnail", "labels", "_distance", *codes]
        found = asked.select(shown).to_list()
        return [_near(each, codes, self.held, of_look) for each in found]


def _near(row: Mapping[str, Any], codes: Mapping[str, str], held: Held, of_look: bool) -> Near:
    far = row["_distance"] if of_look else max(row["_distance"], 0) ** 0.5
    known = {name: torch.tensor(row[column]).float() for column, name in codes.items()}
    shown = row["label"], row["thumbnail"]
    return Near(row["row"], far, *shown, known, row["labels"] or (), held.models)


def column_of(held: Held, model: str) -> str:
    """The column with the codes of a model, whose own name may have any characters."""
    return f"code_{[*held.models].index(model)}"


class Rows(NamedTuple):
    """Some rows of a table: labels of the pictures, thumbnails as files, their vectors (B, n) by
    model and look, and of each the names of its attributes, None where they are not known."""

    labels: list[str]
    thumbnails: list[bytes]
    vectors: dict[str, Tensor]
    attributes: list[list[str] | None]


def write(name: str, held: Held, sizes: Mapping[str, int], rows: Iterator[Rows]) -> Table:
    """A new table, or one anew, of codes of these `sizes` by model name."""
    import pyarrow as pa

    schema = _schema(pa, held, sizes)
    batches = pa.RecordBatchReader.from_batches(schema, _batches(pa, schema, held, rows))
    made = database().create_table(name, data=batches, mode="overwrite")
    if made.count_rows() >= INDEXED:
        from lancedb.index import IvfFlat, LabelList

        index = IvfFlat(distance_type="l2", num_partitions=PARTITIONS)
        for model in held.models:
            made.create_index(column_of(held, model), config=index)
        if held.attributes:
            made.create_index("labels", config=LabelList())
    return Table(name)


def _schema(pa: Any, held: Held, sizes: Mapping[str, int]) -> Any:
    names = pa.list_(pa.string())
    fields = [("row", pa.int64()), ("label", pa.string()), ("thumbnail", pa.binary())]
    fields += [("labels", names)]
    fields += [(column_of(held, name), pa.list_(pa.float16(), sizes[name])) for name in held.models]
    fields += [(name, pa.list_(pa.uint8(), -(-look.bits // 8))) for name, look in LOOKS.items()]
    return pa.schema(fields, metadata={KEY: held.model_dump_json().encode()})


def _batches(pa: Any, schema: Any, held: Held, rows: Iterator[Rows]) -> Iterator[Any]:
    first = 0
    for each in rows:
        count = len(each.labels)
        columns = [range(first, first + count), each.labels, each.thumbnails, each.attributes]
        columns += [each.vectors[name].half() for name in held.models]
        columns += [each.vectors[name] for name in LOOKS]
        arrays = [_array(pa, c, field.type) for c, field in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)
        first += count


def _array(pa: Any, column: Any, kind: Any) -> Any:
    if isinstance(column, Tensor):
        flat = pa.array(column.numpy().ravel(), type=kind.value_type)
        return pa.FixedSizeListArray.from_arrays(flat, type=kind)
    return pa.array(column, type=kind)


def named(words: str, digest: str) -> str:
    """A table's name, by words that people know it by and what it is made of."""
    plain = re.sub(r"[^\w-]+", "-", words, flags=re.ASCII).strip("-")[:40] or "pictures"
    return f"{plain}-{digest[:8]}"
