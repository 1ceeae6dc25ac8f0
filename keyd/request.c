/*
 * Requests; the contract is in request.h.
 */
#include "keyd/request.h"

#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/clock.h"
#include "keyd/decrypter.h"
#include "keyd/signer.h"

/* A handler fills body (its room is that of a packet) when it answers OK. */
struct body {
	uint8_t bytes[KEYPROTO_PACKET_MAX - KEYPROTO_HEADER];
	size_t len;
};

static bool
may_use(const struct client *client, uint16_t slot)
{
	return slot < KEYPROTO_SLOTS &&
	       (client->grant.slots[slot / 8] >> (slot % 8) & 1) != 0;
}

static enum keyproto_status
request_hello(struct client *client, struct slice payload, struct body *body)
{
	struct keyproto_hello hello;
	struct keyproto_welcome welcome = {
		.version = KEYPROTO_MAJOR,
		.role = (uint16_t)client->grant.role,
		.credits = KEYPROTO_CREDITS,
		.packet_max = KEYPROTO_PACKET_MAX,
		.keys_max = KEYPROTO_KEYS_MAX,
	};

	if (!keyproto_hello_parse(payload, &hello))
		return KEYPROTO_BADMSG;
	if (hello.least > KEYPROTO_MAJOR || hello.most < KEYPROTO_MAJOR)
		return KEYPROTO_VERSION;
	memcpy(welcome.boot_id, client->boot_id, sizeof welcome.boot_id);
	body->len =
	    keyproto_welcome_build(&welcome, body->bytes, sizeof body->bytes);
	client->greeted = true;
	return KEYPROTO_OK;
}

static enum keyproto_status
request_keys(struct client *client, struct slice payload, struct body *body)
{
	struct keyproto_keys keys = { 0 };
	const struct keyproto_key *key;
	uint32_t from;

	if (!keyproto_number_parse(payload, &from))
		return KEYPROTO_BADMSG;
	for (uint16_t slot = 0; slot < KEYPROTO_SLOTS; slot++) {
		if (!may_use(client, slot) ||
		    (key = keystore_describe(client->keys, slot)) == NULL)
			continue;
		if (keys.total++ >= from && keys.count < KEYPROTO_KEYS_MAX)
			keys.key[keys.count++] = *key;
	}
	body->len = keyproto_keys_build(&keys, body->bytes, sizeof body->bytes);
	return KEYPROTO_OK;
}

/* What either limit refuses is counted against neither. */
static bool
take_turn(struct client *client, uint16_t slot)
{
	struct rate *key = keystore_rate(client->keys, slot);

	if (key == NULL || !rate_allows(key, client->now_ns) ||
	    !rate_allows(&client->rate, client->now_ns))
		return false;
	rate_count(key, client->now_ns);
	rate_count(&client->rate, client->now_ns);
	return true;
}

/* TLS 1.2 and older have two, by the hash. */
static uint16_t
operation_of(uint16_t type, uint16_t scheme)
{
	return type == KEYPROTO_SIGN12 || type == KEYPROTO_SIGN12CV
		   ? keyproto_sign_operation(scheme)
		   : type;
}

/*
 * Whether the client may use the key of a slot so, now. "Not yours" and "not
 * there" are the same answer.
 */
static enum keyproto_status
authorise(
    struct client *client, const struct keyproto_sign *sign, uint16_t type)
{
	uint16_t operation = operation_of(type, sign->scheme);
	const struct keyproto_key *key;

	if (!may_use(client, sign->slot) ||
	    (key = keystore_describe(client->keys, sign->slot)) == NULL)
		return KEYPROTO_NOKEY;
	client->last.slot = sign->slot;
	client->last.scheme = sign->scheme;
	if (key->generation != sign->generation)
		return KEYPROTO_STALE;
	if ((key->operations & keyproto_operation(operation)) == 0)
		return KEYPROTO_DENIED;
	return take_turn(client, sign->slot) ? KEYPROTO_OK : KEYPROTO_RATE;
}

static enum keyproto_status
request_sign(const struct client *client, const struct keyproto_sign *sign,
    uint16_t type, struct body *body)
{
	EVP_PKEY *key = keystore_key(client->keys, sign->slot);

	body->len =
	    KEYPROTO_PREMASTER_SIZE; /* room; what is refused has none */
	if (type == KEYPROTO_PREMASTER)
		return decrypter_premaster(key, sign, body->bytes);
	body->len = KEYPROTO_SIGNATURE_MAX;
	return signer_sign(
	    key, client->grant.role, type, sign, body->bytes, &body->len);
}

static enum keyproto_status
request_ticketkeys(
    struct client *client, struct slice payload, struct body *body)
{
	return client->tickets == NULL
		   ? KEYPROTO_NOKEY
		   : tickets_answer(client->tickets, client->grant.client,
			 payload, clock_day(), body->bytes, &body->len);
}

/* PING; and CANCEL: a signer answers in order, so what could be cancelled has
 * its answer already. */
static enum keyproto_status
request_nothing(struct client *client, struct slice payload, struct body *body)
{
	(void)client;
	(void)payload;
	(void)body;
	return KEYPROTO_OK;
}

static enum keyproto_status
request_stats(struct client *client, struct slice payload, struct body *body)
{
	(void)payload;
	body->len = keyproto_stats_build(
	    &client->stats, body->bytes, sizeof body->bytes);
	return KEYPROTO_OK;
}

/* What asks for something, or has a key used: then how that is parsed. The
 * lengths that each may have stand in keyproto.c's table. */
struct row {
	uint16_t type;
	unsigned roles; /* OF each that may */
	enum keyproto_status (*handle)(
	    struct client *, struct slice, struct body *);
	bool (*parse)(struct slice, struct keyproto_sign *);
};
/* clang-format off */
#define OF(role) (1u << (role))
enum { SERVER = OF(KEYPROTO_SERVER), CLIENT = OF(KEYPROTO_CLIENT), DIGEST = OF(KEYPROTO_DIGEST), ANY = SERVER | CLIENT | DIGEST };
static const struct row rows[] = {
	{ KEYPROTO_HELLO,      ANY,             request_hello,      NULL },
	{ KEYPROTO_KEYS,       ANY,             request_keys,       NULL },
	{ KEYPROTO_SIGN13,     SERVER | CLIENT, NULL,               keyproto_sign13_parse },
	{ KEYPROTO_SIGN12,     SERVER,          NULL,               keyproto_sign12_parse },
	{ KEYPROTO_SIGN12CV,   CLIENT,          NULL,               keyproto_sign12cv_parse },
	{ KEYPROTO_PREMASTER,  SERVER,          NULL,               keyproto_premaster_parse },
	{ KEYPROTO_SIGNDIGEST, DIGEST,          NULL,               keyproto_signdigest_parse },
	{ KEYPROTO_TICKETKEYS, SERVER,          request_ticketkeys, NULL },
	{ KEYPROTO_CANCEL,     ANY,             request_nothing,    NULL },
	{ KEYPROTO_PING,       ANY,             request_nothing,    NULL },
	{ KEYPROTO_STATS,      ANY,             request_stats,      NULL },
};
/* clang-format on */

/* NULL: masters' types, those that only answer, and unknown ones. */
static const struct row *
find_row(uint16_t type)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static enum keyproto_status
handle(struct client *client, const struct keyproto_header *header,
    struct slice payload, uint64_t waited_us, struct body *body)
{
	const struct row *row = find_row(header->type);
	struct keyproto_sign sign = { 0 };
	enum keyproto_status status;

	if (!client->greeted && header->type != KEYPROTO_HELLO)
		return KEYPROTO_BADMSG;
	/* 0: no deadline. Nobody waits any more: not worth computing. */
	if (header->micros != 0 && waited_us > header->micros) {
		client->stats.expired++;
		return KEYPROTO_DEADLINE;
	}
	if (row == NULL)
		return KEYPROTO_UNSUPPORTED;
	if ((row->roles & OF(client->grant.role)) == 0)
		return KEYPROTO_DENIED;
	if (row->handle != NULL)
		return row->handle(client, payload, body);
	if (!row->parse(payload, &sign))
		return KEYPROTO_BADMSG;
	status = authorise(client, &sign, row->type);
	return status == KEYPROTO_OK
		   ? request_sign(client, &sign, row->type, body)
		   : status;
}

/* ---- audit ---- */

/* That can be told of by a record; others change nothing. */
static bool
is_operation(uint16_t type, enum keyproto_status status)
{
	const struct row *row = find_row(type);

	return row != NULL && row->parse != NULL &&
	       !keyproto_status_closes(status) && status != KEYPROTO_RATE &&
	       status != KEYPROTO_DEADLINE;
}

/* Of TLS 1.3 the hash itself; else that of what follows slot, scheme (or
 * version) and generation. */
static void
fill_content(struct keyproto_record *record, struct slice payload)
{
	struct keyproto_sign sign;
	const size_t fixed = 8;

	if (record->operation == KEYPROTO_SIGN13) {
		if (!keyproto_sign13_parse(payload, &sign) ||
		    sign.transcript.len > sizeof record->content)
			return;
		memcpy(
		    record->content, sign.transcript.data, sign.transcript.len);
		record->content_len = (uint16_t)sign.transcript.len;
	} else if (payload.len >= fixed) {
		SHA256(
		    payload.data + fixed, payload.len - fixed, record->content);
		record->content_len = SHA256_DIGEST_LENGTH;
	}
}

/* False: the result must not leave. */
static bool
tell_of(struct client *client, uint16_t type, struct slice payload,
    enum keyproto_status status)
{
	struct keyproto_record record = { .channel = client->channel,
		.operation = type,
		.scheme = client->last.scheme,
		.status = (uint16_t)status };

	if (client->audit == NULL || !is_operation(type, status))
		return true;
	record.time = clock_day_us();
	fill_content(&record, payload);
	memcpy(record.client, client->grant.client, sizeof record.client);
	/* Of a key that is not the client's nothing is said. */
	if (may_use(client, client->last.slot))
		snprintf(record.key, sizeof record.key, "%s",
		    keystore_name(client->keys, client->last.slot));
	return audit_tell(client->audit, &record, client->now_ns);
}

size_t
request_dispatch(struct client *client, struct slice packet, uint64_t waited_us,
    uint8_t *answer, bool *closes)
{
	struct keyproto_header header = { 0 };
	struct body body; /* its bytes are as long as a packet: not zeroed */
	struct slice payload;
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);
	size_t len;

	body.len = 0;
	*closes = true;
	if (status == KEYPROTO_BADMSG ||
	    (header.flags & KEYPROTO_ANSWER) != 0 ||
	    header.id <= client->last_id)
		return 0;
	client->last_id = header.id;
	client->last = (struct keyproto_count){ .slot = KEYPROTO_SLOTS,
		.type = header.type };
	client->stats.requests++;
	if (status == KEYPROTO_OK)
		status = handle(client, &header, payload, waited_us, &body);
	/* Any number may be asked for as a scheme: told is what was used. */
	if (status != KEYPROTO_OK && status != KEYPROTO_CRYPTO)
		client->last.scheme = 0;
	if (!tell_of(client, header.type, payload, status))
		status = KEYPROTO_BACKEND;
	if (status != KEYPROTO_OK) {
		client->stats.refused++;
		OPENSSL_cleanse(body.bytes, body.len);
		body.len = 0;
	} else if (client->last.slot != KEYPROTO_SLOTS) {
		client->stats.signatures++;
	}
	client->last.status = (uint16_t)status;
	if (status == KEYPROTO_UNSUPPORTED)
		client->last.type = 0; /* it may be any number */
	*closes = keyproto_status_closes(status);
	header.flags = KEYPROTO_ANSWER;
	header.status = status;
	header.micros = 0;
	len = keyproto_build(&header, slice_of(body.bytes, body.len), answer,
	    KEYPROTO_PACKET_MAX);
	OPENSSL_cleanse(body.bytes, body.len);
	return len;
}
