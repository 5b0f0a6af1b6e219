"""What is made on the page while a model is not chosen, once it is; and what is not there."""

from playwright.sync_api import expect

from explorer.__main__ import main

CODES = """async () => {
  const { about, things } = Latent.page, [one, other] = about.models;
  const made = things.made("made", new Map([[one.name, await things.sample(5).code(one)]]));
  return Promise.all([made, things.drawn(5)].map(async (thing) => [...await thing.code(other)]));
}"""


def test_a_model_that_was_not_chosen_encodes_what_another_drew(alone):
    made, drawn = alone().evaluate(CODES)
    assert made == drawn


SENT = """async () => {
  for (const to of ["morph", "picture"]) await Latent.page.send({ grid: "map", to });
}"""


def test_a_map_without_points_sends_nothing(opened, pairs, tmp_path):
    pairs("celeba32/gan")
    file = tmp_path / "gan.html"
    assert main(["export", "celeba32/gan", "--html", str(file)]) == 0
    page = opened(file.as_uri(), offline=True)
    page.get_by_role("tab", name="Map", exact=True).click()
    expect(page.locator("#view-map")).to_contain_text("GAN comes without a map of its codes.")
    expect(page.locator("#view-map .send")).to_be_hidden()
    page.evaluate(SENT)  # as of a button, which is not there
    expect(page.locator("#view-map")).to_be_visible()
