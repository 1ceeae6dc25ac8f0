/*
 * NewSessionTicket (RFC 8446 4.6.1, RFC 5077 3.3); for TLS 1.3 the contract is
 * in new_ticket.h.
 */
#include "libtls/handshake/new_ticket.h"

#include <openssl/crypto.h>

#include "libtls/crypto/library.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/resume.h"
#include "libtls/handshake/schedule13.h"

#define NANOSECONDS 1000000000u
#define MESSAGE_ROOM (MESSAGE_HEADER + MESSAGE_MAX)
#define NONCE_SIZE 2

/* What the library gives to the callback. */
struct s2n_session_ticket {
	struct slice data;
	uint32_t lifetime;
};

/* ---- telling ---- */

int
new_ticket_tell(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct s2n_session_ticket ticket;
	struct writer data;
	int r = 0;

	if (config->session_ticket == NULL)
		return 0;
	writer_init(&data, 2 * SESSION_TICKET_MAX);
	session_write(conn->session, &data);
	ticket.data = slice_of(data.data, data.len);
	ticket.lifetime = conn->session->lifetime;
	if (data.failed)
		r = fail(ERR_NOMEM);
	else if (config->session_ticket(
		     conn, config->session_ticket_ctx, &ticket) != 0)
		r = fail(ERR_CANCELLED);
	writer_free(&data);
	return r;
}

int
s2n_session_ticket_get_data_len(
    struct s2n_session_ticket *ticket, size_t *data_len)
{
	if (ticket == NULL || data_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*data_len = ticket->data.len;
	return S2N_SUCCESS;
}

int
s2n_session_ticket_get_data(
    struct s2n_session_ticket *ticket, size_t max_data_len, uint8_t *data)
{
	if (ticket == NULL || data == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (ticket->data.len > max_data_len)
		return errors_report(fail(ERR_SESSION_TOO_LONG));
	memcpy(data, ticket->data.data, ticket->data.len);
	return S2N_SUCCESS;
}

int
s2n_session_ticket_get_lifetime(
    struct s2n_session_ticket *ticket, uint32_t *session_lifetime)
{
	if (ticket == NULL || session_lifetime == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*session_lifetime = ticket->lifetime;
	return S2N_SUCCESS;
}

/* ---- TLS 1.3 ---- */

void
new_ticket_due(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	uint32_t due = conn->tickets_due;

	if (conn->version < S2N_TLS13 || !is_server(conn))
		return;
	if (!config->tickets || !conn->hs->takes_tickets ||
	    !resume_allowed(conn)) {
		conn->tickets_due = 0;
		return;
	}
	due += config->initial_tickets;
	conn->tickets_due = due < UINT16_MAX ? (uint16_t)due : UINT16_MAX;
}

/* Bound to what this connection agreed on. */
static int
allow_early_data(const struct s2n_connection *conn, struct early_terms *early)
{
	const struct writer *context = &conn->early.context;

	early->max = connection_server_early_max(conn);
	if (early->max == 0)
		return 0;
	early->suite = conn->suite;
	writer_bytes(&early->protocol, connection_protocol(conn));
	writer_bytes(&early->context, slice_of(context->data, context->len));
	return early->protocol.failed || early->context.failed ? fail(ERR_NOMEM)
							       : 0;
}

/* A pre-shared key may come of another, but not for ever: the end that the
 * first had counts, and this connection's own. */
static uint64_t
material_end(struct s2n_connection *conn, uint64_t now)
{
	uint64_t own = now + conn->material_lifetime * (uint64_t)NANOSECONDS;

	if (conn->material_expires == 0 || own < conn->material_expires)
		conn->material_expires = own;
	return conn->material_expires;
}

/* The session of the next ticket; the nonce is its number. */
static int
next_session(
    struct s2n_connection *conn, struct slice nonce, struct session *session)
{
	const struct digest *digest = conn->suite->digest;
	int r;

	session->version = conn->version;
	session->suite = conn->suite;
	session->secret_len = digest->size;
	if ((r = resume_now(conn, &session->issued)) != 0 ||
	    (r = random_bytes(&session->age_add, sizeof session->age_add)) != 0)
		return r;
	session->material_expires = material_end(conn, session->issued);
	if ((r = allow_early_data(conn, &session->early)) != 0)
		return r;
	return schedule13_ticket_psk(
	    digest, conn->resumption, nonce, session->secret);
}

static int
build(struct s2n_connection *conn, struct session *session,
    struct writer *ticket, struct writer *out)
{
	uint8_t nonce[NONCE_SIZE] = { (uint8_t)(conn->tickets_sent >> 8),
		(uint8_t)conn->tickets_sent };
	struct mark body;
	int r;

	if ((r = next_session(conn, slice_of(nonce, sizeof nonce), session)) !=
		0 ||
	    (r = resume_seal(conn, session, ticket)) != 0 || ticket->len == 0)
		return r;
	body = message_open(out, NEW_SESSION_TICKET);
	writer_u32(out, session->lifetime);
	writer_u32(out, session->age_add);
	writer_vec8(out, slice_of(nonce, sizeof nonce));
	writer_vec16(out, slice_of(ticket->data, ticket->len));
	if ((r = extension_build(conn, IN_NEW_TICKET, out)) != 0)
		return r;
	writer_close(out, body);
	return out->failed ? fail(ERR_NOMEM) : 0;
}

/* Without a key to seal with nothing is due any more. */
static int
write_one(struct s2n_connection *conn)
{
	struct session session;
	struct writer ticket, message;
	int r;

	session_init(&session);
	writer_init(&ticket, SESSION_TICKET_MAX);
	writer_init(&message, MESSAGE_ROOM);
	r = build(conn, &session, &ticket, &message);
	if (r == 0 && message.len > 0)
		r = record_write(&conn->records, CONTENT_HANDSHAKE,
		    slice_of(message.data, message.len));
	if (r == 0 && message.len == 0)
		conn->tickets_due = 0;
	if (r == 0 && message.len > 0) {
		conn->tickets_due--;
		conn->tickets_sent++;
	}
	session_wipe(&session);
	writer_free(&ticket);
	writer_free(&message);
	return r;
}

int
new_ticket_write(struct s2n_connection *conn)
{
	int r;

	while (conn->tickets_due > 0 && conn->tickets_sent < UINT16_MAX)
		if ((r = write_one(conn)) != 0)
			return r;
	return 0;
}

/* Nothing of one that nobody could give back. */
static struct slice
useful(struct slice ticket)
{
	return ticket.len <= SESSION_TICKET_MAX ? ticket : NO_BYTES;
}

/* Takes the parts apart; the session is the connection's from now on, also
 * for early_data, which stands in the extensions. */
static int
take(struct s2n_connection *conn, struct session *session, struct reader *in)
{
	const struct digest *digest = conn->suite->digest;
	struct slice nonce, ticket, extensions;
	int r;

	session->version = conn->version;
	session->suite = session->early.suite = conn->suite;
	session->secret_len = digest->size;
	session->lifetime = reader_u32(in);
	session->age_add = reader_u32(in);
	nonce = reader_vec8(in);
	ticket = reader_vec16(in);
	extensions = reader_vec16(in);
	if (!reader_done(in) || ticket.len == 0)
		return fail(ERR_DECODE);
	if (session->lifetime > TICKET_LIFETIME_MAX)
		return fail(ERR_ILLEGAL_PARAMETER);
	if ((r = resume_now(conn, &session->issued)) != 0 ||
	    (r = schedule13_ticket_psk(
		 digest, conn->resumption, nonce, session->secret)) != 0 ||
	    (r = session_set_ticket(session, useful(ticket))) != 0)
		return r;
	if ((r = extension_parse(conn, IN_NEW_TICKET, extensions)) != 0)
		return r;
	if (session->early.max > 0)
		writer_bytes(
		    &session->early.protocol, connection_protocol(conn));
	return session->early.protocol.failed ? fail(ERR_NOMEM) : 0;
}

int
new_ticket_read(struct s2n_connection *conn, struct reader *in)
{
	struct session *session = session_new(), *before;
	int r;

	if (session == NULL)
		return fail(ERR_NOMEM);
	before = conn->session;
	conn->session = session;
	r = take(conn, session, in);
	/* RFC 8446 4.6.1: of no lifetime, it "should be discarded immediately";
	 * nor has anybody use for it who did not ask. */
	if (r != 0 || session->lifetime == 0 || session->ticket.len == 0 ||
	    !conn->config->tickets) {
		conn->session = before;
		before = session;
	}
	session_drop(&before);
	if (r != 0 || conn->session != session)
		return r;
	conn->ticket_lifetime = session->lifetime;
	return new_ticket_tell(conn);
}

/* ---- TLS 1.2 and older ---- */

/* RFC 5077 3.3: who has promised a ticket and cannot give one sends none: "a
 * zero-length ticket". */
int
new_session_ticket12_send(struct s2n_connection *conn, struct writer *out)
{
	struct session session;
	struct writer ticket;
	int r;

	session_init(&session);
	writer_init(&ticket, SESSION_TICKET_MAX);
	if ((r = resume12_session(conn, &session)) == 0)
		r = resume_seal(conn, &session, &ticket);
	if (r == 0) {
		writer_u32(out, session.lifetime);
		writer_vec16(out, slice_of(ticket.data, ticket.len));
		conn->ticket_sent = true;
	}
	session_wipe(&session);
	writer_free(&ticket);
	return r;
}

/* Kept once the server has proved that it was the one: resume12_keep. */
int
new_session_ticket12_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct slice ticket;

	conn->ticket_lifetime = reader_u32(in);
	ticket = reader_vec16(in);
	if (!reader_done(in))
		return fail(ERR_DECODE);
	writer_init(&hs->new_ticket, SESSION_TICKET_MAX);
	writer_bytes(&hs->new_ticket, useful(ticket));
	conn->ticket_sent = true;
	return hs->new_ticket.failed ? fail(ERR_NOMEM) : 0;
}
