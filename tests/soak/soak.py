#!/usr/bin/env python3
"""What a month brings, in minutes: while clients come one after the other,
signers and workers are killed, keyd is started again, and both daemons read
their configuration anew. No request may fail but those that a killed worker had
in hand, and what the daemons hold, in memory and descriptors, stays as it is.

soak.py [FAULT=COUNT...]: how often each; what is not named, as in the table."""
import os
import signal
import ssl
import sys
import threading
import time

sys.path.insert(0, "tests/e2e/lib")
from stack import Stack, alive, equal, status_of, until

CLIENTS = 4
# A request that was in hand when its worker died has failed by then.
GRACE = 2
# What dies younger is waited for, longer each time: a loop of crashes is another
# matter than a crash.
GROWN_UP = 11
# Of memory: the allocator's ways, not a leak, which a hundred faults multiply.
SLACK_KIB = 2048


class Load:
    """Clients that each make a request on a connection of its own."""

    def __init__(self, stack):
        self.stack, self.served, self.failed = stack, 0, []
        self.lock, self.end = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]

    def run(self):
        while not self.end.is_set():
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
    until(f"a {name} is grown up", lambda: age(pids[0]) > GROWN_UP, 2 * GROWN_UP)
    os.kill(pids[0], signal.SIGKILL)
    moment = time.monotonic()
    replaced(stack, name, pids[0], len(pids))
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


# name, how often, what is done, whether it costs requests that are in hand
FAULTS = (
    ("signer-kills", 20, kill_signer, False),
    ("worker-kills", 20, kill_worker, True),
    ("keyd-restarts", 5, restart_keyd, False),
    ("keyd-reloads", 20, reload_keyd, False),
    ("frontd-reloads", 20, reload_frontd, False),
)


def held(stack):
    """{daemon: (resident KiB, descriptors)}"""
    return {name: (int(status_of(daemon.pid)["VmRSS"].split()[0]), len(os.listdir(f"/proc/{daemon.pid}/fd")))
            for name, daemon in (("keyd", stack.keyd), ("frontd", stack.frontd))}


def unexcused(failed, moments):
    """Requests that failed, and were not in hand when a worker was killed."""
    return [(end - began, error) for began, end, error in failed
            if not any(began <= moment <= end + GRACE for moment in moments)]


def one_fault(stack, load, name, count, act, costs):
    act(stack)  # what the first takes, as caches and tables, is not a leak
    load.goes_on()
    before, moments, wrong = held(stack), [], []
    served, failed = load.served, len(load.failed)
    for _ in range(count):
        moment = act(stack)
        if costs:
            moments.append(moment)
        load.goes_on()
    after = held(stack)
    lost = load.failed[failed:]
    bad = unexcused(lost, moments)
    print(f"{name}: {count} times, {load.served - served} requests served, {len(lost)} lost in hand, {len(bad)} failed;"
          f" KiB and descriptors {before} {after}", flush=True)
    wrong += [f"{name}: a request failed after {took:.1f} s: {error}" for took, error in bad]
    for daemon, (memory, descriptors) in after.items():
        if name == "keyd-restarts" and daemon == "keyd":
            continue  # it is another process
        if memory > before[daemon][0] + SLACK_KIB:
            wrong.append(f"{name}: {daemon} has grown by {memory - before[daemon][0]} KiB")
        if descriptors > before[daemon][1] + 2:
            wrong.append(f"{name}: {daemon} has {descriptors - before[daemon][1]} descriptors more")
    return wrong


def main():
    counts = {name: count for name, count, _, _ in FAULTS}
    for word in sys.argv[1:]:
        name, _, count = word.partition("=")
        if name not in counts or not count.isdigit():
            sys.exit(f"soak: {word}: one of {', '.join(counts)}, =, and how often")
        counts[name] = int(count)
    wrong = []
    with Stack() as stack, Load(stack) as load:
        load.goes_on()
        for name, _, act, costs in FAULTS:
            if counts[name] > 0:
                wrong += one_fault(stack, load, name, counts[name], act, costs)
        served = load.served
    print("\n".join(wrong))
    print(f"soak: {sum(counts.values())} faults, {served} requests served, {len(wrong)} things wrong")
    sys.exit(1 if wrong else 0)


main()
