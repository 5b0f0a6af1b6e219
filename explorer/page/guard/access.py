"""Who may sign in: a file with a line `name:password` for each, the password as it is or hashed.

`python -m explorer.page.guard.access` asks for both and prints the line with a hashed one.
"""

import asyncio
import hashlib
import hmac
import os
import re
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path

from training.errors import UserError

MARK = "scrypt$"
HASHED = re.compile(r"scrypt\$([0-9a-f]{2}){8,}\$[0-9a-f]{128}")


def readers(path: Path) -> Callable[[str, str], Awaitable[bool]]:
    """Whether name and password are in the file, for `Blocks.launch`; raises UserError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{path} cannot be read: give a text file with --auth-file.") from None
    known = {}
    for number, line in enumerate(lines, 1):
        name, colon, password = line.strip().partition(":")
        if name and not name.startswith("#"):
            broken = password.startswith(MARK) and not HASHED.fullmatch(password)
            if not colon or not password or broken:
                raise UserError(f"Line {number} of {path.name} is not like name:password.")
            known[name] = password if password.startswith(MARK) else hashed(password)
    if not known:
        raise UserError(f"{path.name} names nobody: write a line name:password for each.")
    nobody = hashed("")

    async def may(name: str, password: str) -> bool:
        kept = known.get(name, nobody)  # nobody takes as long as somebody
        salt = bytes.fromhex(kept.removeprefix(MARK).partition("$")[0])
        given = await asyncio.to_thread(hashed, password, salt)
        return hmac.compare_digest(given, kept) and name in known

    return may


def hashed(password: str, salt: bytes | None = None) -> str:
    """`scrypt$SALT$HASH`, both in hexadecimal digits."""
    salt = os.urandom(16) if salt is None else salt
    digest = hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, n=2**14, r=8, p=1)
    return f"{MARK}{salt.hex()}${digest.hex()}"


def main() -> None:
    print("Name: ", end="", file=sys.stderr, flush=True)  # the line alone may go into the file
    if ":" in (name := input()):
        sys.exit("A name has no colon: give another one.")
    print(f"{name}:{hashed(getpass('Password: '))}")


if __name__ == "__main__":
    main()
