#!/usr/bin/env python3
"""An upgrade that cannot be is refused and says why, and nothing has changed:
a wrong configuration, a program that is missing, ends at once or does nothing,
children that cannot be. It takes the programs that are installed then. What
comes meanwhile (a reload, another upgrade, the end) has its place."""
import os
import resource
import shutil
import signal
import tempfile
import threading

from lib import stack as lib
from lib.stack import BUILD, alive, children_of, equal, until
from lib.upgrade import Upgrading

copy = tempfile.mkdtemp(prefix="sallyport-")
os.chmod(copy, 0o755)


def install(path, text=None):
    """A script in place of the program, as a package manager does it; None: the
    program of the build again."""
    if text is None:
        shutil.copy(f"{BUILD}/{path}", f"{copy}/new")
    else:
        with open(f"{copy}/new", "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(f"{copy}/new", 0o755)
    os.rename(f"{copy}/new", f"{copy}/{path}")


def running():
    """All that the test has started and is not frontctl."""
    return {pid for pid in children_of(os.getpid()) if alive(pid) and lib.name_of(pid) != "frontctl"}


def nothing_changed(stack, workers, before):
    """The same frontd serves with the same children, and no other is left."""
    stack.served()
    equal("its workers", set(stack.pids("frontd-worker")), workers)
    until("no other frontd is left", lambda: running() == before, 30)


try:
    for part in ("bin", "libexec"):
        shutil.copytree(f"{BUILD}/{part}", f"{copy}/{part}")
    lib.BUILD = copy
    with Upgrading() as stack:
        workers = set(stack.pids("frontd-worker"))
        before = running()
        refusals = 0

        def refused(*words):
            global refusals
            why = stack.refused()
            for word in words:
                if word not in why:
                    raise AssertionError(f"no {word} in: {why}")
            nothing_changed(stack, workers, before)
            refusals += 1
            equal("refusals in the log", stack.log("frontd").count("event=upgrade result=refused"), refusals)

        good = open(stack.path("frontd.conf"), encoding="utf-8").read()
        stack.write("frontd.conf", good.replace("chain =", "chian ="))
        refused("frontd.conf:", "chian")
        stack.write("frontd.conf", good.replace('"demo.pem"', '"none.pem"'))
        refused("frontd.conf:", "none.pem")
        stack.write("frontd.conf", good)
        os.unlink(f"{copy}/bin/frontd")
        refused("No such file")
        install("bin/frontd", "exit 3")
        refused("before it was ready")
        install("bin/frontd")
        install("libexec/frontd-worker", "exit 1")
        refused("a child of the new frontd has not started")
        shutil.copy("/bin/false", f"{copy}/libexec/frontd-worker")
        refused("a child of the new frontd has not started")
        os.unlink(f"{copy}/libexec/frontd-connect")
        refused("frontd-connect")
        install("libexec/frontd-connect")
        install("libexec/frontd-worker")

        # Without descriptors it has no way to the new one.
        held = len(os.listdir(f"/proc/{stack.frontd.pid}/fd"))
        soft, hard = resource.prlimit(stack.frontd.pid, resource.RLIMIT_NOFILE)
        for more in (2, 3):
            resource.prlimit(stack.frontd.pid, resource.RLIMIT_NOFILE, (held + more, hard))
            refused("")
        resource.prlimit(stack.frontd.pid, resource.RLIMIT_NOFILE, (soft, hard))

        # While one goes on another is refused, and a reload waits for its end.
        install("bin/frontd", "sleep 600")
        answers = []
        asking = threading.Thread(target=lambda: answers.append(stack.frontctl("upgrade")))
        asking.start()
        until("it has begun", lambda: stack.log("frontd").count("event=upgrade result=begun") == refusals + 1, 30)
        if "goes on already" not in (why := stack.refused()):
            raise AssertionError(f"the second: {why}")
        reloads = stack.log("frontd").count("event=reload ")
        os.kill(stack.frontd.pid, signal.SIGHUP)
        stack.served()
        equal("the reload waits", stack.log("frontd").count("event=reload "), reloads)
        until("its program runs", lambda: running() != before, 30)
        for pid in running() - before:
            os.kill(pid, signal.SIGKILL)
        asking.join(60)
        equal("the first is refused with", answers[0].returncode, 1)
        until("the reload", lambda: stack.log("frontd").count("event=reload result=done") > 0, 60)

        # What asks for both at once has both, one after the other.
        install("bin/frontd")
        old = stack.client()
        os.kill(stack.frontd.pid, signal.SIGHUP)
        os.kill(stack.frontd.pid, signal.SIGUSR2)
        until("it is upgraded", lambda: "event=upgrade result=done" in stack.log("frontd"), 60)
        stack.adopt()
        stack.served()
        old.sendall(b"still there?")
        equal("the echo", old.recv(100), b"still there?")
        old.close()
        stack.old_end()

        # Its end while an upgrade goes on is the end of that, too.
        install("bin/frontd", "sleep 600")
        begun = stack.log("frontd").count("event=upgrade result=begun")
        stack.frontd.send_signal(signal.SIGUSR2)
        until("it has begun", lambda: stack.log("frontd").count("event=upgrade result=begun") > begun, 30)
        until("its program runs", lambda: len([pid for pid in children_of(os.getpid())
                                               if lib.name_of(pid) == "sleep" and alive(pid)]) > 0, 30)
        stack.frontd.send_signal(signal.SIGTERM)
        equal("frontd ends with", stack.frontd.wait(60), 0)
        install("bin/frontd")
        stack.start_frontd()
        until("the next one serves", stack.tried, 30)
    for pid in children_of(os.getpid()):
        if lib.name_of(pid) == "sleep":
            os.kill(pid, signal.SIGKILL)  # the shell's, which has none to kill it
finally:
    shutil.rmtree(copy, ignore_errors=True)
