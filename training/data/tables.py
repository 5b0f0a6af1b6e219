"""Attribute tables: labels of images by the names of their files."""

import codecs
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas
import torch

from training.data.labels import ImageSet, tell_left_out
from training.errors import QUOTED, UserError

UNKNOWN = ("", "na", "nan", "null")
LABELS_SAID = "0 or 1, -1 or 1, true or false, or blank where it is unknown"
UNNAMED = re.compile(r"(Unnamed: \d+)?")  # as pandas names it; a table's index has no name


def with_attributes(image_set: ImageSet, table: str) -> ImageSet:
    """The set with the labels of a table: a column of file names, and one for each attribute, as
    `LABELS_SAID`; or CelebA's own `list_attr_celeba.txt`.

    Delimiter and encoding are found out. Images are looked up by their path in `--data`, or by
    their bare name where only one image and one path of the table have it. One with a blank is not
    labelled. Columns without labels, such as numbers of more than two values, or without a
    name are left out, and said on stderr. Raises UserError.
    """
    frame, names = _read(Path(table)), image_set.names
    files, rows = _look_up(names, frame, table)
    marks = {name: _marks(frame[name]) for name in frame if name != files.name}  # (rows,) each
    known = {
        name: each
        for name, each in marks.items()
        if np.isfinite(each).any() and not UNNAMED.fullmatch(name.strip())
    }
    for name, each in (known or marks).items():
        _check_values(each, frame[name], files, table)
    if not known:
        raise UserError(f"'{table}' is no attribute table: it has no column of labels.")
    labels = np.stack([*known.values()], axis=1)  # (rows, A): 0, 1, or NaN
    _check_repeated(files, labels, {*rows}, table)
    labelled = (rows >= 0) & np.isfinite(labels[rows]).all(axis=1)
    if not labelled.any():
        raise UserError(f"'{table}' labels no image fully: fill its blanks, or remove columns.")
    dropped = [name for name in marks if name not in known]
    tell_left_out(f"columns of '{table}' without labels or a name", dropped)
    partly = np.array(names)[(rows >= 0) & ~labelled]
    tell_left_out("labels of images of which not all are known", partly)
    return replace(
        image_set,
        labels=torch.from_numpy((labels[rows] > 0) & labelled[:, None]),
        attributes=tuple(known),
        labelled=torch.from_numpy(labelled),
    )


def _read(path: Path) -> pandas.DataFrame:
    """All cells as text; raises UserError."""
    if not path.is_file():
        raise UserError(f"There is no attribute table '{path}'; give --attributes a file.")
    text, separator = _layout(_decoded(path.read_bytes()))
    how = {"sep": separator, "dtype": str, "keep_default_na": False, "skipinitialspace": True}
    try:
        # Python's engine tells a cell that is missing, NaN, from one that is blank. Rows that are
        # too long are a warning in the first row, and an error below.
        with warnings.catch_warnings(action="error"):
            frame = pandas.read_csv(io.StringIO(text), index_col=False, engine="python", **how)
    except (ValueError, pandas.errors.ParserWarning):
        frame = pandas.DataFrame()
    if frame.empty or frame.isna().to_numpy().any():
        raise UserError(
            f"'{path}' is no attribute table: it needs a header, and in each row a file name and "
            "as many labels as the header has names."
        )
    return frame


def _decoded(blob: bytes) -> str:
    """Text as Excel and others save it, with lines that end as on Unix."""
    marked = blob.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = blob.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = blob.decode("latin-1")
    return re.sub(r"\r\n?", "\n", text).lstrip("\n")


def _layout(text: str) -> tuple[str, str]:
    """The table with a full header, and its delimiter as pandas takes it. CelebA's own has a
    count first, and no name for its column of file names."""
    header, _, rows = text.partition("\n")
    if counted := header.strip().isdigit():
        header, _, rows = rows.partition("\n")
    unquoted = re.sub('"[^"]*"', "", header)
    separator = next((each for each in unquoted if each in ",;\t|"), r"\s+")
    return f"{'file_name ' if counted else ''}{header}\n{rows}", separator


def _look_up(names: list[str], frame: pandas.DataFrame, table: str):
    """The first column that names images, as POSIX paths, and the row of each image, -1 for none;
    raises UserError."""
    if {*frame} & {*names}:
        raise UserError(f"'{table}' has no header: add a first row, file_name and the attributes.")
    for column in frame:
        files = frame[column].map(_posix)
        rows = _rows_of(names, [*files])
        if max(rows) >= 0:
            return files, np.array(rows)
    raise UserError(
        f"'{table}' is no attribute table of these images: none of its file names, such as "
        f"'{frame.iloc[0, 0][:QUOTED]}', is that of exactly one image of --data, such as "
        f"'{names[0][:QUOTED]}'."
    )


def _rows_of(names: list[str], files: list[str]) -> list[int]:
    """For each image the row that has its path, otherwise its bare name, as long as no other image
    and no other path in the table share that; or -1."""
    by_path = {file: row for row, file in enumerate(files)}
    by_bare = {bare: by_path[path] for bare, path in _once(by_path).items()}
    paths, bares = Counter(names), _once(names)

    def row(name: str) -> int:
        if paths[name] == 1 and name in by_path:
            return by_path[name]
        return by_bare.get(_bare(name), -1) if _bare(name) in bares else -1

    return [row(name) for name in names]


def _once(paths: Iterable[str]) -> dict[str, str]:
    """The bare names that only one of the paths has, with that path."""
    paths = [*paths]
    counts = Counter(map(_bare, paths))
    return {_bare(path): path for path in paths if counts[_bare(path)] == 1}


def _posix(path: str) -> str:
    return str(PurePosixPath(path.strip().replace("\\", "/")))


def _bare(name: str) -> str:
    return name.rpartition("/")[2]


def _marks(column: pandas.Series) -> np.ndarray:
    """float (rows,): 0, 1, NaN where unknown, infinity for what is no label."""
    codes, values = pandas.factorize(column)
    numbers = np.array([_number(value) for value in values])
    found = {*numbers[np.isfinite(numbers)]}
    labels = {-1, 1} if -1 in found and 0 not in found else {0, 1}
    wrong = [*(found - labels)]
    if wrong and len(found) > 2:  # a measure, a count, or the rows' own numbers
        wrong = [*found]
    numbers[np.isin(numbers, wrong)] = np.inf
    return np.where(np.isfinite(numbers), numbers > 0, numbers)[codes]


def _number(value: str) -> float:
    """NaN where it is unknown, infinity where it is no number."""
    value = value.strip().lower()
    if value in UNKNOWN:
        return np.nan
    if value in ("true", "false"):
        return float(value == "true")
    try:
        return float(value)
    except ValueError:
        return np.inf


def _check_values(
    marks: np.ndarray, column: pandas.Series, files: pandas.Series, table: str
) -> None:
    """UserError that names the first cell of the column that is no label."""
    for row in np.flatnonzero(np.isinf(marks))[:1]:
        raise UserError(
            f"'{table}' is no attribute table: row {row + 1} below the header, of "
            f"'{files[row][:QUOTED]}', has '{column[row][:QUOTED]}' in column "
            f"'{column.name[:QUOTED]}', where labels are {LABELS_SAID}."
        )


def _check_repeated(files: pandas.Series, labels: np.ndarray, used: set, table: str) -> None:
    """UserError where rows of the same file, which an image uses, contradict one another."""
    for file, group in files[files.duplicated(keep=False)].groupby(files).groups.items():
        rows = [*group]
        if used & {*rows} and np.ptp(np.nan_to_num(labels[rows], nan=2), axis=0).any():
            first, second = rows[0] + 1, rows[1] + 1
            raise UserError(
                f"'{table}' has different labels for '{file[:QUOTED]}', in rows {first} and "
                f"{second} below the header: give each file one row, by its path in --data."
            )
