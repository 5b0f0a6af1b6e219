"""The headings of the rows."""

from training.report.tables import headings


def test_headings_set_apart_what_is_of_one_name():
    named = [("AAE", "aae", "a/aae"), ("F-AAE", "faae", "a/faae"), ("F-AAE", "faae", "b/faae")]
    assert headings(named) == ["AAE", "a/faae", "b/faae"]
    assert headings([*named[:2], ("F-AAE", "wide", "b/wide")]) == ["AAE", "faae", "wide"]
