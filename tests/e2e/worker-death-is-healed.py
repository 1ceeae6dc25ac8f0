#!/usr/bin/env python3
"""Each child of frontd is killed in turn: connections of the other worker live
on, a new one takes the place of the dead, and all is served as before."""
import os
import signal

from lib.stack import Stack, equal, name_of, until


def ask(client, text):
    client.sendall(text)
    equal("the echo", client.recv(100), text)


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

    for name in ("frontd-connect", "frontd-worker"):
        for victim in stack.pids(name):
            os.kill(victim, signal.SIGKILL)
        for _ in range(20):
            stack.served()
    if stack.log("frontd").count("event=child-died") < 4:
        raise AssertionError("a death was not logged")
