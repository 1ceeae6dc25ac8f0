#!/usr/bin/env python3
"""Another frontd takes over, again and again, under load: no connection fails,
those that there are go on, the port is never closed, sessions are resumed, and
the register of early data is one. Listeners may come and go."""
import os
import signal
import ssl

from lib.load import Load
from lib.ports import free_port
from lib.stack import equal, until
from lib.upgrade import Upgrading

UPGRADES = 3
CLIENTS = 3



def register(stack):
    """Of early data, that its workers have in common."""
    inodes = set()
    for pid in stack.pids("frontd-worker"):
        with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
            inodes |= {line.split()[4] for line in maps if "memfd:replay" in line}
    equal("registers of all workers", len(inodes), 1)
    return inodes


def session_of(stack, session=None):
    """The next session of a client that offers this one, and whether it was resumed."""
    context = ssl.create_default_context(cafile=stack.chain)
    if session is not None:
        context = session[0]
    with context.wrap_socket(stack.connect(), server_hostname="localhost",
                             session=session[1] if session else None) as client:
        client.sendall(b"are you there?")
        client.recv(100)
        return (context, client.session), client.session_reused


with Upgrading(site="early-data = 4096") as stack:
    stack.renew_chain("first")
    stack.reload()
    with Load(stack, CLIENTS) as load:
        first = stack.frontd.pid
        same = register(stack)
        session, resumed = session_of(stack)
        equal("resumed at first", resumed, False)
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
            session, resumed = session_of(stack, session)
            equal("resumed by the next", resumed, True)
            equal("the register", register(stack), same)
            load.goes_on()
        old.sendall(b"after")
        equal("the echo by the first", old.recv(100), b"after")
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

    # A listener comes and goes; the other one is served all the time.
    port, other = stack.port, free_port()
    for more, there in ((f'listen "127.0.0.1:{other}" {{ default = "demo" }}', True), ("", False)):
        stack.rewrite(more=more)
        stack.upgrade()
        stack.old_end()
        stack.served()
        stack.port = other
        equal("the other is served", stack.tried() is True, there)
        stack.port = port
    equal("the administration's socket is there", os.path.exists(stack.path("admin.sock")), True)

    # The end of the last one, at once, is the end of those that drain: whoever
    # outlives it fails the test.
    kept = []
    for _ in range(2):
        kept.append(stack.client())
        kept[-1].sendall(b"still there?")
        equal("the echo", kept[-1].recv(100), b"still there?")
        stack.upgrade()
    equal("those that drain", [one.poll() for one in stack.old], [None, None])
