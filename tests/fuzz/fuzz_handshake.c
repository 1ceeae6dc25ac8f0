/*
 * A client and a server, of which one is crooked or whose messages someone in
 * between changes (before they are encrypted: as strong an attacker as can be).
 * What must hold is in judge(), and in party.h for each of the two.
 */
#include "tests/fuzz/fuzz_handshake.h"

#include "libtls/handshake/message.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/pair.h"
#include "tests/fuzz/target.h"
#include "tests/unit/detour.h"

#define ROUNDS_MAX 40
#define MESSAGES 8

enum attack_kind {
	CROOKED, /* the sender's own transcript has it */
	BETWEEN, /* only the receiver sees it */
	FITTING, /* likewise, and the header tells the new length */
	DROPPED,
	REPEATED,
	INJECTED, /* a record in front of it */
	KINDS
};

struct attack {
	enum attack_kind kind;
	s2n_mode role;  /* whose message it is */
	unsigned which; /* of those it sends */
	struct reader edits;

	unsigned sent;        /* messages, so far */
	size_t start;         /* of the last one in the flight */
	enum message message; /* that was changed */
	bool changed;
	bool more; /* something behind a message that is as it was */
	bool sender_was_through; /* when it had sent that */
};

/* ---- the attack ---- */

static bool
due(const struct attack *attack, const struct step *step)
{
	return step->sender == attack->role && attack->sent == attack->which;
}

static void
before(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	struct attack *attack = ctx;
	struct slice bytes;
	uint8_t type;

	if (!due(attack, step) || attack->kind != INJECTED)
		return;
	type = reader_u8(&attack->edits);
	bytes = reader_vec8(&attack->edits);
	must_hold(message_flush(conn) == 0 &&
		      record_write_slices(&conn->records,
			  (enum content_type)type, &bytes, 1) == 0,
	    "a record is injected");
	attack->changed = true;
}

static void
built(struct s2n_connection *conn, const struct step *step, struct writer *out,
    size_t start, void *ctx)
{
	struct attack *attack = ctx;
	bool whole = step->message == CHANGE_CIPHER_SPEC;

	(void)conn;
	attack->start = start - MESSAGE_HEADER;
	if (!due(attack, step))
		return;
	/* A record of its own, and in no transcript. */
	if (attack->kind == CROOKED ||
	    (whole && (attack->kind == BETWEEN || attack->kind == FITTING)))
		attack->changed = edits_apply(&attack->edits, out, start);
	attack->message = step->message;
	if (whole && attack->kind == DROPPED) {
		writer_truncate(out, start);
		attack->changed = true;
	}
}

static void
fit_length(struct writer *flight, size_t start)
{
	size_t len = flight->len - start - MESSAGE_HEADER;

	if (flight->len - start < MESSAGE_HEADER)
		return;
	flight->data[start + 1] = (uint8_t)(len >> 16);
	flight->data[start + 2] = (uint8_t)(len >> 8);
	flight->data[start + 3] = (uint8_t)len;
}

/* It is in the sender's transcript, and not in a record yet. */
static void
in_between(struct attack *attack, struct writer *flight)
{
	static uint8_t copy[MESSAGE_HEADER + MESSAGE_MAX];
	size_t len = flight->len - attack->start;
	const uint8_t *now;

	must_hold(len <= sizeof copy, "%zu bytes", len);
	memcpy(copy, flight->data + attack->start, len);
	if (attack->kind == BETWEEN || attack->kind == FITTING)
		edits_apply(&attack->edits, flight, attack->start);
	if (attack->kind == FITTING)
		fit_length(flight, attack->start);
	if (attack->kind == DROPPED)
		writer_truncate(flight, attack->start);
	if (attack->kind == REPEATED)
		writer_bytes(flight, slice_of(copy, len));
	now = flight->data + attack->start;
	attack->more =
	    flight->len - attack->start > len && memcmp(now, copy, len) == 0;
	attack->changed = attack->more || flight->len - attack->start != len ||
			  memcmp(now, copy, len) != 0;
}

static void
done(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	struct attack *attack = ctx;

	if (step->sender != attack->role)
		return;
	if (due(attack, step) && step->message != CHANGE_CIPHER_SPEC &&
	    attack->kind != CROOKED && attack->kind != INJECTED)
		in_between(attack, &conn->hs->flight);
	attack->sent++;
}

/* ---- the run ---- */

/* Until neither has anything to say. */
static void
talk(struct pair *pair, struct attack *attack)
{
	const struct party *sender =
	    attack->role == S2N_CLIENT ? &pair->client : &pair->server;
	bool changed = attack->changed, more;
	int rounds = 0;

	do {
		must_hold(rounds++ < ROUNDS_MAX, "no end");
		more = pair_round(pair);
		if (attack->changed && !changed)
			attack->sender_was_through = sender->through;
		changed = attack->changed;
	} while (more);
}

/* ---- what must hold ---- */

static const struct slice client_data = { (const uint8_t *)"from the client",
	15 };
static const struct slice server_data = { (const uint8_t *)"from the server",
	15 };

static bool
got(const struct party *party, struct slice data)
{
	return slice_equal(slice_of(party->got.data, party->got.len), data);
}

/* Both got through: then they agree, and each knows who the other is. */
static void
judge_agreement(const struct pair *pair)
{
	struct s2n_connection *client = pair->client.conn;
	struct s2n_connection *server = pair->server.conn;

	must_hold(client->version == pair->setup->version &&
		      server->version == client->version,
	    "versions %u and %u", client->version, server->version);
	must_hold(client->suite == server->suite &&
		      client->suite->number == pair->setup->suite,
	    "suites %s and %s", client->suite->name, server->suite->name);
}

/* Whoever gets through saw a certificate of ours, or wanted none. */
static void
judge_identity(const struct party *party, const struct setup *setup)
{
	const struct s2n_cert_chain_and_key *chain = party->conn->peer_chain;

	if (!party->through)
		return;
	if (party->conn->mode == S2N_SERVER &&
	    setup->auth != S2N_CERT_AUTH_REQUIRED && chain == NULL)
		return;
	must_hold(chain != NULL, "a peer without a certificate");
	must_hold(EVP_PKEY_eq(chain->public_key, certs_key(setup->key, 0)) == 1,
	    "a stranger's certificate");
}

/* Nothing in it is the sender's to choose: a signature, a MAC, one value. */
static bool
has_no_choice(enum message message)
{
	return message == CERTIFICATE_VERIFY ||
	       message == SERVER_KEY_EXCHANGE || message == FINISHED ||
	       message == SERVER_HELLO_DONE || message == CHANGE_CIPHER_SPEC;
}

static void
judge(const struct pair *pair, const struct attack *attack)
{
	const struct party *sender =
	    attack->role == S2N_CLIENT ? &pair->client : &pair->server;
	const struct party *receiver =
	    attack->role == S2N_CLIENT ? &pair->server : &pair->client;

	judge_identity(&pair->client, pair->setup);
	judge_identity(&pair->server, pair->setup);
	if (pair->client.through && pair->server.through)
		judge_agreement(pair);
	if (!attack->changed) {
		must_hold(got(&pair->server, client_data) &&
			      got(&pair->client, server_data),
		    "an honest handshake failed: client %s, server %s",
		    s2n_strerror_debug(pair->client.error, NULL),
		    s2n_strerror_debug(pair->server.error, NULL));
		return;
	}
	must_hold(receiver->got.len == 0 ||
		      got(receiver,
			  sender == &pair->client ? client_data : server_data),
	    "%zu bytes", receiver->got.len);
	if (attack->kind == CROOKED && has_no_choice(attack->message))
		must_hold(!receiver->through, "message %d, though changed",
		    (int)attack->message);
	must_hold(attack->kind != REPEATED || receiver->error != 0,
	    "a message twice");
	/* More may be a message of its own that is legal there. */
	if (attack->kind == CROOKED || attack->kind == INJECTED || attack->more)
		return;
	must_hold(receiver->error != 0, "nobody minded");
	must_hold(receiver->got.len == 0 && sender->got.len == 0,
	    "data behind a changed transcript");
	must_hold(!receiver->through, "a handshake with a changed transcript");
	must_hold(sender->through == attack->sender_was_through,
	    "the sender took an answer to what it did not send");
}

static void
say(struct party *party, struct slice data)
{
	if (party->through && party->error == 0)
		party_send(party, data);
}

static void
prepare(struct pair *pair, struct attack *attack, uint8_t control, uint8_t cut)
{
	struct detour detour = {
		.before = before, .built = built, .done = done, .ctx = attack
	};
	struct party *sender =
	    attack->role == S2N_CLIENT ? &pair->client : &pair->server;
	struct s2n_connection *conn = sender->conn;

	/* Both are legal, so they change nothing. */
	if (cut > 0)
		conn->records.fragment_max = (uint16_t)(cut * 4);
	must_hold(
	    s2n_connection_set_recv_buffering(conn, (control & 0x80) != 0) == 0,
	    "read ahead");
	sender->crooked = attack->kind == INJECTED;
	detour_take(conn, &detour);
}

static void
run(struct reader *input, uint8_t version)
{
	const struct setup *setup = setup_row(version, reader_u8(input));
	uint8_t control = reader_u8(input);
	uint8_t which = reader_u8(input), cut = reader_u8(input);
	struct attack attack = {
		.role = (control & 1) != 0 ? S2N_SERVER : S2N_CLIENT,
		.kind = (enum attack_kind)((control >> 1 & 7) % KINDS),
		.which = which % MESSAGES,
		.edits = reader_of(reader_rest(input)),
	};
	struct pair pair;

	pair_open(&pair, setup);
	prepare(&pair, &attack, control, cut);
	talk(&pair, &attack);
	say(&pair.client, client_data);
	say(&pair.server, server_data);
	talk(&pair, &attack);
	party_goodbye(&pair.client);
	party_goodbye(&pair.server);
	party_finish(&pair.client);
	party_finish(&pair.server);
	judge(&pair, &attack);
	pair_close(&pair);
}

void
fuzz_handshake_tls13(struct reader *input)
{
	run(input, S2N_TLS13);
}

void
fuzz_handshake_tls12(struct reader *input)
{
	run(input, S2N_TLS12);
}

void
fuzz_handshake_tls11(struct reader *input)
{
	run(input, S2N_TLS11);
}

void
fuzz_handshake_tls10(struct reader *input)
{
	run(input, S2N_TLS10);
}

void
fuzz_handshake_sslv3(struct reader *input)
{
	run(input, S2N_SSLv3);
}
