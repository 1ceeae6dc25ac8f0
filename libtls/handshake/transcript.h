/*
 * The handshake's transcript hash (RFC 8446 4.4.1). Messages are held as bytes
 * until the suite, and with it the hash, is known; below TLS 1.3 they may be
 * kept longer, since a CertificateVerify may use another hash (RFC 5246 7.4.8).
 */
#ifndef LIBTLS_HANDSHAKE_TRANSCRIPT_H
#define LIBTLS_HANDSHAKE_TRANSCRIPT_H

#include "libtls/state/handshake_state.h"

void transcript_init(struct transcript *);
void transcript_wipe(struct transcript *);
/* A whole message, header included. */
must_check int transcript_add(struct transcript *, struct slice message);
/* The hash is known: what was held goes in. A no-op when it was known. */
must_check int transcript_start(struct transcript *, const struct digest *);
/* What is held stays held, from before transcript_start() until it is
 * forgotten. */
void transcript_keep(struct transcript *);
void transcript_forget(struct transcript *);
/* RFC 8446 4.4.1: the first ClientHello becomes a message_hash message. */
must_check int transcript_restart(struct transcript *);
/* The hash of the messages so far; out has DIGEST_MAX bytes. */
must_check int transcript_hash(const struct transcript *, uint8_t *out);

/*
 * The same as if count slices, of a message that is not complete, had been
 * added; with the digest of a pre-shared key, which is the transcript's own
 * once that is known: ERR_SAFETY when it is not.
 */
must_check int transcript_hash_with(const struct transcript *,
    const struct digest *, const struct slice *in, size_t count, uint8_t *out);

#endif
