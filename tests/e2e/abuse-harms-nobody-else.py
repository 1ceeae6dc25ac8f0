#!/usr/bin/env python3
"""Half-open handshakes, a hello a byte at a time, clients that do not read: they
cost little memory, end in time, and others are served meanwhile."""
import os

from lib.stack import Stack, equal, status_of, until

HALF_OPEN, SLOW = 400, 40


def flood(client):
    """Sends for as long as it is taken."""
    first = client.recv(100)
    if first == b"flood":
        while True:
            client.sendall(bytes(65536))
    while first:
        client.sendall(first)
        first = client.recv(65536)


def memory(stack):
    return sum(int(status_of(pid)["VmRSS"].split()[0]) for pid in stack.pids("frontd-worker"))


def descriptors(stack):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in stack.pids("frontd-worker"))


with Stack(serve=flood, listen="handshake-timeout = 4s lifetime-timeout = 8s") as stack:
    for _ in range(20):
        stack.served()
    until("all have ended", lambda: len(stack.sessions()) >= 20)
    before, held = memory(stack), descriptors(stack)

    half = [stack.connect() for _ in range(HALF_OPEN)]
    for number, sock in enumerate(half):
        sock.sendall((b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")[number % 3])
    for _ in range(20):
        stack.served()
    # Some ten KiB each, most of it libtls'.
    grown = (memory(stack) - before) / HALF_OPEN
    if grown > 64:
        raise AssertionError(f"a half-open handshake takes {grown} KiB")
    until("they are timed out", lambda: stack.sessions().count("handshake timeout") == HALF_OPEN, 40)
    for sock in half:
        sock.close()

    base = memory(stack)
    slow = [stack.client() for _ in range(SLOW)]
    for client in slow:
        client.sendall(b"flood")
    for _ in range(20):
        stack.served()
    # Two buffers, and what libtls holds to be sent; not what the backend has.
    grown = (memory(stack) - base) / SLOW
    if grown > 256:
        raise AssertionError(f"a client that does not read takes {grown} KiB")
    for _ in range(20):
        stack.served()
    until("their life ends", lambda: stack.sessions().count("lifetime timeout") >= SLOW, 40)
    for client in slow:
        client.close()
    until("descriptors are back", lambda: descriptors(stack) <= held, 20)
    equal("nobody died", "event=child-died" in stack.log("frontd"), False)
