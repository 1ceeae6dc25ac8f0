#!/usr/bin/env python3
"""A client that says nothing, one that says its hello a byte at a time, and one
that is idle after the handshake are ended in time; others are served meanwhile."""
import threading
import time

from lib.stack import Stack, equal, until


def drip(sock):
    """A ClientHello's first bytes, slower than the handshake timeout allows."""
    try:
        for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100):
            sock.send(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass


with Stack(listen="handshake-timeout = 1s idle-timeout = 1500ms") as stack:
    before = len(stack.sessions())
    silent, slow = stack.connect(), stack.connect()
    dripping = threading.Thread(target=drip, args=(slow,))
    dripping.start()
    idle = stack.client()
    for _ in range(10):
        stack.served()
    for sock in (silent, slow):
        try:
            equal("what a slow client is told", sock.recv(100), b"")
        except ConnectionResetError:
            pass
    dripping.join()
    # Open for longer than both timeouts, and busy: it is not ended.
    with stack.client() as busy:
        for _ in range(12):
            busy.sendall(b"still here")
            equal("the echo", busy.recv(100), b"still here")
            time.sleep(0.25)
    until("all three ends are logged", lambda: (
        stack.sessions()[before:].count("handshake timeout") == 2 and
        stack.sessions()[before:].count("idle timeout") == 1))
    idle.close()
