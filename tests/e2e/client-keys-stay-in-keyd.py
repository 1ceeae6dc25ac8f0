#!/usr/bin/env python3
"""A client whose private key only keyd has proves itself to servers that ask for
a certificate, in TLS 1.3 to 1.0, with keys of each kind: SIGN13 and SIGN12CV over
a channel of the client's role. Over one of a server's role keyd signs nothing that
is of use to it, and over none what the key may not be used for."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from lib.stack import BUILD, equal, until

CURVES = {"p256": "P-256", "p384": "P-384", "p521": "P-521"}
OLD = ["-cipher", "ALL:@SECLEVEL=0"]
S_SERVER = {"1.3": ["-tls1_3"], "1.2": ["-tls1_2"], "1.1": ["-tls1_1", *OLD], "1.0": ["-tls1", *OLD]}
# Of libtls' server: the newest that each has.
POLICIES = {"1.3": "default_tls13", "1.2": "20190214"}


class Keyd:
    """keyd with a key of each kind, for us in a role."""

    def __init__(self, operations="sign13, sign12, sign10"):
        self.dir = tempfile.mkdtemp(prefix="sallyport-")
        self.operations, self.process = operations, None
        self.make("ca", "EC", "P-256", None)
        self.make("rsa", "RSA", "2048", "ca")
        for name, curve in CURVES.items():
            self.make(name, "EC", curve, "ca")

    def path(self, name):
        return os.path.join(self.dir, name)

    def make(self, name, kind, size, issuer):
        option = {"EC": "ec_paramgen_curve:", "RSA": "rsa_keygen_bits:"}[kind] + size
        key, run = self.path(f"{name}.key"), lambda *words: subprocess.run(["openssl", *words], check=True,
                                                                          capture_output=True, cwd=self.dir)
        run("genpkey", "-algorithm", kind, "-pkeyopt", option, "-out", key)
        os.chmod(key, 0o600)
        by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else []
        basic = f"basicConstraints=critical,CA:{'FALSE' if issuer else 'TRUE'}"
        usage = f"keyUsage=critical,{'digitalSignature,keyEncipherment' if kind == 'RSA' else 'digitalSignature' if issuer else 'keyCertSign'}"
        run("req", "-new", "-key", key, "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-out",
            f"{name}.csr")
        with open(self.path("extensions"), "w", encoding="ascii") as file:
            file.write(f"{basic}\n{usage}\nsubjectAltName=DNS:localhost\n")
        run("x509", "-req", "-in", f"{name}.csr", *(by or ["-signkey", f"{name}.key"]), "-days", "7",
            "-extfile", "extensions", "-out", f"{name}.pem")

    def start(self, role):
        names = ["rsa", *CURVES]
        keys = "".join(f'key "{name}" {{ file = "{name}.key" operations = {{ {self.operations} }} }}\n' for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        with open(self.path("keyd.conf"), "w", encoding="ascii") as file:
            file.write(f"""
                socket = "keyd.sock"
                signer-group "all" {{ {keys} }}
                client "we" {{ uid = "{os.geteuid()}" keys = {{ {listed} }} role = {role} tickets = false }}
                """)
        with open(self.path("keyd.log"), "wb") as log:
            self.process = subprocess.Popen([f"{BUILD}/bin/keyd", "-f", self.path("keyd.conf")], cwd=self.dir,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        until("keyd has its signer", lambda: "event=signer " in self.log())

    def log(self):
        with open(self.path("keyd.log"), encoding="utf-8") as file:
            return file.read()

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
        self.process = None


class Server:
    """A server that asks for a certificate of the CA, and what it says."""

    def __init__(self, keyd, command, ready, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, cwd=keyd.dir,
                                        env={**os.environ, **(environment or {})})
        self.said = ""
        threading.Thread(target=self.listen, daemon=True).start()
        until("the server listens", lambda: re.search(ready, self.said, re.M) or self.process.poll() is not None)
        self.port = re.search(ready, self.said, re.M).group(1)

    def listen(self):
        for line in self.process.stdout:
            self.said += line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def s_server(keyd, version):
    # Debian's openssl.cnf has a least version of its own.
    return Server(keyd, ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", "rsa.pem", "-key", "rsa.key",
                         "-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem", *S_SERVER[version]],
                  r"^ACCEPT .*:(\d+)$", {"OPENSSL_CONF": "/dev/null"})


def tlsserver(keyd, version):
    return Server(keyd, [f"{BUILD}/tests/tlsserver", "--cert", "rsa.pem", "--key", "rsa.key", "--client-ca", "ca.pem",
                         "--policy", POLICIES[version], "--name-authorities"], r"^port (\d+)$")


def connect(keyd, server, name):
    return subprocess.run(
        [f"{BUILD}/tests/keyedclient", "--keyd", keyd.path("keyd.sock"), "--port", server.port,
         "--cert", keyd.path(f"{name}.pem"), "--ca", keyd.path("ca.pem")],
        capture_output=True, text=True, timeout=30, check=False)


def proves_itself(keyd, server, name, version, seen):
    run = connect(keyd, server, name)
    what = f"{name} in TLS {version}: {run.stdout} {run.stderr} {server.said}"
    equal(f"exit of {what}", run.returncode, 0)
    equal(f"signatures for {what}", "signed 1\nanswered\n" in run.stdout, True)
    equal(f"version of {what}", f"version TLSv{version}\n" in run.stdout, True)
    until(f"the server has seen {what}", lambda: re.search(seen, server.said, re.M))


def is_refused(keyd, server, name, wanted):
    run = connect(keyd, server, name)
    what = f"{name}: {run.stdout} {run.stderr}"
    equal(f"exit of {what}", run.returncode, 1)
    equal(f"the end of {what}", run.stdout.endswith(wanted), True)
    equal("the server has let nobody in", "Peer certificate" in server.said, False)


def all_of(keyd):
    keyd.start("client")
    for version in S_SERVER:
        for name in "rsa", *CURVES:
            with s_server(keyd, version) as server:
                proves_itself(keyd, server, name, version, rf"^Peer certificate: CN = {name}$")
    for version in POLICIES:
        for name in "rsa", "p256":
            with tlsserver(keyd, version) as server:
                proves_itself(keyd, server, name, version, r"^handshake .*CLIENT_AUTH(?!.NO_CLIENT_CERT)")
    keyd.stop()
    # Of the other role, the same client and servers. In TLS 1.3 what is signed says
    # whose it is, and keyd says a server's: decrypt_error.
    keyd.start("server")
    with s_server(keyd, "1.3") as server:
        is_refused(keyd, server, "p256", "failed S2N_ERR_ALERT\nalert 51\nsigned 1\n")
    with s_server(keyd, "1.2") as server:
        is_refused(keyd, server, "p256", "failed S2N_ERR_ASYNC_CALLBACK_FAILED\nsigned 0\n")
    keyd.stop()
    # SHA-1 is an operation of its own.
    keyd.operations = "sign13, sign12"
    keyd.start("client")
    with s_server(keyd, "1.1") as server:
        is_refused(keyd, server, "rsa", "failed S2N_ERR_ASYNC_CALLBACK_FAILED\nsigned 0\n")
    with s_server(keyd, "1.2") as server:
        proves_itself(keyd, server, "rsa", "1.2", r"^Peer certificate: CN = rsa$")
    keyd.stop()


def main():
    keyd = Keyd()
    try:
        all_of(keyd)
    except BaseException:
        print(keyd.log() if os.path.exists(keyd.path("keyd.log")) else "", file=sys.stderr)
        raise
    finally:
        keyd.stop()
        shutil.rmtree(keyd.dir)


main()
