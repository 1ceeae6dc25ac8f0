#!/usr/bin/env python3
"""Clients that reset, half-close or leave at every step of a connection, and
backends that speak first, reset, leave, hang or dribble: each ends its own
connection alone, in time, and nothing of it stays."""
import contextlib
import os
import socket
import ssl
import struct
import threading

from lib.stack import Stack, equal, until

over = threading.Event()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


# ---- backends ----

def echo(client):
    while data := client.recv(65536):
        client.sendall(bytes(4 << 20) if data.startswith(b"flood") else data)


def speaks_first(client):
    client.sendall(b"hello, who is there? ")
    echo(client)


def resets(client):
    reset(client)


def resets_later(client):
    client.recv(1000)
    reset(client)


def resets_in_the_middle(client):
    client.recv(1000)
    client.sendall(bytes(1 << 20))
    reset(client)


def leaves(client):
    client.close()


def answers_and_leaves(client):
    """Before it was asked, and it reads nothing."""
    client.sendall(b"HTTP/1.1 503 Busy\r\n\r\n")
    client.close()


def is_done_first(client):
    client.shutdown(socket.SHUT_WR)
    echo_to = 0
    while data := client.recv(65536):
        echo_to += len(data)


def hangs(_):
    over.wait(60)


def dribbles(client):
    client.recv(1000)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(200):
        client.sendall(b"x")


class Moody(Stack):
    mood = staticmethod(echo)

    def __init__(self):
        super().__init__(serve=lambda client: self.mood(client),
                         listen="handshake-timeout = 3s idle-timeout = 4s lifetime-timeout = 20s")

    def tried(self):
        try:
            with self.client() as client:
                client.sendall(b"are you there?")
                return client.recv(100) == b"are you there?"
        except OSError:
            return False

    def descriptors(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for name in ("frontd-worker", "frontd-connect")
                   for pid in self.pids(name))

    def asks(self, mood, data=b"a question"):
        """All that comes back, and the error it ends with, or None."""
        self.mood = mood
        got = b""
        try:
            with self.client(timeout=30) as client:
                client.sendall(data)
                while more := client.recv(65536):
                    got += more
                    if mood in (speaks_first, dribbles) and len(got) >= 200 - 170 * (mood is speaks_first):
                        break
        except OSError as error:
            return got, error
        finally:
            self.mood = echo
        return got, None


# ---- clients ----

class Client:
    """TLS over bytes, so that it may stop anywhere."""

    def __init__(self, stack, version):
        context = ssl.create_default_context(cafile=stack.chain)
        context.minimum_version = context.maximum_version = version
        self.inward, self.outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inward, self.outward, server_hostname="localhost")
        self.sock = stack.connect(30)

    def turn(self, what):
        """What is to be sent for that, or waits for more."""
        with contextlib.suppress(ssl.SSLWantReadError):
            what()
        return self.outward.read()

    def hears(self):
        self.inward.write(self.sock.recv(65536))

    def greets(self):
        return self.turn(self.tls.do_handshake)

    def agrees(self):
        """All but the last flight, which is given back."""
        self.sock.sendall(self.greets())
        last = b""
        while not last:
            self.hears()
            last = self.greets()
        return last

    def is_through(self):
        self.sock.sendall(self.agrees())
        while True:
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                self.hears()

    def record(self, data):
        return self.turn(lambda: self.tls.write(data))


def nothing(client):
    del client


def half_a_hello(client):
    hello = client.greets()
    client.sock.sendall(hello[:len(hello) // 2])


def a_hello(client):
    client.sock.sendall(client.greets())


def hears_the_server(client):
    client.agrees()


def half_a_finish(client):
    last = client.agrees()
    client.sock.sendall(last[:-5])


def a_finish(client):
    client.sock.sendall(client.agrees())


def some_data(client):
    client.is_through()
    client.sock.sendall(client.record(b"data"))
    client.hears()


def half_a_record(client):
    client.is_through()
    client.sock.sendall(client.record(bytes(1000))[:500])


def much_unread(client):
    client.is_through()
    client.sock.sendall(client.record(b"flood"))
    client.sock.recv(1)


def said_the_end(client):
    client.is_through()
    client.sock.sendall(client.record(b"data") + client.turn(client.tls.unwrap))


STATES = (nothing, half_a_hello, a_hello, hears_the_server, half_a_finish, a_finish, some_data, half_a_record,
          much_unread, said_the_end)


def half_closes(sock):
    """And waits for the other half."""
    sock.shutdown(socket.SHUT_WR)
    with contextlib.suppress(ConnectionResetError):
        while sock.recv(1 << 20):
            pass
    sock.close()


def comes(stack, state, ending, version):
    client = Client(stack, version)
    state(client)
    ending(client.sock)


with Moody() as stack:
    workers = stack.pids("frontd-worker")
    until("the first has ended", lambda: len(stack.sessions()) >= 1)
    held = stack.descriptors()
    wrong = []
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        for ending in (reset, half_closes, socket.socket.close):
            for state in STATES:
                try:
                    comes(stack, state, ending, version)
                except OSError as error:
                    wrong.append(f"{state.__name__}, {ending.__name__}, {version.name}: {error!r}")
    equal("what did not end as it should", wrong, [])
    equal("it serves", stack.tried(), True)

    greeting = b"hello, who is there? "
    for mood, wanted in ((speaks_first, greeting + b"a question"), (dribbles, b"x" * 200),
                         (is_done_first, b""), (leaves, b""), (answers_and_leaves, b"HTTP/1.1 503 Busy\r\n\r\n")):
        got, error = stack.asks(mood)
        # Over a backend that has left without reading it, the question is a reset, of which an alert may tell.
        equal(f"{mood.__name__}: {error!r}", got, wanted)
    for mood in (resets, resets_later, resets_in_the_middle):
        got, error = stack.asks(mood, bytes(100000))
        equal(f"{mood.__name__}: an end that looks like a whole answer", error is None and got != b"", False)
    got, error = stack.asks(hangs, bytes(1 << 20))
    equal("of one that hangs", got, b"")
    over.set()
    equal("it serves", stack.tried(), True)
    until("nothing of it stays", lambda: stack.descriptors() <= held, 60)
    equal("the workers", stack.pids("frontd-worker"), workers)
    equal("nobody died", "event=child-died" in stack.log("frontd"), False)
