#!/usr/bin/env python3
"""Sites of one listener under different policies: the name that a client asks
for decides on version and suite, and who is refused gets the RFCs' alert. What
cannot be served is an error with file and line, in frontd -t and at start."""
import os
import re
import subprocess

from lib.stack import BUILD, Stack, equal, make_key, until

PROTOCOL_VERSION, HANDSHAKE_FAILURE = 70, 40
LISTENER = "default_tls13"
# What keyd does with a key of this kind.
OPERATIONS = {"EC": "sign13, sign12", "ED25519": "sign13, sign12", "RSA": "sign13, sign12, sign10, premaster"}

# site, key, policy and more; the first is the default and has the listener's.
SITES = (
    ("demo", "EC", ""),
    ("new", "RSA", 'policy = "CloudFront-Upstream-TLS-1-3-2025"'),
    ("old", "RSA", 'policy = "20190214" dh-params = "dh.pem"'),
    ("bare", "RSA", 'policy = "20190214"'),  # no parameters
    ("ancient", "RSA", 'policy = "20140601" dh-params = "dh.pem"'),
    ("edwards", "ED25519", 'policy = "sallyport_ed25519"'),
)
HOSTS = {"demo": "localhost", "new": "new.test", "old": "old.test", "bare": "bare.test",
         "ancient": "ancient.test", "edwards": "edwards.test"}
POLICIES = {"demo": LISTENER, "new": "CloudFront-Upstream-TLS-1-3-2025", "old": "20190214",
            "bare": "20190214", "ancient": "20140601", "edwards": "sallyport_ed25519"}

# site, version offered, suites offered below TLS 1.3; suite agreed on or alert.
CASES = (
    ("demo", "tls1_3", None, "TLS_AES_128_GCM_SHA256"),
    ("demo", "tls1_2", None, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("demo", "tls1_2", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("demo", "tls1_2", "AES128-SHA", HANDSHAKE_FAILURE),
    ("demo", "tls1_2", "ECDHE-RSA-AES128-GCM-SHA256", HANDSHAKE_FAILURE),
    ("demo", "tls1_1", None, PROTOCOL_VERSION),
    ("demo", "tls1", None, PROTOCOL_VERSION),
    ("new", "tls1_3", None, "TLS_AES_128_GCM_SHA256"),
    ("new", "tls1_2", None, PROTOCOL_VERSION),
    ("old", "tls1_3", None, PROTOCOL_VERSION),
    ("old", "tls1_2", None, "ECDHE-RSA-AES128-SHA"),
    ("old", "tls1_2", "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"),
    ("old", "tls1_2", "AES128-GCM-SHA256", "AES128-GCM-SHA256"),
    ("old", "tls1_2", "ECDHE-RSA-CHACHA20-POLY1305", HANDSHAKE_FAILURE),
    ("old", "tls1_1", None, "ECDHE-RSA-AES128-SHA"),
    ("old", "tls1", None, "ECDHE-RSA-AES128-SHA"),
    ("old", "tls1", "DHE-RSA-AES128-SHA", "DHE-RSA-AES128-SHA"),
    ("bare", "tls1_2", "DHE-RSA-AES128-GCM-SHA256", HANDSHAKE_FAILURE),
    ("bare", "tls1_2", "DHE-RSA-AES128-GCM-SHA256:AES128-SHA", "AES128-SHA"),
    ("ancient", "tls1_2", None, "DHE-RSA-AES128-SHA256"),
    ("ancient", "tls1_2", "ECDHE-RSA-AES128-SHA", HANDSHAKE_FAILURE),
    ("ancient", "tls1", None, "DHE-RSA-AES128-SHA"),
    ("edwards", "tls1_3", None, "TLS_AES_128_GCM_SHA256"),
    ("edwards", "tls1_2", None, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    # A client that names nobody gets the default's.
    (None, "tls1_3", None, "TLS_AES_128_GCM_SHA256"),
    (None, "tls1_1", None, PROTOCOL_VERSION),
)
LOGGED = {"tls1_3": "TLSv1.3", "tls1_2": "TLSv1.2", "tls1_1": "TLSv1.1", "tls1": "TLSv1"}


class Policies(Stack):
    """One listener with the four sites."""

    def __init__(self):
        super().__init__()
        self.tries = 0
        for name, kind, _ in SITES[1:]:
            make_key(self.dir, name, HOSTS[name], kind)
        run = ["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt",
               "group:ffdhe2048", "-out", self.path("dh.pem")]
        subprocess.run(run, check=True, capture_output=True)
        keys = "\n".join(f"""key "{name}" {{
            file = "{name}-key.pem" operations = {{ {OPERATIONS[kind]} }} }}""" for name, kind, _ in SITES)
        self.write("keyd.conf", f"""
            socket = "keyd.sock"
            signer-group "all" {{ {keys} }}
            client "frontd" {{ uid = "{os.geteuid()}"
                keys = {{ {", ".join(f'"{name}"' for name, _, _ in SITES)} }} role = server }}
            """)

    def write_frontd(self):
        super().write_frontd()
        sites = "\n".join(f"""
            site "{name}" {{
                names = {{ "{HOSTS[name]}" }} chain = "{name}.pem"
                backend = "{self.backend.address}" {words}
            }}""" for name, _, words in SITES)
        self.write("frontd.conf", f"""
            worker {{ {self.worker} }}
            keyd-socket = "keyd.sock"
            {sites}
            listen "127.0.0.1:{self.port}" {{ default = "demo" policy = "{LISTENER}" }}
            """)

    def tried(self):
        self.tries += 1
        return super().tried()

    def ends(self):
        return re.findall(r"event=session (.*)", self.log("frontd"))

    def offer(self, site, version, suites):
        """openssl's suite or the number of its alert, and frontd's line."""
        before = len(self.ends())
        name = ["-servername", HOSTS[site]] if site else ["-noservername"]
        below = [] if version == "tls1_3" else ["-cipher", f"{suites or 'ALL'}:@SECLEVEL=0"]
        said = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", f"-{version}", *name,
             *below], input="", capture_output=True, text=True, timeout=20, check=False)
        until("the session's line", lambda: len(self.ends()) > before)
        alert = re.search(r"SSL alert number (\d+)", said.stderr)
        suite = re.search(r"^New, .*, Cipher is (\S+)$", said.stdout, re.MULTILINE)
        if alert:
            return int(alert.group(1)), self.ends()[-1]
        return suite.group(1) if suite else said.stderr, self.ends()[-1]


def field(line, word):
    return re.search(rf"\b{word}=(\S+)", line).group(1)


def refused(stack, text, line, reason):
    """The same words from frontd -t and from a start, and no more."""
    stack.write("bad.conf", text)
    for option in (["-t"], []):
        run = subprocess.run([f"{BUILD}/bin/frontd", *option, "-f", stack.path("bad.conf")],
                             capture_output=True, text=True, timeout=20, check=False)
        equal(f"exit of frontd {option}: {run.stderr}", run.returncode, 1)
        equal(f"words of frontd {option}", run.stderr, f"{stack.path('bad.conf')}:{line}: {reason}\n")


with Policies() as stack:
    until("the first handshakes' lines", lambda: len(stack.ends()) == stack.tries)
    for site, version, suites, wanted in CASES:
        what = f"{site} {version} {suites}"
        got, line = stack.offer(site, version, suites)
        equal(what, got, wanted)
        equal(f"policy in the log of {what}", field(line, "policy"), POLICIES[site or "demo"])
        agreed = isinstance(wanted, str)
        equal(f"version in the log of {what}", field(line, "version"),
              LOGGED[version] if agreed else field(line, "version"))
        if agreed:
            equal(f"suite in the log of {what}", field(line, "cipher"), wanted)
    # What openssl does not build any more, and libcrypto has in a module that the
    # sealed worker could not load.
    for cipher, suite in (("ARCFOUR-128", "RC4-SHA"), ("3DES-CBC", "DES-CBC3-SHA")):
        before = len(stack.ends())
        run = subprocess.run(
            ["gnutls-cli", "--insecure", "--sni-hostname", "ancient.test", "--priority",
             f"NONE:+VERS-TLS1.0:+RSA:+{cipher}:+SHA1:+SIGN-ALL:+COMP-NULL:%VERIFY_ALLOW_BROKEN", "-p",
             str(stack.port), "127.0.0.1"], input="", capture_output=True, text=True, timeout=20,
            check=False)
        until(f"the line of {cipher}", lambda: len(stack.ends()) > before)
        line = stack.ends()[-1]
        equal(f"{cipher}: {run.stdout} {run.stderr}",
              [field(line, word) for word in ("version", "cipher", "policy")],
              ["TLSv1", suite, "20140601"])
        equal(f"exit of gnutls-cli with {cipher}: {run.stdout} {run.stderr}", run.returncode, 0)

    old = re.findall(r"level=(\S+) .* event=old-versions (.*)", stack.log("frontd"))
    equal("what is warned of", old, [("warn", "policy=20190214 least=TLSv1"), ("warn", "policy=20140601 least=SSLv3")])

    SITE = 'site "demo" {\n chain = "demo.pem"\n backend = "127.0.0.1:1"\n%s\n}\n'
    LISTEN = 'listen "127.0.0.1:1" { default = "demo" }\n'
    refused(stack, SITE % 'policy = "20990101"' + LISTEN, 4,
            'policy "20990101": there is no security policy of this name')
    refused(stack, SITE % 'policy = "20170210"' + LISTEN, 4,
            'policy "20170210" for site "demo" at "127.0.0.1:1": no suite of the security policy '
            "works with the certificates and Diffie-Hellman parameters")
    refused(stack, SITE % 'dh-params = "demo.pem"' + LISTEN, 4,
            f"{stack.path('demo.pem')}: no Diffie-Hellman parameters in PEM")
    # Who has served goes on serving.
    equal("the site after that", stack.offer("demo", "tls1_3", None)[0], "TLS_AES_128_GCM_SHA256")
