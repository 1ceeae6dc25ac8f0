/*
 * unstable/crl.h: certificate revocation lists (RFC 5280 5), and the
 * application's own word on a peer's chain. Nothing is fetched: the application
 * hands the lists in.
 */
#ifndef S2N_UNSTABLE_CRL_H
#define S2N_UNSTABLE_CRL_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

struct s2n_crl;
struct s2n_crl_lookup;
struct s2n_cert_validation_info;

/**
 * A callback asked once for each certificate that the peer sent, before the
 * chain is validated. It answers with s2n_crl_lookup_set or
 * s2n_crl_lookup_ignore, at once or later: until all are answered s2n_negotiate
 * fails with S2N_ERR_ASYNC_BLOCKED. The lookup is the connection's, until that
 * is wiped or freed.
 *
 * @returns 0, or -1 to end the handshake with S2N_ERR_CANCELLED
 */
typedef int (*s2n_crl_lookup_callback)(
    struct s2n_crl_lookup *lookup, void *context);

/**
 * s2n_config_set_crl_lookup_cb turns on revocation checks: each certificate of
 * the chain but the trust anchor then needs a CRL of its issuer.
 * S2N_ERR_CERT_REVOKED, S2N_ERR_CRL_LOOKUP_FAILED, S2N_ERR_CRL_SIGNATURE,
 * S2N_ERR_CRL_ISSUER or S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION end a
 * handshake. The dates of a CRL are the application's business. A NULL callback
 * turns the checks off.
 */
S2N_API extern int s2n_config_set_crl_lookup_cb(
    struct s2n_config *config, s2n_crl_lookup_callback callback, void *context);

/** An empty CRL for s2n_crl_load_pem; the caller's. NULL when out of memory. */
S2N_API extern struct s2n_crl *s2n_crl_new(void);
/**
 * Takes the first CRL of a PEM text into an empty object.
 * S2N_ERR_INVALID_ARGUMENT when it holds one already, S2N_ERR_INVALID_PEM when
 * the text has none, or a malformed one.
 */
S2N_API extern int s2n_crl_load_pem(
    struct s2n_crl *crl, uint8_t *pem, size_t len);
/** Frees a CRL and sets the pointer to NULL. It may have been answered with. */
S2N_API extern int s2n_crl_free(struct s2n_crl **crl);
/** libcrypto's X509_NAME_hash of the CRL's issuer. */
S2N_API extern int s2n_crl_get_issuer_hash(struct s2n_crl *crl, uint64_t *hash);
/** Fails with S2N_ERR_CRL_NOT_YET_VALID when thisUpdate is to come, by the
 * system's clock. */
S2N_API extern int s2n_crl_validate_active(struct s2n_crl *crl);
/** Fails with S2N_ERR_CRL_EXPIRED when nextUpdate is over; without one a CRL
 * does not expire. */
S2N_API extern int s2n_crl_validate_not_expired(struct s2n_crl *crl);

/** libcrypto's X509_NAME_hash of the issuer of the certificate asked about. */
S2N_API extern int s2n_crl_lookup_get_cert_issuer_hash(
    struct s2n_crl_lookup *lookup, uint64_t *hash);
/** Answers with a CRL, which stays the caller's. */
S2N_API extern int s2n_crl_lookup_set(
    struct s2n_crl_lookup *lookup, struct s2n_crl *crl);
/** Answers that there is none: fatal if the certificate is in the chain that is
 * validated. */
S2N_API extern int s2n_crl_lookup_ignore(struct s2n_crl_lookup *lookup);

/**
 * A callback asked once a handshake, after the built-in validation of the
 * peer's chain has passed or was disabled. It answers with
 * s2n_cert_validation_accept or _reject, at once or later: until then
 * s2n_negotiate fails with S2N_ERR_ASYNC_BLOCKED. The info is the connection's.
 *
 * @returns 0, or -1 to end the handshake with S2N_ERR_CANCELLED
 */
typedef int (*s2n_cert_validation_callback)(struct s2n_connection *conn,
    struct s2n_cert_validation_info *info, void *context);
/** Adds such a check; NULL takes it away. */
S2N_API extern int s2n_config_set_cert_validation_cb(struct s2n_config *config,
    s2n_cert_validation_callback callback, void *context);
/** The chain is fine. S2N_ERR_INVALID_STATE when the answer was given. */
S2N_API extern int s2n_cert_validation_accept(
    struct s2n_cert_validation_info *info);
/** It is not: the handshake ends with S2N_ERR_CERT_REJECTED. */
S2N_API extern int s2n_cert_validation_reject(
    struct s2n_cert_validation_info *info);

#ifdef __cplusplus
}
#endif

#endif
