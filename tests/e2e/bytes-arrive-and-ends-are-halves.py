#!/usr/bin/env python3
"""Relaying: every byte arrives in both directions at once, a reader that stops
is not read for (the worker's memory stays small), and each direction ends on
its own."""
import contextlib
import hashlib
import random
import select
import socket
import ssl
import time

from lib.stack import Stack, equal, status_of, until

MEBI = 1 << 20
DATA = random.Random(1).randbytes(24 * MEBI)


def fill(client):
    """Sends without end, until the other side is gone."""
    try:
        while True:
            client.sendall(DATA[:MEBI])
    except OSError:
        pass


def serve(client):
    first = client.recv(1)
    if first == b"f":
        fill(client)
    elif first == b"e":  # the backend ends first, then still listens
        client.sendall(b"done")
        client.shutdown(socket.SHUT_WR)
        digest = hashlib.sha256()
        while data := client.recv(65536):
            digest.update(data)
        heard.append(digest.hexdigest())
    else:  # echo, and say when the client has ended
        client.sendall(first)
        while data := client.recv(65536):
            client.sendall(data)
        client.sendall(b"the end")


def rss(pid):
    return int(status_of(pid)["VmRSS"].split()[0]) * 1024


class Half:
    """TLS over memory buffers, so that each direction can be ended alone."""

    def __init__(self, stack):
        self.sock = stack.connect()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = ssl.create_default_context(cafile=stack.chain).wrap_bio(
            self.incoming, self.outgoing, server_hostname="localhost")
        self.run(self.tls.do_handshake)

    def run(self, call):
        while True:
            try:
                done = call()
                self.sock.sendall(self.outgoing.read())
                return done
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                data = self.sock.recv(65536)
                if not data:
                    raise EOFError from None
                self.incoming.write(data)

    def send(self, data):
        self.run(lambda: self.tls.write(data))

    def receive(self):
        """What comes; empty after the peer's close_notify."""
        try:
            return self.run(lambda: self.tls.read(65536))
        except ssl.SSLZeroReturnError:
            return b""

    def end(self):
        """Our close_notify, without waiting for the peer's."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.sock.sendall(self.outgoing.read())


def both_ways_at_once(stack):
    """One thread, since an SSL object must not be used by two."""
    data, sent = b"r" + DATA, 0
    pieces = []
    with stack.client() as client:
        client.setblocking(False)
        left = len(data)
        while left:
            select.select([client], [client] if sent < len(data) else [], [], 0.1)
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if sent < len(data):
                    sent += client.send(data[sent:sent + 65536])
            with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                while left and (got := client.recv(65536)):
                    pieces.append(got)
                    left -= len(got)
    equal("what came back", b"".join(pieces) == data, True)


def reader_that_stops(stack):
    """The backend sends for ever, the client reads nothing for a while."""
    worker = stack.pids("frontd-worker")[0]
    before = rss(worker)
    with stack.client() as client:
        client.sendall(b"f")
        equal("the first byte", client.recv(1), DATA[:1])
        time.sleep(1)
        grown = rss(worker) - before
        if grown > 2 * MEBI:
            raise AssertionError(f"the worker grew by {grown} bytes")
        for _ in range(1000):
            client.recv(16384)


def client_ends_first(stack):
    half = Half(stack)
    half.send(b"r and no more")
    half.end()
    got = b""
    while data := half.receive():
        got += data
    equal("after the client's end", got, b"r and no morethe end")


def backend_ends_first(stack):
    half = Half(stack)
    half.send(b"e")
    got = b""
    while data := half.receive():
        got += data
    equal("what the backend said", got, b"done")
    half.send(DATA[:MEBI])
    half.end()
    until("the backend heard the rest", lambda: heard)
    equal("what it heard", heard[0], hashlib.sha256(DATA[:MEBI]).hexdigest())


heard = []
with Stack(serve=serve, processes=1) as stack:
    both_ways_at_once(stack)
    reader_that_stops(stack)
    client_ends_first(stack)
    backend_ends_first(stack)
