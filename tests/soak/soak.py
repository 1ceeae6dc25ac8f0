#!/usr/bin/env python3
"""What a month brings, in minutes: while clients come one after the other, and
wrk with connections that each make some requests, signers and workers are
killed, keyd is started again, both daemons read their configuration anew, and
another frontd takes over. No request may fail but those that a killed worker
had in hand, and what the daemons hold, in memory and descriptors, stays as it
is.

soak.py [FAULT=COUNT...]: how often each; what is not named, as in the table.
With any named, those alone."""
import os
import random
import re
import signal
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, "tests/e2e")
from lib.stack import alive, equal, status_of, until
from lib.upgrade import Upgrading

CLIENTS = 3
# Between two requests of one client: the machine is shared.
PAUSE = 0.005
WORKERS = 4
# Of wrk: connections, ms between two requests of one, requests of one.
WRK, WRK_PAUSE, WRK_REQUESTS = 8, 20, 10
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
# A request that was in hand when its worker died has failed by then.
GRACE = 2
# What dies younger is waited for, longer each time: a loop of crashes is another
# matter than a crash.
GROWN_UP = 11
# Of memory: the allocator's ways, not a leak, which a hundred faults multiply.
SLACK_KIB = 2048


def serve(client):
    """HTTP/1.1 as far as it is used here."""
    said = b""
    for number in range(1, WRK_REQUESTS + 1):
        while b"\r\n\r\n" not in said:
            if not (more := client.recv(65536)):
                return
            said += more
        head, _, said = said.partition(b"\r\n\r\n")
        last = number == WRK_REQUESTS or b"Connection: close" in head
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                       + (b"Connection: close\r\n" if last else b"") + b"\r\nyes")
        if last:
            return


class Web(Upgrading):
    """Its backend speaks HTTP."""

    def __init__(self):
        super().__init__(serve=serve, processes=WORKERS, listen="access-log = false")

    def served(self, text=REQUEST):
        """One request on a connection of its own."""
        with self.client() as client:
            client.sendall(text)
            got = b""
            while more := client.recv(65536):
                got += more
            equal("the answer", got.endswith(b"\r\n\r\nyes"), True)


class Wrk:
    """Connections that make several requests, while it is entered."""

    def __init__(self, stack):
        stack.write("wrk.lua", f"function delay() return {WRK_PAUSE} end")
        self.words = ["nice", "wrk", "-t1", f"-c{WRK}", "-d24h", "--timeout", "60s", "-s",
                      stack.path("wrk.lua"), f"https://localhost:{stack.port}/"]
        self.requests = self.errors = 0

    def __enter__(self):
        self.wrk = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.wrk.send_signal(signal.SIGINT)
        said = self.wrk.communicate(timeout=60)[0]
        self.requests = int(re.search(r"(\d+) requests in", said)[1])
        errors = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        self.errors = sum(map(int, errors.groups())) if errors else 0
        self.errors += int(bad[1]) if bad else 0


class Load:
    """Clients that each make a request on a connection of its own."""

    def __init__(self, stack):
        self.stack, self.served, self.failed = stack, 0, []
        self.lock, self.end = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]

    def run(self):
        while not self.end.is_set():
            time.sleep(PAUSE)
            began = time.monotonic()
            try:
                self.stack.served()
                with self.lock:
                    self.served += 1
            except (OSError, ssl.SSLError, AssertionError) as error:
                with self.lock:
                    self.failed.append((began, time.monotonic(), error))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        for thread in self.threads:
            thread.join()

    def goes_on(self, seconds=60):
        """All clients have been served since."""
        before = self.served
        until("requests are served", lambda: self.served >= before + 2 * CLIENTS, seconds)


def replaced(stack, name, pid, count):
    """Until the children called name are count others."""
    until(f"another {name}", lambda: len(pids := stack.pids(name)) == count and pid not in pids
          and all(alive(one) for one in pids), 60)


def age(pid):
    """Seconds since it was started."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        began = int(file.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


def kill(stack, name):
    """When it was killed."""
    pids = stack.pids(name)
    oldest = max(pids, key=age)
    until(f"a {name} is grown up", lambda: age(oldest) > GROWN_UP, 2 * GROWN_UP)
    os.kill(oldest, signal.SIGKILL)
    moment = time.monotonic()
    replaced(stack, name, oldest, len(pids))
    return moment


def kill_signer(stack):
    kill(stack, "keyd-signer")


def kill_worker(stack):
    return kill(stack, "frontd-worker")


def reload(stack, name):
    daemon = getattr(stack, name)
    done = stack.log(name).count("event=reload result=done")
    daemon.send_signal(signal.SIGHUP)
    until(f"{name} is reloaded", lambda: stack.log(name).count("event=reload result=done") > done, 60)


def reload_keyd(stack):
    reload(stack, "keyd")
    until("the old signer ends", lambda: len(stack.pids("keyd-signer")) == 1, 60)


def reload_frontd(stack):
    workers = set(stack.pids("frontd-worker"))
    reload(stack, "frontd")
    until("the old workers end", lambda: not workers & set(stack.pids("frontd-worker")), 60)


def restart_keyd(stack):
    signers = stack.events("keyd", "signer")
    stack.keyd.send_signal(signal.SIGTERM)
    equal("keyd ends with", stack.keyd.wait(30), 0)
    stack.start_keyd()
    until("keyd has its signers", lambda: stack.events("keyd", "signer") > signers + 1, 60)


def upgrade_frontd(stack):
    stack.upgrade()
    stack.old_end()


chosen = []  # (when it began, what)


def any_of_these(stack):
    """One of the others, by chance."""
    act = random.choice([act for name, _, act, _ in FAULTS if name != "mixed"])
    chosen.append((time.monotonic(), act.__name__))
    return act(stack)


def during(began, ended):
    """What was chosen between, and last before."""
    before = [what for when, what in chosen if when < began]
    return " ".join(before[-1:] + [what for when, what in chosen if began <= when <= ended])


# name, how often, what is done, whether it costs requests that are in hand
FAULTS = (
    ("signer-kills", 20, kill_signer, False),
    ("worker-kills", 100, kill_worker, True),
    ("keyd-restarts", 20, restart_keyd, False),
    ("keyd-reloads", 20, reload_keyd, False),
    ("frontd-reloads", 200, reload_frontd, False),
    ("frontd-upgrades", 20, upgrade_frontd, False),
    ("mixed", 30, any_of_these, True),
)


def held(stack):
    """{daemon: (resident KiB, descriptors)}"""
    return {name: (int(status_of(daemon.pid)["VmRSS"].split()[0]), len(os.listdir(f"/proc/{daemon.pid}/fd")))
            for name, daemon in (("keyd", stack.keyd), ("frontd", stack.frontd))}


def unexcused(failed, moments):
    """Requests that failed, and were not in hand when a worker was killed."""
    return [(end - began, f"{error} {during(began, end)}") for began, end, error in failed
            if not any(began <= moment <= end + GRACE for moment in moments)]


def one_fault(stack, load, name, count, act, costs):
    act(stack)  # what the first takes, as caches and tables, is not a leak
    load.goes_on()
    before, moments, wrong = held(stack), [], []
    served, failed, began = load.served, len(load.failed), time.monotonic()
    with Wrk(stack) as wrk:
        for _ in range(count):
            moment = act(stack)
            if costs and moment is not None:
                moments.append(moment)
            load.goes_on()
    after = held(stack)
    lost = load.failed[failed:]
    bad = unexcused(lost, moments)
    print(f"{name}: {count} times in {time.monotonic() - began:.0f} s, {load.served - served} and {wrk.requests} requests"
          f" served, {len(lost) - len(bad)} and {wrk.errors} lost in hand, {len(bad)} failed;"
          f" KiB and descriptors {before} {after}", flush=True)
    wrong += [f"{name}: a request failed after {took:.1f} s: {error}" for took, error in bad]
    if wrk.errors > len(moments) * WRK:
        wrong.append(f"{name}: {wrk.errors} requests of wrk failed")
    for daemon, (memory, descriptors) in after.items():
        if name in ("keyd-restarts", "mixed") and daemon == "keyd":
            continue  # it is another process
        if memory > before[daemon][0] + SLACK_KIB:
            wrong.append(f"{name}: {daemon} has grown by {memory - before[daemon][0]} KiB")
        if descriptors > before[daemon][1] + 2:
            wrong.append(f"{name}: {daemon} has {descriptors - before[daemon][1]} descriptors more")
    return wrong


def main():
    counts = {name: count for name, count, _, _ in FAULTS}
    if len(sys.argv) > 1:
        counts = dict.fromkeys(counts, 0)
    for word in sys.argv[1:]:
        name, _, count = word.partition("=")
        if name not in counts or not count.isdigit():
            sys.exit(f"soak: {word}: one of {', '.join(counts)}, =, and how often")
        counts[name] = int(count)
    wrong = []
    random.seed(1)
    with Web() as stack, Load(stack) as load:
        load.goes_on()
        for name, _, act, costs in FAULTS:
            if counts[name] > 0:
                wrong += one_fault(stack, load, name, counts[name], act, costs)
        served = load.served
    print("\n".join(wrong))
    print(f"soak: {sum(counts.values())} faults, {served} requests served, {len(wrong)} things wrong")
    sys.exit(1 if wrong else 0)


main()
