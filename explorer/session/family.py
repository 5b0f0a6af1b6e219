"""The family of the pictures that children were bred from, and the broods that were shown."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

from torch import Tensor

from explorer.pictures.picture import Picture
from explorer.pictures.recipe import Kin, Thing
from explorer.words import say

MOST = 100  # parents that a family remembers, and broods


@dataclass
class Member:
    """A picture that was a parent, of its own, since others may be changed; the ids of its own
    parents, and its generation."""

    picture: Picture
    parents: list[str]
    generation: int


@dataclass
class Family:
    """Who was a parent, by the pictures' ids, and which attributes are held."""

    members: dict[str, Member] = field(default_factory=dict)
    held: list[str] = field(default_factory=list, metadata={"said": say("held still")})

    @property
    def pictures(self) -> list[Picture]:
        return [member.picture for member in self.members.values()]

    def ancestor(self, picture: Picture) -> Picture:
        """The first parent of the first parent, and so on."""
        member = self.members[picture.id]
        while member.parents and (parent := self.members.get(member.parents[0])):
            if parent.generation >= member.generation:
                break  # after an undo two may be each other's children, by their codes
            member = parent
        return member.picture

    def forget(self, parents: list[Picture]) -> None:
        """Drops the oldest members where there are too many, but none of `parents`."""
        kept = {parent.id for parent in parents}
        others = [name for name in self.members if name not in kept]
        for name in others[: max(len(self.members) - MOST, 0)]:
            del self.members[name]


@dataclass(eq=False)
class Born:
    """The broods that were shown, each with its parents' ids and generation; which child of the
    last one, whose `name` is its parents' and seed, was chosen."""

    broods: list[tuple[dict[str, Tensor], list[str], int]] = field(default_factory=list)
    name: str = ""
    chosen: int | None = None


def join(family: Family, born: Born, picture: Picture) -> None:
    """A parent belongs to the family: as the child of a brood that has its code, else as a first
    one."""
    if picture.id in family.members:
        return
    own = copy(picture)
    for codes, parents, generation in reversed(born.broods):
        if picture.id in parents:
            continue  # an undo took it from the family; its own child may have its code
        shared = [name for name in codes if name in picture.codes]
        if shared and (codes[shared[0]] == picture.codes[shared[0]]).all(dim=1).any():
            family.members[picture.id] = Member(own, parents, generation)
            break
    else:
        family.members[picture.id] = Member(own, [], 0)


def remember(born: Born, codes: dict[str, Tensor], parents: list[Picture], generation: int) -> None:
    born.broods = [*born.broods, (codes, [each.id for each in parents], generation)][-MOST:]


def told(
    family: Family, slots: Mapping[str, Picture], thing: Callable[[Picture], Thing]
) -> list[Kin]:
    """The family as a recipe holds it, whose pictures it has by `thing`."""
    places = {name: at for at, name in enumerate(family.members)}
    lies = {picture.id: slot for slot, picture in slots.items()}
    return [
        Kin(
            picture=thing(each.picture),
            parents=[places[parent] for parent in each.parents if parent in places],
            generation=each.generation,
            slot=lies.get(name, ""),
        )
        for name, each in family.members.items()
    ]


def retold(
    kin: Sequence[Kin], slots: Mapping[str, Picture], pictured: Callable[[Thing], Picture]
) -> dict[str, Member]:
    """The members of such a family; those that lie in slots are the pictures there."""
    pictures = [slots.get(each.slot) or pictured(each.picture) for each in kin]
    return {
        picture.id: Member(picture, [pictures[at].id for at in each.parents], each.generation)
        for picture, each in zip(pictures, kin, strict=True)
    }
