"""Paths, as programs have them."""

from explorer.verbs.path import way


def test_density_tells_codes_apart_by_its_rank_among_training_codes(session):
    for model in session.models:
        known = way(model, model.latents.codes[:60], 0).density
        low, middle, high = (known.quantile(q).item() for q in (0.1, 0.5, 0.9))
        assert low < 0.3 < middle < 0.7 < high
        drawn = way(model, model.sample_codes(60, seed=0), 0).density
        assert drawn.min() >= 0 and drawn.median() < 0.05
