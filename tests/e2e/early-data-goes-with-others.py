"""Early data goes between us and OpenSSL, GnuTLS and NSS, both roles: taken; and
refused, with a HelloRetryRequest, by who takes none or no more, after which the
connection goes on without it."""
import os
import re
import shutil
import tempfile

from lib.ports import free_port
from lib.program import Program, nss_database, run
from lib.stack import BUILD, equal, make_key, until

DIR = tempfile.mkdtemp(prefix="sallyport-")
S2NC, S2ND = f"{BUILD}/bin/s2nc", f"{BUILD}/bin/s2nd"
KEY, CHAIN = make_key(DIR, "rsa", kind="RSA")
EARLY, EARLY_TEXT = f"{DIR}/early", "GET /first-with-the-first-packet HTTP/1.0\r\n\r\n"
REQUEST, REQUEST_TEXT = f"{DIR}/request", "GET /later HTTP/1.0\r\n\r\n"
DATABASE = f"{DIR}/nss"
LIMIT = "16384"
GNUTLS_PRIORITY = "NORMAL:-VERS-ALL:+VERS-TLS1.3"


# ---- they are the client ----

def s_client(port, *second):
    session = f"{DIR}/session"
    if os.path.exists(session):
        os.unlink(session)
    for words in ["-sess_out", session], ["-sess_in", session, "-early_data", EARLY, *second]:
        with Program("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost", "-CAfile",
                     CHAIN, "-verify_return_error", "-tls1_3", *words) as client:
            client.find("^ *Verify return code")
            until("a session is kept", lambda: os.path.exists(session) and os.path.getsize(session) > 0, 15)
            client.say(b"Q\n")
            client.ends()
    return re.findall("^Early data was (accepted|rejected)", client.said, re.M)


def gnutls_cli(port):
    _, said = run("gnutls-cli", "--resume", "--waitresumption", "--earlydata", EARLY, "--x509cafile", CHAIN,
                  "--sni-hostname", "localhost", "--verify-hostname", "localhost", "-p", port,
                  "--priority", GNUTLS_PRIORITY, "127.0.0.1")
    return re.findall("This is a resumed session", said)


def tstclnt(port):
    _, said = run("tstclnt", "-4", "-h", "localhost", "-p", port, "-d", DATABASE, "-V", "tls1.3:tls1.3", "-u", "-Z",
                  "-L", "2", "-A", EARLY)
    return re.findall("1 stateless resumes", said)


# Client, its words of the second connection, our server's, what the client says
# then, what our server does.
CLIENTS = [
    ("taken", s_client, [], ["-E", LIMIT], ["accepted"], "taken"),
    ("retried", s_client, ["-groups", "X448:X25519"], ["-E", LIMIT], ["rejected"], "refused"),
    ("taken", gnutls_cli, [], ["-E", LIMIT], ["This is a resumed session"], "taken"),
    ("taken", tstclnt, [], ["-E", LIMIT, "-w"], ["1 stateless resumes"], "taken"),
    ("not offered", tstclnt, [], ["-w"], ["1 stateless resumes"], "none"),
]


def clients():
    for what, client, second, words, says, wanted in CLIENTS:
        with Program(S2ND, "-c", "default_tls13", "-s", "--cert", CHAIN, "--key", KEY, *words, "127.0.0.1", "0",
                     ready=r"^listening on (\d+)$") as server:
            what = f"{client.__name__}, {what}"
            equal(f"{what}: it says", client(server.port, *second), says)
            equal(f"{what}: our server", server.all("^early data: (.*)$", 2), ["none", wanted])
            equal(f"{what}: resumed", server.all("^resumed: (.*)$", 2), ["no", "yes"])
            # tstclnt offers early data, and may have none when it would be time.
            if client is not tstclnt:
                equal(f"{what}: what came early", EARLY_TEXT.splitlines()[0] in server.said, wanted == "taken")


# ---- they are the server ----

def s_server(*words):
    return Program("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", CHAIN, "-key", KEY, "-tls1_3",
                   *words, ready=r"^ACCEPT .*:(\d+)$")


def gnutls_serv(*words):
    port = str(free_port())
    return Program("gnutls-serv", "--http", "--disable-client-cert", "-p", port, "--x509certfile", CHAIN,
                   "--x509keyfile", KEY, "--priority", GNUTLS_PRIORITY, *words, ready=r"IPv4 .*\.\.\.done", port=port)


def selfserv(*words):
    port = str(free_port())
    return Program("selfserv", "-p", port, "-n", "rsa", "-d", DATABASE, "-H", "1", "-v", "-u",
                   "-V", "tls1.3:tls1.3", *words, ready="About to call accept", port=port)


# Server, its words, ours in all connections; of the second and the third, with
# the session of the first: resumed, early data.
SERVERS = [
    ("taken", s_server, ["-early_data", "-no_anti_replay"], [], [("yes", "taken"), ("yes", "taken")]),
    ("once", s_server, ["-early_data"], [], [("yes", "taken"), ("no", "refused")]),
    ("retried", s_server, ["-early_data", "-no_anti_replay", "-groups", "P-384"], ["-c", "test_all"],
     [("yes", "refused"), ("yes", "refused")]),
    ("not for it", s_server, [], [], [("yes", "none"), ("yes", "none")]),
    ("taken", gnutls_serv, ["--earlydata", "--maxearlydata", LIMIT], [], [("yes", "taken")]),
    ("not for it", gnutls_serv, [], [], [("yes", "none")]),
    # It takes none in its first seconds.
    ("too young", selfserv, ["-Z"], [], [("yes", "refused"), ("yes", "refused")]),
]


def our_client(port, *words):
    """It reads what there is to say early data was not taken, but sends it once:
    early, or not at all; the request that follows arrives in any case."""
    code, said = run(S2NC, "-f", CHAIN, "-c", "default_tls13", "--send-file", REQUEST, *words, "localhost", port)
    equal(f"s2nc with {words} said: {said}", code, 0)
    return re.findall("^(?:resumed|early data): (.*)$", said, re.M)


def servers():
    session = f"{DIR}/ours"
    for what, start, words, ours, wanted in SERVERS:
        what = f"{start.__name__}, {what}"
        with start(*words) as server:
            equal(f"{what}: the first", our_client(server.port, *ours, "--ticket-out", session), ["no", "none"])
            for number, pair in enumerate(wanted, 2):
                equal(f"{what}: connection {number}",
                      our_client(server.port, *ours, "--ticket-in", session, "--early-data", EARLY), list(pair))
            if start is s_server:
                taken = sum(early == "taken" for _, early in wanted)
                equal(f"{what}: what came later", len(server.all("GET /later", 1 + len(wanted))), 1 + len(wanted))
                equal(f"{what}: what came early", server.said.count("GET /first"), taken)


def prepare():
    for path, text in (EARLY, EARLY_TEXT), (REQUEST, REQUEST_TEXT):
        with open(path, "w", encoding="ascii", newline="") as file:
            file.write(text)
    nss_database(DATABASE, CHAIN, KEY)


try:
    prepare()
    clients()
    servers()
finally:
    shutil.rmtree(DIR)
