#!/usr/bin/env python3
"""make run: one line with the URL, a page that tells the truth about connection
and processes, and at SIGTERM or Ctrl-C every process ends."""
import json
import os
import re
import signal
import ssl
import subprocess
import threading
import urllib.request

from lib.ports import free_port
from lib.stack import alive, children_of, equal, name_of, status_of, until

# Not this make's jobs and words.
environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}


def get(port, ca, path):
    context = ssl.create_default_context(cafile=ca)
    with urllib.request.urlopen(f"https://localhost:{port}{path}", context=context,
                                timeout=10) as answer:
        return answer.headers, answer.read().decode()


def facts_are_true(facts, root):
    """The page's processes, against the kernel's word."""
    connection = facts["connection"]
    equal("version", connection["version"], "TLSv1.3")
    equal("name", connection["name"], "localhost")
    names = {}
    for row in facts["processes"]:
        status = status_of(row["pid"])
        equal(f"{row['name']} is {row['pid']}", name_of(row["pid"]), row["name"])
        equal(f"{row['name']}: seccomp", (row["seccomp"], status["Seccomp"]), (2, "2"))
        equal(f"{row['name']}: uid", row["uid"], int(status["Uid"].split()[0]))
        names[row["name"]] = row
    equal("processes", sorted(names), ["frontd", "frontd-connect", "frontd-page", "frontd-worker",
                                       "keyd", "keyd-signer", "keyd-tickets"])
    for name, row in names.items():
        equal(f"keys of {name}", row["keys"], 1 if name == "keyd-signer" else 0)
        if root:
            equal(f"{name} runs as root", row["uid"] == 0, name in ("frontd", "keyd"))


def run_and_end(number, group):
    port = free_port()
    run = subprocess.Popen(["make", "-s", "run", f"PORT={port}"], env=environment, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        # A layer that this machine cannot give is said before.
        lines = []
        for line in run.stdout:
            lines.append(line)
            if "https://" in line:
                break
        equal("the last line tells the URL", f"https://localhost:{port}/" in lines[-1], True)
        for line in lines[:-1]:
            equal(f"what precedes it: {line!r}", line.startswith("confinement of "), True)
        ca = re.search(r"trust (\S+);", lines[-1]).group(1)
        headers, page = get(port, ca, "/")
        equal("Cache-Control", headers["Cache-Control"], "no-store")
        equal("the page names the suite", "TLS_AES_" in page or "TLS_CHACHA20_" in page, True)
        until("the page knows the signer", lambda: "keyd-signer" in get(port, ca, "/status.json")[1])
        facts_are_true(json.loads(get(port, ca, "/status.json")[1]), os.geteuid() == 0)
        started = [run.pid, *children_of(run.pid)]
        if group:
            os.killpg(run.pid, number)
        else:
            demo = [pid for pid in started if "demo.sh" in open(f"/proc/{pid}/cmdline").read()]
            os.kill(demo[0], number)
        output = threading.Thread(target=run.communicate)
        output.start()
        output.join(20)
        equal("processes left", [name_of(pid) for pid in started if alive(pid)], [])
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)


run_and_end(signal.SIGTERM, False)
run_and_end(signal.SIGINT, True)  # Ctrl-C goes to all of the terminal's group
