#!/usr/bin/env python3
"""A configuration that is wrong, an address that is taken, a child that dies:
what is wrong is said with file and line, and all goes on as it was."""
import contextlib
import os
import re
import signal
import socket

from lib.reload import Reloading
from lib.stack import equal, until

with Reloading() as stack:
    kept = [stack.pids(name) for name in ("frontd-worker", "frontd-connect")]
    old = stack.client()

    def unchanged():
        equal("the children", [stack.pids(name) for name in ("frontd-worker", "frontd-connect")], kept)
        stack.served()
        old.sendall(b"still")
        equal("the echo", old.recv(100), b"still")

    wrong = 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        for more, said in (
                ("colour = red", r"frontd\.conf:10: no such option 'colour'"),
                ('site "b" { chain = "none.pem" backend = "127.0.0.1:1" }',
                 r"frontd\.conf:10: .*none\.pem: No such file"),
                ('listen "127.0.0.1:1" { default = "demo" policy = "never" }',
                 r'frontd\.conf:10: policy "never": there is no'),
                (f'listen "{address}" {{ default = "demo" }}', f"frontd: {address}: Address already in use"),
                (f'listen "127.0.0.1:{stack.port}" {{ default = "demo" access-log = off }}', "duplicate title"),
                ('page { socket = "page.sock" }', "another socket of the page: this takes a restart")):
            stack.rewrite(more=more)
            stack.reload("refused")
            if not re.search(said, stack.log("frontd")):
                raise AssertionError(f"{said} was not said")
            unchanged()
            wrong += 1

    # One of the new children dies before it serves, unless it was too fast.
    stack.rewrite(more="")
    refused = 0
    for _ in range(30):
        before = set(stack.pids("frontd-worker"))
        done = stack.log("frontd").count("event=reload ")
        os.kill(stack.frontd.pid, signal.SIGHUP)
        fresh = set()
        while not fresh and stack.log("frontd").count("event=reload ") == done:
            fresh = set(stack.pids("frontd-worker")) - before
        for pid in fresh:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until("the reload ends", lambda: stack.log("frontd").count("event=reload ") > done, 60)
        refused = stack.log("frontd").count("result=refused") - wrong
        if refused:
            break
    equal("reloads refused for a death", refused, 1)
    until("two workers serve, and one has the old connection",
          lambda: len(stack.pids("frontd-worker")) in (2, 3), 30)
    stack.served()
    old.sendall(b"still")
    equal("the echo", old.recv(100), b"still")
    # The next one is as good as the first.
    stack.reload()
    stack.served()
    old.close()
