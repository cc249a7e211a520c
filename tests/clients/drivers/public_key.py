"""Reads the PKCS#1 public key that `hoopoe key` prints."""

import base64
import hashlib
import re

PEM = re.compile(r"-----BEGIN RSA PUBLIC KEY-----(.*?)-----END RSA PUBLIC KEY-----", re.S)


def _element(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = data[at + 1], at + 2
    if length & 0x80:
        width = length & 0x7F
        length, at = int.from_bytes(data[at:at + width], "big"), at + width
    return data[at:at + length], at + length


def _tl_string(number: int) -> bytes:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    head = bytes([len(raw)]) if len(raw) < 254 else b"\xfe" + len(raw).to_bytes(3, "little")
    return head + raw + bytes(-(len(head) + len(raw)) % 4)


def block(text: str) -> str:
    """The PEM block alone."""
    found = PEM.search(text)
    assert found, "no public key in the output of `hoopoe key`"
    return found.group(0)


def numbers(text: str) -> tuple[int, int, int]:
    """Fingerprint (signed), modulus, exponent."""
    der = base64.b64decode("".join(PEM.search(text).group(1).split()))
    body, _ = _element(der, 0)
    modulus, after = _element(body, 0)
    exponent, _ = _element(body, after)
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    digest = hashlib.sha1(_tl_string(n) + _tl_string(e)).digest()
    return int.from_bytes(digest[-8:], "little", signed=True), n, e
