/*
 * Checkpoints; the contract is in checkpoint.h.
 */
#include "libtls/handshake/checkpoint.h"

uint64_t
checkpoint_now(const struct s2n_connection *conn)
{
	const struct clock *clock = &conn->config->monotonic;
	uint64_t now = 0;

	return clock->read(clock->ctx, &now) == 0 ? now : 0;
}

void
checkpoint_tell(struct s2n_connection *conn, const char *name)
{
	struct s2n_timing_checkpoint point;
	struct failure cause;

	if (conn->config->checkpoint == NULL)
		return;
	/* It may fail with something, and we may be about to. */
	cause = errors_last();
	point = (struct s2n_timing_checkpoint){ name, (uint8_t)conn->mode,
		checkpoint_now(conn) };
	conn->config->checkpoint(conn, conn->config->subscriber, &point);
	errors_put_back(cause);
}
