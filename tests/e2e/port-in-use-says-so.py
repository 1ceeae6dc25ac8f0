#!/usr/bin/env python3
"""make run on a port that somebody has: one clear line, failure, no process
left behind, and whoever has the port is unharmed, be it another demo."""
import ctypes
import os
import socket
import subprocess

from lib.stack import BUILD, Stack, alive, children_of, equal, name_of

# What its parent leaves behind becomes a child of ours, not init's, so nobody
# else's demo is ever looked at (PR_SET_CHILD_SUBREAPER, prctl(2)).
PR_SET_CHILD_SUBREAPER = 36
equal("subreaper", ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0)


def demo(port):
    before = set(children_of(os.getpid()))
    run = subprocess.run(["tests/demo.sh", BUILD, str(port)], capture_output=True, text=True,
                         timeout=60, check=False)
    left = [(pid, name_of(pid)) for pid in children_of(os.getpid())
            if pid not in before and alive(pid)]
    return run.returncode, run.stdout, run.stderr, left


def refusal(port):
    return 1, "", f"frontd: 127.0.0.1:{port}: Address already in use\n", []


with socket.create_server(("127.0.0.1", 0)) as holder:
    taken = holder.getsockname()[1]
    equal("make run on a port in use", demo(taken), refusal(taken))

# Another frontd shares its address with its own workers only.
with Stack() as stack:
    equal("make run on another's port", demo(stack.port), refusal(stack.port))
    stack.served()
