#!/usr/bin/env python3
"""No process of frontd, and not keyd, has a byte of the private key in its
memory, after loading as after a thousand handshakes; the signer has, which
shows that the search finds what there is."""
import subprocess

from lib.stack import BUILD, Stack, equal, needs_root

needs_root("only root reads other processes' memory")


def scan(stack, names, *flags):
    pids = [str(pid) for name in names for pid in stack.pids(name)]
    run = subprocess.run([f"{BUILD}/tests/memscan", *flags, stack.key, *pids],
                         capture_output=True, text=True, check=False)
    equal(f"memscan of {names}: {run.stdout}{run.stderr}", run.returncode, 0)
    return len(pids)


def check(stack):
    seen = scan(stack, ["frontd", "frontd-worker", "frontd-connect", "keyd"])
    equal("processes that were searched", seen, 5)
    equal("signers with the key", scan(stack, ["keyd-signer"], "--expect"), 1)


class Readable(Stack):
    """Where the signer's memory is only locked: root can look into it."""

    before_keyd = [f"{BUILD}/tests/without"]


for kind in ("EC", "RSA"):
    with Readable(kind=kind) as stack:
        check(stack)
        for _ in range(1000):
            stack.client().close()
        check(stack)
