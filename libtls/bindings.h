/*
 * What no public header has and bindings for other languages link all the same,
 * with declarations of their own. Not installed; programs in C have no need.
 */
#ifndef LIBTLS_BINDINGS_H
#define LIBTLS_BINDINGS_H

#include "libtls/s2n.h"

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

#endif
