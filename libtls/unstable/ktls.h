/*
 * unstable/ktls.h: records that the kernel encrypts and decrypts (Linux, kernel
 * TLS), so that a file's bytes need not pass through the process. Newer than
 * the guide.
 */
#ifndef S2N_UNSTABLE_KTLS_H
#define S2N_UNSTABLE_KTLS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * s2n_connection_ktls_enable_send hands the records that are sent to the
 * kernel, after the handshake; the calls that send stay the same. Again is
 * fine. On failure the connection goes on without.
 *
 * @returns S2N_FAILURE with S2N_ERR_HANDSHAKE_NOT_COMPLETE; with
 * S2N_ERR_KTLS_MANAGED_IO where the connection has callbacks instead of a
 * descriptor; S2N_ERR_KTLS_UNSUPPORTED_CONN for other suites than AES-GCM,
 * other versions than TLS 1.2, and TLS 1.3 that was not opted in for;
 * S2N_ERR_KTLS_RENEG with a renegotiation callback;
 * S2N_ERR_RECORD_STUFFER_NEEDS_DRAINING while bytes wait in the connection;
 * S2N_ERR_CLOSED; S2N_ERR_KTLS_ENABLE and S2N_ERR_KTLS_SOCKOPT when the kernel
 * refuses; S2N_ERR_KTLS_UNSUPPORTED_PLATFORM where the library was built
 * without it
 */
S2N_API int s2n_connection_ktls_enable_send(struct s2n_connection *conn);

/** s2n_connection_ktls_enable_recv does the same for what is received. */
S2N_API int s2n_connection_ktls_enable_recv(struct s2n_connection *conn);

/**
 * s2n_config_ktls_enable_unsafe_tls13 permits both for TLS 1.3, whose keys the
 * peer may update at any time: the connection then ends with
 * S2N_ERR_KTLS_KEYUPDATE, and ours ends with S2N_ERR_KTLS_KEY_LIMIT when its
 * key is worn.
 */
S2N_API int s2n_config_ktls_enable_unsafe_tls13(struct s2n_config *config);

/**
 * s2n_connection_get_key_update_counts tells how often the keys of a TLS 1.3
 * connection were updated. Each counter stays at 255 once it is there.
 *
 * @param conn the connection
 * @param send_key_updates receives how often ours were
 * @param recv_key_updates receives how often the peer's were
 * @returns S2N_SUCCESS, or S2N_FAILURE with S2N_ERR_NULL
 */
S2N_API extern int s2n_connection_get_key_update_counts(
    struct s2n_connection *conn, uint8_t *send_key_updates,
    uint8_t *recv_key_updates);

/**
 * s2n_sendfile sends a part of a file without reading it.
 *
 * @param conn one whose sending the kernel does
 * @param fd the file, open for reading
 * @param offset where it begins
 * @param count bytes that are to be sent
 * @param bytes_written receives the bytes sent, maybe fewer than count
 * @param blocked as of s2n_send
 * @returns S2N_FAILURE with S2N_ERR_KTLS_UNSUPPORTED_CONN unless
 * s2n_connection_ktls_enable_send succeeded; else as s2n_send
 */
S2N_API int s2n_sendfile(struct s2n_connection *conn, int fd, off_t offset,
    size_t count, size_t *bytes_written, s2n_blocked_status *blocked);

#ifdef __cplusplus
}
#endif

#endif
