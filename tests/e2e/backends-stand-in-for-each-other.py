#!/usr/bin/env python3
"""Several backends of a site have their turns, or the one with the least
connections; one that refuses or does not answer costs no connection while
another does, is left alone for a while, and comes back. PROXY version 1."""
import contextlib
import socket
import threading

from lib.ports import free_port
from lib.stack import Stack, equal, until


class Named:
    """A backend that says its name first, and then nothing until the end."""

    def __init__(self, name, port=None):
        self.name, self.port = name, port or free_port()
        self.start()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self.run, args=(self.listener,), daemon=True).start()

    def stop(self):
        # Who waits in accept() would keep it open.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def run(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError):
            client.sendall(self.name.encode())
            while client.recv(4096):
                pass

    def address(self):
        return f"127.0.0.1:{self.port}"


class Several(Stack):
    def __init__(self, backends, words):
        self.backends = " ".join((", ".join(f'"{b}"' for b in backends), "}", words))
        super().__init__()

    def write(self, name, text):
        text = text.replace(f'backend = "{self.backend.address}"', f"backends = {{ {self.backends}")
        super().write(name, text)

    def tried(self):
        with contextlib.suppress(OSError):
            self.name()
            return True

    def name(self):
        with self.client() as client:
            return client.recv(100).decode()

    def names(self, count):
        return [self.name() for _ in range(count)]


def count(names):
    return [names.count(name) for name in "abc"]


three = [Named(name) for name in "abc"]
with Several([b.address() for b in three], "backend-failures = 1 backend-down = 500ms") as stack:
    equal("turns", count(stack.names(12)), [4, 4, 4])
    three[1].stop()
    equal("two stand in", sorted(set(stack.names(12))), ["a", "c"])
    until("it is down", lambda: f"address={three[1].address()} state=down" in stack.log("frontd"))
    three[1].start()
    until("it is back", lambda: stack.name() == "b")
    until("and up", lambda: f"address={three[1].address()} state=up" in stack.log("frontd"))
    equal("turns again", count(stack.names(12)), [4, 4, 4])
    for backend in three:
        backend.stop()
    with stack.client() as client:
        with contextlib.suppress(OSError):
            equal("nobody answers", client.recv(100), b"")
    until("it is said", lambda: "backend: Connection refused" in stack.sessions())
    for backend in three:
        backend.start()
    until("all are back", lambda: count(stack.names(6)) == [2, 2, 2])

# One that takes no connection: its queue is full.
with socket.socket() as deaf:
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(0)
    full = []
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(deaf.getsockname())
        full.append(sock)
    with Several(["127.0.0.1:%d" % deaf.getsockname()[1], three[0].address()],
                 "connect-timeout = 300ms backend-failures = 2 backend-down = 1h") as stack:
        equal("another answers", stack.names(6), ["a"] * 6)
        equal("it is down", stack.log("frontd").count("state=down"), 1)
        stack.names(6)
        equal("nobody waits for it any more", stack.log("frontd").count("event=backend"), 1)

with Several([b.address() for b in three[:2]], "balance = least-connections") as stack:
    until("nothing is open", lambda: len(stack.sessions()) >= 1)
    held = {}
    for _ in range(6):
        client = stack.client()
        held.setdefault(client.recv(100), []).append(client)
    equal("the same for both", {name: len(clients) for name, clients in held.items()}, {b"a": 3, b"b": 3})
    before = len(stack.sessions())
    for client in held[b"a"]:
        client.close()
    until("three have ended", lambda: len(stack.sessions()) >= before + 3)
    more = [stack.client() for _ in range(3)]
    equal("who has none is next", [client.recv(100) for client in more], [b"a"] * 3)
    for client in more + held[b"b"]:
        client.close()

with Several([b.address() for b in three[:2]],
             "backend-check = 200ms backend-failures = 2 backend-down = 1h") as stack:
    three[0].stop()
    until("it is noticed", lambda: "state=down" in stack.log("frontd"))
    equal("the other serves", stack.names(4), ["b"] * 4)
    three[0].start()
    until("and that it is back", lambda: "state=up" in stack.log("frontd"))
    equal("both serve", sorted(stack.names(4)), ["a", "a", "b", "b"])


lines = []


def first_line(client):
    """Keeps the header, and sends back what comes after it."""
    line = b""
    while not line.endswith(b"\r\n"):
        line += client.recv(1)
    lines.append(line.decode())
    while data := client.recv(4096):
        client.sendall(data)


with Stack(serve=first_line, site="proxy-protocol = v1") as stack:
    with stack.client() as client:
        client.sendall(b"mine")
        equal("the echo", client.recv(100), b"mine")
        address, port = client.getsockname()
    equal("the header", f"PROXY TCP4 {address} 127.0.0.1 {port} {stack.port}\r\n" in lines, True)
