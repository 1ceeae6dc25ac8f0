/*
 * Sealing and judging sessions; the contract is in resume.h.
 */
#include "libtls/handshake/resume.h"

#include <openssl/crypto.h>

#define NANOSECONDS 1000000000u
#define HOUR 3600u

int
resume_now(const struct s2n_connection *conn, uint64_t *now)
{
	const struct clock *clock = &conn->config->wall;

	return clock->read(clock->ctx, now) == 0 ? 0 : fail(ERR_SAFETY);
}

bool
resume_allowed(const struct s2n_connection *conn)
{
	return connection_client_auth(conn) == S2N_CERT_AUTH_NONE;
}

static struct ticket_times
times_at(const struct s2n_config *config, uint64_t now)
{
	return (struct ticket_times){
		.now = now / NANOSECONDS,
		.seals = config->ticket_key_seals,
		.opens = config->ticket_key_opens,
	};
}

static struct slice
asked_name(const struct s2n_connection *conn)
{
	return conn->server_name != NULL ? slice_of_string(conn->server_name)
					 : NO_BYTES;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Seconds that a ticket sealed now will be taken. */
static uint32_t
lifetime(const struct s2n_config *config, const struct session *session,
    const struct ticket_key *key, const struct ticket_times *times)
{
	uint64_t seconds = least(ticket_key_left(key, times),
	    least(config->session_lifetime, TICKET_LIFETIME_MAX));
	uint64_t end = session->material_expires / NANOSECONDS;

	if (session->version >= S2N_TLS13)
		seconds =
		    least(seconds, end > times->now ? end - times->now : 0);
	return (uint32_t)seconds;
}

/* An early data context is the application's, of up to 2^16 - 1 bytes: with one
 * that is longer there is no ticket. */
#define CONTEXT_MAX                                                            \
	(SESSION_TICKET_MAX - TICKET_EXPANSION - SESSION_STATE_MAX -           \
	    (1 + UINT8_MAX) - 2)

static void
init_state(struct writer *state)
{
	writer_init(state, SESSION_TICKET_MAX - TICKET_EXPANSION);
}

int
resume_seal(const struct s2n_connection *conn, struct session *session,
    struct writer *ticket)
{
	struct ticket_times times = times_at(conn->config, session->issued);
	struct ticket_key key;
	struct writer state;
	int r;

	if (session->early.context.len > CONTEXT_MAX ||
	    !ticket_keys_draw(conn->config->ticket_keys, &times, &key))
		return 0;
	session->lifetime = lifetime(conn->config, session, &key, &times);
	init_state(&state);
	session_write_state(session, true, &state);
	r = state.failed ? fail(ERR_NOMEM)
			 : ticket_seal(&key, asked_name(conn),
			       slice_of(state.data, state.len), ticket);
	writer_free(&state);
	OPENSSL_cleanse(&key, sizeof key);
	return r;
}

/* Clocks of several servers differ; but what is issued in an hour is not now
 * resumed. */
static bool
fresh(const struct s2n_connection *conn, const struct session *session,
    uint64_t now)
{
	uint64_t issued = session->issued;

	if (issued > now)
		return issued - now <= (uint64_t)HOUR * NANOSECONDS;
	if ((now - issued) / NANOSECONDS >= conn->config->session_lifetime)
		return false;
	return session->version < S2N_TLS13 || now < session->material_expires;
}

bool
resume_open(const struct s2n_connection *conn, struct slice ticket,
    struct session *session)
{
	struct ticket_times times;
	struct writer state;
	uint64_t now;
	bool opened;

	if (resume_now(conn, &now) != 0)
		return false;
	times = times_at(conn->config, now);
	init_state(&state);
	opened = ticket_open(conn->config->ticket_keys, &times,
		     asked_name(conn), ticket, &state) &&
		 session_read_state(
		     slice_of(state.data, state.len), true, session) &&
		 session->version == conn->version && fresh(conn, session, now);
	writer_free(&state);
	return opened;
}
