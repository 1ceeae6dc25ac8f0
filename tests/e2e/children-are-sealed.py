#!/usr/bin/env python3
"""The running children as the kernel sees them: filter, no new privileges, no
capability, own accounts, an empty network, an empty root, no file open."""
import os

from lib.stack import Stack, equal, needs_root, status_of, until

needs_root("only root gives each process its own account and namespaces")

NO_NETWORK = ("frontd-worker", "frontd-prove", "keyd-signer", "keyd-tickets")
EMPTY_ROOT = (*NO_NETWORK, "frontd-fetch")
# What a descriptor may be: sockets, the loop, and what was there at the start.
MAY_BE = ("socket:", "anon_inode:", "pipe:", "/dev/null")


def link(pid, name):
    return os.readlink(f"/proc/{pid}/{name}")


def interfaces(pid):
    with open(f"/proc/{pid}/net/dev", encoding="ascii") as file:
        return [line.split(":")[0].strip() for line in file.readlines()[2:]]


def files(pid, log):
    targets = [link(pid, f"fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    return [t for t in targets if not t.startswith(MAY_BE) and t != log]


# A responder that is not there: who would ask it is.
with Stack(site='ocsp-responder = "http://127.0.0.1:9/"') as stack:
    stack.served()
    until("all are sealed", lambda: stack.events("frontd", "child") == stack.processes + 3)
    accounts = {}
    for name in ("frontd-worker", "frontd-connect", "frontd-fetch", "frontd-prove", "keyd-signer", "keyd-tickets"):
        for pid in stack.pids(name):
            status = status_of(pid)
            what = f"{name} {pid}: "
            equal(what + "seccomp", status["Seccomp"], "2")
            equal(what + "no new privileges", status["NoNewPrivs"], "1")
            for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                equal(what + kind, int(status[kind], 16), 0)
            uids = set(status["Uid"].split())
            equal(what + "all uids are one", len(uids), 1)
            accounts.setdefault(name, set()).update(uids)
            log = stack.path("keyd.log" if name.startswith("keyd") else "frontd.log")
            equal(what + "open files", files(pid, log), [])
            with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
                core = [line.split() for line in limits if line.startswith("Max core")][0]
            equal(what + "core size", core[4:6], ["0", "0"])
            if name in NO_NETWORK:
                if link(pid, "ns/net") == link("self", "ns/net"):
                    raise AssertionError(what + "is in our network")
                equal(what + "interfaces", interfaces(pid), ["lo"])
            if name in EMPTY_ROOT:
                equal(what + "root", os.listdir(f"/proc/{pid}/root/"), [])
    equal("accounts", len(set().union(*accounts.values())), 5)
    if "0" in set().union(*accounts.values()):
        raise AssertionError("a child runs as root")
    for daemon in (stack.keyd, stack.frontd):
        equal("a master's seccomp", status_of(daemon.pid)["Seccomp"], "2")
