"""What the scripts about session tickets share."""
import os
import re
import signal

from lib.stack import Stack, equal, until

VERSIONS = ("tls1_2", "tls1_3")
WORKERS = 3
# One epoch, which does not end while the test runs.
LONG = 'rotate = 24h lifetime = 24h root = "root"'
# How often a connection may land on the wrong worker before we give up.
TRIES = 60


def ended(stack):
    return [line for line in stack.log("frontd").splitlines() if "event=session " in line]


def connect(stack, *words):
    """One connection: what openssl says, and the pid of its worker."""
    before = len(ended(stack))
    said = stack.openssl(*words)
    if said is None:
        raise AssertionError(f"no connection: {words}")
    until("the session's end is logged", lambda: len(ended(stack)) > before)
    return said, int(re.search(r"pid=(\d+)", ended(stack)[-1])[1])


def resumed(said):
    return "\nReused, " in said


def make(stack, version):
    """A session in a file; its worker's pid."""
    path = stack.path(f"{version}.session")

    def tried():
        # Workers have their keys soon after they were started.
        made.append(connect(stack, f"-{version}", "-sess_out", path))
        return os.path.exists(path)
    made = []
    until("a ticket", tried)
    equal("the first is no resumption", resumed(made[-1][0]), False)
    return made[-1][1]


def use(stack, version, what):
    """Resumes once; its worker's pid."""
    said, pid = connect(stack, f"-{version}", "-sess_in", stack.path(f"{version}.session"))
    equal(f"{version} is resumed {what}", resumed(said), True)
    equal("the chain was verified", "Verify return code: 0 (ok)" in said, True)
    return pid


def use_on(stack, version, wanted, what):
    """Resumes until each of these workers was met."""
    seen = set()
    for _ in range(TRIES):
        seen.add(use(stack, version, what))
        if wanted <= seen:
            return
    raise AssertionError(f"{what}: only {seen} were met, not {wanted}")


def renew_workers(stack):
    """Kills every worker; gives those that came after them, once they have the keys."""
    old = stack.pids("frontd-worker")
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until("other workers", lambda: len(stack.pids("frontd-worker")) == WORKERS
          and not set(old) & set(stack.pids("frontd-worker")))
    until("they serve", stack.tried)
    settle(stack)
    return set(stack.pids("frontd-worker"))


def settle(stack):
    """Each worker gives tickets: then it has keys, and at the same time the older ones."""
    path, met = stack.path("settle.session"), set()
    for _ in range(TRIES):
        if os.path.exists(path):
            os.unlink(path)
        _, pid = connect(stack, "-tls1_3", "-sess_out", path)
        if os.path.exists(path):
            met.add(pid)
        if met >= set(stack.pids("frontd-worker")):
            return
    raise AssertionError(f"only {met} give tickets")


def configure(stack, tickets, client=""):
    with open(stack.path("keyd.conf"), encoding="utf-8") as file:
        text = file.read()
    text = text.split("tickets {")[0].replace("role = server }", f"role = server {client} }}")
    stack.write("keyd.conf", f"{text}\ntickets {{ {tickets} }}\n")
    with open(stack.path("root"), "wb") as file:
        file.write(os.urandom(48))
    os.chmod(stack.path("root"), 0o600)


class Ticketed(Stack):
    """A stack whose keyd.conf has a tickets block."""

    def __init__(self, tickets, client="", **words):
        super().__init__(processes=WORKERS, **words)
        configure(self, tickets, client)
