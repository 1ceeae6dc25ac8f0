#!/usr/bin/env python3
"""frontctl backends, and the metrics: each address of a site's backends, whether it
is up and since when, how many connections it got, what failed and why; also of a
name, and of a frontd-connect that has died."""
import contextlib
import json
import os
import signal
import subprocess

from lib.names import NameServer
from lib.ports import free_port
from lib.stack import BUILD, Backend, Stack, echo, equal, until

ECHO, GONE = Backend(echo), f"127.0.0.1:{free_port()}"
NAMES = NameServer({"app.example": ["127.0.0.2"]})
PORT = ECHO.address.split(":")[1]
BACKENDS = [ECHO.address, GONE, f"app.example:{PORT}", "absent.example:80"]


class Seen(Stack):
    def __init__(self):
        super().__init__(words=f'admin-socket = "admin.sock" nameservers = {{ "{NAMES.address}" }}',
                         site="balance = least-connections backend-failures = 1 backend-down = 1h")

    def write(self, name, text):
        several = ", ".join(f'"{backend}"' for backend in BACKENDS)
        super().write(name, text.replace(f'backend = "{self.backend.address}"', f"backends = {{ {several} }}"))

    def frontctl(self, *words):
        return subprocess.run([f"{BUILD}/bin/frontctl", "-s", self.path("admin.sock"), *words], check=True,
                              capture_output=True, text=True, timeout=30).stdout

    def backends(self):
        rows = json.loads(self.frontctl("--json", "backends"))["backends"]
        return {row["address"]: row for row in rows}

    def metric(self, name, address):
        label = f'{name}{{site="demo",address="{address}"}} '
        lines = [line for line in self.frontctl("metrics").splitlines() if line.startswith(label)]
        equal(f"lines of {label}", len(lines), 1)
        return int(lines[0][len(label):])


with Seen() as stack:
    second = f"127.0.0.2:{PORT}"
    until("all was tried", lambda: stack.tried() and stack.backends()[GONE]["state"] == "down"
          and stack.backends()["none"]["state"] == "nowhere")
    rows = stack.backends()
    equal("the addresses", sorted(rows), sorted([ECHO.address, GONE, second, "none"]))
    equal("who is up", [rows[address]["state"] for address in (ECHO.address, second, GONE)], ["up", "down", "down"])
    equal("why it is down", (rows[GONE]["last_error"], rows[GONE]["failures"] >= 1, rows[GONE]["connections"]),
          ("Connection refused", True, 0))
    equal("of a name", (rows["none"]["name"], rows[second]["name"]), ("absent.example", "app.example"))
    with contextlib.ExitStack() as held:
        before = rows[ECHO.address]["connections"]
        for _ in range(3):
            client = held.enter_context(stack.client())
            client.sendall(b"x")
            equal("the echo", client.recv(1), b"x")
        again = stack.backends()[ECHO.address]
        equal("connections", (again["connections"], again["open"] >= 3), (before + 3, True))
    equal("metrics: up", [stack.metric("frontd_backend_up", address) for address in (GONE, ECHO.address)], [0, 1])
    equal("metrics: failures", stack.metric("frontd_backend_attempts_failed_total", GONE) >= 1, True)
    text = stack.frontctl("metrics")
    equal("lookups", 'frontd_name_lookups_total{result="found"} 1' in text, True)
    site = json.loads(stack.frontctl("--json", "sites"))["sites"][0]
    equal("in a site's row", (site["backends"], site["backends_up"]), (4, 1))
    equal("for people", "Connection refused" in stack.frontctl("backends"), True)
    pid = stack.pids("frontd-connect")[0]
    os.kill(pid, signal.SIGKILL)
    until("another", lambda: stack.pids("frontd-connect") not in ([pid], []))
    until("it is seen again", lambda: stack.tried() and len(stack.backends()) == len(rows))
