#!/usr/bin/env python3
"""Who does not read, or says his first message byte by byte and no end of it, has a
socket and a bounded piece of memory of a worker's, and nobody else waits for him."""
import socket

from lib.stack import Stack, equal, status_of, until

MANY = 50
PIECE = 192  # KiB that one of them may cost: what waits for him, once in plain and once encrypted


def pour(client):
    """Echoes one line, then sends whatever the client takes."""
    line = client.recv(100)
    client.sendall(line)
    if line == b"more\n":
        while True:
            client.sendall(bytes(65536))


def memory(pid):
    """KiB that are the process's own."""
    return int(status_of(pid)["RssAnon"].split()[0])


def served(stack):
    with stack.client() as client:
        client.sendall(b"line\n")
        equal("the echo", client.recv(100), b"line\n")


class Pouring(Stack):
    def tried(self):
        try:
            served(self)
            return True
        except OSError:
            return False


with Pouring(serve=pour, processes=1, listen="handshake-timeout = 60s idle-timeout = 60s") as stack:
    worker, = stack.pids("frontd-worker")
    for _ in range(20):
        served(stack)
    before = memory(worker)
    readers = []
    for _ in range(MANY):
        client = stack.client()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"more\n")
        readers.append(client)
    # All of them have begun, and are full, when the last one is.
    equal("it began", readers[-1].recv(5), b"more\n")
    served(stack)
    writers = []
    for _ in range(MANY):
        raw = stack.connect()
        raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        writers.append(raw)
    for _ in range(5):
        for raw in writers:
            raw.sendall(b"\0")
        served(stack)
    most = before + 2 * MANY * PIECE
    if memory(worker) > most:
        raise AssertionError(f"{memory(worker)} KiB, {before} before: more than {most}")
    equal("nobody was sent away", stack.pids("frontd-worker"), [worker])
    for sock in readers + writers:
        sock.close()
    until("they are gone", lambda: len(stack.sessions()) >= 2 * MANY, 30)
    served(stack)
