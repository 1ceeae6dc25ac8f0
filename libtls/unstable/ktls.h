/*
 * unstable/ktls.h: key updates, as those who take over a
 * connection's records have to know them. Of kernel TLS itself nothing yet.
 */
#ifndef S2N_UNSTABLE_KTLS_H
#define S2N_UNSTABLE_KTLS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif
