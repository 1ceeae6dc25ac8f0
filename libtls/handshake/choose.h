/*
 * What the server chooses from a ClientHello, and a client from a
 * CertificateRequest: all decisions on two pages, choose.c and, for what only
 * TLS 1.2 and older choose, choose12.c.
 */
#ifndef LIBTLS_HANDSHAKE_CHOOSE_H
#define LIBTLS_HANDSHAKE_CHOOSE_H

#include "libtls/state/connection.h"

/* ClientCertificateType (RFC 5246 7.4.4, RFC 8422 5.5) */
#define CERTIFICATE_TYPE_RSA 1
#define CERTIFICATE_TYPE_DSS 2
#define CERTIFICATE_TYPE_ECDSA 64

/* Notes the name that the client asks for. */
must_check int choose_name(struct s2n_connection *);
/*
 * Version, suite, group (or a retry), certificate, scheme, protocol. On the
 * second ClientHello the share must be there.
 */
must_check int choose_parameters(struct s2n_connection *, const struct hello *);
/*
 * Client: the chain and scheme that answer a CertificateRequest; maybe none,
 * but for a chain of the application's choice: ERR_NO_COMMON_SCHEME.
 */
must_check int choose_client_certificate(struct s2n_connection *);
/* The suite of TLS 1.3, for the pre-shared key where one is chosen; false when
 * there is none in common. */
bool choose_suite(struct s2n_connection *, const struct hello *);
/* The pre-shared key, with its binder checked: conn->psk; maybe none. */
must_check int choose_psk(struct s2n_connection *, const struct hello *);
/* The application's choice of one that is offered: ERR_INVALID_ARGUMENT when it
 * is not known, or there is no suite for its hash. */
must_check int choose_offered_psk(struct s2n_connection *, const struct hello *,
    struct slice identity, uint16_t index);
void choose_no_psk(struct s2n_connection *);

/* The same below TLS 1.3, once version, name and protocol are chosen. */
must_check int choose12_parameters(
    struct s2n_connection *, const struct hello *);
/*
 * The chain, of those in hs->choice, and the scheme to sign with that the peer
 * takes and the suite (NULL: any) is for. False when there is none.
 */
bool choose12_scheme(struct s2n_connection *, const struct suite *);

/* Whether the policy lets a client have ChaCha20 that names it first. */
bool choose_boosts_chacha20(
    const struct s2n_connection *, const struct hello *);
bool choose_is_chacha20(uint16_t suite);
/* Whether a list of uint16 has the number. */
bool choose_offered(struct slice list, uint16_t number);
/* Notes what is signed with. */
void choose_signer(struct s2n_connection *, struct s2n_cert_chain_and_key *,
    const struct scheme *);

#endif
