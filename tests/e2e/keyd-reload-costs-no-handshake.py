#!/usr/bin/env python3
"""Reloads of keyd in the midst of handshakes, new signers each time: none
fails, none waits for long, and workers let the old channels go."""
import os
import signal
import threading

from lib.stack import Stack, equal, until

RELOADS = 6
CLIENTS = 3

with Stack() as stack:
    end, failures, served = threading.Event(), [], []

    def client():
        while not end.is_set():
            try:
                stack.served()
                served.append(1)
            except OSError as error:
                failures.append(error)

    def done():
        return stack.log("keyd").count("event=reload result=done")

    def descriptors():
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in stack.pids("frontd-worker")]

    signers = [tuple(stack.pids("keyd-signer"))]
    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for number in range(RELOADS):
        os.kill(stack.keyd.pid, signal.SIGHUP)
        until(f"reload {number}", lambda: done() > number, 60)
        before = len(served)
        until("handshakes after it", lambda: len(served) > before + CLIENTS, 60)
        until("the old signer ends", lambda: len(stack.pids("keyd-signer")) == 1, 60)
        signers.append(tuple(stack.pids("keyd-signer")))
    end.set()
    for one in clients:
        one.join()
    equal("failed handshakes", failures, [])
    equal("signers that served", len(set(signers)), RELOADS + 1)
    # A control channel, a listener and the like: no channel for each reload.
    until("workers let old channels go", lambda: max(descriptors()) < 12 + CLIENTS)
