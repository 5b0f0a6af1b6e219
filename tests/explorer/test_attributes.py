"""A visitor's own attributes, in models that learn them later."""

from explorer.session.attributes import Own, Place
from explorer.verbs.common.codes import training_codes
from explorer.verbs.discover import as_attribute, find
from training.codes.directions import DEFAULT

LONG_AND_SHORT = "aae-supervised", "aae-labels-mixture"


def test_a_model_with_shorter_codes_has_fewer_directions(session):
    session.choose_set("digits")
    long, short = (session.catalogue.models[f"digits/{name}"] for name in LONG_AND_SHORT)
    picture, own = session.draw(1), session.of(Own)
    vector = find(long, "pca", training_codes(long)[:1], 5)[4]
    own.add(as_attribute("Fifth", {long: (vector, 0.5)}), Place("pca", 4, picture))
    assert [*own.directions(long, DEFAULT)] == ["Fifth"]
    assert own.directions(short, DEFAULT) == {}
