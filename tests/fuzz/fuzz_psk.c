/*
 * A client that resumes a session, or has keys of the application's, and whose
 * ClientHello is changed before it is sent; its binders may be made again over
 * what it is then, as one who has the key can. What must hold is in judge(),
 * and in party.h for each of the two.
 */
#include "tests/fuzz/fuzz_psk.h"

#include "libtls/extension/psk.h"
#include "libtls/handshake/binder.h"
#include "libtls/handshake/handshake.h"
#include "libtls/handshake/offered_psks.h"
#include "libtls/registry/iana.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/pair.h"
#include "tests/fuzz/target.h"
#include "tests/unit/detour.h"

#define EARLY_MAX 1000
#define BLOB_MAX 1024
#define HELLO_MAX (1 << 16)
#define BINDER_MIN 32

static const struct slice early_data = { (const uint8_t *)"first of all", 12 };

/* The bits of an input's first byte. */
enum choice {
	LONG_HASH = 1, /* a session of SHA-384 */
	EXTERNAL = 2,  /* keys of the application's */
	PICKED = 4,    /* which it chooses by itself */
	RETRIED = 8,   /* the server wants another group */
	EARLY = 16,    /* the client sends early data */
	TAKES = 32,    /* the server takes early data */
	SIGNED = 64,   /* binders are made again behind the edits */
	SECOND = 128   /* of two hellos the second is changed */
};

/* What a server prefers, and what the client offers, and how early data goes
 * with it. */
static const struct {
	const char *name, *secret;
	s2n_psk_hmac hmac;
	uint16_t suite; /* 0: no early data */
	bool ours, theirs;
} keys[] = {
	{ "one", "secret of the one", S2N_PSK_HMAC_SHA256,
	    TLS_AES_128_GCM_SHA256, true, true },
	{ "unknown", "secret of nobody", S2N_PSK_HMAC_SHA256, 0, true, false },
	{ "long", "secret of the long", S2N_PSK_HMAC_SHA384, 0, true, true },
	{ "unoffered", "secret of ours", S2N_PSK_HMAC_SHA384, 0, false, true },
};

/* By LONG_HASH; a server's by RETRIED, too. */
static struct {
	struct preference preference;
	struct s2n_config *config;
	uint8_t session[BLOB_MAX];
	size_t session_len;
} clients[2];
static struct {
	struct preference preference;
	struct s2n_config *config;
} servers[2];

static unsigned pick; /* what the application chooses; 0: none */

/* ---- set-up ---- */

static void
limit(struct preference *preference, const uint16_t *suites, size_t count)
{
	const struct preference *all;

	must_hold(preference_find("test_all", &all) == 0, "test_all");
	*preference = *all;
	preference->min_version = S2N_TLS13;
	preference->suites.numbers = suites;
	preference->suites.count = count;
}

/* The first: later ones are of handshakes that were changed. */
/* The first: later ones are of handshakes that were changed. */
static int
keep(struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	size_t i = (size_t)(uintptr_t)ctx;

	(void)conn;
	if (clients[i].session_len > 0)
		return 0;
	must_hold(s2n_session_ticket_get_data_len(
		      ticket, &clients[i].session_len) == 0 &&
		      s2n_session_ticket_get_data(
			  ticket, BLOB_MAX, clients[i].session) == 0,
	    "a session");
	return 0;
}

static struct s2n_config *
new_client(const struct preference *preference, size_t number)
{
	struct s2n_config *config = setup_config(preference);

	must_hold(s2n_config_set_session_tickets_onoff(config, 1) == 0 &&
		      s2n_config_set_session_ticket_cb(
			  config, keep, (void *)(uintptr_t)number) == 0,
	    "a client is set up");
	return config;
}

static struct s2n_config *
new_server(const struct preference *preference)
{
	static const uint8_t name[] = "key";
	uint8_t secret[] = "and its secret";
	struct s2n_config *config = setup_config(preference);

	(void)setup_chain(config, CERTS_P256, SETUP_HOST);
	must_hold(s2n_config_set_session_tickets_onoff(config, 1) == 0 &&
		      s2n_config_add_ticket_crypto_key(config, name,
			  sizeof name - 1, secret, sizeof secret, 0) == 0 &&
		      s2n_config_set_server_max_early_data_size(
			  config, EARLY_MAX) == 0,
	    "a server is set up");
	return config;
}

static void
open_pair(struct pair *pair, size_t client, size_t server)
{
	/* For the certificate; the configs are ours. */
	pair_open(pair, setup_row(S2N_TLS13, 0));
	must_hold(s2n_connection_set_config(
		      pair->client.conn, clients[client].config) == 0 &&
		      s2n_connection_set_config(
			  pair->server.conn, servers[server].config) == 0,
	    "configs");
}

static void
get_session(size_t client)
{
	struct pair pair;

	open_pair(&pair, client, 0);
	pair_talk(&pair);
	must_hold(pair.client.through && pair.server.through, "a handshake");
	party_send(&pair.server, early_data);
	pair_talk(&pair);
	must_hold(clients[client].session_len > 0, "a session");
	pair_close(&pair);
}

void
fuzz_psk_set_up(void)
{
	static const uint16_t any[] = { TLS_AES_128_GCM_SHA256,
		TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 };
	static const uint16_t other[] = { GROUP_SECP521R1 };

	if (clients[0].config != NULL)
		return;
	for (size_t i = 0; i < COUNT(servers); i++) {
		limit(&servers[i].preference, any, COUNT(any));
		limit(&clients[i].preference, any + i, COUNT(any) - i);
		servers[i].config = new_server(&servers[i].preference);
		clients[i].config = new_client(&clients[i].preference, i);
		get_session(i);
	}
	servers[1].preference.groups =
	    (struct number_list){ other, COUNT(other) };
}

/* ---- keys ---- */

/* All that are asked for with bytes that a sanitizer sees, to the end and
 * beyond; then one of them, counted round, or one that was never filled. */
static int
choose(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();
	static volatile uint8_t sum;
	unsigned count = 0;
	uint8_t *identity;
	uint16_t len;

	(void)conn;
	(void)ctx;
	must_hold(psk != NULL, "memory");
	for (; s2n_offered_psk_list_has_next(list); count++) {
		must_hold(s2n_offered_psk_list_next(list, psk) == 0 &&
			      s2n_offered_psk_get_identity(
				  psk, &identity, &len) == 0 &&
			      len > 0,
		    "a key");
		for (uint16_t i = 0; i < len; i++)
			sum ^= identity[i];
	}
	(void)sum;
	must_hold(count > 0 && s2n_offered_psk_list_next(list, psk) != 0,
	    "one of %u", count);
	must_hold(s2n_offered_psk_list_reread(list) == 0, "again");
	for (unsigned i = 0; pick > 0 && i <= (pick - 1) % (count + 1); i++)
		(void)!s2n_offered_psk_list_next(list, psk);
	(void)!s2n_offered_psk_list_choose_psk(list, pick > 0 ? psk : NULL);
	return s2n_offered_psk_free(&psk);
}

static void
append(struct s2n_connection *conn, size_t i)
{
	struct s2n_psk *psk = s2n_external_psk_new();

	must_hold(psk != NULL &&
		      s2n_psk_set_identity(psk, (const uint8_t *)keys[i].name,
			  (uint16_t)strlen(keys[i].name)) == 0 &&
		      s2n_psk_set_secret(psk, (const uint8_t *)keys[i].secret,
			  (uint16_t)strlen(keys[i].secret)) == 0 &&
		      s2n_psk_set_hmac(psk, keys[i].hmac) == 0 &&
		      (keys[i].suite == 0 ||
			  s2n_psk_configure_early_data(psk, EARLY_MAX,
			      (uint8_t)(keys[i].suite >> 8),
			      (uint8_t)keys[i].suite) == 0) &&
		      s2n_connection_append_psk(conn, psk) == 0 &&
		      s2n_psk_free(&psk) == 0,
	    "key %s", keys[i].name);
}

static void
give_keys(struct pair *pair, const uint8_t *session, size_t len)
{
	if (session != NULL) {
		must_hold(s2n_connection_set_session(
			      pair->client.conn, session, len) == 0,
		    "a session");
		return;
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		if (keys[i].ours)
			append(pair->client.conn, i);
	for (size_t i = COUNT(keys); i-- > 0;)
		if (keys[i].theirs)
			append(pair->server.conn, i);
}

/* ---- the change ---- */

struct change {
	unsigned choice;
	struct reader edits;
	bool second;  /* the next hello is the second */
	bool done;    /* a hello had its edits */
	bool changed; /* in any way */
	bool bound;   /* not at all, or its binders fit it */
};

static void
built(struct s2n_connection *conn, const struct step *step, struct writer *out,
    size_t start, void *ctx)
{
	struct change *change = ctx;
	size_t binders = psk_binders_size(conn), len = out->len - start;
	static uint8_t before[HELLO_MAX];

	if (step->message != CLIENT_HELLO)
		return;
	if ((change->choice & SECOND) != 0 && !change->second) {
		change->second = true;
		return;
	}
	/* One of them; an unchanged second one fits whatever the first was. */
	if (change->done) {
		change->bound = true;
		return;
	}
	change->done = true;
	must_hold(len <= sizeof before, "%zu bytes", len);
	memcpy(before, out->data + start, len);
	if (!edits_apply(&change->edits, out, start))
		return;
	change->changed = true;
	change->bound = out->len - start == len &&
			memcmp(before, out->data + start, len - binders) == 0;
	if ((change->choice & SIGNED) != 0 && out->len - start >= binders) {
		must_hold(binder_fill(conn, out, start) == 0, "binders");
		change->bound = true;
	}
}

/* ---- what must hold ---- */

static bool
is_early(const struct party *party)
{
	return slice_equal(
	    slice_of(party->early.data, party->early.len), early_data);
}

/* With as much chosen as can be: a key, and early data with the first. */
static void
judge_honest(const struct pair *pair, unsigned choice)
{
	const struct s2n_connection *server = pair->server.conn;
	bool chosen = (choice & PICKED) == 0;
	bool first = chosen && (choice & (EXTERNAL | RETRIED)) == 0;

	must_hold(pair->client.through && pair->server.through,
	    "an honest handshake failed: client %s, server %s",
	    s2n_strerror_debug(pair->client.error, NULL),
	    s2n_strerror_debug(pair->server.error, NULL));
	must_hold(!chosen || server->psk != NULL, "no key");
	must_hold(!first || (choice & EARLY) == 0 || (choice & TAKES) == 0 ||
		      is_early(&pair->server),
	    "no early data");
}

static void
judge(const struct pair *pair, const struct change *change)
{
	const struct s2n_connection *server = pair->server.conn;

	if (pair->server.through) {
		must_hold(server->psk == NULL || change->bound,
		    "a key whose binder does not fit");
		must_hold(server->version == S2N_TLS13, "version %u",
		    server->version);
		must_hold(server->psk == NULL ||
			      server->psk->digest == server->suite->digest,
		    "a key of another hash");
	}
	must_hold(pair->server.early.len == 0 ||
		      (is_early(&pair->server) && change->bound &&
			  (change->choice & TAKES) != 0),
	    "%zu bytes early", pair->server.early.len);
	if (!change->changed)
		judge_honest(pair, change->choice);
}

/* ---- the run ---- */

static void
send_early(struct party *client)
{
	s2n_blocked_status blocked;
	ssize_t sent;

	/* It comes back with nothing sent where there is no room, or no offer.
	 */
	must_hold(s2n_send_early_data(client->conn, early_data.data,
		      (ssize_t)early_data.len, &sent, &blocked) == 0 ||
		      s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED,
	    "%s", s2n_strerror_debug(s2n_errno, NULL));
}

static void
end(struct pair *pair)
{
	party_goodbye(&pair->client);
	party_goodbye(&pair->server);
	party_finish(&pair->client);
	party_finish(&pair->server);
}

/* Choices, what the application picks, edits of the hello. */
void
fuzz_psk_hello(struct reader *input)
{
	struct change change = { .choice = reader_u8(input), .bound = true };
	size_t client = (change.choice & LONG_HASH) != 0;
	struct s2n_config *server =
	    servers[(change.choice & RETRIED) != 0].config;
	struct detour detour = { .built = built, .ctx = &change };
	struct pair pair;

	pick = reader_u8(input);
	change.edits = reader_of(reader_rest(input));
	open_pair(&pair, client, server == servers[1].config);
	give_keys(&pair,
	    (change.choice & EXTERNAL) != 0 ? NULL : clients[client].session,
	    clients[client].session_len);
	must_hold(s2n_config_set_psk_selection_callback(server,
		      (change.choice & PICKED) != 0 ? choose : NULL, NULL) == 0,
	    "a callback");
	pair.server.takes_early = (change.choice & TAKES) != 0;
	/* Of a record that is skipped nobody says that it was too long. */
	pair.client.crooked = true;
	detour_take(pair.client.conn, &detour);
	if ((change.choice & EARLY) != 0)
		send_early(&pair.client);
	pair_talk(&pair);
	end(&pair);
	judge(&pair, &change);
	pair_close(&pair);
}

/* The extension alone: what is taken apart is all that was there. */
void
fuzz_psk_offer(struct reader *input)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
	struct slice bytes = reader_rest(input);
	struct reader identities, binders;
	struct slice one;

	must_hold(conn != NULL &&
		      s2n_connection_set_config(conn, servers[0].config) == 0 &&
		      handshake_start(conn) == 0,
	    "a handshake");
	conn->hs->offer.psks = bytes;
	if (psk_offer_parse(conn) != 0)
		goto out;
	identities = reader_of(conn->hs->offer.psk_identities);
	binders = reader_of(conn->hs->offer.psk_binders);
	must_hold(identities.rest.len + binders.rest.len + 4 == bytes.len,
	    "%zu bytes", bytes.len);
	do {
		one = reader_vec16(&identities);
		reader_u32(&identities);
		must_hold(one.len > 0, "an identity");
		must_hold(reader_vec8(&binders).len >= BINDER_MIN, "a binder");
	} while (reader_more(&identities));
	must_hold(reader_done(&identities) && reader_done(&binders), "the end");
out:
	s2n_connection_free(conn);
}
