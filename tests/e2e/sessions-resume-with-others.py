"""Sessions are resumed, and external pre-shared keys used, between us and
OpenSSL and GnuTLS: both roles, TLS 1.0 to 1.3; and not with a wrong key."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from stack import BUILD, equal, make_key, until

DIR = tempfile.mkdtemp(prefix="sallyport-")
S2NC, S2ND = f"{BUILD}/bin/s2nc", f"{BUILD}/bin/s2nd"
KEY, CHAIN = make_key(DIR, "rsa", kind="RSA")
# Debian's openssl.cnf has a least version of its own.
ENVIRONMENT = {**os.environ, "OPENSSL_CONF": "/dev/null"}
SECRET, WRONG, NAME = "5c" * 32, "5d" * 32, "device"
VERSIONS = {"TLSv1.3": "-tls1_3", "TLSv1.2": "-tls1_2", "TLSv1.1": "-tls1_1", "TLSv1.0": "-tls1"}
POLICY = "test_all"


class Server:
    """A program in the background, ended with the block."""

    def __init__(self, *words, ready=None):
        self.said = ""
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, cwd=DIR, env=ENVIRONMENT)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        if ready:
            self.port = self.find(ready).group(1)

    def listen(self):
        while more := self.process.stdout.read1(65536):
            self.said += more.decode(errors="replace")

    def find(self, pattern):
        until(f"{self.process.args[0]} says {pattern}", lambda: re.search(pattern, self.said, re.M), 15)
        return re.search(pattern, self.said, re.M)

    def all(self, pattern, count):
        until(f"{self.process.args[0]} says {pattern} {count} times",
              lambda: len(re.findall(pattern, self.said, re.M)) >= count, 15)
        return re.findall(pattern, self.said, re.M)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        if kind is not None:
            print(f"---- {self.process.args}\n{self.said}", file=sys.stderr)


def run(*words, said=b"Q\n"):
    ran = subprocess.run(words, input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30,
                         check=False, cwd=DIR, env=ENVIRONMENT)
    return ran.returncode, ran.stdout.decode(errors="replace")


def s2nd(*words):
    return Server(S2ND, "-c", POLICY, "-s", *words, "127.0.0.1", "0", ready=r"^listening on (\d+)$")


def s_client(port, version, *words, said=b"Q\n"):
    return run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost",
               "-CAfile", CHAIN, VERSIONS[version], "-cipher", "ALL:@SECLEVEL=0", *words, said=said)


def s_server(*words):
    return Server("openssl", "s_server", "-accept", "127.0.0.1:0", "-cipher", "ALL:@SECLEVEL=0", *words,
                  ready=r"^ACCEPT .*:(\d+)$")


def openssl_client(version):
    """At our server, by its ticket."""
    session = f"{DIR}/session.{version}"
    with s2nd("--cert", CHAIN, "--key", KEY) as server:
        for words, wanted in ((["-sess_out", session], "no"), (["-sess_in", session], "yes")):
            command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
                       "-CAfile", CHAIN, VERSIONS[version], "-cipher", "ALL:@SECLEVEL=0", *words]
            with Server(*command) as client:
                # In TLS 1.3 the ticket comes behind the handshake.
                until("a session is kept", lambda: os.path.exists(session) and os.path.getsize(session) > 0, 15)
                client.find("^ *Verify return code")
                client.process.stdin.write(b"Q\n")
                client.process.stdin.flush()
                until("s_client ends", lambda: client.process.poll() is not None, 15)
                client.thread.join()
                equal(f"{version}: s_client", re.findall("^(New|Reused), ", client.said, re.M),
                      [{"no": "New", "yes": "Reused"}[wanted]])
        equal(f"{version}: s2nd", server.all("^resumed: (.*)$", 2), ["no", "yes"])


def openssl_server(version):
    """By its tickets, and below TLS 1.3 by id."""
    for words in ([], ["-no_ticket"])[:1 if version == "TLSv1.3" else 2]:
        with s_server("-cert", CHAIN, "-key", KEY, VERSIONS[version], "-naccept", "2", *words) as server:
            session = f"{DIR}/ours.{version}.{len(words)}"
            for option, wanted in (("--ticket-out", "no"), ("--ticket-in", "yes")):
                code, said = run(S2NC, "-c", POLICY, "-f", CHAIN, option, session, "localhost", server.port,
                                 said=b"")
                equal(f"{version} {words}: s2nc", (code, re.findall("^resumed: (.*)$", said, re.M)), (0, [wanted]))


def keys_with_openssl():
    """Its keys of TLS 1.3 are SHA-256's, and certificates are none."""
    ours, wrong = ["-P", f"{NAME},{SECRET}"], ["-P", f"{NAME},{WRONG}"]
    theirs = ["-psk_identity", NAME, "-psk", SECRET]
    with s2nd(*ours) as server:
        _, said = s_client(server.port, "TLSv1.3", *theirs)
        equal("s_client with a key", re.findall("^(?:New|Reused), (TLSv1.3), Cipher is (.*)$", said, re.M),
              [("TLSv1.3", "TLS_AES_128_GCM_SHA256")])
        equal("s2nd with a key", server.find("^pre-shared key: (.*)$").group(1), "yes")
        equal("and no session", server.find("^resumed: (.*)$").group(1), "no")
    with s2nd(*wrong) as server:
        _, said = s_client(server.port, "TLSv1.3", *theirs)
        assert "alert decrypt error" in said, said
    for words, wanted in ((ours, "yes"), (wrong, None)):
        with s_server(*theirs, "-nocert", "-tls1_3") as server, \
                Server(S2NC, "-c", POLICY, *words, "localhost", server.port) as client:
            if wanted:
                equal("s2nc with a key", client.find("^pre-shared key: (.*)$").group(1), wanted)
            else:
                server.find("binder does not verify")


def gnutls_client(version):
    with s2nd("--cert", CHAIN, "--key", KEY) as server:
        _, said = run("gnutls-cli", "--resume", "--x509cafile", CHAIN, "--sni-hostname", "localhost",
                      "--verify-hostname", "localhost", "-p", server.port,
                      "--waitresumption", "--priority", f"NORMAL:-VERS-ALL:+VERS-{version.replace('v', '')}:%COMPAT",
                      "127.0.0.1", said=b"")
        assert "*** This is a resumed session" in said, said
        equal(f"{version}: s2nd with gnutls-cli", server.all("^resumed: (.*)$", 2), ["no", "yes"])


def main():
    for version in VERSIONS:
        openssl_client(version)
        openssl_server(version)
    keys_with_openssl()
    gnutls_client("TLSv1.3")
    gnutls_client("TLSv1.2")


try:
    main()
finally:
    shutil.rmtree(DIR)
