/*
 * Path validation by libcrypto's X509 code (RFC 5280), and what TLS adds: what
 * a certificate is for, how it is signed, whose name it bears.
 */
#ifndef LIBTLS_CERT_VALIDATE_H
#define LIBTLS_CERT_VALIDATE_H

#include "libtls/cert/chain.h"
#include "libtls/cert/crl.h"
#include "libtls/cert/custom.h"
#include "libtls/cert/hostname.h"
#include "libtls/cert/trust.h"
#include "libtls/registry/preference.h"

enum purpose { PURPOSE_SERVER, PURPOSE_CLIENT };

struct validation {
	const struct trust_store *trust;
	enum purpose purpose; /* what the peer's leaf must be meant for */
	uint16_t max_depth;   /* most certificates in the chain */
	bool check_time;
	bool check_intent;
	const struct crl_lookups *lookups;    /* answered; NULL: no CRLs */
	const STACK_OF(ASN1_OBJECT) * custom; /* critical and fine */
	bool ip_in_cn;     /* counts, where there is no SAN */
	bool public_rules; /* the anchors are public: see web_rules.h */
	/* KU_DIGITAL_SIGNATURE or KU_KEY_ENCIPHERMENT, of <openssl/x509v3.h>:
	 * what the handshake has the leaf's key do; 0: not asked */
	uint32_t key_usage;
	uint64_t now;    /* seconds since 1970 */
	uint8_t version; /* S2N_TLS13 ...: SHA-1 is refused from there */
	const struct preference *preference; /* restricts chain signatures */
	s2n_verify_host_fn verify_host; /* asked each name; NULL: no check */
	void *verify_host_ctx;
	/* Is given the path found, to be freed; NULL: not wanted. */
	STACK_OF(X509) * *path;
};

/*
 * Whether chain leads to an anchor and the leaf bears an accepted name. The
 * code says why not: ERR_CERT_UNTRUSTED, _EXPIRED, _NOT_YET_VALID, _HOSTNAME,
 * _INTENT, _DEPTH, _CRITICAL, _REVOKED, _BAD, ERR_DECODE_CERTIFICATE.
 */
must_check int validate_chain(
    const struct s2n_cert_chain_and_key *, const struct validation *);

/*
 * Whether a chain of ours is of the keys and signatures that the policy wants
 * of certificates, where it wants that of ours: ERR_INCOMPATIBLE_CERT. The
 * signature of one that signed itself is nobody's proof and not looked at.
 */
must_check int validate_own(
    const struct s2n_cert_chain_and_key *, const struct preference *);

#endif
