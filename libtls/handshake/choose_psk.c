/*
 * Which of the client's pre-shared keys a server takes; the contract is in
 * choose.h.
 */
#include "libtls/extension/psk.h"
#include "libtls/handshake/binder.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/resume.h"

/* Each costs a decryption; a client of ours, and most, offer one. */
#define TICKETS_MAX 3

/* Whether there is a suite for it: after a retry, the suite of then. */
static bool
suits(struct s2n_connection *conn, const struct hello *hello,
    const struct s2n_psk *psk)
{
	conn->psk = psk;
	if (choose_suite(conn, hello) &&
	    (!conn->hs->retry || conn->suite->number == conn->hs->retry_suite))
		return true;
	conn->psk = NULL;
	return false;
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

	if (!conn->config->tickets || !resume_allowed(conn))
		return 0;
	/* Those of a first ClientHello, or before a callback was waited for */
	psk_list_clear(&conn->psks);
	for (uint16_t i = 0; i < TICKETS_MAX && reader_more(&identities); i++) {
		ticket = reader_vec16(&identities);
		reader_u32(&identities); /* its age counts for early data */
		if ((r = open_ticket(conn, ticket, &psk)) != 0)
			return r;
		if (psk == NULL || !suits(conn, hello, psk))
			continue;
		conn->hs->psk_index = i;
		conn->resumed = true;
		conn->material_expires = psk->material_expires;
		return 0;
	}
	return 0;
}

int
choose_psk(struct s2n_connection *conn, const struct hello *hello)
{
	const struct offer *offer = &conn->hs->offer;
	int r;

	conn->psk = NULL;
	conn->resumed = false;
	/* RFC 8446 4.1.2: a second ClientHello may leave out others only. */
	if (!offer->has_psks)
		return conn->hs->retry_psk ? fail(ERR_ILLEGAL_PARAMETER) : 0;
	if ((r = psk_offer_parse(conn)) != 0)
		return r;
	/* We know no use of them without a key exchange. */
	if (!offer->psk_dhe)
		return 0;
	if ((r = choose_session(conn, hello)) != 0 || conn->psk == NULL)
		return r;
	return binder_check(conn);
}
