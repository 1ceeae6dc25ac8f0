/*
 * Peers with pre-shared keys; the contract is in keyed.h.
 */
#include "tests/unit/keyed.h"

#include "libtls/state/connection.h"
#include "tests/unit/unit.h"

const struct key keyed_one[KEYS_MAX] = { { "name", "secret", SHA256 } };
const struct key keyed_two[KEYS_MAX] = { { "name", "secret", SHA256 },
	{ "other", "terces", SHA256 } };
const struct key keyed_mixed[KEYS_MAX] = { { "other", "terces", SHA384 },
	{ "name", "secret", SHA256 } };

struct s2n_psk *
keyed_make(const struct key *key)
{
	struct s2n_psk *psk = s2n_external_psk_new();

	ck_assert_ptr_nonnull(psk);
	ck_assert_int_eq(s2n_psk_set_identity(psk, (const uint8_t *)key->name,
			     (uint16_t)strlen(key->name)),
	    0);
	ck_assert_int_eq(s2n_psk_set_secret(psk, (const uint8_t *)key->secret,
			     (uint16_t)strlen(key->secret)),
	    0);
	ck_assert_int_eq(s2n_psk_set_hmac(psk, key->hmac), 0);
	return psk;
}

/* The connection has its own: this one is gone at once. */
void
keyed_give(struct s2n_connection *conn, const struct key *key)
{
	struct s2n_psk *psk = keyed_make(key);

	ck_assert_msg(s2n_connection_append_psk(conn, psk) == 0, "%s: %s",
	    key->name, s2n_strerror_name(s2n_errno));
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	ck_assert_ptr_null(psk);
}

static void
keyed_give_all(struct s2n_connection *conn, const struct key *keys)
{
	for (size_t i = 0; i < KEYS_MAX && keys[i].name != NULL; i++)
		keyed_give(conn, &keys[i]);
}

void
keyed_error(int result, const char *name)
{
	ck_assert_int_lt(result, 0);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

const struct key *keyed_client, *keyed_server;

void
keyed_give_both(struct peers *peers)
{
	if (keyed_client != NULL)
		keyed_give_all(peers->client, keyed_client);
	if (keyed_server != NULL)
		keyed_give_all(peers->server, keyed_server);
}

void
keyed_open(struct peers *peers, const struct peers_spec *spec,
    const struct key *client, const struct key *server)
{
	struct peers_spec with = *spec;

	keyed_client = client;
	keyed_server = server;
	with.prepare = keyed_give_both;
	peers_open(peers, &with);
}

void
keyed_converse(struct peers *peers, const char *what)
{
	ck_assert_msg(peers_negotiate(peers), "%s: client: %s, server: %s",
	    what, s2n_strerror_debug(peers->client_error, NULL),
	    s2n_strerror_debug(peers->server_error, NULL));
	peers_transfer(peers->client, peers->server, 100);
	peers_transfer(peers->server, peers->client, 100);
}

/* What both sides say that they agreed on; NULL: a full handshake. */
void
keyed_agreed(struct peers *peers, const char *name, const char *what)
{
	struct s2n_connection *sides[] = { peers->client, peers->server };
	uint8_t identity[100];
	uint16_t len;

	for (size_t i = 0; i < COUNT(sides); i++) {
		memset(identity, '?', sizeof identity);
		len = 77;
		ck_assert_int_eq(
		    s2n_connection_get_negotiated_psk_identity_length(
			sides[i], &len),
		    0);
		ck_assert_int_eq(s2n_connection_get_negotiated_psk_identity(
				     sides[i], identity, sizeof identity),
		    0);
		ck_assert_msg(len == (name != NULL ? strlen(name) : 0),
		    "%s: %u bytes of identity", what, len);
		ck_assert_msg(name == NULL || memcmp(identity, name, len) == 0,
		    "%s: another identity", what);
		ck_assert_uint_eq(identity[len], '?');
		ck_assert_int_eq(
		    s2n_connection_is_session_resumed(sides[i]), 0);
		if (!sides[i]->negotiated)
			continue;
		ck_assert_int_eq(
		    strstr(s2n_connection_get_handshake_type_name(sides[i]),
			"FULL_HANDSHAKE") != NULL,
		    name == NULL);
	}
}

void
keyed_use_tickets(struct peers *peers)
{
	uint8_t name[] = "key", secret[32] = { 7 };

	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->server_config, 1), 0);
	ck_assert_int_eq(
	    s2n_config_set_session_tickets_onoff(peers->client_config, 1), 0);
	ck_assert_int_eq(s2n_config_add_ticket_crypto_key(peers->server_config,
			     name, 3, secret, sizeof secret, 0),
	    0);
}

int
keyed_take_session(struct peers *peers, uint8_t *blob, size_t max)
{
	s2n_blocked_status blocked;
	int len;

	ck_assert_int_lt(s2n_recv(peers->client, blob, 1, &blocked), 0);
	len = s2n_connection_get_session(peers->client, blob, max);
	ck_assert_int_gt(len, 0);
	return len;
}
