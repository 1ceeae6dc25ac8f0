#!/usr/bin/env python3
"""frontctl: what it shows is what there is, also after workers have died and
after a reload; reload and drain do what they say, and say why not. Metrics are
well formed, and their sums are those of what clients did."""
import json
import os
import re
import signal
import socket
import subprocess

from lib.reload import Reloading
from lib.stack import BUILD, equal, until

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="[^"]*",?)*)\})? ([0-9.]+)')


def frontctl(stack, *words):
    return subprocess.run([f"{BUILD}/bin/frontctl", "-s", stack.path("admin.sock"), *words],
                          capture_output=True, text=True, timeout=30)


def told(stack, *words):
    got = frontctl(stack, "--json", *words)
    if got.returncode != 0:
        raise AssertionError(f"{words}: {got}")
    return json.loads(got.stdout)


def metrics(stack):
    """Of each sample its labels and value; every line must be one, or a comment."""
    found, types = {}, {}
    for line in frontctl(stack, "metrics").stdout.splitlines():
        if line.startswith("# TYPE "):
            # Readers of the format refuse a family that comes twice.
            equal(f"{line} has been before", line.split()[2] in types, False)
            types[line.split()[2]] = line.split()[3]
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        family = re.sub("_(bucket|sum|count)$", "", name)
        equal(f"{name} has a type", name in types or types.get(family) == "histogram", True)
        found[name, frozenset(re.findall(r'([a-z]+)="([^"]*)"', labels or ""))] = float(value)
    return found


def value(found, name, **labels):
    return found[name, frozenset(labels.items())]


with Reloading(words='admin-socket = "admin.sock"') as stack:
    until("connections before", lambda: value(metrics(stack), "frontd_connections_open", site="demo") == 0)
    before = metrics(stack)

    def grown(name, **labels):
        return value(metrics(stack), name, **labels) - value(before, name, **labels)

    # ---- what there is ----
    status = told(stack, "status")
    equal("the state", (status["frontd"]["state"], status["frontd"]["keyd_reached"]), ("serving", True))
    names = [process["name"] for process in status["processes"]]
    equal("the processes", sorted(names), ["frontd", "frontd-connect", "frontd-worker", "frontd-worker"])
    equal("their numbers", {p["pid"] for p in status["processes"] if p["name"] == "frontd-worker"},
          set(stack.pids("frontd-worker")))
    equal("their filter", {p["seccomp"] for p in status["processes"]}, {"full"})
    equal("as text", "frontd-worker" in frontctl(stack, "status").stdout, True)

    # ---- what clients do is counted ----
    for _ in range(5):
        stack.served()
    for _ in range(2):
        stack.connect().close()
    one = stack.client()
    one.sendall(b"x" * 1000)
    one.recv(2000)
    until("the ends are counted", lambda: grown("frontd_connections_total", site="demo") == 8
          and value(metrics(stack), "frontd_connections_open", site="demo") == 1)
    found = metrics(stack)
    equal("open", value(found, "frontd_connections_open", site="demo"), 1)
    equal("agreed", grown("frontd_handshakes_total", site="demo", result="agreed"), 6)
    equal("failed", grown("frontd_handshakes_total", site="demo", result="failed"), 2)
    equal("how long they took", grown("frontd_handshake_seconds_count"), 6)
    equal("the waits for keyd", grown("frontd_keyd_wait_seconds_count"), 6)
    equal("what keyd did", grown("frontd_keyd_operations_total", result="done"), 6)
    equal("versions and suites", sum(count for (name, labels), count in found.items()
                                     if name == "frontd_agreed_total" and ("version", "TLSv1.3") in labels),
          value(found, "frontd_handshakes_total", site="demo", result="agreed"))
    equal("ends", grown("frontd_ends_total", end="handshake"), 2)
    equal("bytes", grown("frontd_bytes_total", site="demo", direction="in") > 5 * 300, True)
    equal("a layer", value(found, "frontd_sandbox_level", process="frontd-worker", layer="seccomp"), 3)
    expiry = value(found, "frontd_certificate_not_after_seconds", site="demo")
    shown = subprocess.run(["openssl", "x509", "-in", stack.path("demo.pem"), "-noout", "-enddate",
                            "-dateopt", "iso_8601"], capture_output=True, text=True, check=True).stdout
    wanted = subprocess.run(["date", "-u", "-d", shown.strip().split("=")[1], "+%s"],
                            capture_output=True, text=True, check=True).stdout
    equal("the certificate's end", expiry, float(wanted))

    site, = told(stack, "sites")["sites"]
    equal("the site", (site["name"], site["open"], site["staple"]), ("demo", 1, "none"))
    row, = told(stack, "connections")["connections"]
    equal("the connection", (row["peer"], row["sni"], row["state"], row["version"], row["site"]),
          ("127.0.0.1", "localhost", "relay", "TLSv1.3", "demo"))
    equal("workers", sum(worker["open"] for worker in told(stack, "workers")["workers"]), 1)

    # ---- many connections ----
    many = [stack.connect() for _ in range(150)]
    until("all are listed", lambda: len(told(stack, "connections")["connections"]) == 151, 30)
    for sock in many:
        sock.close()
    until("they are gone", lambda: len(told(stack, "connections")["connections"]) == 1, 30)

    # ---- a reload keeps the counts, of those that drain, too ----
    total = value(metrics(stack), "frontd_connections_total", site="demo")
    done = frontctl(stack, "reload")
    equal("a reload", (done.returncode, done.stderr), (0, ""))
    stack.served()
    until("one more", lambda: value(metrics(stack), "frontd_connections_total", site="demo") == total + 1)
    equal("draining", value(metrics(stack), "frontd_workers", state="draining"), 1)
    until("the old one is open", lambda: value(metrics(stack), "frontd_connections_open", site="demo") == 1)
    one.close()
    until("nobody drains", lambda: value(metrics(stack), "frontd_workers", state="draining") == 0)
    equal("what it counted is kept", value(metrics(stack), "frontd_connections_total", site="demo"), total + 1)

    # ---- and so does a death ----
    for pid in stack.pids("frontd-worker"):
        os.kill(pid, signal.SIGKILL)
    until("others", lambda: value(metrics(stack), "frontd_respawns_total", process="frontd-worker") == 2)
    equal("what they counted is kept", value(metrics(stack), "frontd_connections_total", site="demo"), total + 1)
    until("they serve", stack.tried)

    # ---- what is refused ----
    stack.rewrite(more="colour = red")
    got = frontctl(stack, "reload")
    equal("a wrong reload", (got.returncode, "conf:10: no such option 'colour'" in got.stderr), (1, True))
    stack.rewrite(more="")
    equal("a right one", frontctl(stack, "reload").returncode, 0)
    equal("an unknown command", frontctl(stack, "dance").returncode, 2)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(stack.path("admin.sock"))
        sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while more := sock.recv(65536):
            answer += more
    equal("by HTTP", (answer[:15], b"frontd_info{" in answer), (b"HTTP/1.1 200 OK", True))

    # ---- the end ----
    last = stack.client()
    equal("drain", frontctl(stack, "drain").returncode, 0)
    equal("the state", told(stack, "status")["frontd"]["state"], "draining")
    equal("another", frontctl(stack, "drain").returncode, 1)
    last.close()
    equal("the exit", stack.frontd.wait(20), 0)
    equal("nobody is there", frontctl(stack, "status").returncode, 2)
