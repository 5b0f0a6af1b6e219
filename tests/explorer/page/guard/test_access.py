"""Who may sign in."""

import io

import pytest

from explorer.page.guard import access
from explorer.page.guard.access import hashed, readers
from tests.explorer.conftest import finished
from training.errors import UserError


@pytest.mark.parametrize("kept", ["pass:word", hashed("pass:word")])
def test_those_in_the_file_may(tmp_path, kept):
    file = tmp_path / "people"
    file.write_text(f"# people\n\nann:{kept}\nbob:other\n", encoding="utf-8")
    may = readers(file)
    tried = [("ann", "pass:word"), ("bob", "other"), ("ann", "other"), ("eve", ""), ("ann", kept)]
    allowed = [finished(may(*each)) for each in tried]
    assert allowed == [True, True, False, False, kept == "pass:word"]


def test_a_mark_that_editors_put_before_text_is_no_part_of_a_name(tmp_path):
    (tmp_path / "people").write_text("ann:word", encoding="utf-8-sig")
    assert finished(readers(tmp_path / "people")("ann", "word"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ann:scrypt$zz$11", "Line 1"),
        ("", "names nobody"),
        ("ann", "Line 1"),
        ("# x\nann:", "Line 2"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(tmp_path, text, said):
    file = tmp_path / "people"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        readers(file)


def test_the_line_alone_is_printed_where_it_is_written_into_a_file(monkeypatch, capsys):
    monkeypatch.setattr(access, "getpass", lambda prompt: "word")
    monkeypatch.setattr("sys.stdin", io.StringIO("ann\n"))
    access.main()
    assert capsys.readouterr().out.startswith("ann:scrypt$")
    monkeypatch.setattr("sys.stdin", io.StringIO("a:b\n"))
    with pytest.raises(SystemExit, match="no colon"):
        access.main()
