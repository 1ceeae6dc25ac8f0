#!/usr/bin/env python3
"""Writes schedule12.tsv: the key schedule of TLS 1.2 and older, from the RFCs.

RFC 5246 5, 6.3, 8.1, 7.4.9; RFC 4346 5; RFC 7627 4; RFC 6101 5.6.9, 6.1, 6.2.2.
It uses hashlib and hmac only, and shares nothing with libtls.
tests/vectors/schedule12.py >tests/vectors/schedule12.tsv
"""
import hashlib
import hmac

CLIENT_RANDOM = bytes(range(0x20, 0x40))
SERVER_RANDOM = bytes(range(0xa0, 0xc0))
# RSA's; X25519's; P-521's; an odd length, whose halves share a byte; DHE's.
PREMASTERS = [bytes(i * 7 + n & 255 for i in range(n)) for n in (48, 32, 66, 65, 256)]
MESSAGES = bytes(i * i + 3 & 255 for i in range(1500))
KEY_BLOCK = 192  # more than any suite takes
HASHES = {"TLS 1.2, SHA-256": "sha256", "TLS 1.2, SHA-384": "sha384"}


def p_hash(name, secret, seed, size):
    out, a = b"", seed
    while len(out) < size:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:size]


def prf(version, secret, label, seed, size):
    if version == "SSLv3":
        out, i = b"", 0
        while len(out) < size:
            i += 1
            letters = bytes([64 + i]) * i
            inner = hashlib.sha1(letters + secret + seed).digest()
            out += hashlib.md5(secret + inner).digest()
        return out[:size]
    seed = label + seed
    if version in HASHES:
        return p_hash(HASHES[version], secret, seed, size)
    half = (len(secret) + 1) // 2
    left = p_hash("md5", secret[:half], seed, size)
    right = p_hash("sha1", secret[len(secret) - half:], seed, size)
    return bytes(a ^ b for a, b in zip(left, right))


def session_hash(version, data):
    if version in HASHES:
        return hashlib.new(HASHES[version], data).digest()
    return hashlib.md5(data).digest() + hashlib.sha1(data).digest()


def sslv3_finished(master, sender):
    out = b""
    for name, pads in (("md5", 48), ("sha1", 40)):
        inner = hashlib.new(name, MESSAGES + sender + master + b"\x36" * pads).digest()
        out += hashlib.new(name, master + b"\x5c" * pads + inner).digest()
    return out


def row(version, side, name, value):
    print(version, side, name, value.hex(), sep="\t")


def main():
    for i, premaster in enumerate(PREMASTERS):
        row("inputs", "both", f"premaster{i}", premaster)
    row("inputs", "client", "random", CLIENT_RANDOM)
    row("inputs", "server", "random", SERVER_RANDOM)
    row("inputs", "both", "messages", MESSAGES)
    for version in (*HASHES, "TLS 1.0", "SSLv3"):
        for i, premaster in enumerate(PREMASTERS):
            master = prf(version, premaster, b"master secret", CLIENT_RANDOM + SERVER_RANDOM, 48)
            row(version, "both", f"master{i}", master)
            if version != "SSLv3":
                row(version, "both", f"extended{i}", prf(version, premaster, b"extended master secret",
                                                        session_hash(version, MESSAGES), 48))
        # From the last master secret:
        row(version, "both", "block", prf(version, master, b"key expansion", SERVER_RANDOM + CLIENT_RANDOM, KEY_BLOCK))
        for side, label, sender in (("client", b"client finished", b"CLNT"), ("server", b"server finished", b"SRVR")):
            value = sslv3_finished(master, sender) if version == "SSLv3" else prf(
                version, master, label, session_hash(version, MESSAGES), 12)
            row(version, side, "finished", value)


main()
