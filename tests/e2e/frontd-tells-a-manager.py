#!/usr/bin/env python3
"""Under a service manager frontd says when it is ready, reloads, is alive and
ends, and which process has taken its place; its children say nothing."""
import contextlib
import os
import queue
import signal
import socket
import struct
import tempfile
import threading
import time

from lib.stack import equal
from lib.upgrade import Upgrading

directory = tempfile.mkdtemp(prefix="frontd-manager.")
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(f"{directory}/notify")
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
os.environ["NOTIFY_SOCKET"] = f"{directory}/notify"
os.environ["WATCHDOG_USEC"] = "200000"
speakers = set()


said_by = queue.Queue()


def listen():
    """At once, as managers do: few messages wait in the kernel."""
    with contextlib.suppress(OSError):
        while True:
            said, control, _, _ = receiver.recvmsg(4096, 256)
            said_by.put((struct.unpack("iII", control[0][2][:12])[0], said.decode().split("\n")))


def hear(pid, wanted):
    """The next message of the process, which begins so; pings come in between."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        speaker, said = said_by.get(timeout=60)
        speakers.add(speaker)
        if speaker != pid or said[0] == "WATCHDOG=1" != wanted:
            continue
        equal("what is said", said[0], wanted)
        return dict(line.split("=", 1) for line in said)
    raise AssertionError(f"{wanted} was not said")


threading.Thread(target=listen, daemon=True).start()
try:
    with Upgrading() as stack:
        pid = stack.frontd.pid
        equal("ready", hear(pid, "READY=1")["STATUS"], "1 sites")
        for _ in range(3):
            hear(pid, "WATCHDOG=1")
        os.kill(pid, signal.SIGHUP)
        assert int(hear(pid, "RELOADING=1")["MONOTONIC_USEC"]) > 0
        equal("ready again", hear(pid, "READY=1")["STATUS"], "1 sites")
        stack.served()
        # In this order: a manager that hears the main process alone hears it
        # name the next, and then that one.
        stack.upgrade()
        new = stack.frontd.pid
        hear(pid, f"MAINPID={new}")
        equal("the new one is ready", hear(new, "READY=1")["STATUS"], "1 sites")
        for _ in range(3):
            hear(new, "WATCHDOG=1")
        stack.old_end()
        stack.served()
        stack.frontd.send_signal(signal.SIGTERM)
        hear(new, "STOPPING=1")
        equal("exit status", stack.frontd.wait(30), 0)
        equal("who has spoken", speakers - {pid, new}, {stack.keyd.pid})
finally:
    os.unlink(f"{directory}/notify")
    os.rmdir(directory)
