"""Points a copy of TDLib's prebuilt library at a test server.

TDLib carries the addresses of its data centres and the servers' RSA keys as plain strings. They are replaced by strings
of exactly the same length in a copy; the file's layout does not change.
"""

from __future__ import annotations

import importlib.util
import pathlib
import re

KEY = re.compile(rb"-----BEGIN RSA PUBLIC KEY-----\n.*?-----END RSA PUBLIC KEY-----", re.S)
ADDRESS = re.compile(rb"(?<![0-9.])(?:149\.154|95\.161)\.[0-9]{1,3}\.[0-9]{1,3}(?=\0)")

# Loopback addresses by the length of what they replace.
LOOPBACK = {13: b"127.100.100.1", 14: b"127.100.100.10", 15: b"127.100.100.110"}
# The port that needs no privileges, of those TDLib dials.
PORT = 5222


def library() -> pathlib.Path:
    """The library of the installed wheel."""
    spec = importlib.util.find_spec("tdjson")
    for folder in spec.submodule_search_locations if spec and spec.submodule_search_locations else []:
        for found in sorted((pathlib.Path(folder).parent / "tdjson.libs").glob("libtdjson*.so*")):
            return found
    raise SystemExit("tdjson is not installed")


def patch(pem: str, out: pathlib.Path) -> None:
    """Writes the copy."""
    image = library().read_bytes()
    size = len(image)

    def key(found: re.Match) -> bytes:
        # Some builds break the lines of a key in other places: a line break more makes up for a byte.
        head, *body, foot = pem.splitlines()
        missing = len(found.group(0)) - len(pem)
        assert 0 <= missing < len(body), "the server's key must have 2048 bits and e = 65537"
        body = [line[:8] + "\n" + line[8:] if number < missing else line for number, line in enumerate(body)]
        return "\n".join([head, *body, foot]).encode()

    image, keys = KEY.subn(key, image)
    image, addresses = ADDRESS.subn(lambda found: LOOPBACK[len(found.group(0))], image)
    assert keys and addresses and len(image) == size, "this build of TDLib has another layout"
    out.write_bytes(image)
