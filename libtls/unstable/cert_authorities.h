/*
 * unstable/cert_authorities.h: the authorities that a server names when it asks
 * for a certificate (RFC 8446 4.2.4, RFC 5246 7.4.4), and a client's choice of
 * the certificate by them. s2n_config_set_cert_authorities_from_trust_store,
 * the server's half, is in s2n.h.
 */
#ifndef S2N_UNSTABLE_CERT_AUTHORITIES_H
#define S2N_UNSTABLE_CERT_AUTHORITIES_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

struct s2n_certificate_request;
struct s2n_certificate_authority_list;

/**
 * A callback asked once a handshake, when the server asks for a certificate and
 * the config has one. It answers with s2n_certificate_request_set_certificate;
 * a handshake without an answer ends with S2N_ERR_NO_CERT_FOUND. The request is
 * the connection's, and lasts until the handshake ends.
 *
 * @returns 0, or -1 to end the handshake with S2N_ERR_CANCELLED
 */
typedef int (*s2n_cert_request_callback)(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *request);
/** Sets it for clients; NULL takes it away, and the config's certificate is
 * sent. */
S2N_API extern int s2n_config_set_cert_request_callback(
    struct s2n_config *config, s2n_cert_request_callback cert_req_callback,
    void *ctx);

/**
 * The names that came with the request: none says that any authority will do.
 *
 * @returns the list, the request's, or NULL when the request is NULL
 */
S2N_API extern struct s2n_certificate_authority_list *
s2n_certificate_request_get_ca_list(struct s2n_certificate_request *request);
/**
 * Chooses the chain to answer with, which stays the caller's and has to outlive
 * the connection; a second choice replaces the first. The handshake ends with
 * S2N_ERR_NO_VALID_SIGNATURE_SCHEME when its key can sign nothing that the
 * server takes. S2N_ERR_NO_CERT_FOUND when there is no certificate in it.
 */
S2N_API extern int s2n_certificate_request_set_certificate(
    struct s2n_certificate_request *request,
    struct s2n_cert_chain_and_key *chain);

/** Whether there is a name that was not read yet; of NULL there is none. */
S2N_API extern bool s2n_certificate_authority_list_has_next(
    struct s2n_certificate_authority_list *list);
/**
 * Reads the next name: a distinguished name in DER, the list's own bytes.
 * S2N_ERR_STUFFER_OUT_OF_DATA at the end.
 */
S2N_API extern int s2n_certificate_authority_list_next(
    struct s2n_certificate_authority_list *list, uint8_t **name,
    uint16_t *length);
/** Starts again with the first name. */
S2N_API extern int s2n_certificate_authority_list_reread(
    struct s2n_certificate_authority_list *list);

#ifdef __cplusplus
}
#endif

#endif
