#!/usr/bin/env python3
"""Thousands of sites: each name is shown its own certificate, and served as its
own site is, before and after a reload, also where all are the chains of a
directory; no process has memory for more sites than there are.

sites-by-the-thousand.py COUNT has as many and says in a line what they cost."""
import os
import random
import signal
import ssl
import subprocess
import sys
import time

from lib.ports import free_port
from lib.stack import BUILD, Stack, equal, until

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
SECONDS = 60 + COUNT // 50  # for what takes a moment when nothing else runs
LOOKS = 40


def kib_of(pid):
    """Memory that is its own, or its share of what is shared."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def sizes_of(stack):
    return {name: kib_of(stack.pids(name)[0]) for name in ("frontd", "frontd-worker", "frontd-connect")}


class Many(Stack):
    def __init__(self):
        super().__init__(processes=1)
        self.second = "http/1.1"  # protocol of every second site
        self.alike = False  # it is every site's, as is the policy
        subprocess.run([f"{BUILD}/tests/manychains", self.dir, str(COUNT)], check=True, timeout=SECONDS)
        self.write("keyd.conf", f"""
            socket = "keyd.sock"
            signer-group "all" {{ key "many" {{ file = "key.pem" operations = {{ sign13, sign12 }} }} }}
            client "frontd" {{ uid = "{os.geteuid()}" keys = {{ "many" }} role = server }}
            """)

    def write_sites(self):
        sites = "\n".join(
            f'site "{i}" {{ names = {{ "site-{i}.test" }} chain = "{i}.pem" backend = "{self.backend.address}" '
            f'{self.words_of(i)} }}' for i in range(COUNT))
        self.write("frontd.conf", f"""
            worker {{ processes = 1 }}
            keyd-socket = "keyd.sock"
            {sites}
            listen "127.0.0.1:{self.port}" {{ default = "0" alpn = {{ "h2" }} }}
            """)

    def write_directory(self):
        """The same chains as the sites of a directory, all on the same words."""
        if not os.path.exists(self.path("live")):
            os.mkdir(self.path("live"))
            for number in range(COUNT):
                os.rename(self.path(f"{number}.pem"), self.path(f"live/{number}.pem"))
        self.write("frontd.conf", f"""
            worker {{ processes = 1 }}
            keyd-socket = "keyd.sock"
            sites "all" {{ chains = "live" backend = "{self.backend.address}" alpn = {{ "{self.second}" }} }}
            listen "127.0.0.1:{self.port}" {{ default = "all/0" }}
            """)
        self.alike = True

    def reload(self):
        """How long it took."""
        before = self.log("frontd").count("event=reload ")
        began = time.monotonic()
        self.frontd.send_signal(signal.SIGHUP)
        until("the reload", lambda: self.log("frontd").count("event=reload ") > before, SECONDS)
        equal("done", self.log("frontd").count("event=reload result=done "), before + 1)
        return time.monotonic() - began

    def words_of(self, number):
        """A third has no TLS 1.2; every second one a protocol of its own."""
        policy = 'policy = "CloudFront-Upstream-TLS-1-3-2025"' if number % 3 == 2 else ""
        return policy + (f' alpn = {{ "{self.second}" }}' if number % 2 == 1 else "")

    def start_frontd(self):
        self.port = free_port()
        self.write_sites()
        began = time.monotonic()
        self.frontd = self.start("frontd")
        until("frontd's children are sealed", lambda: self.frontd.poll() is not None
              or self.events("frontd", "child") > 1, SECONDS)
        self.took = time.monotonic() - began

    def tried(self):
        try:
            self.look("site-1.test", 1)
            return True
        except OSError:
            return False

    def look(self, name, number, version=None):
        """A client that trusts the authority alone, and names a site."""
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        context.set_alpn_protocols(["h2", "http/1.1", "mine"])
        if version:
            context.maximum_version = version
        context.check_hostname = name == f"site-{number}.test"
        with context.wrap_socket(self.connect(), server_hostname=name) as client:
            equal(f"certificate for {name}", client.getpeercert()["subjectAltName"],
                  (("DNS", f"site-{number}.test"),))
            equal(f"protocol of {name}", client.selected_alpn_protocol(),
                  self.second if self.alike or number % 2 == 1 else "h2")
            return client.version()

    def look_at_some(self):
        numbers = {0, 1, 2, COUNT - 1, *random.sample(range(COUNT), LOOKS)}
        for number in numbers:
            equal("version", self.look(f"SITE-{number}.test".lower(), number), "TLSv1.3")
            try:
                said = self.look(f"site-{number}.test", number, ssl.TLSVersion.TLSv1_2)
            except ssl.SSLError as error:
                said = error.reason
            equal(f"TLS 1.2 at site {number}", said,
                  "TLSV1_ALERT_PROTOCOL_VERSION" if number % 3 == 2 and not self.alike else "TLSv1.2")
        self.look(f"site-{COUNT}.test", 0)
        self.look("localhost", 0)


with Many() as stack:
    stack.look_at_some()
    kib = sizes_of(stack)
    stack.second = "mine"
    stack.write_sites()
    reloaded = stack.reload()
    stack.look_at_some()
    stack.write_directory()
    listed = stack.reload()
    stack.look_at_some()
    until("those before have ended", lambda: len(stack.pids("frontd-worker")) == 1, SECONDS)
    listed_kib = sizes_of(stack)
    if len(sys.argv) > 1:
        sizes, listed_sizes = (
            ", ".join(f"{name} {size} KiB ({size * 1024 // COUNT} bytes a site)" for name, size in some.items())
            for some in (kib, listed_kib))
        print(f"sites: {COUNT} served each its own, sealed after {stack.took:.1f} s, "
              f"reloaded in {reloaded:.1f} s; {sizes}; as a directory "
              f"in {listed:.1f} s; {listed_sizes}")
