/*
 * unstable/renegotiate.h: a client that does as a server of TLS 1.2 or older
 * asks and shakes hands again on a live connection (RFC 5246 7.4.1.1, RFC
 * 5746). Off unless a callback is set; servers of this library never ask.
 */
#ifndef S2N_UNSTABLE_RENEGOTIATE_H
#define S2N_UNSTABLE_RENEGOTIATE_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a client answers a HelloRequest. */
typedef enum {
	/** Nothing, as the server may not even wait for it. */
	S2N_RENEGOTIATE_IGNORE = 0,
	/** A warning, no_renegotiation; the server may then close. */
	S2N_RENEGOTIATE_REJECT,
	/** The application goes on with s2n_renegotiate_wipe. */
	S2N_RENEGOTIATE_ACCEPT
} s2n_renegotiate_response;

/**
 * Called from s2n_recv when a HelloRequest comes.
 *
 * @param conn the client's
 * @param context as it was given with the callback
 * @param response receives the answer; S2N_RENEGOTIATE_REJECT if it is not set
 * @returns 0, or anything else to end the connection (S2N_ERR_CANCELLED)
 */
typedef int (*s2n_renegotiate_request_cb)(struct s2n_connection *conn,
    void *context, s2n_renegotiate_response *response);

/**
 * s2n_config_set_renegotiate_request_cb lets clients of the config answer
 * HelloRequests. Without a callback (NULL) they are ignored. A server without
 * renegotiation_info (RFC 5746) is told no_renegotiation whatever the callback
 * would say, and it is not asked.
 *
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_config_set_renegotiate_request_cb(struct s2n_config *config,
    s2n_renegotiate_request_cb callback, void *context);

/**
 * s2n_renegotiate_wipe makes a client's connection ready for a new handshake
 * under its present keys. What was agreed on is forgotten; what the application
 * set on the connection stays. Fails with S2N_ERR_INVALID_STATE where data or
 * half a message waits to be read, for TLS 1.3, and without secure
 * renegotiation; S2N_ERR_SERVER_MODE for a server.
 *
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_renegotiate_wipe(struct s2n_connection *conn);

/**
 * s2n_renegotiate performs the new handshake, as s2n_negotiate does.
 * Application data that the server sends meanwhile is handed out: the call then
 * fails with S2N_ERR_APP_DATA_BLOCKED and *blocked
 * S2N_BLOCKED_ON_APPLICATION_DATA; take it and call again.
 *
 * @param conn one that s2n_renegotiate_wipe has made ready
 * @param app_data_buf room for application data
 * @param app_data_buf_size bytes of room
 * @param app_data_size receives the bytes that were written there, maybe 0
 * @param blocked as of s2n_negotiate
 * @returns S2N_SUCCESS when the handshake is done, else S2N_FAILURE
 */
S2N_API int s2n_renegotiate(struct s2n_connection *conn, uint8_t *app_data_buf,
    ssize_t app_data_buf_size, ssize_t *app_data_size,
    s2n_blocked_status *blocked);

/** *blocked of s2n_renegotiate when application data was handed out. */
S2N_API extern const s2n_blocked_status S2N_BLOCKED_ON_APPLICATION_DATA;

#ifdef __cplusplus
}
#endif

#endif
