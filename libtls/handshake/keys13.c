/*
 * Installing TLS 1.3's keys; the contract is in keys13.h.
 */
#include "libtls/handshake/keys13.h"

#include <openssl/crypto.h>

#include "libtls/handshake/message.h"
#include "libtls/handshake/schedule13.h"
#include "libtls/handshake/secrets.h"
#include "libtls/handshake/transcript.h"

static int
read_with(struct s2n_connection *conn, const uint8_t *secret)
{
	int r;

	/* RFC 8446 5.1: "Handshake messages MUST NOT span key changes." */
	if ((r = message_boundary(conn)) != 0)
		return r;
	return conn->records.reads->protect(&conn->records.in,
	    conn->suite->aead, conn->suite->digest, AEAD_OPENS, secret);
}

static int
write_with(struct s2n_connection *conn, const uint8_t *secret)
{
	int r;

	if ((r = message_flush(conn)) != 0)
		return r;
	return conn->records.writes->protect(&conn->records.out,
	    conn->suite->aead, conn->suite->digest, AEAD_SEALS, secret);
}

int
keys13_ccs(struct s2n_connection *conn)
{
	int r;

	if (conn->hs->ccs_sent || conn->hs->session_id_len == 0)
		return 0;
	conn->hs->ccs_sent = true;
	if ((r = message_flush(conn)) != 0)
		return r;
	return record_write_ccs(&conn->records);
}

int
keys13_handshake(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	struct schedule13 *keys = &hs->keys;
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = transcript_hash(&hs->transcript, hash)) != 0 ||
	    (r = schedule13_early(
		 keys, conn->suite->digest, psk_secret(conn->psk))) != 0 ||
	    (r = schedule13_handshake(keys,
		 slice_of(hs->exchange.secret, hs->exchange.secret_len),
		 hash)) != 0)
		return r;
	OPENSSL_cleanse(hs->exchange.secret, sizeof hs->exchange.secret);
	group_key_wipe(&hs->exchange.key);
	if ((r = secrets_tell(conn, S2N_CLIENT_HANDSHAKE_TRAFFIC_SECRET,
		 keys->client_handshake)) != 0 ||
	    (r = secrets_tell(conn, S2N_SERVER_HANDSHAKE_TRAFFIC_SECRET,
		 keys->server_handshake)) != 0 ||
	    (r = keys13_ccs(conn)) != 0)
		return r;
	if (is_server(conn)) {
		/* A client that cannot follow alerts in the clear. */
		conn->records.plain_alerts = true;
		conn->records.takes_data = conn->early.state == EARLY_ACCEPTED;
		r = read_with(conn, conn->early.state == EARLY_ACCEPTED
					? keys->client_early
					: keys->client_handshake);
		return r != 0 ? r : write_with(conn, keys->server_handshake);
	}
	conn->records.plain_alerts = false;
	if ((r = read_with(conn, keys->server_handshake)) != 0)
		return r;
	/* Until the server has said what becomes of early data. */
	return conn->early.state == EARLY_REQUESTED
		   ? 0
		   : write_with(conn, keys->client_handshake);
}

int
keys13_early_write(struct s2n_connection *conn, const struct suite *suite)
{
	int r;

	if ((r = message_flush(conn)) != 0)
		return r;
	return conn->records.writes->protect(&conn->records.out, suite->aead,
	    suite->digest, AEAD_SEALS, conn->hs->keys.client_early);
}

void
keys13_plain_again(struct s2n_connection *conn)
{
	protection_wipe(&conn->records.out);
	conn->records.out.version = WIRE_TLS12;
}

int
keys13_client_handshake(struct s2n_connection *conn)
{
	const uint8_t *secret = conn->hs->keys.client_handshake;

	if (!is_server(conn))
		return write_with(conn, secret);
	conn->records.takes_data = false;
	return read_with(conn, secret);
}

int
keys13_application(struct s2n_connection *conn)
{
	struct schedule13 *keys = &conn->hs->keys;
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = transcript_hash(&conn->hs->transcript, hash)) != 0 ||
	    (r = schedule13_application(keys, hash, conn->exporter)) != 0)
		return r;
	if ((r = secrets_tell(conn, S2N_CLIENT_APPLICATION_TRAFFIC_SECRET,
		 keys->client_application)) != 0 ||
	    (r = secrets_tell(conn, S2N_SERVER_APPLICATION_TRAFFIC_SECRET,
		 keys->server_application)) != 0 ||
	    (r = secrets_tell(conn, S2N_EXPORTER_SECRET, conn->exporter)) != 0)
		return r;
	if (is_server(conn))
		return write_with(conn, keys->server_application);
	return read_with(conn, keys->server_application);
}

/* RFC 8446 7.1: over all messages, the client's Finished included. */
static int
derive_resumption(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = transcript_hash(&hs->transcript, hash)) != 0)
		return r;
	return schedule13_resumption(&hs->keys, hash, conn->resumption);
}

int
keys13_complete(struct s2n_connection *conn)
{
	int r;

	if ((r = derive_resumption(conn)) != 0)
		return r;
	/* RFC 8446 5: after the peer's Finished a ChangeCipherSpec is an error.
	 */
	conn->records.drops_ccs = false;
	conn->records.plain_alerts = false;
	if (is_server(conn))
		return read_with(conn, conn->hs->keys.client_application);
	return write_with(conn, conn->hs->keys.client_application);
}

const uint8_t *
keys13_finished_base(const struct s2n_connection *conn, s2n_mode sender)
{
	return sender == S2N_SERVER ? conn->hs->keys.server_handshake
				    : conn->hs->keys.client_handshake;
}

int
keys13_update_read(struct s2n_connection *conn)
{
	return protection_update13(&conn->records.in);
}

int
keys13_update_write(struct s2n_connection *conn)
{
	return protection_update13(&conn->records.out);
}
