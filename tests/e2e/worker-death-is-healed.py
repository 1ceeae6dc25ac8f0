#!/usr/bin/env python3
"""Each child of frontd is killed in turn: connections of the other worker live
on, a new one takes the place of the dead, and all is served as before."""
import os
import signal
import ssl

from lib.stack import Stack, equal, name_of, until


def ask(client, text):
    client.sendall(text)
    equal("the echo", client.recv(100), text)


class Late:
    """A client whose last flight is held back."""

    def __init__(self, stack):
        self.sock = stack.connect()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = ssl.create_default_context(cafile=stack.chain).wrap_bio(
            self.incoming, self.outgoing, server_hostname="localhost")
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                self.incoming.write(self.sock.recv(65536))

    def finish(self, text):
        self.tls.write(text)
        self.sock.sendall(self.outgoing.read())

    def hears(self, text):
        while True:
            try:
                return equal("the echo", self.tls.read(100), text)
            except ssl.SSLWantReadError:
                data = self.sock.recv(65536)
                if not data:
                    raise AssertionError("a client was let down") from None
                self.incoming.write(data)


def die_unnoticed(stack):
    """Workers ask a frontd-connect that they do not know to be dead yet."""
    clients = [Late(stack) for _ in range(8)]
    workers = stack.pids("frontd-worker")
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    for client in clients:
        client.finish(b"to whom?")
    for victim in stack.pids("frontd-connect"):
        os.kill(victim, signal.SIGKILL)
    for worker in workers:
        os.kill(worker, signal.SIGCONT)
    for client in clients:
        client.hears(b"to whom?")


with Stack() as stack:
    clients = [stack.client() for _ in range(16)]
    for client in clients:
        ask(client, b"before")
    victim = stack.pids("frontd-worker")[0]
    os.kill(victim, signal.SIGKILL)
    until("there are two workers again", lambda: len(
        [pid for pid in stack.pids("frontd-worker") if pid != victim]) == 2)
    survivors = 0
    for client in clients:
        try:
            ask(client, b"after")
            survivors += 1
        except (OSError, AssertionError):
            pass
    # SO_REUSEPORT spreads them; that all 16 went to one worker is 1 in 32768.
    if not 0 < survivors < 16:
        raise AssertionError(f"{survivors} of 16 connections outlived one of two workers")
    for _ in range(20):
        stack.served()

    die_unnoticed(stack)
    for name in ("frontd-connect", "frontd-worker"):
        for victim in stack.pids(name):
            os.kill(victim, signal.SIGKILL)
        for _ in range(20):
            stack.served()
    if stack.log("frontd").count("event=child-died") < 4:
        raise AssertionError("a death was not logged")
