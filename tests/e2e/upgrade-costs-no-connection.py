#!/usr/bin/env python3
"""Another frontd takes over, again and again, under load: no connection fails,
those that there are go on, the port is never closed, and tickets are good
everywhere."""
import os
import signal
import threading

from lib.stack import equal, until
from lib.upgrade import Upgrading

UPGRADES = 3
CLIENTS = 3

with Upgrading() as stack:
    stack.renew_chain("first")
    stack.reload()
    end, failures, served = threading.Event(), [], []

    def load():
        while not end.is_set():
            try:
                stack.served()
                served.append(1)
            except OSError as error:
                failures.append(error)

    clients = [threading.Thread(target=load) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    first = stack.frontd.pid
    old = stack.client()
    old.sendall(b"before")
    equal("the echo", old.recv(100), b"before")
    for number in range(UPGRADES):
        stack.renew_chain(f"number {number}")
        stack.rewrite(processes=(2, 4, 1)[number % 3])
        said = stack.upgrade()
        if "pid" not in said or str(stack.frontd.pid) not in said:
            raise AssertionError(f"frontctl upgrade says {said}")
        equal("the certificate", stack.shown(), f"number {number}")
        before = len(served)
        until("connections after it", lambda: len(served) > before + CLIENTS, 60)
    old.sendall(b"after")
    equal("the echo by the first", old.recv(100), b"after")
    end.set()
    for one in clients:
        one.join()
    equal("failed connections", [repr(one) for one in failures[:5]], [])
    # Those between have nobody to wait for; the first has its client.
    for one in stack.old[1:]:
        equal("one between ends with", one.wait(60), 0)
    equal("the first waits", stack.old[0].poll(), None)

    def drains():
        return [row for row in stack.frontctl("workers").stdout.splitlines() if f" {first} " in f" {row} "]

    until("its worker is told of", lambda: len(drains()) == 1, 30)
    old.close()
    stack.old_end()
    until("nothing is told of it", lambda: not drains(), 30)

    # By a signal, as others know it.
    done = stack.log("frontd").count("event=upgrade result=done")
    stack.frontd.send_signal(signal.SIGUSR2)
    until("it is upgraded", lambda: stack.log("frontd").count("event=upgrade result=done") > done, 60)
    stack.adopt()
    stack.served()
    stack.old_end()
    equal("the administration's socket is there", os.path.exists(stack.path("admin.sock")), True)
