/*
 * Record protection of TLS 1.2 and older (RFC 5246 6.2.3, RFC 5288, RFC 7905,
 * RFC 6101 5.2.3): AEADs, and MAC-then-encrypt with CBC or RC4.
 */
#ifndef LIBTLS_RECORD_PROTECT12_H
#define LIBTLS_RECORD_PROTECT12_H

#include "libtls/record/protect.h"
#include "libtls/registry/suite.h"
#include "libtls/s2n.h"

/* Bytes of the key block, for both directions (RFC 5246 6.3). */
size_t protection12_block_size(const struct suite *, uint8_t version);

/*
 * Takes from the key block what owner (S2N_CLIENT: client_write_..., or
 * S2N_SERVER) protects its records with. The sequence starts at 0.
 */
must_check int protection_set12(struct protection *, const struct suite *,
    uint8_t version, enum aead_use, s2n_mode owner, const uint8_t *key_block);

#endif
