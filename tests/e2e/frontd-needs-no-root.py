#!/usr/bin/env python3
"""frontd as its unit has it: an account of its own with the unit's capabilities,
and its administration's socket passed. Its children have other accounts, all
their layers and no capability; it reloads, upgrades, and replaces what dies."""
import os
import re
import signal
import socket
import sys

from lib import stack as lib
from lib.stack import equal, needs_root, status_of, until
from lib.upgrade import Upgrading

needs_root("only root can give capabilities to another account")
ACCOUNT = 61020
with open("systemd/frontd.service.in", encoding="ascii") as unit:
    CAPS = re.search("^AmbientCapabilities=(.*)$", unit.read(), re.M)[1].lower().replace("cap_", "+").replace(" ", ",")
# The manager's side: LISTEN_PID is known to the process alone.
PASS = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="frontd-admin")
os.execvp(sys.argv[2], sys.argv[2:])"""


def low_port():
    """One that takes a capability."""
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port below 1024 is free")


class Unprivileged(Upgrading):
    def __init__(self):
        super().__init__()
        self.passed = socket.socket(socket.AF_UNIX)
        self.passed.bind(self.path("admin.sock"))
        os.chmod(self.path("admin.sock"), 0o600)
        self.passed.listen(8)
        os.set_inheritable(self.passed.fileno(), True)
        self.before = [sys.executable, "-c", PASS, str(self.passed.fileno()), "setpriv", f"--reuid={ACCOUNT}",
                       f"--regid={ACCOUNT}", "--clear-groups", f"--inh-caps={CAPS}", f"--ambient-caps={CAPS}",
                       f"--bounding-set=-all,{CAPS}", "--no-new-privs"]

    def write(self, name, text):
        if name == "keyd.conf":
            text = text.replace(f'uid = "{os.geteuid()}"', f'uid = "{ACCOUNT}"')
        super().write(name, text)

    def start(self, name):
        if name != "frontd":
            return super().start(name)
        with open(self.path("frontd.log"), "ab") as log:
            return lib.subprocess.Popen([*self.before, f"{lib.BUILD}/bin/frontd", "-f", self.path("frontd.conf")],
                                        stdin=lib.subprocess.DEVNULL, stdout=lib.subprocess.DEVNULL, stderr=log,
                                        cwd=self.dir, pass_fds=[self.passed.fileno()])

    def look(self):
        """At who runs as what."""
        equal("frontd's account", status_of(self.frontd.pid)["Uid"].split()[0], str(ACCOUNT))
        for name in ("frontd-worker", "frontd-connect"):
            for pid in self.pids(name):
                said = status_of(pid)
                equal(f"{name} has an account of its own", int(said["Uid"].split()[0]) in (0, ACCOUNT), False)
                equal(f"capabilities of {name}", [said[word].strip("0") for word in
                                                  ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd")], [""] * 5)
                equal(f"{name} is filtered", said["Seccomp"], "2")
        # All but the page and what needs a kernel that has it.
        layers = re.findall(r"event=confinement profile=frontd-\S+ layer=(\S+)", self.log("frontd"))
        equal("layers that are lacking", set(layers) - {"landlock", "memory"}, set())


with Unprivileged() as stack:
    stack.look()
    equal("the socket", stack.frontctl("status").returncode, 0)
    for name in ("frontd-worker", "frontd-connect"):
        old = stack.pids(name)
        os.kill(old[0], signal.SIGKILL)
        until(f"another {name}", lambda: len(stack.pids(name)) == len(old) and old[0] not in stack.pids(name), 60)
    until("it serves", stack.tried, 30)
    port = low_port()
    stack.rewrite(more=f'listen "127.0.0.1:{port}" {{ default = "demo" }}')
    equal("a reload, with a port that takes a capability", stack.frontctl("reload").stderr, "")
    stack.upgrade()
    stack.served()
    stack.port, first = port, stack.port
    stack.served()
    stack.port = first
    stack.look()
    equal("the socket, after it", stack.frontctl("status").returncode, 0)
    stack.old_end()
