#!/usr/bin/env python3
"""A worker without a descriptor left accepts nobody, says so and counts it, and
does not try all the time; what it could not take costs one connection, and it
lives. frontd-connect without one lets connections wait, and thinks no worse of a
backend. The masters do not try all the time either. All go on when there are
descriptors again."""
import contextlib
import os
import re
import signal
import socket
import subprocess
import time

from lib.ports import free_port
from lib.stack import BUILD, Stack, equal, needs_root, status_of, until

needs_root("only root may take another account, and change its process's limits")
TICKS = os.sysconf("SC_CLK_TCK")
ROOM = 6  # descriptors for connections


class Poor(Stack):
    def __init__(self):
        super().__init__(processes=1, words='admin-socket = "admin.sock"', site="backend-failures = 1")

    def write(self, name, text):
        if name == "frontd.conf":
            self.second = free_port()
            text += f'listen "127.0.0.1:{self.second}" {{ default = "demo" }}\n'
        super().write(name, text)

    def pid(self, name):
        return self.pids(name)[0]

    def leave(self, name, room):
        """So many descriptors, and no more."""
        pid = self.pid(name)
        held = sorted(int(fd) for fd in os.listdir(f"/proc/{pid}/fd"))
        free = [fd for fd in range(held[-1] + room + 2) if fd not in held]
        self.limit(name, free[room - 1] + 1 if room > 0 else free[0])

    def limit(self, name, files):
        """The soft limit; as the process's account, since root may not always."""
        pid = self.pid(name)
        uid, gid = (int(status_of(pid)[word].split()[0]) for word in ("Uid", "Gid"))
        subprocess.run(["prlimit", f"--pid={pid}", f"--nofile={files}:"], check=True, user=uid, group=gid,
                       extra_groups=[])

    def restore(self, name):
        self.limit(name, 1024)

    def pauses(self):
        text = subprocess.run([f"{BUILD}/bin/frontctl", "-s", self.path("admin.sock"), "metrics"], check=True,
                              capture_output=True, text=True).stdout
        return int(re.search(r'frontd_accept_pauses_total\{reason="descriptors"\} (\d+)', text)[1])

    def seconds(self, name):
        """Of CPU, so far."""
        with open(f"/proc/{self.pid(name)}/stat", encoding="ascii") as file:
            return sum(map(int, file.read().rpartition(")")[2].split()[11:13])) / TICKS

    def ended(self, reason):
        return sum(reason in end for end in self.sessions())


@contextlib.contextmanager
def all_open(stack, count, port=None):
    socks = []
    for number in range(count):
        stack.port, kept = (port or stack.port), stack.port
        socks.append(stack.connect())
        stack.port = kept
    yield socks
    for sock in socks:
        sock.close()


with Poor() as stack:
    until("all have ended", lambda: len(stack.sessions()) >= 1)
    worker = stack.pid("frontd-worker")
    before = stack.pauses()
    equal("pauses in peace", before, 0)

    # Silent clients take all there are; who comes then waits, at either listener.
    stack.leave("frontd-worker", ROOM)
    with all_open(stack, ROOM) as silent, all_open(stack, 2), all_open(stack, 2, stack.second) as late:
        until("it says so", lambda: "reason=descriptors" in stack.log("frontd"))
        until("it is counted", lambda: stack.pauses() > 0)
        began, used, counted = time.monotonic(), stack.seconds("frontd-worker"), stack.pauses()
        until("it has tried again, and again", lambda: time.monotonic() > began + 1 and stack.pauses() > counted + 3, 30)
        took = time.monotonic() - began
        # Ten times a second; one that tries all the time, thousands of times.
        rate, share = (stack.pauses() - counted) / took, (stack.seconds("frontd-worker") - used) / took
        equal(f"{rate:.0f} tries a second, {share:.2f} of a core: few, and little", rate < 50 and share < 0.5, True)
        # A backend's socket finds no room: one connection, not the worker.
        silent[0].close()
        silent[1].close()
        until("two who waited are taken", lambda: len(stack.sessions()) >= 3)
    until("all are let go", lambda: stack.ended("handshake") >= ROOM)
    with all_open(stack, ROOM - 1):
        try:
            with stack.client() as client:
                client.sendall(b"?")
                equal("what one without a backend gets", client.recv(1), b"")
        except OSError:
            pass
        until("its backend had no room", lambda: stack.ended("backend: no descriptor left") == 1)
        # Nor does the way to the next frontd-connect.
        os.kill(stack.pid("frontd-connect"), signal.SIGKILL)
        until("it is gone", lambda: stack.events("frontd", "child-died") == 1)
        with stack.connect():
            until("another frontd-connect", lambda: len(stack.pids("frontd-connect")) == 1
                  and stack.log("frontd").count("name=frontd-connect") >= 3, 30)
    stack.restore("frontd-worker")
    stack.served()
    stack.port, first = stack.second, stack.port
    stack.served()
    stack.port = first
    equal("the worker", stack.pid("frontd-worker"), worker)

    # frontd-connect: it has none to spare, then it has.
    stack.leave("frontd-connect", 0)
    with stack.client() as client:
        client.sendall(b"patience")
        until("it says so", lambda: re.search("process=frontd-connect .*event=limit", stack.log("frontd")))
        stack.restore("frontd-connect")
        equal("the echo", client.recv(100), b"patience")
    stack.served()
    equal("the backend is not thought down", "state=down" in stack.log("frontd"), False)

    # Whoever comes to a master waits, and costs nothing meanwhile.
    for name, path, kind in (("keyd", "keyd.sock", socket.SOCK_SEQPACKET), ("frontd", "admin.sock", socket.SOCK_STREAM)):
        stack.leave(name, 0)
        with socket.socket(socket.AF_UNIX, kind) as visitor:
            visitor.connect(stack.path(path))
            until(f"{name} says so", lambda: stack.events(name, "not-accepted") > 1, 30)
            began, used, said = time.monotonic(), stack.seconds(name), stack.events(name, "not-accepted")
            until("it has tried again, and again", lambda: stack.events(name, "not-accepted") > said + 1, 30)
            share = (stack.seconds(name) - used) / (time.monotonic() - began)
            equal(f"{name} has {share:.2f} of a core: little", share < 0.5, True)
            if name == "keyd":
                known = stack.events("keyd", "master")
                stack.restore("keyd")
                until("it takes who waits", lambda: stack.events("keyd", "master") > known, 30)
        stack.restore(name)
    stack.pauses()
    stack.served()
