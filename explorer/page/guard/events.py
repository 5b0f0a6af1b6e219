"""The shapes of what the page's components and scripts send."""

from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Interval, Len, MaxLen
from pydantic import ConfigDict, NonNegativeInt, with_config
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from explorer.page.guard.calls import Event
from explorer.session.programs import STRICT
from explorer.verbs.common.options import Amounts, Name, Names, Share, Switches

EXACT = with_config(STRICT)
MORE = with_config(STRICT | ConfigDict(extra="allow"))  # scripts may send more, handlers read less
Place = Annotated[float, Interval(ge=-1e6, le=1e6)]  # px, or degrees
MOST_QUERY = 8000  # characters of a link


@MORE
class Source(TypedDict):
    """A picture: an upload's path and name, a tile's grid and index, an id, or a random one."""

    path: NotRequired[Annotated[str, MaxLen(4096)]]
    name: NotRequired[str]
    grid: NotRequired[Name]
    index: NotRequired[int]
    id: NotRequired[Name | None]
    random: NotRequired[bool]
    slot: NotRequired[Name]
    clear: NotRequired[bool]
    to: NotRequired[Name | None]


@MORE
class Gathered(Source):
    """For one side of a lesson: a picture, several uploads, which may be a part of many, the id of
    one that goes, or a group of the map."""

    side: Literal["given", "lacking"]
    files: NotRequired[Annotated[list[Source], MaxLen(8)]]
    part: NotRequired[Literal["first", "next", "last"]]
    gone: NotRequired[Name | None]
    group: NotRequired[Name]


@MORE
class Lesson(TypedDict):
    """The name of an attribute that is removed."""

    gone: NotRequired[Name]


@MORE
class Direction(TypedDict):
    """One of the directions that were found, and its name."""

    at: Annotated[int, Interval(ge=0, le=100)]
    name: str


@MORE
class Compared(TypedDict):
    name: Name
    on: bool


@MORE
class Square(TypedDict):
    x: Place
    y: Place
    side: Annotated[float, Interval(gt=0, le=1e6)]
    angle: Place


@MORE
class Moves(TypedDict):
    amounts: Amounts
    held: Names


@MORE
class Peeked(TypedDict):
    """The page's key, and the changes of a picture that are looked at before one is made."""

    key: str
    changes: Annotated[list[Moves], MaxLen(3)]


@MORE
class Owned(TypedDict):
    """The page's key, and the name of an attribute of the visitor's."""

    key: str
    name: Name


@MORE
class Labelled(TypedDict):
    labels: Switches
    every: bool


@EXACT
class Walked(TypedDict):
    """A point of a square."""

    right: Share
    down: Share


@MORE
class Keyed(TypedDict):
    """The page's key."""

    key: str


@MORE
class Asked(Keyed):
    """And what controls are set to by the names of `Live.parts`, and whether more may come at once,
    as while one is dragged."""

    parts: dict[str, Any]
    moving: bool


@EXACT
class Encoded(TypedDict):
    """One of the encoded pictures of a map; below 0, one of the visitor's own."""

    index: int


@EXACT
class Spot(TypedDict):
    """A code of two numbers of a model."""

    model: Name
    z: Annotated[list[float], Len(2, 2)]


@EXACT
class Among(TypedDict):
    """Between encoded pictures of a map, by their weights."""

    near: Annotated[list[NonNegativeInt], Len(1, 16)]
    weights: Annotated[list[Share], Len(1, 16)]


@EXACT
class Lassoed(TypedDict):
    """Rows of the mapped pictures, a bit each, in base64."""

    rows: Annotated[str, MaxLen(1 << 20)]


@EXACT
class Grouped(TypedDict):
    """What is done with a group: it is chosen, renamed, or removed."""

    act: Literal["choose", "rename", "remove"]
    name: Name
    to: Name


@EXACT
class Group(TypedDict):
    name: Name


@EXACT
class Wanted(TypedDict):
    """A model for the browser, and those that are wanted after it."""

    model: Name
    after: Names


@EXACT
class Several(TypedDict):
    models: Names


@EXACT
class Hovered(Encoded):
    models: Names


@EXACT
class Neighboured(Hovered):
    """One of a map's pictures, of the page with this key."""

    key: str


@EXACT
class Pictured(TypedDict):
    """Several encoded pictures of a model."""

    model: Name
    rows: Annotated[list[NonNegativeInt], Len(1, 400)]


@EXACT
class Exported(TypedDict):
    """A group of the page with this key."""

    key: str
    name: Name


@EXACT
class Way(TypedDict):
    """To a step of what was done, by so many steps, to what a link's query names, or to the page
    that a picture was saved from, by its id."""

    to: NotRequired[int]
    by: NotRequired[int]
    query: NotRequired[Annotated[str, MaxLen(MOST_QUERY)]]
    saved: NotRequired[Name]


@MORE
class Taken(Keyed):
    """What is taken away: a tile's grid and index, the sheet of a grid of paths, a morph of so many
    tiles a side, or the view."""

    grid: NotRequired[Name]
    index: NotRequired[int]
    sheet: NotRequired[bool]
    tiles: NotRequired[Annotated[int, Interval(ge=3, le=15)]]


class Going(Event):
    shape = Way


class Picked(Event):
    shape = Source


class Given(Event):
    shape = Gathered


class Taught(Event):
    shape = Lesson


class Numbered(Event):
    shape = Direction


class Chosen(Event):
    shape = Compared


class Pointed(Event):
    shape = Encoded | Spot | Among


class Ringed(Event):
    shape = Lassoed


class Acted(Event):
    shape = Grouped


class Handed(Event):
    shape = Group
