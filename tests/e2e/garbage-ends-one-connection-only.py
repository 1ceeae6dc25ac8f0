#!/usr/bin/env python3
"""What is no TLS, or broken TLS, gets the alert of its error and ends its own
connection with one log line; a connection beside it notices nothing."""
import os
import random

from lib.stack import Stack, equal, until

random.seed(20261124)
HELLO = b"\x16\x03\x01"
# What is sent, and the description of the fatal alert that must come back
# (RFC 8446 section 6.2): 10 unexpected_message, 22 record_overflow,
# 50 decode_error, 70 protocol_version.
GARBAGE = [
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", {10, 70}),
    (b"\x17\x03\x03\x00\x10" + bytes(16), {10}),
    (HELLO + b"\xff\xff" + bytes(1000), {22}),
    (HELLO + b"\x00\x00", {10}),
    (HELLO + b"\x00\x04\x01\x00\x00\x00", {50}),
    (HELLO + b"\x00\x08\x01\x00\x00\x04\x03\x03\x00\x00", {50}),
    (HELLO + b"\x00\x04\x14\x00\x00\x00", {10}),
    (b"\x15\x03\x03\x00\x02\x02\x28", set()),
]


def answer(sock):
    """All that comes until the end."""
    got = b""
    try:
        while more := sock.recv(4096):
            got += more
    except ConnectionResetError:
        pass
    return got


def broken(stack):
    """Ends but those of connections that were in order: the first one's may come late."""
    return [end for end in stack.sessions() if end != "closed"]


with Stack() as stack:
    beside = stack.client()
    for data, alerts in GARBAGE:
        before = len(broken(stack))
        with stack.connect() as sock:
            sock.sendall(data)
            got = answer(sock)
        if alerts:
            equal(f"the alert for {data[:12]!r}", (got[:1], got[5:6]), (b"\x15", b"\x02"))
            if got[6] not in alerts:
                raise AssertionError(f"alert {got[6]} for {data[:12]!r}, not one of {alerts}")
        else:
            equal("the answer to an alert", got, b"")
        beside.sendall(b"unharmed")
        equal("the echo", beside.recv(100), b"unharmed")
        until("the one log line", lambda: len(broken(stack)) == before + 1, 40)
    for size in (1, 5, 100, 5000, 70000):
        for first in (b"", HELLO):
            with stack.connect() as sock:
                try:
                    sock.sendall(first + random.randbytes(size))
                except OSError:
                    pass
    stack.served()
    beside.sendall(b"unharmed")
    equal("the echo", beside.recv(100), b"unharmed")
    beside.close()
    if "event=child-died" in stack.log("frontd"):
        raise AssertionError("garbage ended a worker")
