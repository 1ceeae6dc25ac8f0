/*
 * Early data in the handshake; the contract is in early.h.
 */
#include "libtls/handshake/early.h"

#include <openssl/crypto.h>

#include "libtls/extension/psk.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/keys13.h"
#include "libtls/handshake/resume.h"
#include "libtls/handshake/schedule13.h"
#include "libtls/handshake/secrets.h"
#include "libtls/handshake/transcript.h"

#define MILLISECOND 1000000u
/* RFC 8446 8.3: between what the client says of a ticket's age and what the
 * server finds; more is likely a replay. */
#define SKEW_MAX (10 * 1000)

bool
early_over(const struct s2n_connection *conn)
{
	switch (conn->early.state) {
	case EARLY_UNKNOWN:
	case EARLY_REQUESTED:
	case EARLY_ACCEPTED:
		return false;
	case EARLY_NOT_REQUESTED:
	case EARLY_REJECTED:
	case EARLY_ENDED:
		break;
	}
	return true;
}

/* A key of QUIC's allows any or none: another is of another connection. */
static bool
allows(const struct s2n_connection *conn, const struct s2n_psk *psk)
{
	return conn->quic.on ? psk->early.max == QUIC_EARLY_MAX
			     : psk->early.max > 0;
}

/* ---- client ---- */

static bool
offers_protocol(const struct s2n_connection *conn, struct slice wanted)
{
	const struct protocol_list *ours = connection_protocols(conn);
	struct reader list = reader_of(slice_of(ours->data, ours->len));

	if (wanted.len == 0)
		return true;
	while (reader_more(&list))
		if (slice_equal(reader_vec8(&list), wanted))
			return true;
	return false;
}

void
early_offer(struct s2n_connection *conn)
{
	const struct s2n_psk *psk = psk_offered(conn, 0);

	conn->early.state =
	    conn->early.wanted && psk != NULL && allows(conn, psk) &&
		    preference_suite(connection_preference(conn),
			psk->early.suite->number) != NULL &&
		    offers_protocol(conn, psk_protocol(psk))
		? EARLY_REQUESTED
		: EARLY_NOT_REQUESTED;
}

void
early_retry(struct s2n_connection *conn)
{
	if (conn->early.state != EARLY_REQUESTED)
		return;
	conn->early.state = EARLY_REJECTED;
	keys13_plain_again(conn);
}

/* ---- server ---- */

/* What the client says, taken apart from what hides it (4.2.11.1). */
static uint32_t
told_age(const struct s2n_connection *conn)
{
	struct reader identities = reader_of(conn->hs->offer.psk_identities);

	reader_vec16(&identities);
	return reader_u32(&identities) - conn->psk->age_add;
}

/*
 * External keys are of no age. Nor is a ticket younger than nothing: where the
 * clock shows a time before it was issued, set back or another machine's, the
 * difference counts in full. Or else what was recorded would be fresh for so
 * long.
 */
static bool
age_fits(const struct s2n_connection *conn)
{
	uint64_t issued = conn->psk->issued, now;
	int64_t found, told;

	if (conn->psk->external)
		return true;
	if (resume_now(conn, &now) != 0)
		return false;
	found = now > issued ? (int64_t)((now - issued) / MILLISECOND)
			     : -(int64_t)((issued - now) / MILLISECOND);
	told = told_age(conn);
	return told > found ? told - found <= SKEW_MAX
			    : found - told <= SKEW_MAX;
}

/* A key of QUIC's bounds nothing: without QUIC who says no bound may take it.
 */
static bool
server_allows(const struct s2n_connection *conn, const struct s2n_psk *psk)
{
	uint32_t own = connection_server_early_max(conn);

	return own > 0 &&
	       (psk->early.max != QUIC_EARLY_MAX || own == QUIC_EARLY_MAX);
}

/* 4.2.10: all that must be as it was when the key was made. */
static bool
may_take(const struct s2n_connection *conn)
{
	const struct s2n_psk *psk = conn->psk;

	return conn->early.wanted && !conn->hs->retry && psk != NULL &&
	       conn->hs->psk_index == 0 && allows(conn, psk) &&
	       (psk->external || server_allows(conn, psk)) &&
	       psk->early.suite == conn->suite &&
	       slice_equal(psk_protocol(psk), connection_protocol(conn)) &&
	       age_fits(conn);
}

/* The application's word, if it wants to have one. */
static int
ask(struct s2n_connection *conn)
{
	s2n_early_data_cb callback = conn->config->early_data;
	struct s2n_offered_early_data *offered = &conn->early.offered;

	if (callback == NULL) {
		conn->early.state = EARLY_ACCEPTED;
		return 0;
	}
	if (!offered->asked) {
		*offered = (struct s2n_offered_early_data){ .conn = conn,
			.asked = true };
		if (callback(conn, offered) != 0)
			return fail(ERR_CANCELLED);
	}
	if (!offered->answered)
		return fail(ERR_WANT_EARLY_ANSWER);
	conn->early.state = offered->accepted ? EARLY_ACCEPTED : EARLY_REJECTED;
	return 0;
}

int
early_judge(struct s2n_connection *conn)
{
	if (conn->early.state == EARLY_REJECTED)
		return 0; /* with the retry */
	if (!conn->hs->offer.early_data) {
		conn->early.state = EARLY_NOT_REQUESTED;
		return 0;
	}
	conn->early.state = EARLY_REQUESTED;
	if (may_take(conn))
		return ask(conn);
	conn->early.state = EARLY_REJECTED;
	return 0;
}

/* ---- both ---- */

/* A client's is of the key that it offers first, whatever is agreed on. */
int
early_keys(struct s2n_connection *conn)
{
	const struct s2n_psk *psk =
	    is_server(conn) ? conn->psk : psk_offered(conn, 0);
	struct schedule13 *keys = &conn->hs->keys;
	uint8_t hash[DIGEST_MAX];
	int r;

	if (conn->early.state !=
	    (is_server(conn) ? EARLY_ACCEPTED : EARLY_REQUESTED))
		return 0;
	if ((r = transcript_hash_with(
		 &conn->hs->transcript, psk->digest, NULL, 0, hash)) != 0 ||
	    (r = schedule13_early(keys, psk->digest, psk_secret(psk))) != 0 ||
	    (r = schedule13_client_early(keys, hash)) != 0)
		return r;
	r = secrets_tell(
	    conn, S2N_CLIENT_EARLY_TRAFFIC_SECRET, keys->client_early);
	if (r != 0)
		return r;
	/* RFC 8446 D.4: right behind the first ClientHello. */
	if (!is_server(conn) && (r = keys13_ccs(conn)) != 0)
		return r;
	return is_server(conn)
		   ? 0 /* with the others, once the ServerHello is sent */
		   : keys13_early_write(conn, psk->early.suite);
}

int
early_settle(struct s2n_connection *conn)
{
	/* RFC 9001 8.3: "The TLS EndOfEarlyData message is not used with QUIC",
	 * which tells its packets apart. */
	if (conn->quic.on && conn->early.state == EARLY_ACCEPTED)
		return early_end(conn);
	if (is_server(conn) || conn->early.state != EARLY_REQUESTED)
		return 0;
	conn->early.state = EARLY_REJECTED;
	return keys13_client_handshake(conn);
}

int
early_end(struct s2n_connection *conn)
{
	conn->early.state = EARLY_ENDED;
	return keys13_client_handshake(conn);
}
