/*
 * Key schedule of TLS 1.2 and older (RFC 5246 8.1, 6.3, 7.4.9; RFC 7627 4;
 * RFC 6101 6): secrets in, secrets out; nothing here knows a connection.
 */
#ifndef LIBTLS_HANDSHAKE_SCHEDULE12_H
#define LIBTLS_HANDSHAKE_SCHEDULE12_H

#include "libtls/crypto/prf.h"
#include "libtls/state/handshake_state.h"

/* What all derivations of a handshake share. */
struct terms {
	uint8_t version;             /* S2N_SSLv3 ... S2N_TLS12 */
	const struct digest *digest; /* the suite's; counts in TLS 1.2 */
	const uint8_t *client_random, *server_random;
};

/* The hash of the transcript: the suite's in TLS 1.2, else MD5 and SHA-1. */
const struct digest *schedule12_digest(
    uint8_t version, const struct digest *suites);

must_check int schedule12_master(const struct terms *, struct slice premaster,
    uint8_t master[MASTER_SECRET_SIZE]);
/* RFC 7627 4: bound to the messages up to the ClientKeyExchange. */
must_check int schedule12_extended_master(const struct terms *,
    struct slice premaster, struct slice session_hash,
    uint8_t master[MASTER_SECRET_SIZE]);
must_check int schedule12_key_block(const struct terms *,
    const uint8_t master[MASTER_SECRET_SIZE], uint8_t *block, size_t len);
/* *len: 12, or 36 in SSLv3. */
must_check int schedule12_finished(const struct terms *,
    const uint8_t master[MASTER_SECRET_SIZE], const struct transcript *,
    s2n_mode sender, uint8_t out[], uint8_t *len);

#endif
