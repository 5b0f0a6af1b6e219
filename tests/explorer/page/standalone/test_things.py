"""What is made on the page while a model is not chosen, once it is."""

CODES = """async () => {
  const { about, things } = Latent.page, [one, other] = about.models;
  const made = things.made("made", new Map([[one.name, await things.sample(5).code(one)]]));
  return Promise.all([made, things.drawn(5)].map(async (thing) => [...await thing.code(other)]));
}"""


def test_a_model_that_was_not_chosen_encodes_what_another_drew(alone):
    made, drawn = alone().evaluate(CODES)
    assert made == drawn
