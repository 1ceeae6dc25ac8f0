#!/usr/bin/env python3
"""Every process is stopped and goes on, as when a machine is frozen: it is the
same one as before and serves. The kernel has a stopped process go on waiting by
restart_syscall, which a filter must know."""
import os
import signal

from lib.stack import Stack, equal, status_of, until

NAMES = ("keyd", "keyd-signer", "frontd", "frontd-worker", "frontd-connect")


def state(pid):
    return status_of(pid).get("State", "gone")[0]


with Stack() as stack:
    pids = [pid for name in NAMES for pid in stack.pids(name)]
    equal("processes", len(pids), 6)
    open_before = stack.client()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
        until(f"{pid} is stopped", lambda pid=pid: state(pid) == "T")
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
        until(f"{pid} goes on", lambda pid=pid: state(pid) in "RS")
    for _ in range(8):
        stack.served()
    open_before.sendall(b"still there?")
    equal("what came back", open_before.recv(100), b"still there?")
    equal("processes afterwards", [pid for name in NAMES for pid in stack.pids(name)], pids)
