#!/usr/bin/env python3
"""A source has so many connections at a time, and so many new ones a second, at all
workers together; who comes beyond that is reset, is counted, and takes nothing from
other sources. A worker takes no more connections than it has descriptors for."""
import os
import re
import signal
import socket
import subprocess
import time

from lib.stack import BUILD, Stack, equal, until


def come(stack, source):
    """A connection from this address; None if it is reset."""
    try:
        sock = socket.create_connection(("127.0.0.1", stack.port), timeout=15, source_address=(source, 0))
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        sock.settimeout(0.3)
        sock.recv(1)
    except socket.timeout:
        sock.settimeout(15)
        return sock
    except (ConnectionResetError, BrokenPipeError):
        pass
    return None


def limited(stack):
    text = subprocess.run([f"{BUILD}/bin/frontctl", "-s", stack.path("admin.sock"), "metrics"],
                          capture_output=True, text=True, check=True).stdout
    return int(re.search(r'frontd_ends_total\{end="limited"\} (\d+)', text)[1])


ADMIN = 'admin-socket = "admin.sock"'

# All workers together: who is taken by which is the kernel's choice.
with Stack(processes=3, worker="source-connections = 3", words=ADMIN) as stack:
    until("the first connection's end", lambda: stack.sessions())
    held = [come(stack, "127.0.0.2") for _ in range(3)]
    equal("three are taken", None in held, False)
    for _ in range(4):
        equal("a fourth", come(stack, "127.0.0.2"), None)
    equal("they are counted", limited(stack), 4)
    stack.served()  # from 127.0.0.1
    held.pop().close()
    until("there is room again", lambda: (fresh := come(stack, "127.0.0.2")) and not held.append(fresh))
    # The connections of a worker that has died are no more.
    until("all are held again", lambda: len(held) == 3)
    for pid in stack.pids("frontd-worker"):
        os.kill(pid, signal.SIGKILL)
    fresh = []
    until("three are taken again", lambda: (sock := come(stack, "127.0.0.2")) and not fresh.append(sock)
          and len(fresh) == 3, 30)
    for sock in held + fresh:
        sock.close()
    equal("it is logged", "event=limit reason=source-connections peer=127.0.0.2" in stack.log("frontd"), True)

with Stack(processes=3, worker="source-rate = 1 source-burst = 5", words=ADMIN) as stack:
    began = time.monotonic()
    taken = [sock for sock in (come(stack, "127.0.0.2") for _ in range(15)) if sock]
    most = 5 + int(time.monotonic() - began) + 1
    if not 5 <= len(taken) <= most:
        raise AssertionError(f"{len(taken)} were taken, not 5 to {most}")
    equal("the others are counted", limited(stack), 15 - len(taken))
    stack.served()
    until("it comes back", lambda: come(stack, "127.0.0.2"), 15)

# Two descriptors a connection, and some of its own.
before = ["setpriv", "--bounding-set", "-sys_resource"] if os.geteuid() == 0 else []
with Stack(processes=1, before=[*before, "prlimit", "--nofile=84:84"]) as stack:
    until("the first connection's end", lambda: stack.sessions())
    equal("it is said", "reason=descriptors connections=10" in stack.log("frontd"), True)
    worker, = stack.pids("frontd-worker")
    clients = [stack.client() for _ in range(10)]
    late = [stack.connect() for _ in range(5)]
    for client in clients:
        client.sendall(b"unharmed")
        equal("the echo", client.recv(100), b"unharmed")
    for sock in [*late, *clients]:
        sock.close()
    stack.served()
    equal("it lives", stack.pids("frontd-worker"), [worker])
