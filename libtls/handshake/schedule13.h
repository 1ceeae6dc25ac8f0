/*
 * The key schedule of TLS 1.3 (RFC 8446 7.1): pure derivation, from secrets and
 * transcript hashes to secrets. Who installs them when is keys13.h's matter.
 */
#ifndef LIBTLS_HANDSHAKE_SCHEDULE13_H
#define LIBTLS_HANDSHAKE_SCHEDULE13_H

#include "libtls/state/handshake_state.h"

/* Early secret; psk may be empty. */
must_check int schedule13_early(
    struct schedule13 *, const struct digest *, struct slice psk);
/* The secret of early data; hash: of the ClientHello. */
must_check int schedule13_client_early(
    struct schedule13 *, const uint8_t *hash);
/* RFC 8446 4.2.11.2: the binder over hash, that of a truncated ClientHello. */
must_check int schedule13_binder(const struct digest *, struct slice psk,
    bool external, const uint8_t *hash, uint8_t *binder);
/* RFC 8446 4.6.1: the pre-shared key of a ticket. */
must_check int schedule13_ticket_psk(const struct digest *,
    const uint8_t *resumption, struct slice nonce, uint8_t *psk);
/* Handshake secret and the two traffic secrets; hash: through ServerHello. */
must_check int schedule13_handshake(
    struct schedule13 *, struct slice shared, const uint8_t *hash);
/* Master secret and what comes of it; hash: through the server's Finished. */
must_check int schedule13_application(
    struct schedule13 *, const uint8_t *hash, uint8_t *exporter);
/* hash: through the client's Finished. */
must_check int schedule13_resumption(
    struct schedule13 *, const uint8_t *hash, uint8_t *resumption);
/* RFC 8446 4.4.4: verify_data for the Finished under a base key. */
must_check int schedule13_finished(const struct digest *,
    const uint8_t *base_key, const uint8_t *hash, uint8_t *verify_data);
/* RFC 8446 7.5. */
must_check int schedule13_export(const struct digest *, const uint8_t *exporter,
    const char *label, struct slice context, uint8_t *out, size_t len);

#endif
