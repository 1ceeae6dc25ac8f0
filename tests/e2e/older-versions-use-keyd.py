#!/usr/bin/env python3
"""Clients of TLS 1.2, 1.1 and 1.0 are served with keys that only keyd has: each
key exchange, signatures of each kind, RSA decryption. Where keyd.conf does not
permit an operation, frontd says so at start and such clients are turned away,
while others are served."""
import re
import subprocess

from lib.stack import Stack, equal, until

OLD = ["-cipher", "ALL:@SECLEVEL=0"]
ALL = "sign13, sign12, sign10, premaster"


def suite(version, name, *more):
    """s_client's words for one version and suite."""
    return [version, "-cipher", f"{name}:@SECLEVEL=0", *more]


GCM_RSA = "ECDHE-RSA-AES128-GCM-SHA256"
GCM_ECDSA = "ECDHE-ECDSA-AES128-GCM-SHA256"

# By kind of key: s_client's words; the version, the suite's exchange, and the
# hash and kind of the signature that they must come to (None: any).
CASES = {
    "RSA": [
        (["-tls1_3"], "TLSv1.3", None, None),
        (suite("-tls1_2", GCM_RSA, "-curves", "P-256"), "TLSv1.2", "ECDHE", None),
        (suite("-tls1_2", GCM_RSA, "-curves", "P-384"), "TLSv1.2", "ECDHE", None),
        (suite("-tls1_2", GCM_RSA, "-curves", "P-521"), "TLSv1.2", "ECDHE", None),
        (suite("-tls1_2", GCM_RSA, "-curves", "X25519"), "TLSv1.2", "ECDHE", None),
        (suite("-tls1_2", GCM_RSA, "-sigalgs", "RSA+SHA256"), "TLSv1.2", "ECDHE", "SHA256 RSA"),
        (suite("-tls1_2", GCM_RSA, "-sigalgs", "RSA+SHA512"), "TLSv1.2", "ECDHE", "SHA512 RSA"),
        (suite("-tls1_2", GCM_RSA, "-sigalgs", "RSA+SHA224"), "TLSv1.2", "ECDHE", "SHA224 RSA"),
        (suite("-tls1_2", GCM_RSA, "-sigalgs", "RSA+SHA1"), "TLSv1.2", "ECDHE", "SHA1 RSA"),
        (suite("-tls1_2", GCM_RSA, "-sigalgs", "rsa_pss_rsae_sha384"), "TLSv1.2", "ECDHE", "SHA384 RSA-PSS"),
        (suite("-tls1_2", "ECDHE-RSA-AES256-SHA384"), "TLSv1.2", "ECDHE", None),
        (suite("-tls1_2", "DHE-RSA-AES128-GCM-SHA256", "-sigalgs", "RSA+SHA256"), "TLSv1.2", "DHE", "SHA256 RSA"),
        (suite("-tls1_2", "AES128-GCM-SHA256"), "TLSv1.2", "AES", None),
        (suite("-tls1_2", "AES128-SHA"), "TLSv1.2", "AES", None),
        (suite("-tls1_1", "ECDHE-RSA-AES128-SHA"), "TLSv1.1", "ECDHE", "MD5-SHA1 RSA"),
        (suite("-tls1_1", "DHE-RSA-AES128-SHA"), "TLSv1.1", "DHE", "MD5-SHA1 RSA"),
        (suite("-tls1_1", "AES128-SHA"), "TLSv1.1", "AES", None),
        (suite("-tls1", "ECDHE-RSA-AES128-SHA"), "TLSv1", "ECDHE", "MD5-SHA1 RSA"),
        (suite("-tls1", "AES128-SHA"), "TLSv1", "AES", None),
        (["-tls1_1", *OLD], "TLSv1.1", None, None),
        (["-tls1", *OLD], "TLSv1", None, None),
    ],
    "EC": [
        (["-tls1_3"], "TLSv1.3", None, None),
        (suite("-tls1_2", GCM_ECDSA, "-sigalgs", "ECDSA+SHA256"), "TLSv1.2", "ECDHE", "SHA256 ECDSA"),
        (suite("-tls1_2", GCM_ECDSA, "-sigalgs", "ECDSA+SHA384"), "TLSv1.2", "ECDHE", "SHA384 ECDSA"),
        (suite("-tls1_2", GCM_ECDSA, "-sigalgs", "ECDSA+SHA1"), "TLSv1.2", "ECDHE", "SHA1 ECDSA"),
        (suite("-tls1_1", "ECDHE-ECDSA-AES128-SHA"), "TLSv1.1", "ECDHE", "SHA1 ECDSA"),
        (suite("-tls1", "ECDHE-ECDSA-AES128-SHA"), "TLSv1", "ECDHE", "SHA1 ECDSA"),
        (["-tls1_1", *OLD], "TLSv1.1", None, None),
        (["-tls1", *OLD], "TLSv1", None, None),
    ],
}


def found(pattern, said):
    """What s_client says after a label, or a failure that shows all of it."""
    match = re.search(pattern, said)
    if match is None:
        raise AssertionError(f"{pattern} is not in:\n{said}")
    return match.group(1)


def check(stack, words, version, exchange, signature):
    said = stack.openssl(*words)
    if said is None:
        raise AssertionError(f"no connection with {' '.join(words)}")
    # what a session is of is not said before its ticket has come
    label = r"New, (\S+), Cipher" if version == "TLSv1.3" else r"Protocol *: (\S+)"
    equal(f"the version with {words}", found(label, said), version)
    cipher = found(r"Cipher is (\S+)", said)
    if exchange is not None and not cipher.startswith(exchange):
        raise AssertionError(f"{cipher} with {words}")
    if signature is not None:
        digest = found(r"Peer signing digest: (\S+)", said)
        kind = found(r"Peer signature type: (\S+)", said)
        equal(f"the signature with {words}", f"{digest} {kind}", signature)


def with_parameters(policy, **words):
    """A stack with this policy, and Diffie-Hellman parameters of 2048 bits."""
    stack = Stack(listen=f'policy = "{policy}" dh-params = "dh.pem"', **words)
    subprocess.run(["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048",
                    "-out", stack.path("dh.pem")], check=True, capture_output=True)
    return stack


def lacks(stack):
    """The operations that frontd's log says keyd does not permit."""
    return sorted(re.findall(r"event=key-lacks site=demo operation=(\S+)", stack.log("frontd")))


def refused(stack, *words):
    if stack.openssl(*words) is not None:
        raise AssertionError(f"a connection with {' '.join(words)}")


# Each version and key exchange, where keyd permits all.
for kind, cases in CASES.items():
    operations = ALL if kind == "RSA" else "sign13, sign12, sign10"
    with with_parameters("test_all", kind=kind, operations=operations) as stack:
        for case in cases:
            check(stack, *case)
        equal("what keyd lacks", lacks(stack), [])
        equal("deaths", "event=signer-died" in stack.log("keyd"), False)

# What keyd does not permit is said once, by two workers, and refused.
TLS12 = suite("-tls1_2", GCM_RSA)
PREMASTER = suite("-tls1_2", "AES128-SHA")
SHA1 = suite("-tls1", "ECDHE-RSA-AES128-SHA")
for operations, missing, served, turned_away in (
        ("sign13", ["premaster", "sign10", "sign12"], [], [TLS12, PREMASTER, SHA1]),
        ("sign13, sign12", ["premaster", "sign10"], [TLS12], [PREMASTER, SHA1]),
        ("sign13, premaster", ["sign10", "sign12"], [PREMASTER], [TLS12, SHA1])):
    # this one prefers signatures without SHA-1
    with with_parameters("20190801", kind="RSA", operations=operations) as stack:
        until("frontd says what keyd lacks", lambda: lacks(stack) == missing)
        signers = stack.pids("keyd-signer")
        for words in turned_away:
            refused(stack, *words)
        for words in served:
            check(stack, words, "TLSv1.2", None, None)
        stack.served()
        equal("what is said of keyd", lacks(stack), missing)
        equal("the signers", stack.pids("keyd-signer"), signers)

# The policy that frontd has of itself needs no more than keyd's own default.
with Stack(kind="RSA") as stack:
    check(stack, TLS12, "TLSv1.2", "ECDHE", "SHA256 RSA-PSS")
    refused(stack, *suite("-tls1_1", "ALL"))
    equal("what keyd lacks", lacks(stack), [])
