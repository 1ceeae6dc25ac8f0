#!/usr/bin/env python3
"""A directory of chains: each file is a site by the names in its certificate, on
the settings of its block; a reload takes up what was added, replaced and removed
without losing a connection, and refuses whatever is wrong, by the file's name.
Chains with keys of two kinds stand side by side for one name, each with its own
OCSP response, for clients that know only one of them."""
import concurrent.futures
import json
import os
import re
import shutil
import ssl
import subprocess

from lib.load import Load
from lib.ports import free_port
from lib.reload import Reloading
from lib.responder import Authority, Responder
from lib.stack import BUILD, Backend, equal, make_key, until

KINDS = {"ec": "EC", "rsa": "RSA"}
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)

# Clients that know signatures of one kind only: openssl's words or gnutls's.
GNUTLS = "NONE:+VERS-TLS1.%d:+AES-128-GCM:+AEAD:+GROUP-ALL:+COMP-NULL:+ECDHE-RSA:+ECDHE-ECDSA:+SIGN-%s"
CLIENTS = {
    "ec": (["-tls1_3", "-sigalgs", "ECDSA+SHA256"], ["-tls1_2", "-sigalgs", "ECDSA+SHA256"],
           ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], ["-tls1_3"], ["-tls1_2"],
           GNUTLS % (3, "ECDSA-SECP256R1-SHA256"), GNUTLS % (2, "ECDSA-SHA256")),
    "rsa": (["-tls1_3", "-sigalgs", "RSA-PSS+SHA256"], ["-tls1_2", "-sigalgs", "RSA-PSS+SHA256"],
            ["-tls1_2", "-sigalgs", "RSA+SHA256"], ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"],
            GNUTLS % (3, "RSA-PSS-RSAE-SHA256"), GNUTLS % (2, "RSA-SHA256")),
}


def other(client):
    """Another backend: says that it is."""
    client.recv(65536)
    client.sendall(b"the other")


class Directory(Reloading):
    """An authority, two keys, and a directory called live."""

    def __init__(self):
        super().__init__(words='admin-socket = "admin.sock" ocsp-cache = "cache"')
        self.second = Backend(other)
        self.settings = ""  # of the block
        os.mkdir(self.path("live"))
        os.mkdir(self.path("cache"))
        for name, kind in KINDS.items():
            make_key(self.dir, name, kind=kind)
        self.authority = Authority(self.dir)
        self.responder = Responder(self.authority)
        keys = "\n".join(f'key "{name}" {{ file = "{name}-key.pem" operations = {{ sign13, sign12 }} }}'
                         for name in ("demo", *KINDS))
        self.write("keyd.conf", f"""
            socket = "keyd.sock"
            signer-group "all" {{ {keys} }}
            client "frontd" {{ uid = "{os.geteuid()}" keys = {{ "demo", "ec", "rsa" }} role = server }}
            """)

    def put(self, name, text):
        """Into the directory, as programs do: whole or not."""
        path = self.path(f"live/{name}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.write("new", text)
        os.rename(self.path("new"), path)

    def take(self, name):
        os.unlink(self.path(f"live/{name}"))

    def chain_file(self, name, *hosts, kind="ec", days=30):
        """Its certificate's serial number."""
        serial = self.authority.issue("issued", ",DNS:".join(hosts), self.path(f"{kind}-key.pem"), days=days)
        with open(self.path("issued.pem"), encoding="ascii") as file:
            self.put(name, file.read())
        return serial

    def rewrite(self, processes=None, more=None):
        super().rewrite(processes, f"""
            sites "web" {{ chains = "live" backend = "{self.second.address}" alpn = {{ "h2" }} {self.settings} }}
            {more or ""}""")

    def look(self, host):
        """The serial number shown, the protocol, and what the backend says."""
        context = ssl.create_default_context(cafile=self.path("ca.pem"))
        context.set_alpn_protocols(["http/1.1", "h2"])
        with context.wrap_socket(self.connect(), server_hostname=host) as client:
            client.sendall(b"hello")
            return int(client.getpeercert()["serialNumber"], 16), client.selected_alpn_protocol(), client.recv(100)

    def shown_to(self, words, host):
        """The serial number that such a client is shown; None: there is no handshake."""
        if isinstance(words, str):
            name = ["--sni-hostname", host] if host else ["--disable-sni"]
            run = ["gnutls-cli", "--insecure", "--print-cert", "--priority", words, *name, "-p", str(self.port),
                   "127.0.0.1"]
        else:
            name = ["-servername", host] if host else ["-noservername"]
            run = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *name, *words]
        ran = subprocess.run(run, input="", capture_output=True, text=True, timeout=20, check=False)
        found = CERTIFICATE.search(ran.stdout)
        if not found or "handshake_failure" in ran.stderr or "Handshake failed" in ran.stdout + ran.stderr:
            return None
        said = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=found.group(), capture_output=True,
                              text=True, timeout=20, check=True).stdout
        return int(said.strip().split("=")[1], 16)

    def all_are_shown(self, cases):
        """Clients, names, and which serial number each is shown."""
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            got = pool.map(lambda case: self.shown_to(*case[:2]), cases)
            for (words, host, wanted), serial in zip(cases, got):
                equal(f"certificate of {host} for {words}", serial, wanted)

    def stapled(self, words, host):
        """The serial number in the OCSP response that came along."""
        ran = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", host,
                              "-status", *words], input="", capture_output=True, text=True, timeout=20, check=False)
        equal("status", "Cert Status: good" in ran.stdout, True)
        return int(re.search("Serial Number: ([0-9A-F]+)", ran.stdout).group(1), 16)

    def report(self, word):
        run = subprocess.run([f"{BUILD}/bin/frontctl", "-s", self.path("admin.sock"), "--json", word],
                             check=True, capture_output=True, text=True, timeout=20)
        return json.loads(run.stdout)[word]

    def sites(self):
        return {site["name"]: site for site in self.report("sites")}

    def refused(self, name, reason, more=None, word=" chains = ", reload=False):
        """frontd -t, as a reload, names the file and the line of its directory."""
        self.rewrite(more=more)
        run = subprocess.run([f"{BUILD}/bin/frontd", "-t", "-f", self.path("frontd.conf")], capture_output=True,
                             text=True, timeout=20, check=False)
        with open(self.path("frontd.conf"), encoding="utf-8") as file:
            line = max(number for number, text in enumerate(file, 1) if word in text)
        equal(f"words about {name}", run.stderr, f"{self.path('frontd.conf')}:{line}: {self.path(name)}: {reason}\n")
        if reload:
            before = self.look("one.test")
            self.reload("refused")
            equal("what the reload said", run.stderr in self.log("frontd"), True)
            equal(f"one.test after {name}", self.look("one.test"), before)
        self.rewrite(more="")


def kinds_stand_side_by_side(stack):
    """Also for the names of exact and of wildcard certificates, and where nothing is asked for."""
    stack.settings = f'ocsp-responder = "{stack.responder.url("all")}"'
    shown = {"ec": stack.chain_file("one.pem", "one.test", "*.one.test"),
             "rsa": stack.chain_file("one-rsa.pem", "one.test", kind="rsa")}
    exact = stack.chain_file("exact.pem", "exact.one.test", kind="rsa")
    port, first = stack.port, free_port()
    stack.rewrite(more=f'listen "127.0.0.1:{first}" {{ default = "web/one" }}')
    stack.reload()
    cases = [(words, "one.test", shown[kind]) for kind, clients in CLIENTS.items() for words in clients]
    for kind, clients in CLIENTS.items():
        for words in clients[0], clients[-1]:
            cases += [(words, "ONE.test", shown[kind]),
                      (words, "any.one.test", shown["ec"] if kind == "ec" else None),
                      # Written out goes before a star, whatever the kinds of keys.
                      (words, "exact.one.test", exact if kind == "rsa" else None)]
    stack.all_are_shown(cases)
    stack.port = first
    stack.all_are_shown([(words, None, shown[kind]) for kind, clients in CLIENTS.items() for words in clients])
    stack.port = port
    sites = stack.sites()
    equal("who stands beside", {name: site["beside"] for name, site in sites.items() if site["beside"]},
          {"web/one-rsa": "web/one"})
    until("responses", lambda: [stack.sites()[f"web/{name}"]["staple"] for name in ("one", "one-rsa")] == ["served"] * 2,
          30)
    for kind, clients in CLIENTS.items():
        for words in clients[0], clients[1]:
            equal(f"serial number in the response for {words}", stack.stapled(words, "one.test"), shown[kind])


with Directory() as stack:
    for name, text in (("README", "read me"), (".hidden.pem", "no chain"), ("one.pem~", "no chain"),
                       ("one.key", "no chain"), ("empty/cert.pem", "no chain")):
        stack.put(name, text)
    one = stack.chain_file("one.pem", "one.test", "*.one.test")
    two = stack.chain_file("two/fullchain.pem", "two.test", "www.two.test")
    with Load(stack, 2) as load:
        # Added.
        stack.reload()
        for host, serial in (("one.test", one), ("a.one.test", one), ("two.test", two), ("www.two.test", two)):
            equal(host, stack.look(host), (serial, "h2", b"the other"))
        load.goes_on()
        sites = stack.sites()
        equal("sites", sorted(sites), ["demo", "web/one", "web/two"])
        equal("file", sites["web/two"]["file"], stack.path("live/two/fullchain.pem"))
        equal("connections", sites["web/two"]["connections"], 2)
        equal("backends", [site["backends"] for site in sites.values()], [1, 1, 1])
        equal("the directory's is one", [(row["site"], row["connections"]) for row in stack.report("backends")
                                         if row["site"] != "demo"], [("web", 4)])

        # Replaced, as certbot does it, and removed.
        stack.chain_file("../archive/two2.pem", "two.test")
        os.unlink(stack.path("live/two/fullchain.pem"))
        os.symlink("../../archive/two2.pem", stack.path("live/two/fullchain.pem"))
        three = stack.chain_file("three.pem", "three.test")
        stack.take("one.pem")
        stack.reload()
        equal("two.test", stack.look("two.test")[0] > two, True)
        equal("three.test", stack.look("three.test"), (three, "h2", b"the other"))
        for host in "one.test", "www.two.test":
            equal(host, stack.shown_to([], host) in (one, two, three), False)
        load.goes_on()
        equal("counts over reloads", stack.sites()["web/two"]["connections"], 3)
        one = stack.chain_file("one.pem", "one.test", "*.one.test")
        stack.reload()

        # A site of its own has its names for itself, and what has no other is none of the directory's.
        own = f'site "own" {{ names = {{ "one.test", "*.one.test" }} chain = "live/one.pem" backend = "{stack.backend.address}" }}'
        stack.rewrite(more=own)
        stack.reload()
        equal("one.test of its own", stack.look("one.test"), (one, None, b"hello"))
        until("the chain is told of", lambda: "event=chain-unused file=" in stack.log("frontd"))
        equal("sites", sorted(stack.sites()), ["demo", "own", "web/three", "web/two"])
        stack.rewrite(more=own.replace('"*.one.test"', ""))
        stack.reload()
        equal("the rest", stack.look("a.one.test"), (one, "h2", b"the other"))
        stack.rewrite(more="")
        stack.reload()

        # Errors.
        for name, text, reason in (
                ("bad.pem", "no chain", "no certificate in PEM"),
                ("empty.pem", "", "no certificate in PEM"),
                ("with-key.pem", open(stack.path("ec-key.pem"), encoding="ascii").read()
                 + open(stack.path("live/one.pem"), encoding="ascii").read(),
                 "holds a private key: keys belong to keyd alone"),
                ("privkey.pem", open(stack.path("ec-key.pem"), encoding="ascii").read(),
                 "holds a private key: keys belong to keyd alone"),
                ("ca.pem", open(stack.path("ca.pem"), encoding="ascii").read(),
                 "the certificate has no host name (subjectAltName)"),
                ("w" * 60 + ".pem", open(stack.path("live/one.pem"), encoding="ascii").read(),
                 f"the site's name \"web/{'w' * 60}\" is longer than 63 bytes")):
            stack.put(name, text)
            stack.refused(f"live/{name}", reason, reload="key" in name)
            stack.take(name)
        stack.chain_file("old.pem", "old.test", days=-1)
        stack.refused("live/old.pem", "the certificate has expired")
        stack.settings = "allow-expired = true"
        stack.rewrite()
        stack.reload()
        equal("an expired one", stack.shown_to([], "old.test") is not None, True)
        stack.settings = ""
        stack.take("old.pem")
        stack.chain_file("again.pem", "more.test", "TWO.test")
        stack.refused("live/two/fullchain.pem",
                      f'the name "two.test" is also in {stack.path("live/again.pem")}, with a key of the same kind')
        stack.take("again.pem")
        stack.chain_file("three/fullchain.pem", "four.test")
        stack.refused("live/three/fullchain.pem", 'there is a site "web/three" already')
        shutil.rmtree(stack.path("live/three"))
        os.symlink("nowhere", stack.path("live/lost.pem"))
        stack.refused("live/lost.pem", "No such file or directory")
        stack.take("lost.pem")
        os.mkfifo(stack.path("live/fifo.pem"))
        stack.refused("live/fifo.pem", "no certificate in PEM")
        stack.take("fifo.pem")
        stack.refused("absent", "No such file or directory",
                      f'sites "more" {{ chains = "absent" backend = "{stack.backend.address}" }}', '"absent"')
        stack.chain_file("../twice/one.pem", "one.test", kind="rsa")
        stack.refused("twice/one.pem",
                      f'the name "one.test" is also in {stack.path("live/one.pem")}, of site "web/one"',
                      f'sites "more" {{ chains = "twice" backend = "{stack.backend.address}" }}', '"twice"')
        load.goes_on()
    stack.reload()
    kinds_stand_side_by_side(stack)
