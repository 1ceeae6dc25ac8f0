/*
 * Trust anchors, path validation by libcrypto's X509 code, and host names
 * (RFC 6125, RFC 9525).
 */
#ifndef LIBTLS_CERT_VALIDATE_H
#define LIBTLS_CERT_VALIDATE_H

#include "libtls/cert/chain.h"
#include "libtls/registry/preference.h"

/* A config's anchors. */
struct trust_store;

struct trust_store *trust_store_new(void);
void trust_store_free(struct trust_store *);
void trust_store_wipe(struct trust_store *);
/* ERR_PEM_OUT_OF_DATA when there is no certificate in it. */
must_check int trust_store_add_pem(struct trust_store *, const char *pem);
/* Either may be NULL, not both. On failure the store is wiped. */
must_check int trust_store_add_location(
    struct trust_store *, const char *file, const char *directory);
/* The system's anchors; ERR_TRUST_STORE when they were loaded already. */
must_check int trust_store_add_system(struct trust_store *);

enum purpose { PURPOSE_SERVER, PURPOSE_CLIENT };

struct validation {
	const struct trust_store *trust;
	enum purpose purpose; /* what the peer's leaf must be meant for */
	uint16_t max_depth;   /* most certificates in the chain */
	bool check_time;
	bool check_intent;
	uint64_t now;    /* seconds since 1970 */
	uint8_t version; /* S2N_TLS13 ...: SHA-1 is refused from there */
	const struct preference *preference; /* restricts chain signatures */
	s2n_verify_host_fn verify_host; /* asked each name; NULL: no check */
	void *verify_host_ctx;
};

/*
 * Whether chain leads to an anchor and the leaf bears an accepted name. The
 * code says why not: ERR_CERT_UNTRUSTED, _EXPIRED, _NOT_YET_VALID, _HOSTNAME,
 * _INTENT, _DEPTH, _CRITICAL, _REVOKED, _INVALID.
 */
must_check int validate_chain(
    const struct s2n_cert_chain_and_key *, const struct validation *);

/*
 * The built-in name check, shaped as a s2n_verify_host_fn: data is the expected
 * name as a C string; exact without case, or a wildcard as the whole left-most
 * label; an IP address matches only an iPAddress SAN given in text form.
 */
uint8_t hostname_matches(const char *name, size_t len, void *expected);

#endif
