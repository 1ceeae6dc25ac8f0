"""Sessions are resumed, and external pre-shared keys used, between us and
OpenSSL, GnuTLS, NSS and curl: by ticket and by id, TLS 1.0 to 1.3; and not with
a wrong key."""
import os
import re
import shutil
import tempfile

from lib.ports import free_port
from lib.program import Program, nss_database, run
from lib.stack import BUILD, equal, make_key, until

DIR = tempfile.mkdtemp(prefix="sallyport-")
S2NC, S2ND, TLSSERVER = f"{BUILD}/bin/s2nc", f"{BUILD}/bin/s2nd", f"{BUILD}/tests/tlsserver"
KEY, CHAIN = make_key(DIR, "rsa", kind="RSA")
SECRET, WRONG, NAME = "5c" * 32, "5d" * 32, "device"
POLICY = "test_all"
VERSIONS = ["1.3", "1.2", "1.1", "1.0"]
ALL = "ALL:@SECLEVEL=0"
DATABASE = f"{DIR}/nss"
REQUEST = f"{DIR}/request"


def s2nd(*words):
    return Program(S2ND, "-c", POLICY, "-s", *words, "127.0.0.1", "0", ready=r"^listening on (\d+)$")


def by_ticket():
    return s2nd("-w", "--cert", CHAIN, "--key", KEY)


def by_id():
    return Program(TLSSERVER, "--policy", POLICY, "--http", "--cache", "--cert", CHAIN, "--key", KEY,
                   ready=r"^port (\d+)$")


# ---- they are the client: each connects twice or more by itself ----

def openssl_version(version):
    return "-tls" + version.removesuffix(".0").replace(".", "_")


def s_client(port, version, *words):
    """Once for its session, once with it: in TLS 1.3 the ticket comes late."""
    session = f"{DIR}/session"
    if os.path.exists(session):
        os.unlink(session)
    for option, wanted in ("-sess_out", "New"), ("-sess_in", "Reused"):
        with Program("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-CAfile",
                     CHAIN, "-verify_return_error", openssl_version(version), "-cipher", ALL, *words,
                     option, session) as client:
            until("a session is kept", lambda: os.path.exists(session) and os.path.getsize(session) > 0, 15)
            client.find("^ *Verify return code")
            client.say(b"Q\n")
            client.ends()
            equal(f"{version}: s_client", re.findall("^(New|Reused), ", client.said, re.M), [wanted])


def gnutls_cli(port, version, *words):
    _, said = run("gnutls-cli", "--resume", "--waitresumption", *words, "--x509cafile", CHAIN, "--sni-hostname",
                  "localhost", "--verify-hostname", "localhost", "-p", port, "--priority",
                  f"NORMAL:-VERS-ALL:+VERS-TLS{version}:%COMPAT", "127.0.0.1")
    equal(f"{version}: gnutls-cli in: {said}", "*** This is a resumed session" in said, True)


def tstclnt(port, version, *words):
    code, said = run("tstclnt", "-4", "-h", "localhost", "-p", port, "-d", DATABASE, "-V",
                     f"tls{version}:tls{version}", "-L", "2", "-A", REQUEST, *words)
    equal(f"{version}: tstclnt in: {said}", (code, said.count("1 cache hits")), (0, 1))


def curl(port, version):
    one = ["-sS", "--cacert", CHAIN, f"--tlsv{version}", "--tls-max", version, "--ciphers", ALL, "--resolve",
           f"localhost:{port}:127.0.0.1", f"https://localhost:{port}/"]
    code, said = run("curl", *one, "--next", *one)
    equal(f"{version}: curl said {said}", code, 0)


# curl asks for no ticket below TLS 1.3.
CLIENTS = [
    (by_ticket, s_client, VERSIONS, []),
    (by_id, s_client, VERSIONS[1:], ["-no_ticket"]),
    (by_ticket, gnutls_cli, VERSIONS[:2], []),
    (by_id, gnutls_cli, VERSIONS[1:], ["--noticket"]),
    (by_ticket, tstclnt, VERSIONS, ["-u"]),
    (by_id, tstclnt, VERSIONS[1:], []),
    (by_ticket, curl, VERSIONS[:1], []),
    (by_id, curl, VERSIONS[1:], []),
]


def clients():
    for start, client, versions, words in CLIENTS:
        for version in versions:
            with start() as server:
                client(server.port, version, *words)
                equal(f"{client.__name__} {version}: our server", server.all("^resumed:? (.*)$", 2), ["no", "yes"])


# ---- they are the server ----

def s_server(version, *words):
    return Program("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", CHAIN, "-key", KEY, "-cipher", ALL,
                   openssl_version(version), *words, ready=r"^ACCEPT .*:(\d+)$")


def gnutls_serv(version, *words):
    port = str(free_port())
    return Program("gnutls-serv", "--echo", "--disable-client-cert", "-p", port, "--x509certfile", CHAIN,
                   "--x509keyfile", KEY, "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}:%COMPAT", *words,
                   ready=r"IPv4 .*\.\.\.done", port=port)


def selfserv(version, *words):
    port = str(free_port())
    return Program("selfserv", "-p", port, "-n", "rsa", "-d", DATABASE, "-H", "1", "-v",
                   "-V", f"tls{version}:tls{version}", *words, ready="About to call accept", port=port)


# Server, versions, its words, what it says of the second connection.
SERVERS = [
    (s_server, VERSIONS, [], "^Reused session-id"),
    (s_server, VERSIONS[1:], ["-no_ticket"], "^Reused session-id"),
    (gnutls_serv, VERSIONS[:2], [], "This is a resumed session"),
    (gnutls_serv, VERSIONS[1:2], ["--noticket"], "This is a resumed session"),
    (selfserv, VERSIONS, ["-u"], "^selfserv: 1 cache hits"),
    (selfserv, VERSIONS[1:], [], "^selfserv: 1 cache hits"),
]


def servers():
    session = f"{DIR}/ours"
    for start, versions, words, says in SERVERS:
        for version in versions:
            with start(version, *words) as server:
                for option, wanted in ("--ticket-out", "no"), ("--ticket-in", "yes"):
                    code, said = run(S2NC, "-c", POLICY, "-f", CHAIN, "--send-file", REQUEST, option, session, "localhost",
                                     server.port)
                    equal(f"{start.__name__} {version} {words}: s2nc",
                          (code, re.findall("^resumed: (.*)$", said, re.M)), (0, [wanted]))
                server.find(says)


# ---- external keys ----

def keys_with_openssl():
    """Its keys of TLS 1.3 are SHA-256's, and certificates are none."""
    ours, wrong = ["-P", f"{NAME},{SECRET}"], ["-P", f"{NAME},{WRONG}"]
    theirs = ["-psk_identity", NAME, "-psk", SECRET]

    def with_key(port):
        return run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost",
                   "-tls1_3", *theirs, said=b"Q\n")[1]

    with s2nd(*ours) as server:
        equal("s_client with a key",
              re.findall("^(?:New|Reused), (TLSv1.3), Cipher is (.*)$", with_key(server.port), re.M),
              [("TLSv1.3", "TLS_AES_128_GCM_SHA256")])
        equal("s2nd with a key", server.find("^pre-shared key: (.*)$"), "yes")
        equal("and no session", server.find("^resumed: (.*)$"), "no")
    with s2nd(*wrong) as server:
        said = with_key(server.port)
        assert "alert decrypt error" in said, said
    for words, wanted in ((ours, "yes"), (wrong, None)):
        with Program("openssl", "s_server", "-accept", "127.0.0.1:0", *theirs, "-nocert", "-tls1_3",
                     ready=r"^ACCEPT .*:(\d+)$") as server, \
                Program(S2NC, "-c", POLICY, *words, "localhost", server.port) as client:
            if wanted:
                equal("s2nc with a key", client.find("^pre-shared key: (.*)$"), wanted)
            else:
                server.find("binder does not verify")


def prepare():
    with open(REQUEST, "wb") as file:
        file.write(b"GET / HTTP/1.0\r\n\r\n")
    nss_database(DATABASE, CHAIN, KEY)


try:
    prepare()
    clients()
    servers()
    keys_with_openssl()
finally:
    shutil.rmtree(DIR)
