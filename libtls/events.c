/*
 * Handshake events; the contract is in events.h and unstable/events.h.
 */
#include "libtls/events.h"

#include <errno.h>

#include "libtls/handshake/checkpoint.h"

static bool
wanted(const struct s2n_connection *conn)
{
	return conn->config->handshake_event != NULL &&
	       conn->config->subscriber != NULL && !conn->timing.told;
}

uint64_t
events_begin(struct s2n_connection *conn)
{
	uint64_t now;

	if (conn->timing.told)
		return 0;
	checkpoint_tell(conn, "NEGOTIATE_START");
	if (!wanted(conn))
		return 0;
	now = checkpoint_now(conn);
	if (conn->timing.start == 0)
		conn->timing.start = now;
	return now;
}

static void
tell(struct s2n_connection *conn, uint64_t now, int code)
{
	const struct s2n_config *config = conn->config;
	struct s2n_event_handshake event = {
		.protocol_version = conn->version,
		.cipher = s2n_connection_get_cipher(conn),
		.group = conn->group != NULL ? conn->group->name : NULL,
		.security_policy_label = connection_preference(conn)->name,
		.handshake_time_ns = conn->timing.spent,
		.handshake_start_ns = conn->timing.start,
		.handshake_end_ns = now,
		.error_code = errors_value(code),
	};
	struct failure cause = errors_last();
	int cause_errno = errno;

	config->handshake_event(conn, config->subscriber, &event);
	errors_put_back(cause);
	errno = cause_errno;
}

void
events_end(struct s2n_connection *conn, uint64_t began, int code)
{
	bool ends = code == 0 || !errors_waiting(code);
	uint64_t now;

	if (conn->timing.told)
		return;
	checkpoint_tell(conn, "NEGOTIATE_END");
	if (wanted(conn)) {
		now = checkpoint_now(conn);
		conn->timing.spent += now - began;
		if (ends)
			tell(conn, now, code);
	}
	conn->timing.told = ends;
}

int
s2n_config_set_subscriber(struct s2n_config *config, void *subscriber)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->subscriber = subscriber;
	return S2N_SUCCESS;
}

int
s2n_config_set_handshake_event(
    struct s2n_config *config, s2n_event_on_handshake_cb callback)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->handshake_event = callback;
	return S2N_SUCCESS;
}

int
s2n_config_set_timing_checkpoint_cb(
    struct s2n_config *config, s2n_event_on_timing_checkpoint_cb callback)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->checkpoint = callback;
	return S2N_SUCCESS;
}
