#!/usr/bin/env python3
"""Reloads of frontd under load: no connection fails, each that begins after one
has the new configuration, and those that began before go on with the old until
they end. Nothing is left behind."""
import os

from lib.load import Load
from lib.ports import free_port
from lib.reload import Reloading
from lib.stack import equal, until

RELOADS = 12
CLIENTS = 3


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


with Reloading() as stack:
    stack.renew_chain("first")
    stack.reload()
    equal("the certificate", stack.shown(), "first")
    until("the workers before have ended", lambda: len(stack.pids("frontd-worker")) == 2, 30)

    with Load(stack, CLIENTS) as load:
        held = descriptors(stack.frontd.pid)
        old = stack.client()
        old.sendall(b"before")
        equal("the echo", old.recv(100), b"before")
        for number in range(RELOADS):
            stack.renew_chain(f"number {number}")
            # Fewer and more workers, too: sockets are shared out among them.
            stack.rewrite(processes=(2, 4, 1)[number % 3])
            stack.reload()
            equal("the certificate", stack.shown(), f"number {number}")
            load.goes_on()
        old.sendall(b"after")
        equal("the echo on the old configuration", old.recv(100), b"after")
        equal("its certificate", old.getpeercert()["subject"][0][0][1], "first")
    stack.rewrite(processes=2)
    stack.reload()
    until("its worker and two more run", lambda: len(stack.pids("frontd-worker")) == 3, 30)
    equal("what relays for both", len(stack.pids("frontd-connect")), 2)
    old.close()
    until("all before have ended", lambda: len(stack.pids("frontd-worker")) == 2
          and len(stack.pids("frontd-connect")) == 1, 30)
    # Two sockets more: there were four workers once.
    until("what they held is closed", lambda: descriptors(stack.frontd.pid) <= held + 2)

    # A listener comes and goes; the other one is served all the time.
    port, other = stack.port, free_port()
    stack.rewrite(more=f'listen "127.0.0.1:{other}" {{ default = "demo" }}')
    stack.reload()
    stack.port = other
    stack.served()
    stack.port = port
    stack.served()
    waiting = []
    stack.rewrite(more="")
    stack.reload()
    stack.port = other
    try:
        stack.served()
        raise AssertionError("a listener that is gone was served")
    except ConnectionRefusedError:
        pass
    stack.port = port
    stack.served()
