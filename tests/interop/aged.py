"""
Makes an OCSP response (RFC 6960) so many seconds older, and signs it again:
aged.py RESPONSE KEY OUT SECONDS. The key is RSA, so that the signature has its
length.
"""
import datetime
import re
import subprocess
import sys

TIME = re.compile(rb"\x18\x0f(\d{14})Z")


def content(der, at):
    """Of the element there: where its content begins, and where it ends."""
    length, begin = der[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7f
        length, begin = int.from_bytes(der[begin:begin + count], "big"), begin + count
    return begin, begin + length


def older(match):
    time = datetime.datetime.strptime(match[1].decode(), "%Y%m%d%H%M%S")
    time -= datetime.timedelta(seconds=int(age))
    return b"\x18\x0f" + time.strftime("%Y%m%d%H%M%SZ").encode()


response, key, out, age = sys.argv[1:]
with open(response, "rb") as file:
    der = bytearray(file.read())
# OCSPResponse: status, [0] { ResponseBytes: type, OCTET STRING { BasicOCSPResponse } }
at, _ = content(der, 0)
_, at = content(der, at)
at, _ = content(der, at)
at, _ = content(der, at)
_, at = content(der, at)
at, _ = content(der, at)
data, _ = content(der, at)
# BasicOCSPResponse: what is signed, the algorithm, the signature, a BIT STRING
_, end = content(der, data)
der[data:end] = TIME.sub(older, der[data:end])
_, at = content(der, end)
begin, stop = content(der, at)
signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=der[data:end],
                           capture_output=True, check=True).stdout
assert len(signature) == stop - begin - 1
der[begin + 1:stop] = signature
with open(out, "wb") as file:
    file.write(der)
