/*
 * Records after the handshake: data, key updates, tickets, HelloRequests,
 * alerts, in any order and cut anyhow. What the honest side gets must be the
 * data that was sent to it, from its beginning on; all of it if nothing odd was
 * sent.
 */
#include "tests/fuzz/fuzz_after.h"

#include "tests/fuzz/pair.h"
#include "tests/fuzz/target.h"

#define ACTIONS_MAX 80

enum action {
	RECORD, /* u8 type, vec8 content: of the crooked side */
	DATA,   /* vec8: as the library sends it */
	UPDATE, /* the crooked side's next data comes under a new key */
	ANSWER, /* vec8: the honest side sends data */
	BYTES,  /* vec8: on the wire, as they are */
	TALK,
	ACTIONS
};

struct scene {
	struct pair pair;
	struct party *crooked, *honest;
	struct writer sent, answered; /* data, to the honest side and from it */
	bool odd;
};

/* Below TLS 1.3 a close_notify ends both directions (RFC 5246 7.2.1). */
static bool
open_to(const struct party *party)
{
	return party->through && party->error == 0 && !party->said_goodbye &&
	       (!party->ended || party->conn->version >= S2N_TLS13);
}

static void
put_record(struct scene *scene, uint8_t type, struct slice content)
{
	struct s2n_connection *conn = scene->crooked->conn;

	/* Of the types that are known and of those that are not. */
	if ((type & 0x80) == 0)
		type = CONTENT_CHANGE_CIPHER_SPEC + (type & 3);
	must_hold(record_write_slices(&conn->records, (enum content_type)type,
		      &content, 1) == 0 &&
		      io_flush(&conn->records.io) == 0,
	    "a record");
	if (type == CONTENT_APPLICATION_DATA && content.len > 0)
		writer_bytes(&scene->sent, content);
	else
		scene->odd = true;
}

static void
act(struct scene *scene, struct reader *input)
{
	enum action action = (enum action)(reader_u8(input) % ACTIONS);
	struct slice bytes = NO_BYTES;
	uint8_t type = 0;

	if (action == RECORD)
		type = reader_u8(input);
	if (action != UPDATE && action != TALK)
		bytes = reader_vec8(input);
	if (action == TALK) {
		pair_talk(&scene->pair);
	} else if (action == ANSWER) {
		if (open_to(scene->honest) && bytes.len > 0) {
			party_send(scene->honest, bytes);
			writer_bytes(&scene->answered, bytes);
		}
	} else if (!open_to(scene->crooked)) {
		return;
	} else if (action == RECORD) {
		put_record(scene, type, bytes);
	} else if (action == DATA && bytes.len > 0) {
		party_send(scene->crooked, bytes);
		writer_bytes(&scene->sent, bytes);
	} else if (action == UPDATE) {
		(void)!s2n_connection_request_key_update(
		    scene->crooked->conn, S2N_KEY_UPDATE_NOT_REQUESTED);
	} else if (action == BYTES && bytes.len > 0) {
		wire_put(scene->crooked->out, bytes);
		scene->odd = true;
	}
}

static bool
begins_with(const struct writer *all, const struct writer *part)
{
	return part->len <= all->len &&
	       (part->len == 0 ||
		   memcmp(all->data, part->data, part->len) == 0);
}

static void
judge(const struct scene *scene)
{
	must_hold(begins_with(&scene->sent, &scene->honest->got),
	    "data that was not sent");
	must_hold(begins_with(&scene->answered, &scene->crooked->got),
	    "an answer that was not sent");
	if (scene->odd)
		return;
	must_hold(scene->honest->error == 0 && scene->crooked->error == 0 &&
		      scene->honest->got.len == scene->sent.len &&
		      scene->crooked->got.len == scene->answered.len,
	    "%s", s2n_strerror_debug(scene->honest->error, NULL));
}

static void
run(struct reader *input, uint8_t version)
{
	uint8_t row = reader_u8(input), control = reader_u8(input);
	struct scene scene = { .odd = false };
	struct pair *pair = &scene.pair;

	pair_open(pair, setup_row(version, row));
	scene.crooked = (control & 1) != 0 ? &pair->server : &pair->client;
	scene.honest = (control & 1) != 0 ? &pair->client : &pair->server;
	writer_init(&scene.sent, ACTIONS_MAX * UINT8_MAX);
	writer_init(&scene.answered, ACTIONS_MAX * UINT8_MAX);
	must_hold(s2n_connection_set_recv_buffering(
		      scene.honest->conn, (control & 2) != 0) == 0,
	    "read ahead");
	pair_talk(pair);
	must_hold(pair->client.through && pair->server.through,
	    "an honest handshake: %s and %s",
	    s2n_strerror_name(pair->client.error),
	    s2n_strerror_name(pair->server.error));
	scene.crooked->crooked = true;
	for (int i = 0; i < ACTIONS_MAX && reader_more(input); i++)
		act(&scene, input);
	pair_talk(pair);
	party_goodbye(scene.crooked);
	party_goodbye(scene.honest);
	party_finish(scene.honest);
	party_finish(scene.crooked);
	judge(&scene);
	writer_free(&scene.sent);
	writer_free(&scene.answered);
	pair_close(pair);
}

void
fuzz_after_tls13(struct reader *input)
{
	run(input, S2N_TLS13);
}

void
fuzz_after_older(struct reader *input)
{
	static const uint8_t versions[] = { S2N_TLS12, S2N_TLS11, S2N_TLS10,
		S2N_SSLv3 };

	run(input, versions[reader_u8(input) % COUNT(versions)]);
}
