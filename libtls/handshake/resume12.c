/*
 * Resumption in TLS 1.2 and older, by ticket (RFC 5077) or by session id (RFC
 * 5246 F.1.4) and the application's cache; the contract is in resume.h.
 */
#include <openssl/crypto.h>

#include "libtls/crypto/library.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/new_ticket.h"
#include "libtls/handshake/resume.h"

/* What a ticket of ours has: any other length asks for one. */
#define TICKET12_SIZE (TICKET_EXPANSION + SESSION_STATE12_SIZE)
#define CACHE_SECONDS 21600
#define CACHE_NOT_YET (-2)

int
resume12_session(const struct s2n_connection *conn, struct session *session)
{
	session->version = conn->version;
	session->suite = conn->suite;
	session->extended_master = conn->hs->extended_master;
	session->secret_len = MASTER_SECRET_SIZE;
	memcpy(session->secret, conn->master, MASTER_SECRET_SIZE);
	return resume_now(conn, &session->issued);
}

/* ---- server ---- */

static bool
takes_tickets(const struct s2n_connection *conn)
{
	return conn->config->tickets && !conn->config->forward_secret_tickets &&
	       conn->version > S2N_SSLv3;
}

/* The entry of the id that the client names. *found: there is one. */
static int
retrieve(struct s2n_connection *conn, struct slice id,
    uint8_t entry[TICKET12_SIZE], bool *found)
{
	const struct session_cache *cache = &conn->config->cache;
	uint64_t len = TICKET12_SIZE;
	int result;

	*found = false;
	result = cache->retrieve(
	    conn, cache->retrieve_ctx, id.data, id.len, entry, &len);
	if (result == CACHE_NOT_YET)
		return fail(ERR_WANT_CACHE);
	if (result < 0)
		return 0;
	if (len != TICKET12_SIZE)
		return fail(ERR_SIZE_MISMATCH);
	*found = true;
	return 0;
}

/* Whether there is a session, of this version and in its time. */
static int
look_for(struct s2n_connection *conn, const struct hello *hello,
    struct session *session, bool *found)
{
	const struct offer *offer = &conn->hs->offer;
	uint8_t entry[TICKET12_SIZE];
	int r;

	*found = false;
	/* RFC 5077 3.4: a ticket counts, whatever the session id. */
	if (takes_tickets(conn) && offer->ticket.len == TICKET12_SIZE) {
		*found = resume_open(conn, offer->ticket, session);
		return 0;
	}
	if (!conn->config->cache.on || hello->session_id.len == 0)
		return 0;
	if ((r = retrieve(conn, hello->session_id, entry, found)) != 0 ||
	    !*found)
		return r;
	*found = resume_open(conn, slice_of(entry, sizeof entry), session);
	return 0;
}

/* Today's policy and this client's offer count, not only what was once. */
static bool
fits(const struct s2n_connection *conn, const struct hello *hello,
    const struct session *session)
{
	const struct suite *suite = session->suite;

	return preference_suite(connection_preference(conn), suite->number) ==
		   suite &&
	       suite_fits(suite, conn->version) &&
	       choose_offered(hello->suites, suite->number);
}

static int
judge_extended_master(
    const struct s2n_connection *conn, const struct session *session, bool *fit)
{
	bool offered = conn->hs->offer.extended_master;

	/* RFC 7627 5.3: "the server MUST abort the abbreviated handshake" */
	if (session->extended_master && !offered)
		return fail(ERR_EXTENDED_MASTER);
	/* and: "MUST NOT use the abbreviated handshake" */
	*fit =
	    session->extended_master == offered || conn->version <= S2N_SSLv3;
	return 0;
}

static void
take(struct s2n_connection *conn, const struct hello *hello,
    const struct session *session)
{
	conn->resumed = true;
	conn->suite = session->suite;
	memcpy(conn->master, session->secret, MASTER_SECRET_SIZE);
	/* RFC 5246 7.4.1.3: the same id says that it is resumed. */
	conn->session_id_len = (uint8_t)hello->session_id.len;
	if (hello->session_id.len > 0)
		memcpy(conn->session_id, hello->session_id.data,
		    hello->session_id.len);
}

int
resume12_find(struct s2n_connection *conn, const struct hello *hello)
{
	struct session session;
	bool found = false;
	int r = 0;

	conn->resumed = false;
	if (!resume_allowed(conn))
		return 0;
	session_init(&session);
	r = look_for(conn, hello, &session, &found);
	if (r == 0 && found && fits(conn, hello, &session)) {
		r = judge_extended_master(conn, &session, &found);
		if (r == 0 && found)
			take(conn, hello, &session);
	}
	session_wipe(&session);
	return r;
}

int
resume12_name(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;

	conn->hs->ticket_due = false;
	conn->session_id_len = 0;
	if (!resume_allowed(conn))
		return 0;
	if (takes_tickets(conn) && conn->hs->offer.has_ticket) {
		conn->hs->ticket_due = true;
		return 0;
	}
	/* RFC 5246 7.4.1.3: empty when "the session will not be cached" */
	if (!config->cache.on)
		return 0;
	conn->session_id_len = SESSION_ID_MAX;
	return random_bytes(conn->session_id, SESSION_ID_MAX);
}

static int
store(struct s2n_connection *conn)
{
	const struct session_cache *cache = &conn->config->cache;
	struct session session;
	struct writer entry;
	uint8_t bytes[TICKET12_SIZE];
	int r;

	session_init(&session);
	writer_init_fixed(&entry, bytes, sizeof bytes);
	if ((r = resume12_session(conn, &session)) == 0)
		r = resume_seal(conn, &session, &entry);
	/* A cache that refuses costs the session, not the connection. */
	if (r == 0 && entry.len > 0)
		(void)!cache->store(conn, cache->store_ctx, CACHE_SECONDS,
		    conn->session_id, conn->session_id_len, bytes, entry.len);
	session_wipe(&session);
	return r;
}

void
resume12_forget(struct s2n_connection *conn)
{
	const struct session_cache *cache;

	if (!is_server(conn) || conn->config == NULL ||
	    !conn->config->cache.on || conn->version >= S2N_TLS13 ||
	    conn->session_id_len == 0)
		return;
	cache = &conn->config->cache;
	(void)!cache->forget(
	    conn, cache->forget_ctx, conn->session_id, conn->session_id_len);
}

/* ---- client ---- */

/*
 * RFC 5246 F.1.4: the id that the client named says that the session is
 * resumed. With a ticket it was made up for that.
 */
int
resume12_judge(struct s2n_connection *conn, struct slice session_id)
{
	const struct handshake *hs = conn->hs;
	const struct session *session = connection_offered_session(conn);

	conn->session_id_len = (uint8_t)session_id.len;
	if (session_id.len > 0)
		memcpy(conn->session_id, session_id.data, session_id.len);
	if (session_id.len == 0 ||
	    !slice_equal(
		session_id, slice_of(hs->session_id, hs->session_id_len)))
		return 0;
	/* Without a session ours was made up for TLS 1.3 (RFC 8446 D.4). */
	if (session == NULL || session->version != conn->version)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->resumed = true;
	memcpy(conn->master, session->secret, MASTER_SECRET_SIZE);
	return 0;
}

/* A session of its own, in place of one that was not resumed. */
static int
begin(struct s2n_connection *conn)
{
	struct session *session = session_new();

	if (session == NULL)
		return fail(ERR_NOMEM);
	conn->session = session;
	session->id_len = conn->session_id_len;
	memcpy(session->id, conn->session_id, conn->session_id_len);
	return resume12_session(conn, session);
}

static int
keep(struct s2n_connection *conn)
{
	const struct writer *ticket = &conn->hs->new_ticket;
	bool named = conn->session_id_len > 0 || ticket->len > 0;
	int r;

	if (!conn->resumed)
		session_drop(&conn->session);
	if (!conn->resumed && named && (r = begin(conn)) != 0)
		return r;
	if (ticket->len == 0)
		return 0;
	conn->session->lifetime = conn->ticket_lifetime;
	if ((r = session_set_ticket(
		 conn->session, slice_of(ticket->data, ticket->len))) != 0 ||
	    (r = resume_now(conn, &conn->session->issued)) != 0)
		return r;
	return new_ticket_tell(conn);
}

int
resume12_keep(struct s2n_connection *conn)
{
	if (!is_server(conn))
		return keep(conn);
	if (conn->resumed || conn->session_id_len == 0 ||
	    !conn->config->cache.on)
		return 0;
	return store(conn);
}
