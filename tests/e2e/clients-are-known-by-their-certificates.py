#!/usr/bin/env python3
"""Sites that ask clients for certificates, require or optional: who is let in, by
which alert others are turned away, and what the backend is told of the client by
the PROXY header: flags, common name and the certificate itself."""
import concurrent.futures
import hashlib
import itertools
import json
import os
import re
import struct
import subprocess

from lib.proxy import exactly, tlvs
from lib.stack import BUILD, Stack, equal, until

HANDSHAKE_FAILURE, UNSUPPORTED, EXPIRED, UNKNOWN_CA, REQUIRED = 40, 43, 45, 48, 116
HOSTS = {"open": "localhost", "must": "must.test", "may": "may.test", "page": "page.test"}
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def origin(client):
    """Answers a request with what the PROXY header told, as JSON."""
    fixed = exactly(client, 16)
    equal("the signature", fixed[:12], SIGNATURE)
    rest = exactly(client, struct.unpack("!H", fixed[14:])[0])
    equal("command and family", fixed[12:14], b"\x21\x11")
    tls = tlvs(rest[12:])[0x20]
    inner = tlvs(tls[5:])
    told = {"client": tls[0], "verify": struct.unpack("!I", tls[1:5])[0],
            "version": inner[0x21].decode(), "name": inner.get(0x22, b"").decode(),
            "certificate": inner.get(0x28, b"").hex()}
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    body = json.dumps(told).encode()
    client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


class Mutual(Stack):
    """One listener: its word is require, two of three sites have another."""

    def __init__(self):
        super().__init__(serve=origin, processes=1)
        self.openssl_does("req", "-x509", "-new", "-key", self.key, "-days", "7", "-subj", "/CN=demo",
                          "-addext", "subjectAltName=" + ",".join("DNS:" + host for host in HOSTS.values()),
                          "-out", self.chain)
        for ca in "ca", "stranger":
            self.openssl_does("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                              "-days", "7", "-subj", f"/CN={ca}", "-addext", "basicConstraints=critical,CA:TRUE",
                              "-addext", "keyUsage=critical,keyCertSign", "-keyout", self.path(f"{ca}.key"),
                              "-out", self.path(f"{ca}.pem"))
        self.client_pair("alice", "/CN=Alice/O=Example")
        self.client_pair("rsa", "/O=Example/CN=B\u00f6b", kind="rsa:2048")
        self.client_pair("mail", "/O=Example", "subjectAltName=email:carol@example.com")
        self.client_pair("large", "/CN=Large", "1.2.3.4=ASN1:UTF8:" + "x" * 40000)
        self.client_pair("huge", "/CN=Huge", "1.2.3.4=ASN1:UTF8:" + "x" * 65050)
        self.client_pair("server", "/CN=server", "extendedKeyUsage=serverAuth")
        self.client_pair("old", "/CN=Old", days="-1")
        self.client_pair("stranger-alice", "/CN=Alice/O=Example", ca="stranger")

    def openssl_does(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=self.dir)

    def client_pair(self, name, subject, extension="keyUsage=critical,digitalSignature", ca="ca", kind="ec", days="7"):
        curve = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []
        self.openssl_does("req", "-new", "-newkey", kind, *curve, "-nodes", "-utf8", "-subj", subject,
                          "-keyout", self.path(f"{name}.key"), "-out", self.path("request"))
        self.write("extensions", f"basicConstraints=critical,CA:FALSE\n{extension}\n")
        self.openssl_does("x509", "-req", "-in", "request", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key",
                          "-CAcreateserial", "-days", days, "-extfile", "extensions", "-out", f"{name}.pem")

    def der(self, name):
        return subprocess.run(["openssl", "x509", "-in", self.path(f"{name}.pem"), "-outform", "DER"],
                              check=True, capture_output=True).stdout

    def write_frontd(self):
        super().write_frontd()
        words = {"open": "client-auth = none", "must": "", "may": "client-auth = optional", "page": ""}
        sites = "".join(f"""
            site "{site}" {{
                names = {{ "{host}" }} chain = "demo.pem"
                backend = "{"unix:" + self.path("page.sock") if site == "page" else self.backend.address}"
                proxy-protocol = v2 {words[site]}
            }}""" for site, host in HOSTS.items())
        self.write("frontd.conf", f"""
            worker {{ {self.worker} }}
            keyd-socket = "keyd.sock"
            page {{ socket = "page.sock" }}
            {sites}
            listen "127.0.0.1:{self.port}" {{ default = "must" client-ca = "ca.pem" }}
            """)

    def tried(self):
        try:
            return bool(self.ask("open", None, "1.3"))
        except AssertionError:
            return False

    def ends(self, reason):
        return re.findall(rf'event=session (.* end="{reason}")', self.log("frontd"))

    def closed(self):
        return self.ends("closed")

    def curl(self, site, pair, version):
        words = ["--cert", self.path(f"{pair}.pem"), "--key", self.path(f"{pair}.key")] if pair else []
        return subprocess.run(
            ["curl", "-sS", "--cacert", self.chain, "--resolve", f"{HOSTS[site]}:{self.port}:127.0.0.1",
             "--tlsv" + version, "--tls-max", version, *words, f"https://{HOSTS[site]}:{self.port}/"],
            capture_output=True, text=True, timeout=20, check=False)

    def ask(self, site, pair, version):
        """What the backend was told, over curl."""
        run = self.curl(site, pair, version)
        equal(f"curl's exit for {site} with {pair}: {run.stderr}", run.returncode, 0)
        return json.loads(run.stdout)

    def offer(self, name, pair, version, *more):
        """The alert that openssl gets, or the backend's answer."""
        words = [*more]
        words += ["-cert", self.path(f"{pair}.pem"), "-key", self.path(f"{pair}.key")] if pair else []
        sni = ["-servername", name] if name else ["-noservername"]
        run = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *sni, "-ign_eof",
             {"1.3": "-tls1_3", "1.2": "-tls1_2"}[version], *words],
            input="GET / HTTP/1.0\r\n\r\n", capture_output=True, text=True, timeout=20, check=False)
        self.reused = "\nReused, " in run.stdout
        alert = re.search(r"SSL alert number (\d+)", run.stderr)
        return int(alert.group(1)) if alert else json.loads(run.stdout[run.stdout.index('{"client"'):].partition("}")[0] + "}")


with Mutual() as stack:
    NOBODY = {"client": 1, "verify": 1, "name": "", "certificate": ""}

    def somebody(pair, name):
        return {"client": 7, "verify": 0, "name": name, "certificate": stack.der(pair).hex()}

    # site, certificate, what the backend has to be told
    LET_IN = (
        ("must", "alice", somebody("alice", "Alice")),
        ("must", "rsa", somebody("rsa", "B\u00f6b")),
        ("must", "mail", somebody("mail", "")),
        ("must", "large", somebody("large", "Large")),
        ("may", "alice", somebody("alice", "Alice")),
        ("may", None, NOBODY),
        ("open", None, NOBODY),
        ("open", "alice", NOBODY),  # it is not asked for
    )
    # site, certificate, alert in TLS 1.3 and 1.2
    TURNED_AWAY = (
        ("must", None, REQUIRED, HANDSHAKE_FAILURE),
        ("must", "stranger-alice", UNKNOWN_CA, UNKNOWN_CA),
        ("may", "stranger-alice", UNKNOWN_CA, UNKNOWN_CA),
        ("must", "server", UNSUPPORTED, UNSUPPORTED),
        ("must", "old", EXPIRED, EXPIRED),
        ("may", "old", EXPIRED, EXPIRED),
    )
    VERSIONS = "1.3", "1.2"
    for version, (site, pair, wanted) in itertools.product(VERSIONS, LET_IN):
        before = len(stack.closed())
        wanted = {**wanted, "version": f"TLSv{version}"}
        what = f"{site} with {pair} over {version}"
        for told in stack.ask(site, pair, version), stack.offer(HOSTS[site], pair, version):
            equal(f"what the backend is told of {what}", told, wanted)
        until("the sessions' lines", lambda before=before: len(stack.closed()) == before + 2)
        shown = hashlib.sha256(bytes.fromhex(wanted["certificate"])).hexdigest()
        shown = shown if wanted["certificate"] else "-"
        for line in stack.closed()[before:]:
            equal(f"the fingerprint in the log of {what}", re.search(r"fingerprint=(\S+)", line).group(1), shown)
            name = wanted["name"].replace("\u00f6", r"\xc3\xb6") or "-"
            equal(f"the client in the log of {what}", re.search(r"client=(\S+)", line).group(1), name)

    # All at once: the sockets of those turned away are closed after a delay.
    CASES = [(version, HOSTS[site], pair, in_13 if version == "1.3" else in_12)
             for version in VERSIONS for site, pair, in_13, in_12 in TURNED_AWAY]
    # Who names no site, or none that is there, is the default's, which requires one.
    CASES += [(version, name, None, REQUIRED if version == "1.3" else HANDSHAKE_FAILURE)
              for version in VERSIONS for name in (None, "nobody.test")]
    with concurrent.futures.ThreadPoolExecutor(len(CASES)) as pool:
        alerts = [pool.submit(stack.offer, name, pair, version) for version, name, pair, _ in CASES]
        curls = [pool.submit(stack.curl, "must", pair, version)
                 for version in VERSIONS for pair in (None, "stranger-alice")]
        for (version, name, pair, alert), got in zip(CASES, alerts):
            equal(f"the alert for {name} with {pair} over {version}", got.result(), alert)
        for one in curls:
            equal("curl's exit when it is turned away", one.result().returncode in (35, 56), True)
    until("the lines of those turned away",
          lambda: len(stack.ends("handshake: .*")) == len(CASES) + len(curls), 20)
    for line in stack.ends("handshake: .*"):
        equal(f"nobody in the log: {line}", "client=- fingerprint=- " in line, True)
    for version, name in itertools.product(VERSIONS, (None, "nobody.test")):
        equal(f"{name} over {version} with a certificate", stack.offer(name, "alice", version)["name"], "Alice")

    # What does not fit into a PROXY header is not left out of it.
    for version in VERSIONS:
        equal(f"curl's exit with a huge certificate over {version}",
              stack.curl("must", "huge", version).returncode in (52, 56), True)
    until("the lines of the huge ones", lambda: len(stack.ends("backend: the certificate is too large")) == 2)
    for line in stack.ends("backend: the certificate is too large"):
        equal(f"who it was: {line}", " client=Huge " in line, True)

    # The page of ours reads such headers, however large.
    for pair in "alice", "large":
        run = stack.curl("page", pair, "1.3")
        equal(f"curl's exit at the page with {pair}: {run.stderr}", run.returncode, 0)
        equal(f"the page with {pair}", "What protects this connection" in run.stdout, True)

    # A session of a site that asks for nothing is of no use where something is.
    for version in VERSIONS:
        session = stack.path("session")
        stack.offer("localhost", None, version, "-sess_out", session)
        stack.offer("localhost", None, version, "-sess_in", session)
        equal(f"a session is resumed over {version}", stack.reused, True)
        for name in "must.test", None:
            equal(f"the alert for a session of another site at {name} over {version}",
                  stack.offer(name, None, version, "-sess_in", session),
                  REQUIRED if version == "1.3" else HANDSHAKE_FAILURE)
        told = stack.offer("may.test", "alice", version, "-sess_in", session)
        equal(f"who comes with it to may.test over {version}", (told["name"], stack.reused), ("Alice", False))
        stack.offer("must.test", "alice", version, "-sess_out", session)
        stack.offer("must.test", "alice", version, *(["-sess_in", session] if os.path.exists(session) else []))
        equal(f"a session with a certificate is not resumed over {version}", stack.reused, False)
        os.unlink(session)

    # The authorities are named, for a client to choose by.
    run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{stack.port}", "-servername", HOSTS["may"]],
                         input="", capture_output=True, text=True, timeout=20, check=False)
    equal(f"the authorities that a client sees: {run.stdout}",
          "Acceptable client certificate CA names\nCN = ca\n" in run.stdout, True)

    # No private key gets into frontd: not with a chain, not with authorities.
    for word in "chain", "client-ca":
        with open(stack.path("both.pem"), "w", encoding="ascii") as both:
            for part in "alice.pem", "alice.key":
                with open(stack.path(part), encoding="ascii") as file:
                    both.write(file.read())
        chain = "both.pem" if word == "chain" else "demo.pem"
        more = "" if word == "chain" else 'client-ca = "both.pem"'
        stack.write("bad.conf", f'site "a" {{\n backend = "127.0.0.1:1"\n chain = "{chain}"\n {more}\n}}\n'
                                'listen "127.0.0.1:1" { default = "a" }\n')
        run = subprocess.run([f"{BUILD}/bin/frontd", "-t", "-f", stack.path("bad.conf")],
                             capture_output=True, text=True, timeout=20, check=False)
        equal(f"exit of frontd -t with a key in its {word}", run.returncode, 1)
        equal(f"words of frontd -t with a key in its {word}", run.stderr,
              f"{stack.path('bad.conf')}:{3 if word == 'chain' else 4}: {stack.path('both.pem')}: "
              "holds a private key: keys belong to keyd alone\n")
    os.unlink(stack.path("both.pem"))
