/*
 * Which of the client's pre-shared keys a server takes; the contract is in
 * choose.h.
 */
#include "libtls/extension/psk.h"
#include "libtls/handshake/binder.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/offered_psks.h"
#include "libtls/handshake/resume.h"

/* Each costs a decryption; a client of ours, and most, offer one. */
#define TICKETS_MAX 3

/* Whether there is a suite for it: then it is the connection's. */
static bool
suits(struct s2n_connection *conn, const struct hello *hello,
    const struct s2n_psk *psk)
{
	const struct s2n_psk *before = conn->psk;

	conn->psk = psk;
	if (choose_suite(conn, hello))
		return true;
	conn->psk = before;
	return false;
}

/* A key that suits is the one that the handshake is made with. */
static void
take(struct s2n_connection *conn, uint16_t index)
{
	conn->hs->psk_index = index;
	conn->resumed = !conn->psk->external;
	conn->material_expires = conn->psk->material_expires;
}

void
choose_no_psk(struct s2n_connection *conn)
{
	conn->psk = NULL;
	conn->resumed = false;
	conn->material_expires = 0;
}

/* ---- sessions ---- */

static bool
takes_sessions(const struct s2n_connection *conn)
{
	return conn->config->tickets && resume_allowed(conn);
}

/* The key of a ticket, as the connection's; NULL in *psk: it is none. */
static int
open_ticket(
    struct s2n_connection *conn, struct slice ticket, struct s2n_psk **psk)
{
	struct session session;
	int r = 0;

	*psk = NULL;
	session_init(&session);
	if (resume_open(conn, ticket, &session)) {
		*psk = psk_of_session(&session, ticket);
		r = psk_list_add(&conn->psks, *psk);
	}
	session_wipe(&session);
	return r;
}

/* The first session that can be resumed. */
static int
choose_session(struct s2n_connection *conn, const struct hello *hello)
{
	struct reader identities = reader_of(conn->hs->offer.psk_identities);
	struct s2n_psk *psk;
	struct slice ticket;
	int r;

	for (uint16_t i = 0; i < TICKETS_MAX && reader_more(&identities); i++) {
		ticket = reader_vec16(&identities);
		reader_u32(&identities); /* its age counts for early data */
		if ((r = open_ticket(conn, ticket, &psk)) != 0)
			return r;
		if (psk == NULL || !suits(conn, hello, psk))
			continue;
		take(conn, i);
		return 0;
	}
	return 0;
}

/* ---- the application's keys ---- */

/* Whether the client offers a key, and as which. */
static bool
find_offered(struct slice offered, struct slice identity, uint16_t *index)
{
	struct reader identities = reader_of(offered);
	struct slice one;

	for (*index = 0; reader_more(&identities); (*index)++) {
		one = reader_vec16(&identities);
		reader_u32(&identities);
		if (slice_equal(one, identity))
			return true;
	}
	return false;
}

/* Guide: "the first identity in its PSK list that also appears in the client's
 * PSK list", and for which there is a suite. */
static void
choose_external(struct s2n_connection *conn, const struct hello *hello)
{
	const struct psk_list *list = &conn->psks;
	struct slice offered = conn->hs->offer.psk_identities;
	uint16_t index;

	for (size_t i = 0; i < list->count; i++) {
		if (!find_offered(
			offered, psk_identity(list->psks[i]), &index) ||
		    !suits(conn, hello, list->psks[i]))
			continue;
		take(conn, index);
		return;
	}
}

/* ---- the choice ---- */

int
choose_offered_psk(struct s2n_connection *conn, const struct hello *hello,
    struct slice identity, uint16_t index)
{
	struct s2n_psk *psk = NULL;
	int r;

	if (connection_psk_mode(conn) == S2N_PSK_MODE_EXTERNAL)
		psk = psk_list_find(&conn->psks, identity);
	else if (takes_sessions(conn) &&
		 (r = open_ticket(conn, identity, &psk)) != 0)
		return r;
	if (psk == NULL || !suits(conn, hello, psk))
		return fail(ERR_INVALID_ARGUMENT);
	take(conn, index);
	return 0;
}

static int
choose(struct s2n_connection *conn, const struct hello *hello)
{
	bool external = connection_psk_mode(conn) == S2N_PSK_MODE_EXTERNAL;

	/* Those of a first ClientHello. */
	if (!external)
		psk_list_clear(&conn->psks);
	if (conn->config->psk_selection != NULL)
		offered_psks_ask(conn, hello);
	else if (external)
		choose_external(conn, hello);
	else if (takes_sessions(conn))
		return choose_session(conn, hello);
	return 0;
}

int
choose_psk(struct s2n_connection *conn, const struct hello *hello)
{
	const struct offer *offer = &conn->hs->offer;
	int r;

	choose_no_psk(conn);
	/* RFC 8446 4.1.2: a second ClientHello may leave out others only. */
	if (!offer->has_psks)
		return conn->hs->retry_psk ? fail(ERR_ILLEGAL_PARAMETER) : 0;
	if ((r = psk_offer_parse(conn)) != 0)
		return r;
	/* We know no use of them without a key exchange. */
	if (!offer->psk_dhe)
		return 0;
	if ((r = choose(conn, hello)) != 0 || conn->psk == NULL)
		return r;
	/* Who cannot prove to have the key is not whom it names. */
	if ((r = binder_check(conn)) != 0)
		choose_no_psk(conn);
	return r;
}
