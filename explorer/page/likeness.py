"""What is said of a picture: what was found in it, and whether the models know its like."""

from explorer.pictures.picture import Picture
from explorer.session.state import Session
from explorer.verbs.common.domain import Unlike, unlike
from explorer.words import chain, numeral, say

MOST = 100  # times as far; beyond that the figure means nothing more
REFINED_FIRST = say("Refined codes are shown first: compare their MSE with that of the encoder's.")


def said(session: Session, picture: Picture) -> str:
    """What was found in the picture, and whether the models know its like."""
    parts = [picture.crop.message] if picture.crop else []
    if len(picture.faces) > 1:
        parts.append(say("The others can be chosen under “Correct the crop”."))
    if picture.toned:
        parts.append(say("Its colours are adapted to the models."))
    elif far := unlike(picture, session.models, session.colours):
        parts += [warning(far), REFINED_FIRST]
    return chain("{one} {next}", parts)


def warning(far: Unlike) -> str:
    """That a picture is unlike what the models know, and by how much."""
    if not far.share:
        return say(
            "It is {unlike} than nearly all that these models draw: encoders may miss it.",
            unlike=chain("{one} and {next}", far.reasons),
        )
    if not far.reasons:
        return say(
            "It is unlike what {model} was trained on, {share} times as far from it as 99 % of "
            "held-out pictures: encoders may miss it.",
            model=far.model.title,
            share=times(far.share),
        )
    return say(
        "It is {unlike} than nearly all that these models draw, {share} times as far from them as "
        "99 % of held-out pictures: encoders may miss it.",
        unlike=chain("{one} and {next}", far.reasons),
        share=times(far.share),
    )


def times(share: float) -> str:
    """How many times as far, in words."""
    return numeral(f"{share:.1f}") if share <= MOST else say("more than {most}", most=str(MOST))
