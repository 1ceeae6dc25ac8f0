#!/usr/bin/env python3
"""Client authentication, policy, ALPN, tickets and backend are those of the site
and listener at hand, whatever session a client brings along: one of another
site, of another listener, or of the time before a reload that changed them."""
import itertools
import os
import re
import subprocess

from lib.ports import free_port
from lib.reload import Reloading
from lib.stack import Backend, equal

PROTOCOL_VERSION, HANDSHAKE_FAILURE, UNKNOWN_CA, REQUIRED = 70, 40, 48, 116
VERSIONS = "tls1_2", "tls1_3"
REFUSED = {"tls1_2": HANDSHAKE_FAILURE, "tls1_3": REQUIRED}
NEW_ONLY = 'policy = "CloudFront-Upstream-TLS-1-3-2025"'
# The site of localhost has its words in the test.
SITES = {
    "free": "",
    "other": 'alpn = { "http/1.1" }',
    "must": 'client-auth = require client-ca = "ca.pem"',
    "may": 'client-auth = optional client-ca = "ca.pem"',
    "staff": 'client-ca = "staff.pem"',
    "new": NEW_ONLY,
    "quiet": "tickets = false",
}


def named(client):
    """A backend that says which one it is."""
    while data := client.recv(65536):
        client.sendall(data + b"[%d]" % client.getsockname()[1])


class Rights(Reloading):
    """Three listeners: with no words, one that asks for certificates, and one of TLS 1.3."""

    def __init__(self):
        super().__init__(serve=named)
        self.second = Backend(named)
        self.to = self.backend.address  # of localhost
        self.strict, self.modern = free_port(), free_port()
        self.does("req", "-x509", "-new", "-key", self.key, "-days", "7", "-subj", "/CN=demo", "-addext",
                  "subjectAltName=DNS:localhost," + ",".join(f"DNS:{name}.test" for name in SITES), "-out", self.chain)
        for ca, client in ("ca", "alice"), ("staff", "bob"):
            self.does("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7",
                      "-subj", f"/CN={ca}", "-keyout", f"{ca}.key", "-out", f"{ca}.pem")
            self.does("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                      f"/CN={client}", "-keyout", f"{client}.key", "-out", "request")
            self.does("x509", "-req", "-in", "request", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-set_serial", "1",
                      "-days", "7", "-out", f"{client}.pem")

    def does(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=self.dir)

    def rewrite(self, processes=None, more=None):
        sites = "\n".join(f"""site "{name}" {{ names = {{ "{name}.test" }} chain = "demo.pem"
            backend = "{self.second.address if name == 'other' else self.backend.address}" {words} }}"""
                          for name, words in SITES.items())
        self.write("frontd.conf", f"""
            worker {{ processes = 2 drain-timeout = 1h }}
            keyd-socket = "keyd.sock"
            site "demo" {{ names = {{ "localhost" }} chain = "demo.pem" backend = "{self.to}" {self.site} }}
            {sites}
            listen "127.0.0.1:{self.port}" {{ default = "demo" alpn = {{ "h2" }} }}
            listen "127.0.0.1:{self.strict}" {{ default = "free" client-auth = require client-ca = "ca.pem" }}
            listen "127.0.0.1:{self.modern}" {{ default = "other" {NEW_ONLY} }}
            """)

    def offer(self, host, *words, port=None, pair=None):
        """What became of it: an alert, or whether the session was resumed, the protocol, the suite and the
        backend."""
        name = ["-servername", host if "." in host or host == "localhost" else f"{host}.test"] if host else \
            ["-noservername"]
        pair = ["-cert", self.path(f"{pair}.pem"), "-key", self.path(f"{pair}.key")] if pair else []
        text = "who is there"
        with subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{port or self.port}", *name, "-alpn", "http/1.1,h2",
                 *pair, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
            client.stdin.write(text.encode())
            client.stdin.flush()
            said = b""
            while not re.search(text.encode() + rb"\[\d+\]", said) and (more := client.stdout.read1(65536)):
                said += more
            client.kill()
            client.communicate()
        said = said.decode(errors="replace")
        if alert := re.search(r"SSL alert number (\d+)", said):
            return int(alert[1])
        if text not in said:
            raise AssertionError(f"{host} {words}: {said}")
        protocol = re.search(r"^ALPN protocol: (\S+)$", said, re.MULTILINE)
        return {"resumed": "\nReused, " in said, "alpn": protocol and protocol[1],
                "suite": re.search(r"Cipher is (\S+)", said)[1],
                "backend": "127.0.0.1:" + re.search(text + r"\[(\d+)\]", said)[1]}

    def session(self, host, version, *words, port=None, pair=None):
        """A file with a session that can be resumed where it was made; None: there is none."""
        path = self.path(f"session-{host}-{version}-{port}-{pair}")
        for _ in range(20):  # workers have their ticket keys soon after they were started
            self.offer(host, f"-{version}", *words, "-sess_out", path, port=port, pair=pair)
            if os.path.exists(path):
                break
            if host in ("must", "may", "staff", "quiet") or port == self.strict:
                return None
        again = self.offer(host, f"-{version}", *words, "-sess_in", path, port=port, pair=pair)
        equal(f"a session of {host} where it was made", again["resumed"], True)
        return path


PAIRS = {"must": "alice", "staff": "bob", "may": "alice"}


def at_other_sites(stack):
    """Nothing is resumed under another name, nor where certificates are asked for."""
    for version in VERSIONS:
        made = {host: stack.session(host, version, pair=PAIRS.get(host))
                for host in ("localhost", "", *SITES) if version == "tls1_3" or host != "new"}
        equal("sites that give sessions", sorted(host for host in made if made[host]),
              sorted({"localhost", "", "free", "other", *(["new"] if version == "tls1_3" else [])}))
        for host, to in itertools.product([host for host in made if made[host]], ("localhost", *SITES)):
            if host == to:
                continue
            what = f"session of {host or 'no name'} at {to} over {version}"
            words = f"-{version}", "-sess_in", made[host]
            if to == "new" and version == "tls1_2":
                equal(what, stack.offer(to, *words), PROTOCOL_VERSION)
                continue
            if to in ("must", "staff"):
                equal(f"{what}, with no certificate", stack.offer(to, *words), REFUSED[version])
            got = stack.offer(to, *words, pair=PAIRS.get(to))
            equal(f"{what}: resumed", got["resumed"], False)
            equal(f"{what}: protocol", got["alpn"], "http/1.1" if to == "other" else "h2")
            equal(f"{what}: backend", got["backend"],
                  stack.second.address if to == "other" else stack.backend.address)
        equal("another's authority", stack.offer("staff", f"-{version}", "-sess_in", made["free"], pair="alice"),
              UNKNOWN_CA)


def at_other_listeners(stack):
    """The same name, on other terms: the session is no reason to be let in."""
    for version, host in itertools.product(VERSIONS, ("free", "", "nobody.test")):
        made = stack.session(host, version)
        words = f"-{version}", "-sess_in", made
        equal(f"{host} where certificates are asked for", stack.offer(host, *words, port=stack.strict),
              REFUSED[version])
        got = stack.offer(host, *words, port=stack.strict, pair="alice")
        equal(f"{host} with one: resumed, protocol", (got["resumed"], got["alpn"]), (False, None))
        got = stack.offer(host, *words, port=stack.modern)
        if version == "tls1_2":
            equal(f"{host} where there is no TLS 1.2", got, PROTOCOL_VERSION)
        else:
            # The terms of the listener at hand.
            equal(f"{host} elsewhere: protocol", got["alpn"], None if host == "free" else "http/1.1")
        equal("no session of who has shown a certificate",
              stack.session(host, version, port=stack.strict, pair="alice"), None)


def after_a_reload(stack):
    """What was changed counts for sessions from before."""
    made = {version: stack.session("localhost", version) for version in VERSIONS}
    old = {version: ("localhost", f"-{version}", "-sess_in", made[version]) for version in VERSIONS}

    def change(words, to=None):
        stack.site, stack.to = words, to or stack.backend.address
        stack.rewrite()
        stack.reload()

    for word in "require", "optional":
        change(f'client-ca = "ca.pem" client-auth = {word}')
        for version in VERSIONS:
            got = stack.offer(*old[version])
            equal(f"{word} over {version}", got if word == "require" else got["resumed"],
                  REFUSED[version] if word == "require" else False)
            equal(f"{word}, with a certificate", stack.offer(*old[version], pair="alice")["resumed"], False)
    change("tickets = false")
    for version in VERSIONS:
        equal(f"no tickets over {version}", stack.offer(*old[version])["resumed"], False)
    change(NEW_ONLY)
    equal("no TLS 1.2", stack.offer(*old["tls1_2"]), PROTOCOL_VERSION)
    change('alpn = { "http/1.1" }', stack.second.address)
    for version in VERSIONS:
        got = stack.offer(*old[version])
        equal(f"as it was made, over {version}: resumed", got["resumed"], True)
        equal("on the new protocol, to the new backend", (got["alpn"], got["backend"]),
              ("http/1.1", stack.second.address))
    # A suite that the policy has no more is none of a resumption either.
    change('policy = "20190214"')
    suites = "-cipher", "ECDHE-ECDSA-AES128-SHA"
    path = stack.session("localhost", "tls1_2", *suites)
    change("")
    suites = "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256"
    got = stack.offer("localhost", "-tls1_2", *suites, "-sess_in", path)
    equal("a suite of before", (got["resumed"], got["suite"]), (False, "ECDHE-ECDSA-AES128-GCM-SHA256"))


with Rights() as stack:
    at_other_sites(stack)
    at_other_listeners(stack)
    after_a_reload(stack)
