#!/usr/bin/env python3
"""Reloads of keyd in the midst of handshakes, new signers each time: none
fails, none waits for long, and workers let the old channels go."""
import os
import signal

from lib.load import Load
from lib.stack import Stack, equal, until

RELOADS = 6
CLIENTS = 3

with Stack() as stack:
    def done():
        return stack.log("keyd").count("event=reload result=done")

    def descriptors():
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in stack.pids("frontd-worker")]

    signers = [tuple(stack.pids("keyd-signer"))]
    with Load(stack, CLIENTS) as load:
        for number in range(RELOADS):
            os.kill(stack.keyd.pid, signal.SIGHUP)
            until(f"reload {number}", lambda: done() > number, 60)
            load.goes_on()
            until("the old signer ends", lambda: len(stack.pids("keyd-signer")) == 1, 60)
            signers.append(tuple(stack.pids("keyd-signer")))
    equal("signers that served", len(set(signers)), RELOADS + 1)
    # A control channel, a listener and the like: no channel for each reload.
    until("workers let old channels go", lambda: max(descriptors()) < 12 + CLIENTS)
