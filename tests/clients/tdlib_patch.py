"""Points a copy of TDLib's prebuilt library at a test server.

TDLib carries the addresses of its data centres and the servers' RSA keys as plain text: in the data, or (newer builds) in
the instructions that write it. The keys, and the first halves of the addresses, are replaced in a copy by text of the same
length: an address 149.154.x.y becomes 127.n.x.y, which is loopback on Linux.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re

KEY = re.compile(rb"-----BEGIN RSA PUBLIC KEY-----\n.*?-----END RSA PUBLIC KEY-----", re.S)
# Whole, or in two overlapping halves around a `mov`.
ADDRESS = re.compile(rb"149\.154|\.154(A?\xc7G?\x01)149\.")

# Each process has a network of its own, since the port is the same for all.
NET = 100 + os.getpid() % 100
# TDLib's data centres 1 to 5; it starts at the first.
ADDRESSES = tuple(f"127.{NET}.{rest}" for rest in ("175.50", "167.51", "175.100", "167.91", "171.5"))
# The port that needs no privileges, of those TDLib dials.
PORT = 5222


def library() -> pathlib.Path:
    """The library of the installed wheel."""
    spec = importlib.util.find_spec("tdjson")
    for folder in spec.submodule_search_locations if spec and spec.submodule_search_locations else []:
        for found in sorted((pathlib.Path(folder).parent / "tdjson.libs").glob("libtdjson*.so*")):
            return found
    raise SystemExit("tdjson is not installed")


def patch(pem: str, out: pathlib.Path, source: pathlib.Path | None = None) -> None:
    """Writes the copy, of `source` or of the installed wheel's library."""
    image = (source or library()).read_bytes()
    size = len(image)

    def key(found: re.Match) -> bytes:
        # Some builds break the lines of a key in other places: a line break more makes up for a byte.
        head, *body, foot = pem.splitlines()
        missing = len(found.group(0)) - len(pem)
        assert 0 <= missing < len(body), "the server's key must have 2048 bits and e = 65537"
        body = [line[:8] + "\n" + line[8:] if number < missing else line for number, line in enumerate(body)]
        return "\n".join([head, *body, foot]).encode()

    def address(found: re.Match) -> bytes:
        between = found.group(1)
        return b"127.%d" % NET if between is None else b".%d%s127." % (NET, between)

    image, keys = KEY.subn(key, image)
    image, addresses = ADDRESS.subn(address, image)
    assert keys and addresses and len(image) == size, "this build of TDLib has another layout"
    out.write_bytes(image)
