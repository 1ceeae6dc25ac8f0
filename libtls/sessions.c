/*
 * A connection's session: given to be resumed, and taken for later (Guide:
 * Session Resumption).
 */
#include <openssl/crypto.h>

#include "libtls/handshake/resume.h"

#define NANOSECONDS 1000000000u
#define HOUR (3600u * (uint64_t)NANOSECONDS)
#define WEEK (TICKET_LIFETIME_MAX * (uint64_t)NANOSECONDS)

static int
judge_age(const struct s2n_connection *conn, const struct session *session)
{
	uint64_t issued = session->issued, now;
	int r;

	if ((r = resume_now(conn, &now)) != 0)
		return r;
	return (issued > now ? issued - now > HOUR : now - issued > WEEK)
		   ? fail(ERR_STALE_SESSION)
		   : 0;
}

/* Of TLS 1.3 it is a pre-shared key, in place of those that there were. */
static int
use_session(struct s2n_connection *conn, struct session *session)
{
	struct slice ticket =
	    slice_of(session->ticket.data, session->ticket.len);
	int r;

	if ((r = judge_age(conn, session)) != 0)
		return r;
	psk_list_clear(&conn->psks);
	if (session->version < S2N_TLS13)
		return 0;
	return psk_list_add(&conn->psks, psk_of_session(session, ticket));
}

static int
set_session(struct s2n_connection *conn, struct slice bytes)
{
	struct session *session;
	int r;

	if (conn == NULL || bytes.data == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (is_server(conn))
		return fail(ERR_CLIENT_MODE);
	if (conn->config == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (conn->hs != NULL || conn->negotiated)
		return fail(ERR_INVALID_STATE);
	if ((session = session_new()) == NULL)
		return fail(ERR_NOMEM);
	if ((r = session_read(bytes, session)) != 0 ||
	    (r = use_session(conn, session)) != 0) {
		session_drop(&session);
		return r;
	}
	session_drop(&conn->session);
	conn->session = session;
	return 0;
}

int
s2n_connection_set_session(
    struct s2n_connection *conn, const uint8_t *session, size_t length)
{
	return errors_report(set_session(conn, slice_of(session, length)));
}

/* Its bytes, in a writer that is the caller's to free; none: no bytes. */
static int
write_session(struct s2n_connection *conn, struct writer *out)
{
	writer_init(out, 2 * SESSION_TICKET_MAX);
	if (is_server(conn))
		return fail(ERR_CLIENT_MODE);
	if (conn->session != NULL)
		session_write(conn->session, out);
	return out->failed ? fail(ERR_NOMEM) : 0;
}

static int
get_session(
    struct s2n_connection *conn, uint8_t *session, size_t max, size_t *len)
{
	struct writer out;
	int r;

	if ((r = write_session(conn, &out)) == 0 && out.len > max)
		r = fail(ERR_SESSION_TOO_LONG);
	if (r == 0 && out.len > 0)
		memcpy(session, out.data, out.len);
	*len = out.len;
	writer_free(&out);
	return r;
}

int
s2n_connection_get_session(
    struct s2n_connection *conn, uint8_t *session, size_t max_length)
{
	size_t len = 0;
	int r;

	if (conn == NULL || session == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((r = get_session(conn, session, max_length, &len)) != 0)
		return errors_report(r);
	return (int)len;
}

int
s2n_connection_get_session_length(struct s2n_connection *conn)
{
	struct writer out;
	int len, r;

	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	r = write_session(conn, &out);
	len = (int)out.len;
	writer_free(&out);
	return r == 0 ? len : errors_report(r);
}

int
s2n_connection_get_session_ticket_lifetime_hint(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->session == NULL || conn->session->ticket.len == 0)
		return errors_report(fail(ERR_NO_TICKET));
	return (int)conn->ticket_lifetime;
}

int
s2n_connection_get_session_id_length(struct s2n_connection *conn)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return conn->version >= S2N_TLS13 ? 0 : conn->session_id_len;
}

int
s2n_connection_get_session_id(
    struct s2n_connection *conn, uint8_t *session_id, size_t max_length)
{
	int len = s2n_connection_get_session_id_length(conn);

	if (len < 0 || session_id == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if ((size_t)len > max_length)
		return errors_report(fail(ERR_SESSION_ID_TOO_LONG));
	memcpy(session_id, conn->session_id, (size_t)len);
	return len;
}

int
s2n_connection_is_session_resumed(struct s2n_connection *conn)
{
	return conn != NULL && conn->negotiated && conn->resumed;
}

/* ---- a server's tickets of TLS 1.3 ---- */

int
s2n_connection_add_new_tickets_to_send(struct s2n_connection *conn, uint8_t num)
{
	uint32_t due;

	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	due = (uint32_t)conn->tickets_due + num;
	if (due + conn->tickets_sent > UINT16_MAX)
		return errors_report(fail(ERR_INTEGER_OVERFLOW));
	conn->tickets_due = (uint16_t)due;
	return S2N_SUCCESS;
}

int
s2n_connection_set_server_keying_material_lifetime(
    struct s2n_connection *conn, uint32_t lifetime_in_secs)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	conn->material_lifetime = lifetime_in_secs;
	return S2N_SUCCESS;
}

int
s2n_connection_get_tickets_sent(struct s2n_connection *conn, uint16_t *num)
{
	if (conn == NULL || num == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!is_server(conn))
		return errors_report(fail(ERR_CLIENT_MODE));
	*num = conn->tickets_sent;
	return S2N_SUCCESS;
}
