"""What is wrong is told to visitors in their language."""

import json
import re

import gradio as gr
import pytest
import torch

from explorer.page import cropping, link, saving, ui
from explorer.page.mapped import groups
from explorer.page.words import CATALOGUES, here
from explorer.verbs.common.attributes import read_attribute
from explorer.words import say
from tests.explorer.conftest import BAD, event
from tests.explorer.page.test_ui import upload
from training.codes import teaching
from training.errors import UserError

ASIDE = {"x": 9000, "y": 0, "side": 9, "angle": 0}
REFUSED = {
    "an empty lasso": (
        lambda session: groups.lasso(session, event(rows="AAAA")),
        "Das Lasso umfasst keinen Punkt: Ziehen Sie es um einige.",
        "套索中没有点：请画在一些点的周围。",
    ),
    "another group of this name": (
        lambda session: groups.rename({"Hats": (1,), "Bald": (2,)}, "Hats", "Bald"),
        "Eine Gruppe 'Bald' gibt es schon: Geben Sie ihr einen anderen Namen.",
        "已有群组 'Bald'：请换一个名称。",
    ),
    "a crop beside the picture": (
        lambda session: cropping.crop(session, "attributes", ASIDE),
        "Der Ausschnitt liegt neben dem Bild: Ziehen Sie ihn über das Bild.",
        "裁剪框在图片之外：请画在图片上。",
    ),
    "a link to another model set": (
        lambda session: link.restore(session, {"set": "gone"}),
        "Modellsatz 'gone' gibt es nicht; zur Wahl stehen: ",
        "没有模型组 'gone'；可选：",
    ),
    "too few pictures": (
        lambda session: teaching.check(torch.zeros(3, 2), torch.arange(3) < 1, torch.eye(2)),
        "Geben Sie mindestens 2 Bilder mit dem Attribut und 2 ohne es, nicht 1 und 2.",
        "请至少给出 2 张具有该属性和 2 张不具有该属性的图片，而不是 1 张和 2 张。",
    ),
    "a file that is no attribute": (
        lambda session: read_attribute(b"no JSON"),
        "Diese Datei enthält kein Attribut: Ihr Inhalt ist nicht so, wie der Explorer ihn",
        "此文件不含属性：其内容与本程序保存的不同。",
    ),
}


def asking(language: str) -> gr.Request:
    return gr.Request(headers={"accept-language": language})


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_is_told_in_the_language_of_the_page(session, bad, name):
    value, *_ = ui.pick(session, event(slot="reconstruct", **upload(bad(name))))
    english, german, chinese = (here(value["problem"], asking(each)) for each in ("en", "de", "zh"))
    assert english.startswith(BAD[name]) and english == value["problem"]
    assert re.search(r": (Exportieren|Wählen|Verwenden|Verkleinern) Sie \w+", german)
    assert re.search("：请.+。$", chinese) and " or " not in german + chinese


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_told_in_the_language_of_the_page(session, what):
    refused, german, chinese = REFUSED[what]
    session.put("attributes", session.examples()[0])
    with pytest.raises(UserError) as error:
        refused(session)
    assert here(error.value.said, asking("de")).startswith(german)
    assert here(error.value.said, asking("zh")).startswith(chinese)


def test_what_a_link_shows_that_is_not_here_is_told_in_the_language_of_the_page(session):
    lacks = link.restore(session, {"models": "celeba32/faae,celeba32/gone", "edit": "Gone:1"})
    assert here(say("{lacks}", lacks=lacks), asking("de")) == "'celeba32/gone', das Attribut 'Gone'"


def test_what_a_server_function_refuses_is_told_by_the_page():
    (saved, *_) = saving.servers()
    answer = saved({"key": "of a server that ended", "grid": "sample", "index": 0})
    told = json.loads(answer.body)["problem"]
    assert told == {"say": "The server has started anew: reload the page.", "with": {}}
    assert CATALOGUES["de"][told["say"]].startswith("Der Server ist neu gestartet")
