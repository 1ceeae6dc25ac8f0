/*
 * unstable/async_offload.h: expensive operations without a key of ours, handed
 * to the application, which performs them when and in which thread it likes.
 */
#ifndef S2N_UNSTABLE_ASYNC_OFFLOAD_H
#define S2N_UNSTABLE_ASYNC_OFFLOAD_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off: S2N_API makes it take every prototype for a variable. */

/* Kinds of operation, as bits of an allow list. */
typedef enum {
	/* the peer's handshake signature is verified (RFC 8446 4.4.3,
	 * RFC 5246 7.4.3 and 7.4.8) */
	S2N_ASYNC_OFFLOAD_PKEY_VERIFY = 1,
	S2N_ASYNC_OFFLOAD_ALLOW_ALL = 0x7fffffff
} s2n_async_offload_op_type;

/* The connection's, until its handshake has gone on or it is freed. */
struct s2n_async_offload_op;

/**
 * Called in s2n_negotiate when an operation is due. It may perform the
 * operation at once, or have it performed later: until then s2n_negotiate fails
 * with S2N_ERR_ASYNC_BLOCKED and S2N_BLOCKED_ON_APPLICATION_INPUT.
 *
 * @returns 0, or -1 to end the handshake with S2N_ERR_CANCELLED
 */
typedef int (*s2n_async_offload_cb)(
    struct s2n_connection *conn, struct s2n_async_offload_op *op, void *ctx);

/**
 * Offers operations to an application; before any connection uses the config.
 *
 * @param config any
 * @param allow_list s2n_async_offload_op_type or'ed: what is offered; all else
 *     is done at once, as without a callback
 * @param fn NULL takes the callback away
 * @param ctx given to each call of it
 */
S2N_API extern int s2n_config_set_async_offload_callback(
    struct s2n_config *config, uint32_t allow_list, s2n_async_offload_cb fn,
    void *ctx);

/**
 * Performs the operation, in the thread of the caller, while the connection may
 * be used by another. Success means that it was performed: a wrong signature is
 * told by the next s2n_negotiate, as S2N_ERR_VERIFY_SIGNATURE.
 * S2N_ERR_ASYNC_ALREADY_PERFORMED the second time. A connection that is freed
 * while it is performed does no harm; before, the operation is gone with it.
 */
S2N_API extern int s2n_async_offload_op_perform(
    struct s2n_async_offload_op *op);

#ifdef __cplusplus
}
#endif

#endif
