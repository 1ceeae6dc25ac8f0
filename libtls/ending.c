/*
 * The end of a connection; the contract is in ending.h.
 */
#include "libtls/ending.h"

#include <errno.h>
#include <time.h>

#include "libtls/crypto/library.h"
#include "libtls/handshake/alert.h"
#include "libtls/handshake/resume.h"

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
	case ERR_WANT_CACHE:
	case ERR_WANT_EARLY_ANSWER:
	case ERR_WANT_VALIDATION:
	case ERR_WANT_VERIFY:
		return S2N_BLOCKED_ON_APPLICATION_INPUT;
	case ERR_WANT_EARLY_DATA:
	case ERR_WANT_TAKING: /* S2N_BLOCKED_ON_APPLICATION_DATA */
		return S2N_BLOCKED_ON_EARLY_DATA;
	}
	return S2N_NOT_BLOCKED;
}

/* Errors that tell a prober nothing, so that there is nothing to blind. */
static bool
harmless(const struct s2n_connection *conn, int code)
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
	case ERR_IO: /* a peer that takes no more */
		return conn->records.io.write_broken;
	}
	return errors_type(code) == S2N_ERR_T_USAGE;
}

/* Uniform in [max/3, max): at the default, in [10 s, 30 s). */
static uint64_t
draw_delay(const struct s2n_connection *conn)
{
	uint64_t most, random;

	if (conn->config == NULL || conn->config->max_blinding == 0)
		return 0;
	most = (uint64_t)conn->config->max_blinding * NANOSECONDS;
	if (random_bytes(&random, sizeof random) != 0)
		return most;
	return most / 3 + random % (most - most / 3);
}

static void
sleep_for(uint64_t delay)
{
	struct timespec pause = { (time_t)(delay / NANOSECONDS),
		(long)(delay % NANOSECONDS) };

	/* A signal does not end it. */
	while (nanosleep(&pause, &pause) != 0)
		;
}

static void
blind(struct s2n_connection *conn)
{
	uint64_t delay = draw_delay(conn), now;

	if (delay == 0)
		return;
	if (conn->blinding != S2N_SELF_SERVICE_BLINDING)
		sleep_for(delay);
	else if (conn->config->monotonic.read(
		     conn->config->monotonic.ctx, &now) == 0)
		conn->delay_until = now + delay;
	else /* nobody can tell when it is over */
		conn->delay_until = UINT64_MAX;
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
	conn->read_closed = conn->write_closed = true;
	/* RFC 5246 7.2.1: for an end without a word a session may be kept. */
	if (code != ERR_IO && code != ERR_CLOSED)
		resume12_forget(conn);
	/* Where we sleep, the alert sleeps too: it would tell when we knew. */
	if (!harmless(conn, code))
		blind(conn);
	/* Once, as far as it goes: there will be no second call for it. */
	if (!conn->records.io.write_broken)
		(void)!io_flush(&conn->records.io);
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
