/*
 * What TLS signs, built from its parts. Nothing that one function here makes or
 * accepts can be taken for what another does: TLS 1.3 begins with 64 spaces, a
 * client's messages with a ClientHello's header, and the content of a
 * ServerKeyExchange is refused when it could pass for either.
 */
#ifndef KEYD_CONTENT_H
#define KEYD_CONTENT_H

#include "base/writer.h"
#include "ipc/keyproto.h"

#define CONTENT_MAX (2 * KEYPROTO_RANDOM + KEYPROTO_PARAMETERS_MAX)

/* RFC 8446 4.4.3: of a CertificateVerify by this role. False: the transcript
 * hash is not of its hash's length. */
must_check bool content_verify13(
    enum keyproto_role, const struct keyproto_sign *, struct writer *);

/*
 * RFC 5246 7.4.3, RFC 8422 5.4: both randoms and the parameters. False: they
 * are neither an ephemeral key on a named curve (P-256, P-384, P-521, x25519)
 * nor one of a Diffie-Hellman group of 2048 to 8192 bits, or the whole could be
 * something else.
 */
must_check bool content_key_exchange(
    const struct keyproto_sign *, struct writer *);

/*
 * RFC 5246 7.4.8: whether these are the handshake messages that a client signs,
 * whole and in order. The version that the ServerHello chose (0x0301 to
 * 0x0303), or 0: they are not.
 */
uint16_t content_client_version(struct slice messages);

#endif
