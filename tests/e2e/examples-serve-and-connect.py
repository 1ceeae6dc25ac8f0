"""s2nc and s2nd, each with the other and with openssl, gnutls and curl: every
option has its effect, and both sides tell the same of a connection."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

from lib.ports import free_port
from lib.stack import BUILD, equal, make_key, until

DIR = tempfile.mkdtemp(prefix="sallyport-")
S2NC, S2ND = f"{BUILD}/bin/s2nc", f"{BUILD}/bin/s2nd"
KEY, CHAIN = make_key(DIR, "ec")
RSA_KEY, RSA_CHAIN = make_key(DIR, "rsa", kind="RSA")
CLIENT_KEY, CLIENT_CHAIN = make_key(DIR, "client", host="client")
PAIR = ["--cert", CHAIN, "--key", KEY]
RSA_PAIR = ["--cert", RSA_CHAIN, "--key", RSA_KEY]


def path(name, content=None):
    whole = f"{DIR}/{name}"
    if content is not None:
        with open(whole, "wb") as file:
            file.write(content)
    return whole


class Process:
    """A program whose output can be waited for; ended with the block."""

    def __init__(self, *words, stdin=subprocess.DEVNULL):
        self.said = ""
        self.process = subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, cwd=DIR)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while more := self.process.stdout.read1(65536):
            self.said += more.decode(errors="replace")

    def await_words(self, pattern, seconds=15):
        until(f"{self.process.args[0]} says {pattern}: {self.said}",
              lambda: re.search(pattern, self.said, re.M), seconds)
        return re.search(pattern, self.said, re.M)

    def end(self, seconds=15):
        """Its exit status, when it has ended by itself."""
        status = self.process.wait(seconds)
        self.thread.join()
        return status

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.thread.join()
        if kind is not None:
            print(f"---- {self.process.args}\n{self.said}", file=sys.stderr)


def s2nd(*words, stdin=subprocess.DEVNULL):
    server = Process(S2ND, *words, "127.0.0.1", "0", stdin=stdin)
    server.port = server.await_words(r"^listening on (\d+)$").group(1)
    return server


def s2nc(port, *words, stdin=subprocess.DEVNULL):
    return Process(S2NC, *words, "localhost", str(port), stdin=stdin)


def told(text):
    """The lines "name: value" of the description in a text."""
    return dict(re.findall(r"^([a-z -]+): (.*)$", text, re.M))


def both(what, server_words, client_words, wanted):
    """One handshake of the two; what they tell agrees and is as wanted."""
    with s2nd(*server_words, "-n", "-X", "1") as server, s2nc(server.port, *client_words) as client:
        equal(f"{what}: the client's exit", client.end(), 0)
        equal(f"{what}: the server's exit", server.end(), 0)
        ours, theirs = told(client.said), told(server.said)
        for name, value in wanted.items():
            equal(f"{what}: {name}, says the client", ours.get(name), value)
        for name in ("version", "suite", "group", "scheme", "server name", "application protocol",
                     "resumed", "pre-shared key", "early data", "client certificate"):
            equal(f"{what}: {name}, says the server", theirs.get(name), ours[name])


def handshakes():
    ca, tls12 = ["-f", CHAIN], ["-c", "20170210"]
    mutual = ["-m", "-t", CLIENT_CHAIN]
    both("plain", PAIR, ca, {"version": "TLSv1.3", "server name": "localhost", "resumed": "no",
                             "application protocol": "none", "client certificate": "no"})
    both("policy", [*RSA_PAIR, *tls12], ["-f", RSA_CHAIN],
         {"version": "TLSv1.2", "suite": "ECDHE-RSA-AES128-GCM-SHA256"})
    both("alpn", [*PAIR, "-a", "http/1.1"], [*ca, "-a", "h2,http/1.1"],
         {"application protocol": "http/1.1"})
    both("npn", [*RSA_PAIR, *tls12, "-N", "-a", "spdy/3"], ["-f", RSA_CHAIN, "--npn", "-a", "spdy/3"],
         {"application protocol": "spdy/3"})
    both("client certificate", [*PAIR, *mutual], [*ca, "-l", CLIENT_CHAIN, "-k", CLIENT_KEY],
         {"client certificate": "yes"})
    both("two chains", [*PAIR, *RSA_PAIR, *tls12], ["-f", RSA_CHAIN], {"version": "TLSv1.2"})
    both("staple", [*PAIR, "--ocsp", path("ocsp", b"response")], ["-i", "-s"], {"stapled": "yes"})
    both("no staple asked for", [*PAIR, "--ocsp", path("ocsp")], ["-i"], {"stapled": "no"})
    both("hashed folders", [*PAIR, "-m", "-d", hashed("clients", CLIENT_CHAIN)],
         ["-d", hashed("servers", CHAIN), "-l", CLIENT_CHAIN, "-k", CLIENT_KEY], {"client certificate": "yes"})
    both("name", PAIR, ["-i", "-n", "other.example"], {"server name": "other.example"})
    both("tickets off, corked", [*PAIR, "-T", "-C"], [*ca, "-T", "-C"], {"version": "TLSv1.3"})


def resumption():
    """Again at once, in another process, at another server with the same key;
    and not where tickets are off or the key is another."""
    key = path("ticket.key", b"thirty-two bytes that nobody has")
    for policy, chain, pair in (("default", CHAIN, PAIR), ("20170210", RSA_CHAIN, RSA_PAIR)):
        words = ["-c", policy, "-f", chain]
        for tickets, wanted in (([], "yes"), (["-T"], "no")):
            with s2nd(*pair, "-c", policy, "-n", "-X", "2", *tickets) as server, \
                    s2nc(server.port, *words, "-r") as client:
                equal("reconnect: exit", client.end(), 0)
                equal("reconnect: the server's exit", server.end(), 0)
                equal(f"reconnect {policy} {tickets}: resumed", re.findall(r"^resumed: (.*)$", client.said, re.M),
                      ["no", wanted])
        blob = path(f"session.{policy}")
        for server_words, client_words, wanted in (
                (["--stk-file", key], ["--ticket-out", blob], "no"),
                (["--stk-file", key], ["--ticket-in", blob], "yes"),
                ([], ["--ticket-in", blob], "no")):
            both(f"{policy} {client_words}", [*pair, "-c", policy, *server_words], [*words, *client_words],
                 {"resumed": wanted})


def keys_and_early_data():
    psk = "device 7," + "07" * 32
    for hmac, suite in (("", "TLS_AES_128_GCM_SHA256"), (",SHA384", "TLS_AES_256_GCM_SHA384")):
        both(f"psk{hmac}", ["-P", psk + hmac], ["-P", psk + hmac],
             {"pre-shared key": "yes", "suite": suite, "scheme": "none", "resumed": "no"})
    both("no such psk", [*PAIR, "-P", psk], ["-f", CHAIN, "-P", "device 8," + "08" * 32],
         {"pre-shared key": "no", "early data": "none"})
    for allowed, wanted in (([], "none"), (["-E", "1000"], "taken"), (["-E", "10"], "none")):
        # More than is allowed is an error of the client's, which sends none of it.
        with s2nd(*PAIR, *allowed, "-n", "-X", "2") as server, \
                s2nc(server.port, "-f", CHAIN, "-r", "-E", path("early", b"sent with the hello\n")) as client:
            status = client.end()
            said = re.findall(r"^early data: (.*)$", client.said, re.M)
            if allowed != ["-E", "10"]:
                equal("early data: exit", status, 0)
                equal(f"early data {allowed}", said, ["none", wanted])
                equal("the server's exit", server.end(), 0)
            equal("what came early", "sent with the hello\n" in server.said, wanted == "taken")
    request, blob = path("request", b"GET / HTTP/1.0\r\n\r\n"), path("early-session")
    with s2nd(*PAIR, "-E", "1000", "-w") as server:
        for words in (["--send-file", request, "--ticket-out", blob], ["--ticket-in", blob, "-E", request]):
            # Its standard input stays open, so the server is the one to end it.
            with s2nc(server.port, "-f", CHAIN, "-e", *words, stdin=subprocess.PIPE) as client:
                equal(f"{words}: exit", client.end(), 0)
                equal(f"{words}: an answer in: {client.said}", "HTTP/1.1 200 OK" in client.said, True)
        equal("the request came early", told(client.said).get("early data"), "taken")


def hashed(name, chain):
    folder = f"{DIR}/{name}"
    os.mkdir(folder)
    shutil.copy(chain, folder)
    subprocess.run(["openssl", "rehash", folder], check=True)
    return folder


def data():
    """Both ways, with every option about records and sockets."""
    sent = os.urandom(300000).hex()
    for record in ([], ["--prefer-low-latency"], ["--prefer-throughput"], ["--buffered-send", "40000"]):
        for wait in ([], ["non-blocking"]):
            client_words = [*record, *(["-B"] if wait else []), "-m", "1024", "-D", "4096", "-t", "1",
                            "--send-file", path("text", sent.encode())]
            with s2nd(*PAIR, *record, *(["--non-blocking"] if wait else []), "--enable-mfl",
                      "-X", "1") as server, s2nc(server.port, "-f", CHAIN, *client_words) as client:
                equal(f"{client_words}: exit", client.end(), 0)
                equal(f"{client_words}: the server's exit", server.end(), 0)
                equal(f"{client_words}: what arrived", sent in server.said, True)


def talk():
    with s2nd(*PAIR, "-X", "1", stdin=subprocess.PIPE) as server, \
            s2nc(server.port, "-f", CHAIN, "-e", stdin=subprocess.PIPE) as client:
        client.process.stdin.write(b"from the client\n")
        client.process.stdin.flush()
        server.await_words("^from the client$")
        server.process.stdin.write(b"from the server\n")
        server.process.stdin.close()
        client.await_words("^from the server$")
        client.process.stdin.close()
        equal("talk: client", client.end(), 0)
        equal("talk: server", server.end(), 0)


def key_log():
    logs = path("server.log"), path("client.log")
    both("key log", [*PAIR, "-L", logs[0]], ["-f", CHAIN, "-L", logs[1]], {})
    lines = [set(open(log, encoding="ascii").read().splitlines()) for log in logs]
    equal("the key logs' labels", sorted(line.split()[0] for line in lines[0]),
          ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET",
           "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"])
    equal("the client's log against the server's", lines[1], lines[0])


def https():
    curl = ["curl", "-s", "--cacert", CHAIN]
    with s2nd(*PAIR, "-w", "-X", "1") as server:
        page = subprocess.run([*curl, f"https://localhost:{server.port}/"], check=True, timeout=15,
                              capture_output=True).stdout.decode()
        equal("the page", told(page), told(server.said))
        equal("the page's version", told(page)["version"], "TLSv1.3")
    with s2nd(*PAIR, "-b", "1000000", "-X", "1") as server:
        page = subprocess.run([*curl, f"https://localhost:{server.port}/"], check=True, timeout=15,
                              capture_output=True).stdout
        equal("bytes of the bench", len(page), 1000000)


def parallel():
    """The first connection stays while the second is served."""
    with s2nd(*PAIR, "--parallelize", "-X", "2") as server:
        with s2nc(server.port, "-f", CHAIN, "-e", stdin=subprocess.PIPE) as first:
            first.await_words("^handshake:")
            with s2nc(server.port, "-f", CHAIN) as second:
                equal("the second's exit", second.end(), 0)
            first.process.stdin.close()
            equal("the first's exit", first.end(), 0)
        equal("the server's exit", server.end(), 0)


def openssl():
    with s2nd(*RSA_PAIR, "-c", "20170210", "-X", "1") as server:
        run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", RSA_CHAIN,
                              "-verify_return_error", "-servername", "localhost"], input=b"hello\nQ\n",
                             capture_output=True, timeout=15, check=True)
        equal("s_client's version", b"TLSv1.2" in run.stdout, True)
        equal("the server's exit", server.end(), 0)
        equal("what the server got", "\nhello\n" in server.said, True)
    with Process("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", CHAIN, "-key", KEY, "-alpn", "h2",
                 "-naccept", "1", stdin=subprocess.PIPE) as server:
        port = server.await_words(r"^ACCEPT .*:(\d+)$").group(1)
        with s2nc(port, "-f", CHAIN, "-a", "h2", "--send-file", path("hello", b"hello\n")) as client:
            equal("the client's exit", client.end(), 0)
            equal("its protocol", told(client.said)["application protocol"], "h2")
        server.await_words("^hello$")


def renegotiation():
    """openssl's server asks when R stands on its standard input."""
    for answer, wanted in (("accept", "^renegotiated$"), ("reject", "no renegotiation")):
        with Process("openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", RSA_CHAIN, "-key", RSA_KEY,
                     "-tls1_2", "-naccept", "1", stdin=subprocess.PIPE) as server:
            port = server.await_words(r"^ACCEPT .*:(\d+)$").group(1)
            with s2nc(port, "-f", RSA_CHAIN, "-c", "20170210", "-e", "--renegotiation", answer,
                      stdin=subprocess.PIPE) as client:
                client.await_words("^handshake:")
                server.process.stdin.write(b"R\n")
                server.process.stdin.flush()
                client.await_words("^the server asks for a renegotiation$")
                (client if answer == "accept" else server).await_words(wanted)


def gnutls():
    with s2nd(*PAIR, "-n", "-X", "1") as server:
        run = subprocess.run(["gnutls-cli", "-p", server.port, "--x509cafile", CHAIN, "localhost"], input=b"",
                             capture_output=True, timeout=15, check=True)
        equal("gnutls-cli's version", b"TLS1.3" in run.stdout, True)
        equal("the server's exit", server.end(), 0)
    port = free_port()
    with Process("gnutls-serv", "-p", str(port), "--x509certfile", CHAIN, "--x509keyfile", KEY, "--echo") as server:
        server.await_words("listening on IPv4")
        with s2nc(port, "-f", CHAIN, "-e", stdin=subprocess.PIPE) as client:
            client.await_words("^handshake:")
            client.process.stdin.write(b"hello\n")
            client.process.stdin.flush()
            client.await_words("^hello$")
            client.process.stdin.close()
            equal("the client's exit", client.end(), 0)


def refusals():
    """Mistakes, with words and status."""
    for program, words in ((S2NC, ["localhost"]), (S2ND, [*PAIR, "127.0.0.1", "0"])):
        for wrong in (["--buffered-send", "many"], ["--nothing"], ["-c", "nothing"], ["--buffered-send", "1"]):
            run = subprocess.run([program, *wrong, *words], capture_output=True, check=False, timeout=15)
            equal(f"{wrong} fails", run.returncode in (1, 2) and run.stderr != b"", True)
    run = subprocess.run([S2ND, "--enter-fips-mode", *PAIR, "127.0.0.1", "0", "--nothing"], capture_output=True,
                         check=False, timeout=15)
    equal("a mistake behind good words", run.returncode, 2)


def manual():
    """Each page has each option of the help, and the other way round."""
    for program, page in ((S2NC, "man/s2nc.1"), (S2ND, "man/s2nd.1")):
        said = subprocess.run([program, "--help"], capture_output=True, check=True).stdout.decode()
        with open(page, encoding="utf-8") as file:
            shown = re.findall(r"^\.It .*Fl -([A-Za-z-]+)", file.read(), re.M)
        equal(page, sorted(shown), sorted(re.findall(r"^  (?:-., |    )--([A-Za-z-]+) ", said, re.M)))


def distrust():
    """Without the CA s2nc tells why, after the delay that blinding asks for."""
    with s2nd(*PAIR, "-s", "-X", "1") as server, s2nc(server.port, "-f", RSA_CHAIN) as client:
        client.await_words("^handshake: .*S2N_ERR_CERT_UNTRUSTED", 40)
        equal("its exit", client.end(), 1)
        server.await_words(r"^alert: 48$")


try:
    for part in (handshakes, resumption, keys_and_early_data, data, talk, key_log, https, parallel, openssl, renegotiation, gnutls, refusals, manual,
                 distrust):
        part()
finally:
    shutil.rmtree(DIR, ignore_errors=True)
