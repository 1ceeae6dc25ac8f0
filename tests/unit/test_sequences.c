/*
 * Every legal sequence of handshake messages, derived from the step tables and
 * compared with tests/golden/sequences.txt; each of them walked, client against
 * server, with every kind of waiting; and below TLS 1.3 left at every message
 * for every other.
 */
#include <stdio.h>

#include "libtls/handshake/binder.h"
#include "libtls/handshake/message.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define GOLDEN "tests/golden/sequences.txt"
#define TEXT_MAX 1024

/* Before the tests fork. */
static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

/* What a handshake goes by that is not a full one. */
enum by { NOTHING, TICKET, SESSION_ID, KEY };

/* What becomes of early data. */
enum fate { NOT_SENT, TAKEN, REFUSED };

/* What decides between sequences. */
struct branch {
	const char *what;
	bool retry, asked, proves, plain_hello; /* no session id: no CCS */
	/* What the server's client authentication is for it. */
	s2n_cert_auth_type auth;
	/* Below TLS 1.3: 0 stands for TLS 1.3 */
	uint8_t version;
	uint16_t suite;
	bool npn, staples;
	enum by by;
	bool gives_ticket; /* below TLS 1.3, in a full handshake */
	enum fate early;
};

/* clang-format off */
static const struct branch tls13_branches[] = {
	{ "full",                                      false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "full, client certificate",                  false, true,  true,  false, S2N_CERT_AUTH_REQUIRED, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "full, empty client certificate",            false, true,  false, false, S2N_CERT_AUTH_OPTIONAL, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "retry",                                     true,  false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "retry, client certificate",                 true,  true,  true,  false, S2N_CERT_AUTH_REQUIRED, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "retry, empty client certificate",           true,  true,  false, false, S2N_CERT_AUTH_OPTIONAL, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id",                             false, false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id, client certificate",         false, true,  true,  true,  S2N_CERT_AUTH_REQUIRED, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id, empty client certificate",   false, true,  false, true,  S2N_CERT_AUTH_OPTIONAL, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id, retry",                      true,  false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id, retry, client certificate",  true,  true,  true,  true,  S2N_CERT_AUTH_REQUIRED, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "no session id, retry, empty certificate",   true,  true,  false, true,  S2N_CERT_AUTH_OPTIONAL, 0, 0, false, false, NOTHING, false, NOT_SENT },
	{ "resumed",                                   false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, NOT_SENT },
	{ "retry, resumed",                            true,  false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, NOT_SENT },
	{ "no session id, resumed",                    false, false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, NOT_SENT },
	{ "no session id, retry, resumed",             true,  false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, NOT_SENT },
	{ "external key",                              false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, NOT_SENT },
	{ "retry, external key",                       true,  false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, NOT_SENT },
	{ "no session id, external key",               false, false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, NOT_SENT },
	{ "no session id, retry, external key",        true,  false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, NOT_SENT },
	{ "resumed, early data",                       false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, TAKEN },
	{ "resumed, early data refused",               false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, REFUSED },
	{ "retry, resumed, early data",                true,  false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, REFUSED },
	{ "no session id, resumed, early data",        false, false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, TAKEN },
	{ "no session id, retry, resumed, early data", true,  false, false, true,  S2N_CERT_AUTH_NONE, 0, 0, false, false, TICKET, false, REFUSED },
	{ "external key, early data",                  false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, TAKEN },
	{ "external key, early data refused",          false, false, false, false, S2N_CERT_AUTH_NONE, 0, 0, false, false, KEY, false, REFUSED },
	{ "external key, certificates wanted",         false, false, false, false, S2N_CERT_AUTH_REQUIRED, 0, 0, false, false, KEY, false, NOT_SENT },
};
/* clang-format on */

/* Below, every one of each has a sequence with every other. */
static const struct {
	const char *what;
	uint8_t version;
} versions[] = {
	{ "TLS 1.2", S2N_TLS12 },
	{ "TLS 1.1", S2N_TLS11 },
	{ "TLS 1.0", S2N_TLS10 },
	{ "SSLv3", S2N_SSLv3 },
};
static const struct {
	const char *what;
	uint16_t suite;
} exchanges[] = {
	{ "RSA", TLS_RSA_WITH_AES_128_CBC_SHA },
	{ "DHE", TLS_DHE_RSA_WITH_AES_128_CBC_SHA },
	{ "ECDHE", TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA },
};
static const struct {
	const char *what;
	s2n_cert_auth_type auth;
	bool proves, npn, staples;
} clients[] = {
	{ "", S2N_CERT_AUTH_NONE, false, false, false },
	{ ", client certificate", S2N_CERT_AUTH_REQUIRED, true, false, false },
	{ ", empty client certificate", S2N_CERT_AUTH_OPTIONAL, false, false,
	    false },
	{ ", NPN", S2N_CERT_AUTH_NONE, false, true, false },
	{ ", NPN, client certificate", S2N_CERT_AUTH_REQUIRED, true, true,
	    false },
	{ ", OCSP", S2N_CERT_AUTH_NONE, false, false, true },
	{ ", OCSP, client certificate", S2N_CERT_AUTH_REQUIRED, true, false,
	    true },
};
#define FULL (COUNT(versions) * COUNT(exchanges) * COUNT(clients))

/* And with sessions; SSLv3 has no tickets. */
static const struct {
	const char *what;
	enum by by;
	bool gives_ticket, npn;
} sessions[] = {
	{ "ECDHE, ticket", NOTHING, true, false },
	{ "ECDHE, ticket, NPN", NOTHING, true, true },
	{ "resumed by ticket", TICKET, false, false },
	{ "resumed by ticket, NPN", TICKET, false, true },
	{ "resumed by id", SESSION_ID, false, false },
	{ "resumed by id, NPN", SESSION_ID, false, true },
};
#define LEAST_BY_ID 4
#define WITH_SESSIONS                                                          \
	((COUNT(versions) - 1) * COUNT(sessions) +                             \
	    (COUNT(sessions) - LEAST_BY_ID))
#define OLDER (FULL + WITH_SESSIONS)
#define BRANCHES (COUNT(tls13_branches) + OLDER)

static struct branch
session_branch(size_t i)
{
	static char what[WITH_SESSIONS][64];
	size_t version = i / COUNT(sessions);
	size_t session = i % COUNT(sessions) +
			 (version == COUNT(versions) - 1 ? LEAST_BY_ID : 0);

	ck_assert_uint_lt(i, WITH_SESSIONS);
	snprintf(what[i], sizeof what[i], "%s, %s", versions[version].what,
	    sessions[session].what);
	return (struct branch){
		.what = what[i],
		.auth = S2N_CERT_AUTH_NONE,
		.version = versions[version].version,
		.suite = TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		.npn = sessions[session].npn &&
		       versions[version].version > S2N_SSLv3,
		.by = sessions[session].by,
		.gives_ticket = sessions[session].gives_ticket,
	};
}

static struct branch
full_branch(size_t i)
{
	static char what[FULL][64];
	size_t client = i % COUNT(clients), rest = i / COUNT(clients);
	size_t exchange = rest % COUNT(exchanges);
	size_t version = rest / COUNT(exchanges);

	ck_assert_uint_lt(i, FULL);
	snprintf(what[i], sizeof what[i], "%s, %s%s", versions[version].what,
	    exchanges[exchange].what, clients[client].what);
	return (struct branch){
		.what = what[i],
		.asked = clients[client].auth != S2N_CERT_AUTH_NONE,
		.proves = clients[client].proves,
		.auth = clients[client].auth,
		.version = versions[version].version,
		.suite = exchanges[exchange].suite,
		/* SSLv3 has it not. */
		.npn = clients[client].npn &&
		       versions[version].version > S2N_SSLv3,
		.staples = clients[client].staples &&
			   versions[version].version > S2N_SSLv3,
	};
}

static struct branch
older_branch(size_t i)
{
	return i < FULL ? full_branch(i) : session_branch(i - FULL);
}

static struct branch
branch_at(size_t i)
{
	return i < COUNT(tls13_branches)
		   ? tls13_branches[i]
		   : older_branch(i - COUNT(tls13_branches));
}

/* ---- what is resumed ---- */

/* A session that new clients are given, and a cache of one entry. */
static struct {
	enum by by;
	enum fate early; /* with the next handshake */
	uint8_t blob[400], id[32], entry[200];
	size_t blob_len, id_len, entry_len;
} session;

static int
cache_store(struct s2n_connection *conn, void *ctx, uint64_t ttl,
    const void *key, uint64_t key_size, const void *value, uint64_t value_size)
{
	(void)conn;
	(void)ctx;
	(void)ttl;
	ck_assert_uint_le(key_size, sizeof session.id);
	ck_assert_uint_le(value_size, sizeof session.entry);
	memcpy(session.id, key, key_size);
	memcpy(session.entry, value, value_size);
	session.id_len = key_size;
	session.entry_len = value_size;
	return 0;
}

static int
cache_retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_size, void *value, uint64_t *value_size)
{
	(void)conn;
	(void)ctx;
	if (!slice_equal(
		slice_of(key, key_size), slice_of(session.id, session.id_len)))
		return -1;
	ck_assert_uint_ge(*value_size, session.entry_len);
	memcpy(value, session.entry, session.entry_len);
	*value_size = session.entry_len;
	return 0;
}

/* What ends badly is to be resumed again all the same. */
static int
cache_keep(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size)
{
	(void)conn;
	(void)ctx;
	(void)key;
	(void)key_size;
	return 0;
}

static void
configure(struct peers *peers, const struct branch *branch)
{
	struct s2n_config *server = peers->server_config;
	uint8_t secret[32] = { 1 };

	if (branch->by == TICKET || branch->gives_ticket) {
		ck_assert_int_eq(
		    s2n_config_set_session_tickets_onoff(server, 1), 0);
		ck_assert_int_eq(s2n_config_set_session_tickets_onoff(
				     peers->client_config, 1),
		    0);
	}
	if (branch->early != NOT_SENT)
		ck_assert_int_eq(s2n_config_set_server_max_early_data_size(
				     server, PEERS_EARLY_MAX),
		    0);
	if (branch->by == SESSION_ID) {
		s2n_config_set_cache_store_callback(server, cache_store, NULL);
		s2n_config_set_cache_retrieve_callback(
		    server, cache_retrieve, NULL);
		s2n_config_set_cache_delete_callback(server, cache_keep, NULL);
		ck_assert_int_eq(
		    s2n_config_set_session_cache_onoff(server, 1), 0);
	}
	ck_assert_int_eq(
	    s2n_config_add_ticket_crypto_key(
		server, (const uint8_t *)"key", 3, secret, sizeof secret, 0),
	    0);
}

static void
give_key(struct s2n_connection *conn)
{
	struct s2n_psk *psk = s2n_external_psk_new();

	s2n_psk_set_identity(psk, (const uint8_t *)"name", 4);
	s2n_psk_set_secret(psk, (const uint8_t *)"secret", 6);
	if (session.early != NOT_SENT)
		s2n_psk_configure_early_data(psk, PEERS_EARLY_MAX, 0x13, 0x01);
	ck_assert_int_eq(s2n_connection_append_psk(conn, psk), 0);
	s2n_psk_free(&psk);
}

/* Whatever the next handshake goes by. */
static void
prepare(struct peers *peers)
{
	if (session.by == KEY) {
		give_key(peers->client);
		give_key(peers->server);
	}
	if (session.blob_len > 0)
		ck_assert_int_eq(s2n_connection_set_session(peers->client,
				     session.blob, session.blob_len),
		    0);
}

/* A handshake whose session the later ones resume. */
static void
begin_session(struct peers *peers)
{
	int len;

	ck_assert(peers_negotiate(peers));
	/* A ticket of TLS 1.3 comes in front of what comes first. */
	peers_transfer(peers->server, peers->client, 1);
	len = s2n_connection_get_session(
	    peers->client, session.blob, sizeof session.blob);
	ck_assert_int_gt(len, 0);
	session.blob_len = (size_t)len;
	peers_reconnect(peers);
	peers->key_operations = peers->decryptions = 0;
}

static struct peers_spec
spec_of(const struct branch *branch)
{
	return (struct peers_spec){
		.version = branch->version,
		.suite = branch->suite,
		.key = branch->version != 0 ? CERTS_RSA : CERTS_P256,
		.retry = branch->retry,
		.client_auth = branch->auth,
		.client_cert = branch->proves,
		/* Without a common protocol ALPN leaves it to NPN. */
		.npn = branch->npn,
		.staples = branch->staples,
		.alpn_client = branch->npn ? "h2" : NULL,
		.alpn_server = branch->npn ? "http/1.1" : NULL,
		.prepare = prepare,
	};
}

static void
add(char text[TEXT_MAX], const char *name)
{
	size_t len = strlen(text);

	ck_assert_uint_lt(len + strlen(name) + 2, TEXT_MAX);
	snprintf(text + len, TEXT_MAX - len, "%s%s", len > 0 ? " " : "", name);
}

/* ---- from the tables ---- */

/* As much of a connection as the "when" column looks at. */
struct view {
	struct s2n_config config;
	struct s2n_connection conn;
	struct handshake hs;
	struct s2n_cert_chain_and_key chain;
	struct s2n_psk psk;
	uint8_t response[1];
};

static void
see(struct view *view, s2n_mode mode, const struct branch *branch)
{
	*view = (struct view){ 0 };
	view->conn.mode = mode;
	view->conn.config = &view->config;
	view->conn.hs = &view->hs;
	view->conn.version = branch->version;
	view->conn.suite = suite_find(branch->suite);
	view->config.client_auth.made = mode == S2N_SERVER;
	view->config.client_auth.type = branch->auth;
	view->hs.retry = branch->retry;
	view->hs.npn = branch->npn;
	view->hs.status_due = branch->staples;
	view->chain.ocsp = (struct staple){ view->response, 1 };
	view->conn.client_asked = branch->asked;
	view->conn.resumed = branch->by == TICKET || branch->by == SESSION_ID;
	view->conn.psk =
	    branch->version == 0 && branch->by != NOTHING ? &view->psk : NULL;
	view->hs.ticket_due = branch->gives_ticket;
	if (branch->early == TAKEN)
		view->conn.early.state = EARLY_ACCEPTED;
	if (branch->proves && mode == S2N_SERVER)
		view->conn.peer_chain = &view->chain;
	if (mode == S2N_SERVER || branch->proves)
		view->hs.chain = &view->chain;
}

/* A server knows; its client may at most leave it open. */
static void
walk(const struct step *path, const struct branch *branch, char *text)
{
	static struct view server, client;
	enum expect certain, seen;

	see(&server, S2N_SERVER, branch);
	see(&client, S2N_CLIENT, branch);
	for (; path->message != END_OF_PATH; path++) {
		certain = path->when(&server.conn);
		seen = path->when(&client.conn);
		ck_assert_msg(certain != MAYBE, "a server in doubt: %s, %s",
		    branch->what,
		    handshake_message_name(path->message, path->sender));
		ck_assert_msg(seen == certain || seen == MAYBE, "%s: %s",
		    branch->what,
		    handshake_message_name(path->message, path->sender));
		if (certain == YES)
			add(text, handshake_message_name(
				      path->message, path->sender));
	}
}

static const struct step *
path_of(const struct branch *branch)
{
	if (branch->version == 0)
		return tls13_path;
	return branch->by != NOTHING ? tls12_resumed_path : tls12_path;
}

static void
derive(const struct branch *branch, char text[TEXT_MAX])
{
	*text = '\0';
	walk(hello_path, branch, text);
	walk(path_of(branch), branch, text);
}

/* ---- from the wire ---- */

static void
note(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	(void)conn;
	add(ctx, handshake_message_name(step->message, step->sender));
}

/* A ClientHello that asks for no compatibility (RFC 8446 D.4). */
static void
drop_session_id(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	uint8_t *id = out->data + start + 2 + RANDOM_SIZE;

	(void)ctx;
	if (step->message != CLIENT_HELLO || conn->hs->retry)
		return;
	ck_assert_uint_eq(*id, SESSION_ID_MAX);
	*id = 0;
	memmove(id + 1, id + 1 + SESSION_ID_MAX,
	    (size_t)(out->data + out->len - id - 1) - SESSION_ID_MAX);
	out->len -= SESSION_ID_MAX;
	conn->hs->session_id_len = 0;
	ck_assert_int_eq(binder_fill(conn, out, start), 0);
}

/* The types of the records that went one way. */
static void
add_records(char *text, struct slice wire)
{
	struct reader in = reader_of(wire);
	char number[8];

	while (reader_more(&in)) {
		snprintf(number, sizeof number, "%u", reader_u8(&in));
		add(text, number);
		reader_u16(&in);
		reader_vec16(&in);
	}
	ck_assert(reader_done(&in));
}

struct walked {
	char client[TEXT_MAX], server[TEXT_MAX], records[TEXT_MAX];
};

static bool
decrypts(const struct branch *branch)
{
	return branch->version != 0 &&
	       suite_find(branch->suite)->key_exchange == KX_RSA;
}

static void
open_peers(
    struct peers *peers, const struct branch *branch, bool slow, bool pending)
{
	struct peers_spec spec = spec_of(branch);

	spec.slow = slow;
	spec.pending_key = pending;
	memset(&session, 0, sizeof session);
	session.by = branch->by;
	session.early = branch->early;
	peers_open(peers, &spec);
	configure(peers, branch);
	if (branch->by == TICKET || branch->by == SESSION_ID)
		begin_session(peers);
}

static bool
signs(const struct branch *branch)
{
	return branch->by == NOTHING;
}

/* The server is told, or not, to take what the client sends. */
static void
begin_early(struct peers *peers, const struct branch *branch)
{
	if (branch->early == NOT_SENT)
		return;
	peers->early_left = PEERS_EARLY_MAX;
	peers->early_taken = branch->early == TAKEN || branch->retry;
}

static void
check_early(struct peers *peers, enum fate early)
{
	static const s2n_early_data_status_t wanted[] = {
		[NOT_SENT] = S2N_EARLY_DATA_STATUS_NOT_REQUESTED,
		[TAKEN] = S2N_EARLY_DATA_STATUS_END,
		[REFUSED] = S2N_EARLY_DATA_STATUS_REJECTED,
	};
	s2n_early_data_status_t client, server;

	s2n_connection_get_early_data_status(peers->client, &client);
	s2n_connection_get_early_data_status(peers->server, &server);
	ck_assert_int_eq(client, wanted[early]);
	ck_assert_int_eq(server, wanted[early]);
	ck_assert_uint_eq(
	    peers->early_got, early == TAKEN ? PEERS_EARLY_MAX : 0);
}

static void
run(const struct branch *branch, bool slow, bool pending, struct walked *walked)
{
	struct detour client = { .done = note, .ctx = walked->client };
	struct detour server = { .done = note, .ctx = walked->server };
	struct peers peers;

	*walked = (struct walked){ 0 };
	open_peers(&peers, branch, slow, pending);
	if (branch->plain_hello)
		client.built = drop_session_id;
	detour_take(peers.client, &client);
	detour_take(peers.server, &server);
	begin_early(&peers, branch);
	ck_assert_msg(peers_negotiate(&peers), "%s: client %s, server %s",
	    branch->what, s2n_strerror_debug(peers.client_error, NULL),
	    s2n_strerror_debug(peers.server_error, NULL));
	ck_assert_uint_eq(
	    peers.key_operations, (pending && signs(branch) ? 1u : 0) +
				      (pending && branch->proves ? 1u : 0));
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server),
	    branch->by == TICKET || branch->by == SESSION_ID);
	ck_assert_uint_eq(peers.decryptions, pending && decrypts(branch));
	ck_assert_int_eq(
	    s2n_connection_client_cert_used(peers.server), branch->proves);
	ck_assert_int_eq(
	    s2n_connection_client_cert_used(peers.client), branch->proves);
	ck_assert_str_eq(s2n_connection_get_handshake_type_name(peers.client),
	    s2n_connection_get_handshake_type_name(peers.server));
	if (branch->version == 0)
		check_early(&peers, branch->early);
	add(walked->records, "client");
	add_records(walked->records,
	    slice_of(peers.to_server.bytes.data, peers.to_server.bytes.len));
	add(walked->records, "server");
	add_records(walked->records,
	    slice_of(peers.to_client.bytes.data, peers.to_client.bytes.len));
	peers_transfer(peers.client, peers.server, 1000);
	peers_transfer(peers.server, peers.client, 1000);
	peers_close(&peers);
}

/* ---- the tests ---- */

static char *
file(const char *path)
{
	static char text[BRANCHES * 2 * TEXT_MAX];
	FILE *in = fopen(path, "r");
	size_t len;

	ck_assert_msg(in != NULL, "cannot open %s", path);
	len = fread(text, 1, sizeof text - 1, in);
	text[len] = '\0';
	fclose(in);
	return text;
}

START_TEST(the_sequences_are_the_golden_ones)
{
	static char all[BRANCHES * 2 * TEXT_MAX];
	struct branch branch;
	char messages[TEXT_MAX];
	struct walked walked;
	size_t len = 0;

	for (size_t i = 0; i < BRANCHES; i++) {
		branch = branch_at(i);
		derive(&branch, messages);
		run(&branch, false, false, &walked);
		len += (size_t)snprintf(all + len, sizeof all - len,
		    "%s\n\t%s\n\trecords: %s\n", branch.what, messages,
		    walked.records);
		ck_assert_uint_lt(len, sizeof all);
	}
	if (strcmp(all, file(GOLDEN)) != 0) {
		fputs(all, stdout); /* too long for a message of Check's */
		fflush(stdout);
		ck_abort_msg("if that is meant, this is the new " GOLDEN);
	}
}
END_TEST

/* Each branch: plainly, bytewise, with pending keys, with both. */
START_TEST(every_sequence_is_walked_with_every_kind_of_waiting)
{
	struct branch branch = branch_at((size_t)_i / 4);
	char messages[TEXT_MAX];
	struct walked walked;

	derive(&branch, messages);
	run(&branch, _i % 2 == 1, _i % 4 >= 2, &walked);
	ck_assert_msg(strcmp(walked.client, messages) == 0,
	    "%s: the client went\n%s\nand not\n%s", branch.what, walked.client,
	    messages);
	ck_assert_msg(strcmp(walked.server, messages) == 0,
	    "%s: the server went\n%s\nand not\n%s", branch.what, walked.server,
	    messages);
}
END_TEST

/* ---- out of order, below TLS 1.3 ---- */

/* All that a version of ours has, and what none ever had. */
static const uint8_t types[] = { 0, CLIENT_HELLO, SERVER_HELLO,
	NEW_SESSION_TICKET, ENCRYPTED_EXTENSIONS, CERTIFICATE,
	SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE,
	CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE, FINISHED, CERTIFICATE_STATUS,
	99 };

/* What may stand in the place of a row: what is wrong then is the body. */
static bool
may_come(const struct branch *branch, const struct step *step, uint8_t type)
{
	/* RFC 5246 7.4.1.1: a client that negotiates drops a HelloRequest. */
	if (type == 0)
		return step->sender == S2N_SERVER &&
		       step->message != SERVER_HELLO;
	/* RFC 6066 8: a server that would staple "MAY also choose not to". */
	if (step->message == CERTIFICATE_STATUS && decrypts(branch))
		return type == CERTIFICATE_REQUEST || type == SERVER_HELLO_DONE;
	if (step->message == CERTIFICATE_STATUS)
		return type == SERVER_KEY_EXCHANGE;
	/* A client does not know whether it will be asked. */
	if (step->sender == S2N_SERVER && step->message == CERTIFICATE_REQUEST)
		return type == SERVER_HELLO_DONE;
	if (step->sender == S2N_SERVER && step->message == SERVER_HELLO_DONE)
		return type == CERTIFICATE_REQUEST && !branch->asked;
	return false;
}

/* A branch, and peers that are to take it again and again. */
struct crossing {
	const struct branch *branch;
	struct peers peers;
};

static void
intrude(struct crossing *crossing, const struct step *step, enum how how,
    uint16_t number, struct slice bytes)
{
	char what[200];
	struct crook crook = {
		.what = what,
		.message = step->message,
		.role = step->sender,
		.how = how,
		.number = number,
		.bytes = bytes,
		.alert = ALERT_UNEXPECTED_MESSAGE,
	};

	snprintf(what, sizeof what, "%s: %u (%u) at %s", crossing->branch->what,
	    number, how == RECORD && bytes.len > 0 ? bytes.data[0] : 0,
	    handshake_message_name(step->message, step->sender));
	crooked_run_again(&crook, &crossing->peers);
}

/* RFC 6101 5.6.6: SSLv3's way to say that there is no certificate. */
static bool
is_alert(const struct branch *branch, const struct step *step)
{
	return step->message == CERTIFICATE && step->sender == S2N_CLIENT &&
	       branch->version == S2N_SSLv3 && !branch->proves;
}

/* Every other type in its place. */
static void
mistype(struct crossing *crossing, const struct step *step)
{
	uint8_t message[MESSAGE_HEADER] = { 0 };

	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i] == step->message ||
		    may_come(crossing->branch, step, types[i]))
			continue;
		message[0] = types[i];
		if (step->message == CHANGE_CIPHER_SPEC ||
		    is_alert(crossing->branch, step))
			intrude(crossing, step, RECORD, CONTENT_HANDSHAKE,
			    slice_of(message, sizeof message));
		else
			intrude(crossing, step, TYPE, types[i], NO_BYTES);
	}
}

static void
leave(struct crossing *crossing, const struct step *path)
{
	static const uint8_t one[] = { 1 };
	static struct view server;

	see(&server, S2N_SERVER, crossing->branch);
	for (; path->message != END_OF_PATH; path++) {
		if (path->when(&server.conn) != YES)
			continue;
		mistype(crossing, path);
		intrude(crossing, path, RECORD, CONTENT_APPLICATION_DATA,
		    slice_of(one, sizeof one));
		if (path->message != CHANGE_CIPHER_SPEC)
			intrude(crossing, path, RECORD,
			    CONTENT_CHANGE_CIPHER_SPEC,
			    slice_of(one, sizeof one));
	}
}

START_TEST(what_is_out_of_order_is_an_unexpected_message)
{
	struct branch branch = older_branch((size_t)_i);
	struct crossing crossing = { .branch = &branch };

	open_peers(&crossing.peers, &branch, false, false);
	leave(&crossing, hello_path);
	leave(&crossing, path_of(&branch));
	peers_close(&crossing.peers);
}
END_TEST

static Suite *
sequences_suite(void)
{
	Suite *suite = suite_create("sequences");
	TCase *tcase = tcase_create("sequences");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_test(tcase, the_sequences_are_the_golden_ones);
	tcase_add_loop_test(tcase,
	    every_sequence_is_walked_with_every_kind_of_waiting, 0,
	    4 * (int)BRANCHES);
	tcase_add_loop_test(tcase,
	    what_is_out_of_order_is_an_unexpected_message, 0, (int)OLDER);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(sequences_suite)
