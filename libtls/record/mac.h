/*
 * The MAC of a record of TLS 1.2 and older whose cipher is no AEAD (RFC 5246
 * 6.2.3.1, RFC 6101 5.2.3.1).
 */
#ifndef LIBTLS_RECORD_MAC_H
#define LIBTLS_RECORD_MAC_H

#include "libtls/crypto/digest.h"

/* seq_num + type + version + length; an AEAD has it as additional data. */
#define MAC_HEADER 13
#define MAC_HEADER_VERSION 9
#define MAC_HEADER_LENGTH 11

/*
 * Of what count slices hold, RECORD_SLICES_MAX at most; the header tells their
 * length and the version. The key and out have digest->size bytes.
 */
must_check int mac_compute(const struct digest *, const uint8_t *key,
    const uint8_t header[MAC_HEADER], const struct slice *plain, size_t count,
    uint8_t *out);

#endif
