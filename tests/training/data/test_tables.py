"""Attribute tables as people have them, and which image each row is of."""

import pytest
import torch

from training.data.labels import ImageSet, with_classes
from training.data.tables import with_attributes
from training.errors import UserError

NAMES = ("000.png", "001.png", "002.png")


def labelled(tmp_path, text, names=NAMES, encoding="utf-8", name="table.csv"):
    (tmp_path / name).write_bytes(text.encode(encoding))
    images = torch.zeros(len(names), 3, 4, 4, dtype=torch.uint8)
    return with_attributes(ImageSet(images, [*names]), str(tmp_path / name))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("file_name,A,Ü\n000.png,1,0\n001.png,0,1\n", "utf-8-sig"),
        ("file_name,A,Ü\r\n000.png,1,0\r\n001.png,0,1\r\n", "latin-1"),
        ("file_name;A;Ü\n000.png;1;0\n001.png;0;1\n", "utf-16"),
        ("image_id\tA\tÜ\n000.png\t1\t-1\n001.png\t-1\t1\n", "utf-8"),
        ("2\nA Ü\n000.png  1 -1\n001.png -1  1\n", "utf-8"),
        ("A,path,Ü\n1.0,000.png,0.0\n0.0,001.png,1.0\n", "utf-8"),
        ("file_name,A,split,Ü\n000.png,True,train,false\n001.png,FALSE,test,true\n", "utf-8"),
        (',A,Ü\n"000.png", 1, 0\n"001.png", 0, 1\n', "utf-8"),
        (",file,A,Ü\n0,000.png,1,0\n1,001.png,0,1\n", "utf-8"),
        ("file,A,Unnamed: 0,Ü,\n000.png,1,0,0,1\n001.png,0,1,1,0\n", "utf-8"),
        ('"file, name";A;Ü\n"000.png";1;0\n"001.png";0;1\n', "utf-8"),
        ('"file; name"\tA\tÜ\n"000.png"\t1\t0\n001.png\t0\t1\n', "utf-8"),
        ('"file, name"|A|Ü\n"000.png"|1|0\n001.png|0|1\n', "utf-8"),
    ],
)
def test_delimiter_encoding_header_and_labels_are_found_out(tmp_path, text, encoding):
    read = labelled(tmp_path, text, encoding=encoding, name="TABLE.CSV")
    assert read.attributes == ("A", "Ü")
    assert read.labels.tolist() == [[True, False], [False, True], [False, False]]
    assert read.labelled.tolist() == [True, True, False]


def test_a_blank_is_unknown_and_a_column_without_labels_is_named(tmp_path, capsys):
    text = (
        "file_name,A,B,split,empty,\n000.png,1,,train,,1\n001.png,nan,0,val,,0\n"
        "002.png,0,1,val,,0\n"
    )
    read = labelled(tmp_path, text)
    assert read.attributes == ("A", "B")
    assert read.labelled.tolist() == [False, False, True]
    said = capsys.readouterr().err
    assert "split, empty, Unnamed: 5" in said and "000.png, 001.png" in said


@pytest.mark.parametrize("numbers", ["0,1,2", "39,7,0", "-1,0,1", "0,0.5,1"])
def test_numbers_of_more_than_two_values_are_no_labels(numbers, tmp_path, capsys):
    rows = zip(NAMES, "101", numbers.split(","), strict=True)
    read = labelled(tmp_path, "\n".join(["file_name,A,age", *map(",".join, rows)]))
    assert read.attributes == ("A",) and read.labels[:, 0].tolist() == [True, False, True]
    assert "without labels or a name: age" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a header"),
        ("file_name\n000.png\n", "no column of labels"),
        ("file_name,A,B\n000.png,1,0\n001.png,x,1\n", "row 2 .*'001.png', has 'x' in column 'A'"),
        ("file_name,A\n000.png,0.5\n", "has '0.5' in column 'A'"),
        ("file_name,A\n000.png,1\n001.png,2\n", "row 2 .*'001.png', has '2' in column 'A'"),
        ("file_name,A\n000.png,0\n001.png,-1\n", "row 2 .*'001.png', has '-1' in column 'A'"),
        (",file_name\n1,000.png\n0,001.png\n", "no column of labels"),
        ("file_name,A,B\n000.png,1,\n001.png,,1\n", "labels no image fully"),
        ("000.png,1\n001.png,0\n", "has no header"),
        ("file_name,A\nother.png,1\n", "such as 'other.png', is .* such as '000.png'"),
        ("file_name,A\n000.png,1\n001.png,1\n000.png,0\n", "'000.png', in rows 1 and 3"),
    ],
)
def test_what_is_no_table_is_one_sentence(tmp_path, text, said):
    with pytest.raises(UserError, match=said) as caught:
        labelled(tmp_path, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "rows", "expected"),
    [
        (("a/0.png", "b/0.png", "b/1.png"), ("a/0.png,1", "b/0.png,0"), (True, True, False)),
        (("a/0.png", "b/0.png", "b/1.png"), ("0.png,1", "1.png,0"), (False, False, True)),
        (("0.png", "1.png"), ("a/0.png,1", "b/0.png,0", "x\\1.png,1"), (False, True)),
        (("0.png", "0.png", "1.png"), ("0.png,1", "./1.png,0"), (False, False, True)),
        (("0.png", "a/0.png"), ("0.png,1",), (True, False)),
    ],
)
def test_images_are_looked_up_by_path_and_by_bare_name_only_where_it_is_unique(
    tmp_path, names, rows, expected
):
    read = labelled(tmp_path, "\n".join(["file_name,A", *rows]), names)
    assert tuple(read.labelled.tolist()) == expected


@pytest.mark.parametrize("name", ["x" * 201, "", "\udce4"])
def test_a_name_that_no_checkpoint_can_hold_is_refused(name):
    image_set = ImageSet(torch.zeros(2, 3, 4, 4, dtype=torch.uint8), ["b/0.png", "1.png"])
    with pytest.raises(UserError, match="No attribute or class can have the name") as caught:
        with_classes(image_set, ["b", name])
    assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)
    with_classes(image_set, ["b", "x" * 200])
