/*
 * Who a client is, by the certificate that it has shown and libtls verified.
 */
#ifndef FRONTD_IDENTITY_H
#define FRONTD_IDENTITY_H

#include "frontd/proxy.h"
#include "libtls/s2n.h"

#define IDENTITY_FINGERPRINT (2 * 32 + 1)

struct identity {
	char common_name[PROXY_TEXT_MAX];       /* empty: it has none to tell */
	char fingerprint[IDENTITY_FINGERPRINT]; /* SHA-256 of the DER, in hex */
	uint8_t *der;
	size_t der_len;
};

/*
 * After the handshake, before s2n_connection_free_handshake: NULL in *out when
 * the client has shown no certificate. False when out of memory.
 */
must_check bool identity_take(struct s2n_connection *, struct identity **out);
/* Puts it into what a backend is told; NULL is nobody. */
void identity_tell(const struct identity *, struct proxy_info *);
/* The certificate itself, once nobody needs it any more. */
void identity_drop_certificate(struct identity *);
void identity_free(struct identity *);

#endif
