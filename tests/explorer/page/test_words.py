"""The page in other languages: whole catalogues, and a page that tells them."""

import ast
import re
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.catalogue import catalogue
from explorer.page.tabs import TABS
from explorer.page.words import CATALOGUES, here, wanted
from explorer.tools.screenshots import PATIENCE_MS
from explorer.words import chain, numeral, say, spelled
from tests.explorer.conftest import CHECKPOINTS
from tests.explorer.page.journeys import acts
from training.codes.damage import BOX, Blur, LowResolution, Noise, Region, boxed
from training.codes.directions import METHODS
from training.codes.priors import Prior
from training.measure.figures import FIGURES, MAIN, PICTURE, columns

PROJECT = Path(__file__).parents[3]
PYTHON = sorted([*PROJECT.glob("explorer/**/*.py"), *PROJECT.glob("training/**/*.py")])
SCRIPTS = sorted(PROJECT.glob("explorer/page/**/*.js"))
OF_GRADIO = {"Reset to default value"}
TELLING = {"say", "mark", "chain"}
TOLD = re.compile(r'Latent\.say\("((?:[^"\\]|\\.)*)"')


def told_in_python(path: Path) -> set[str]:
    """The first arguments of `say`, `mark` and `chain`, also by a constant's name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [each.args[0] for each in calls if getattr(each.func, "id", "") in TELLING]
    words = [getattr(each, "value", constants.get(getattr(each, "id", ""))) for each in named]
    return {word for word in words if isinstance(word, str)}


def every(kind: type) -> list[type]:
    return [kind, *(each for below in kind.__subclasses__() for each in every(below))]


def told_of_data() -> set[str]:
    """Words that tables and checkpoints hold."""
    models = catalogue(str(CHECKPOINTS)).models.values()
    damages = [Blur(), Noise(), LowResolution(), Region(boxed(BOX, 8))]
    figures = [*columns(PICTURE), FIGURES["sharpness"]]
    titles = {each.title for each in columns(MAIN)}
    attributes = {name for model in models if model.latents for name in model.latents.names}
    return {
        *(each.title for each in METHODS.values()),
        *(words for each in figures for words in (each.title, each.words)),
        *titles,
        FIGURES["code_cycle"].words,
        *(name.replace("_", " ") for name in attributes if not name.isdigit()),
        *(words for model in models for words in (model.shows, model.shows.title())),
        *(each.spreading for each in every(Prior) if isinstance(each.spreading, str)),
        *(next(iter(each.plain)) for each in damages),
    }


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def filled(key: str) -> re.Pattern:
    """A key with any values in its placeholders."""
    return re.compile("(.+)".join(map(re.escape, re.split(r"{\w+}", key))))


def worded(key: str) -> bool:
    """Whether a key has words of its own."""
    return bool(re.search(r"[^\W\d]", re.sub(r"{\w+}", "", key)))


@pytest.fixture(scope="module")
def keys() -> set[str]:
    python = {word for path in PYTHON for word in told_in_python(path)}
    scripts = {word for path in SCRIPTS for word in TOLD.findall(path.read_text(encoding="utf-8"))}
    return python | scripts | told_of_data() | {", ", "To shelf"}


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_has_every_word_and_no_other(language, keys):
    known = CATALOGUES[language]
    assert {key for key in keys if worded(key)} - {*known} == set()
    assert {*known} - keys == set()


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_keeps_placeholders_and_commands(language):
    for key, words in CATALOGUES[language].items():
        assert placeholders(words) == placeholders(key), key
        assert words.count("`") == key.count("`"), key


SEEN = """() => [...document.querySelectorAll("body, body *")].filter((node) =>
    !node.closest("[lang=en], footer, script, style, svg, [popover]")).flatMap((node) => [
  ...[...node.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data),
  node.title, node.ariaLabel, node.alt]).map((each) => each?.trim()).filter(Boolean)"""


@pytest.fixture
def abroad(browser: Browser, url: str):
    """Opens the page in a browser of another language."""
    pages = []

    def come(locale: str, query: str = "") -> Page:
        pages.append(browser.new_page(locale=locale))
        pages[-1].set_default_timeout(PATIENCE_MS)
        pages[-1].goto(f"{url}/?{query}")
        return pages[-1]

    yield come
    for page in pages:
        page.close()


@pytest.mark.parametrize(("language", "locale"), [("de", "de-AT"), ("zh", "zh-CN")])
def test_no_word_of_the_catalogue_is_left_in_english(abroad, language, locale):
    words = CATALOGUES[language]
    english = {key for key, told in words.items() if worded(key) and key != told} - {
        *words.values()
    }
    page, seen = abroad(locale), set()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for tab in TABS:
        acts.visit(page, tab)
        acts.content(page, tab).wait_for()
        seen |= set(page.evaluate(SEEN))
    assert seen & english == set()
    forms = [filled(key) for key in english if placeholders(key) and key[0].isalpha()]
    assert {each for each in seen if any(form.fullmatch(each) for form in forms)} == OF_GRADIO
    drawn = words["Drawn {shown} {index}"].format(shown=words["face"], index=3)
    keys = ("Copy link", "New seed", "Refine", "Encoder", "Smiling", "Shelf", "without refinement")
    assert {drawn, *(words[key] for key in keys)} - seen == set()


ROOM = """(all) => all.map((each) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(each).font;
  return each.clientWidth - pen.measureText(each.value).width;
})"""


def test_german_choices_are_not_cut_off(abroad):
    page = abroad("de-DE")
    page.set_viewport_size({"width": 1440, "height": 1000})
    chosen = page.locator("#view-reconstruct").get_by_role("combobox")
    expect(chosen).to_have_count(2)
    assert min(chosen.evaluate_all(ROOM)) >= 24  # px, for the arrow


def test_german_numbers_have_a_decimal_comma(abroad):
    page, seen = abroad("de-DE"), []
    for tab in ("reconstruct", "paths", "breed", "attributes", "discover"):
        page.goto(f"{page.url.partition('?')[0]}?tab={tab}&lang=de")
        view = page.locator(f"#view-{tab}")
        expect(view.get_by_text(re.compile(r"\d,\d")).first).to_be_visible()
        seen += page.evaluate(SEEN)
    assert {each for each in seen if re.search(r"\d\.\d", each)} <= {"1.5"}  # of gradio's slider


def test_german_words_are_not_cut_off(abroad):
    page = abroad("de-DE", "tab=search")
    names = page.locator(".results .strip .note").filter(visible=True)
    expect(names.first).to_have_text(re.compile("Gesicht"))
    cut = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length"
    assert names.evaluate_all(cut) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    for tab in page.locator("#tabs > .tab-wrapper [role=tab]").filter(visible=True).all():
        box = tab.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_a_link_names_the_language_and_keeps_it(abroad):
    page = abroad("de-DE", "tab=sample&lang=zh")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    words = CATALOGUES["zh"]
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    page.get_by_role("button", name=words["Copy link"]).click()
    expect(page.get_by_text(words["The link is copied."])).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "lang=zh" in copied and "seed=0" in copied
    assert "seed=0" not in page.url  # where a reload would come back to it
    expect(page.locator("#tab-sample-button")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "fr-FR,zh-SG;q=0.9,en;q=0.8", "zh"),
        ("lang=de&tab=map", "zh-CN", "de"),
        ("lang=xx", "en-GB,de;q=0.5", "en"),
        ("lang=%ff", "*", "en"),
    ],
)
def test_the_language_is_the_links_or_else_the_browsers(query, accepted, language):
    assert wanted(query, accepted) == language


def test_numbers_are_english_and_have_the_decimal_sign_of_the_page():
    told = say("{share} of {all}", share=numeral(f"{0.5:.2f}"), all=2)
    assert told == "0.50 of 2" and spelled(told.values["share"]) == {"numeral": "0.50"}
    german = gr.Request(SimpleNamespace(headers={"accept-language": "de"}))
    assert here(say("{picture} is on the shelf.", picture=numeral("0.5 ×")), german).startswith(
        "0,5 ×"
    )
    assert here("photo 0.5.png", german) == "photo 0.5.png"


def test_said_words_are_english_and_know_how_they_were_made():
    told = say("{one} of {things}", one=say("Sample"), things=["a", "b"])
    assert told == "Sample of a, b" and told.values["one"].key == "Sample"
    assert chain("{one} and {next}", ["a", "b", "c"]) == "a and b and c"
    assert say("{braces} of others") == "{braces} of others"


def test_a_passing_message_is_in_the_language_of_the_page(abroad):
    page, words = abroad("de-DE", "tab=sample"), CATALOGUES["de"]
    page.locator(".tiles .tile").first.click()
    page.locator(".enlarged").get_by_role("button", name=words["To shelf"]).click()
    sample = words["Sample {seed}·{n}"].format(seed=0, n=1)
    told = words["{picture} is on the shelf."].format(picture=sample)
    expect(page.get_by_test_id("toast-text")).to_have_text(told)


def test_what_is_wrong_is_in_the_language_of_the_page_in_a_slot_and_in_passing(abroad, bad):
    page = abroad("de-DE", "tab=restore")
    page.wait_for_function("() => window.Latent?.lines.restore")
    slot = page.locator(".slot").filter(visible=True)
    slot.locator("input[type=file]").first.set_input_files(bad("empty.png"))
    expect(slot.locator(".said")).to_have_text(
        "empty.png ist leer (0 Byte): Wählen Sie eine andere Datei."
    )
    page.evaluate("() => { Latent.ask('restore', { box: [0.5, 0.5, 0, 0] }); }")
    expect(page.locator(".latent-toast")).to_have_text(
        "Nichts ist übermalt: Ziehen Sie eine größere Stelle auf."
    )
