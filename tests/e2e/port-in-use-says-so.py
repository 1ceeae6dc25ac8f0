#!/usr/bin/env python3
"""make run on a port that somebody has: one clear line, failure, no process
left behind, and whoever has the port is unharmed, be it another demo."""
import os
import re
import socket
import subprocess

from lib.stack import BUILD, Stack, equal


def demo(port):
    run = subprocess.run(["tests/demo.sh", BUILD, str(port)], capture_output=True, text=True,
                         timeout=60, check=False)
    return run.returncode, run.stdout, run.stderr


with socket.create_server(("127.0.0.1", 0)) as holder:
    port = holder.getsockname()[1]
    equal("make run on a port in use", demo(port),
          (1, "", f"frontd: 127.0.0.1:{port}: Address already in use\n"))

# Another frontd shares its address with its own workers only.
with Stack() as stack:
    equal("make run on another's port", demo(stack.port),
          (1, "", f"frontd: 127.0.0.1:{stack.port}: Address already in use\n"))
    stack.served()

out = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
left = [line for line in out.splitlines() if re.search(rf"{os.sep}demo-\d+{os.sep}|/sallyport-\d+/", line)]
equal("what runs afterwards", left, [])
