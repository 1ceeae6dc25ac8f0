/*
 * What no public header has and bindings for other languages link all the same,
 * with declarations of their own. Not installed; programs in C have no need.
 */
#ifndef LIBTLS_BINDINGS_H
#define LIBTLS_BINDINGS_H

#include "libtls/s2n.h"
#include "libtls/state/quic.h"

/* clang-format off: S2N_API makes it take every prototype for a variable. */

/** Loads a chain without its key, which the config owns: for use with
 * s2n_config_set_async_pkey_callback. Errors as of
 * s2n_config_add_cert_chain_and_key. */
S2N_API extern int s2n_config_add_cert_chain(struct s2n_config *config,
    uint8_t *cert_chain_pem, uint32_t cert_chain_pem_size);
/** The config that the connection has now; S2N_ERR_NULL when it has none. */
S2N_API extern int s2n_connection_get_config(
    struct s2n_connection *conn, struct s2n_config **config);
/** Writes what waits to be written, alerts and tickets among it. */
S2N_API extern int s2n_flush(
    struct s2n_connection *conn, s2n_blocked_status *blocked);
/** Deprecated: does nothing and succeeds. TLS 1.3 is the security policy's. */
S2N_API extern int s2n_enable_tls13(void);
/** The alert that an error is told by (RFC 8446 6.2); S2N_ERR_NO_ALERT where
 * none is: success, waiting, an end, and mistakes of the application. */
S2N_API extern int s2n_error_get_alert(int error, uint8_t *alert);
/** Whether the connection's config has session tickets on. */
S2N_API extern int s2n_connection_are_session_tickets_enabled(
    struct s2n_connection *conn, bool *enabled);

/* ---- QUIC (RFC 9001); s2n_negotiate(3) tells how they are used ---- */

/** Handshakes of connections with this config are QUIC's: of TLS 1.3 and
 * without records. What the send and recv callbacks of a connection move is
 * bare handshake messages (RFC 9001 4.1.3); no alert is sent, see
 * s2n_error_get_alert; s2n_send, s2n_recv and the like are
 * S2N_ERR_UNSUPPORTED_WITH_QUIC. */
S2N_API extern int s2n_config_enable_quic(struct s2n_config *config);
/** The same of one connection, before its handshake begins:
 * S2N_ERR_INVALID_STATE later, and where it reads ahead. */
S2N_API extern int s2n_connection_enable_quic(struct s2n_connection *conn);
/** Whether its handshake is, or will be, QUIC's: false for NULL. */
S2N_API extern bool s2n_connection_is_quic_enabled(struct s2n_connection *conn);
/** The transport parameters that are sent (RFC 9001 8.2), none by default;
 * data_len bytes are copied. Before the handshake sends them. */
S2N_API extern int s2n_connection_set_quic_transport_parameters(
    struct s2n_connection *conn, const uint8_t *data_buffer, uint16_t data_len);
/** The peer's, borrowed: as long as the connection is neither wiped nor freed;
 * NULL and 0 until they have come. They can be trusted once the handshake is
 * complete. */
S2N_API extern int s2n_connection_get_quic_transport_parameters(
    struct s2n_connection *conn, const uint8_t **data_buffer,
    uint16_t *data_len);
/** Who is told the secrets of a connection of QUIC; of no other. */
S2N_API extern int s2n_connection_set_secret_callback(
    struct s2n_connection *conn, s2n_secret_cb cb_func, void *ctx);
/** Client, after the handshake: reads and takes one message by the recv
 * callback, which can be a NewSessionTicket only (RFC 9001 4.4, 6). Blocked on
 * reading while there is none. */
S2N_API extern int s2n_recv_quic_post_handshake_message(
    struct s2n_connection *conn, s2n_blocked_status *blocked);

#endif
