#!/usr/bin/env python3
"""While the daemons run another build is put in place of theirs, as a package
manager does. Children that die, and those of a reload, are still of the build
of their master: what other builds understand of its records, nobody knows."""
import os
import shutil
import signal
import tempfile

from lib import stack as lib
from lib.stack import BUILD, Stack, equal, until

copy = tempfile.mkdtemp(prefix="sallyport-")
os.chmod(copy, 0o755)


def replace(directory):
    """Each program by one that ends at once."""
    for name in os.listdir(directory):
        with open(f"{directory}/new", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.chmod(f"{directory}/new", 0o755)
        os.rename(f"{directory}/new", f"{directory}/{name}")


def kill(stack, name):
    pid = stack.pids(name)[0]
    os.kill(pid, signal.SIGKILL)
    until(f"another {name}", lambda: stack.pids(name) and pid not in stack.pids(name), 30)


try:
    for part in ("bin", "libexec"):
        shutil.copytree(f"{BUILD}/{part}", f"{copy}/{part}")
    lib.BUILD = copy
    with Stack(processes=1) as stack:
        replace(f"{copy}/libexec")
        for name in ("keyd-signer", "frontd-worker", "frontd-connect"):
            kill(stack, name)
            until(f"a request after the death of {name}", stack.tried, 30)
        worker = stack.pids("frontd-worker")
        stack.frontd.send_signal(signal.SIGHUP)
        until("frontd is reloaded", lambda: "event=reload result=done" in stack.log("frontd"), 60)
        until("a request after a reload", stack.tried, 30)
        until("the worker of before ends", lambda: not set(worker) & set(stack.pids("frontd-worker")), 60)
        names = {open(f"/proc/{pid}/comm", encoding="ascii").read().strip()
                 for name in ("frontd-worker", "keyd-signer") for pid in stack.pids(name)}
        equal("what ps calls them", names, {"frontd-worker", "keyd-signer"})
finally:
    shutil.rmtree(copy, ignore_errors=True)
