#!/usr/bin/env python3
"""Sites by the hundred, each with a key of its own in keyd: each is served with
its key, also when a signer was killed and when keyd and frontd have reloaded,
and a signer has memory for the keys that it has. keyd tells of each key.

KEYS=10000 has as many and says in a line what they cost."""
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import time

from lib.ports import free_port
from lib.stack import BUILD, Stack, equal, make_key, until

COUNT = int(os.environ.get("KEYS", "300"))
SECONDS = 60 + COUNT // 20  # for what takes a moment when nothing else runs
LOOKS = 20
SLOW = (COUNT // 3, COUNT // 2)  # these keys are RSA: another process has them


def kib_of(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Rss:"))


class Many(Stack):
    def __init__(self):
        super().__init__(processes=1)
        subprocess.run([f"{BUILD}/tests/manychains", self.dir, str(COUNT), "keys"], check=True, timeout=SECONDS)
        for number in SLOW:
            make_key(self.dir, str(number), host=f"site-{number}.test", kind="RSA")
        names = [f'"site-{i}"' for i in range(COUNT)]
        keys = "\n".join(f'key {name} {{ file = "{i}-key.pem" }}' for i, name in enumerate(names))
        self.write("keyd.conf", f"""
            socket = "keyd.sock"
            signer-group "all" {{ {keys} }}
            client "frontd" {{ uid = "{os.geteuid()}" keys = {{ {", ".join(names)} }} }}
            """)

    def start_keyd(self):
        began = time.monotonic()
        self.keyd = self.start("keyd")
        until("keyd has its keys", lambda: self.keyd.poll() is not None or self.keydctl_state() == "serving", SECONDS)
        self.keyd_took = time.monotonic() - began

    def keydctl(self, *words):
        answer = subprocess.run([f"{BUILD}/bin/keydctl", "-s", self.path("keyd-admin.sock"), *words],
                                capture_output=True, text=True, timeout=SECONDS, check=False)
        return answer.stdout

    def keydctl_state(self):
        said = self.keydctl("status", "--json")
        return json.loads(said)["keyd"]["state"] if said else ""

    def metrics(self):
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(self.path("keyd-admin.sock"))
            admin.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            return admin.makefile(encoding="ascii").read()

    def start_frontd(self):
        self.port = free_port()
        sites = "\n".join(f'site "{i}" {{ names = {{ "site-{i}.test" }} chain = "{i}.pem" '
                          f'backend = "{self.backend.address}" }}' for i in range(COUNT))
        self.write("frontd.conf", f"""
            worker {{ processes = 1 }}
            keyd-socket = "keyd.sock"
            {sites}
            listen "127.0.0.1:{self.port}" {{ default = "0" }}
            """)
        self.frontd = self.start("frontd")
        until("frontd's children are sealed", lambda: self.frontd.poll() is not None
              or self.events("frontd", "child") > 1, SECONDS)

    def tried(self):
        try:
            self.look(1)
            return True
        except OSError:
            return False

    def look(self, number):
        """The certificate's key must have signed the handshake."""
        name = f"site-{number}.test"
        context = ssl.create_default_context(
            cafile=self.path(f"{number}.pem" if number in SLOW else "ca.pem"))
        with context.wrap_socket(self.connect(), server_hostname=name) as client:
            equal(f"certificate for {name}", client.getpeercert()["subjectAltName"], (("DNS", name),))

    def look_at_some(self):
        for number in {0, 1, COUNT - 1, *SLOW, *random.sample(range(COUNT), LOOKS)}:
            self.look(number)

    def reload(self, daemon, name):
        before = self.log(name).count("event=reload result=done")
        began = time.monotonic()
        daemon.send_signal(signal.SIGHUP)
        until(f"the reload of {name}", lambda: self.log(name).count("event=reload result=done") > before, SECONDS)
        return time.monotonic() - began


with Many() as stack:
    stack.look_at_some()
    equal("sites whose key frontd missed", stack.events("frontd", "key-missing"), 0)
    keys = json.loads(stack.keydctl("keys", "--json"))["keys"]
    equal("keys that are served", sum(key["state"] == "serving" for key in keys), COUNT)
    equal("their names", [key["name"] for key in keys], [f"site-{i}" for i in range(COUNT)])
    equal("keys that differ", len({key["spki_sha256"] for key in keys}), COUNT)
    equal("those of another speed", [key["name"] for key in keys if key["speed"] == "medium"],
          [f"site-{i}" for i in SLOW])

    # The signers have what they were told that they would, and little more.
    told = {process["speed"]: process for process in json.loads(stack.keydctl("status", "--json"))["processes"]
            if process["group"] == "all"}
    equal("keys of each signer", {speed: process["keys"] for speed, process in told.items()},
          {"fast": COUNT - len(SLOW), "medium": len(SLOW)})
    kib = {speed: kib_of(process["pid"]) for speed, process in told.items()}
    if kib["fast"] > kib["medium"] + 6 * COUNT:
        raise AssertionError(f"KiB of signers with {COUNT} keys: {kib}")

    # One that is killed is replaced by one with the same keys.
    died = time.monotonic()
    os.kill(told["fast"]["pid"], signal.SIGKILL)
    until("a site is served again", stack.tried, SECONDS)
    recovered = time.monotonic() - died
    stack.look_at_some()

    # Operations are counted for each key, however many there are.
    counted = stack.metrics()
    for line in (f'key="site-{number}",operation="sign13"' for number in (1, SLOW[0])):
        if line not in counted:
            raise AssertionError(f"no {line} in keyd's metrics")

    # Another key for the last site.
    make_key(stack.dir, str(COUNT - 1), host=f"site-{COUNT - 1}.test")
    SLOW = (*SLOW, COUNT - 1)
    reloaded = stack.reload(stack.keyd, "keyd")
    fronts = stack.reload(stack.frontd, "frontd")
    stack.look_at_some()
    if "KEYS" in os.environ:
        print(f"keys: {COUNT} served each its site, keyd serving after {stack.keyd_took:.1f} s, a killed signer "
              f"replaced in {recovered:.1f} s, keyd reloaded in {reloaded:.1f} s, frontd in {fronts:.1f} s; "
              f"keyd {kib_of(stack.keyd.pid)} KiB, signer {kib['fast']} KiB "
              f"({(kib['fast'] - kib['medium']) * 1024 // COUNT} bytes a key)")
