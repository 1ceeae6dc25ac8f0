/*
 * The names in a certificate, and whether one of them is the expected one (RFC
 * 6125, RFC 9525). A name with an embedded NUL is never given out.
 */
#ifndef LIBTLS_CERT_HOSTNAME_H
#define LIBTLS_CERT_HOSTNAME_H

#include <openssl/x509.h>

#include "base/slice.h"

/* True ends the walk, which then gives true. */
typedef bool hostname_visit(void *arg, const char *name, size_t len);

/* What a server's certificate serves: DNS SANs, else CNs. */
bool hostname_each_served(const X509 *, hostname_visit *, void *arg);
/*
 * What a peer's certificate claims: DNS, URI and IP SANs (as text); when it has
 * no SAN at all its CNs; when none of these is given out, an empty name. An IP
 * address is given out only if it stands in an iPAddress SAN.
 */
bool hostname_each_claimed(const X509 *, hostname_visit *, void *arg);

/* The IP addresses in its CNs, when it has no SAN. */
bool hostname_each_cn_address(const X509 *, hostname_visit *, void *arg);

/*
 * The built-in name check, shaped as a s2n_verify_host_fn: data is the expected
 * name as a C string; exact without case, or a wildcard as the whole left-most
 * label; an IP address matches only an iPAddress SAN given in text form.
 */
uint8_t hostname_matches(const char *name, size_t len, void *expected);

/* ASCII only, whatever the locale. */
char hostname_lower(char);

#endif
