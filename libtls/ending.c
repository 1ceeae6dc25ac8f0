/*
 * The end of a connection; the contract is in ending.h.
 */
#include "libtls/ending.h"

#include <errno.h>
#include <time.h>

#include "libtls/crypto/library.h"
#include "libtls/handshake/alert.h"

#define NANOSECONDS 1000000000u

static s2n_blocked_status
blocked_on(int code)
{
	switch (code) {
	case ERR_WANT_READ:
		return S2N_BLOCKED_ON_READ;
	case ERR_WANT_WRITE:
		return S2N_BLOCKED_ON_WRITE;
	case ERR_WANT_KEY:
	case ERR_WANT_HELLO:
		return S2N_BLOCKED_ON_APPLICATION_INPUT;
	case ERR_WANT_TAKING: /* S2N_BLOCKED_ON_APPLICATION_DATA */
		return S2N_BLOCKED_ON_EARLY_DATA;
	}
	return S2N_NOT_BLOCKED;
}

/* Errors that tell a prober nothing, so that there is nothing to blind. */
static bool
harmless(int code)
{
	switch (code) {
	case ERR_CLOSED:
	case ERR_CANCELLED:
	case ERR_KEY_CALLBACK_FAILED:
	case ERR_NO_COMMON_SUITE:
	case ERR_SUITE_NOT_OFFERED:
	case ERR_VERSION:
	case ERR_VERSION_NOT_OFFERED:
		return true;
	}
	return errors_type(code) == S2N_ERR_T_USAGE;
}

/* Uniform in [max/3, max): at the default, in [10 s, 30 s). */
static void
blind(struct s2n_connection *conn)
{
	const struct clock *clock = &conn->config->monotonic;
	uint64_t most = (uint64_t)conn->config->max_blinding * NANOSECONDS;
	uint64_t random, now, delay;
	struct timespec pause;

	if (most == 0 || random_bytes(&random, sizeof random) != 0 ||
	    clock->read(clock->ctx, &now) != 0)
		return;
	delay = most / 3 + random % (most - most / 3);
	conn->delay_until = now + delay;
	if (conn->blinding == S2N_SELF_SERVICE_BLINDING)
		return;
	pause.tv_sec = (time_t)(delay / NANOSECONDS);
	pause.tv_nsec = (long)(delay % NANOSECONDS);
	while (nanosleep(&pause, &pause) != 0)
		;
	conn->delay_until = 0;
}

int
ending_judge(struct s2n_connection *conn, int code, s2n_blocked_status *blocked)
{
	struct failure cause = errors_last();
	int cause_errno = errno;

	*blocked = blocked_on(code);
	if (code == 0 || errors_waiting(code))
		return code;
	if (conn->failed)
		return code;
	conn->failed = true;
	if (code != ERR_ALERT && code != ERR_IO)
		alert_fatal(conn, code);
	/* Once, as far as it goes: there will be no second call for it. */
	if (!conn->records.io.write_broken)
		(void)!io_flush(&conn->records.io);
	conn->read_closed = conn->write_closed = true;
	if (!harmless(code))
		blind(conn);
	/* The alert may not have got through: that is not what is told. */
	errors_put_back(cause);
	errno = cause_errno;
	return code;
}

uint64_t
ending_delay(const struct s2n_connection *conn)
{
	const struct clock *clock;
	uint64_t now;

	if (conn->delay_until == 0)
		return 0;
	clock = &conn->config->monotonic;
	if (clock->read(clock->ctx, &now) != 0)
		return UINT64_MAX;
	return now < conn->delay_until ? conn->delay_until - now : 0;
}

uint64_t
s2n_connection_get_delay(struct s2n_connection *conn)
{
	if (conn == NULL) {
		(void)!errors_report(fail(ERR_NULL_ARGUMENT));
		return UINT64_MAX;
	}
	return ending_delay(conn);
}

int
s2n_connection_set_blinding(struct s2n_connection *conn, s2n_blinding blinding)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->blinding = blinding;
	return S2N_SUCCESS;
}
