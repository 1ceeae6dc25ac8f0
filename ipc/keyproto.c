/*
 * Codec of the packets between processes; the contract is in keyproto.h. Every
 * length that is allowed stands in one table, and the integers are
 * little-endian, unlike those of TLS in base/.
 */
#include "ipc/keyproto.h"

#define MAGIC 0x314b5053u /* "SPK1" */
#define KEY_SIZE 52
#define SIGN12_FIXED (8 + 2 * KEYPROTO_RANDOM)
#define PROCESS_SIZE (KEYPROTO_NAME + 20 + KEYPROTO_LAYERS)
#define COUNTS_FIXED (8 + 8 + 2 * 8 * (KEYPROTO_BOUNDS + 2) + 8)
#define COUNT_SIZE 16
#define TICKET_SIZE (4 * 8 + KEYPROTO_TICKET_NAME + KEYPROTO_TICKET_SECRET)
#define GRANT_SIZE (4 + 8 + KEYPROTO_SLOTS / 8 + KEYPROTO_CLIENT_NAME)
#define KEYFILE_SIZE (6 + 8 + KEYPROTO_CLIENT_NAME)
#define RECORD_SIZE (32 + KEYPROTO_HASH_MAX + 2 * KEYPROTO_CLIENT_NAME)
#define KEYTOLD_SIZE (16 + KEYPROTO_SPKI)

/* Lengths of a payload: least, least + step, ..., most. */
struct lengths {
	uint16_t least, most, step;
};
#define EXACTLY(n)                                                             \
	{                                                                      \
		n, n, 1                                                        \
	}
#define NEVER                                                                  \
	{                                                                      \
		1, 0, 1                                                        \
	}

struct row {
	uint16_t type;
	struct lengths request, answer;
};
/* clang-format off */
static const struct row rows[] = {
	{ KEYPROTO_HELLO,      EXACTLY(8),      EXACTLY(32) },
	{ KEYPROTO_KEYS,       EXACTLY(4),      { 8, 8 + KEYPROTO_KEYS_MAX * KEY_SIZE, KEY_SIZE } },
	{ KEYPROTO_SIGN13,     { 44, 60, 16 },  { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_SIGN12,     { SIGN12_FIXED + KEYPROTO_PARAMETERS_MIN, SIGN12_FIXED + KEYPROTO_PARAMETERS_MAX, 1 },
	                       { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_SIGN12CV,   { 9, 8 + KEYPROTO_MESSAGES_MAX, 1 }, { 1, KEYPROTO_SIGNATURE_MAX, 1 } },
	{ KEYPROTO_PREMASTER,  { 9, 8 + KEYPROTO_CIPHERTEXT_MAX, 1 }, EXACTLY(KEYPROTO_PREMASTER_SIZE) },
	{ KEYPROTO_TICKETKEYS, EXACTLY(8),      EXACTLY(8 + KEYPROTO_TICKETS * TICKET_SIZE) },
	{ KEYPROTO_CANCEL,     EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_PING,       EXACTLY(0),      EXACTLY(0) },
	{ KEYPROTO_STATS,      EXACTLY(0),      EXACTLY(48) },
	{ KEYPROTO_KEYCHANGED, EXACTLY(4),      NEVER },
	{ KEYPROTO_GOAWAY,     EXACTLY(4),      NEVER },
	{ KEYPROTO_NEWCHANNEL, EXACTLY(4),      EXACTLY(12) },
	{ KEYPROTO_KEYFILE,    EXACTLY(KEYFILE_SIZE), EXACTLY(KEYTOLD_SIZE) },
	{ KEYPROTO_STATUS,     EXACTLY(0),      { 4, 4 + KEYPROTO_STATUS_MAX * PROCESS_SIZE, PROCESS_SIZE } },
	{ KEYPROTO_GRANT,      EXACTLY(GRANT_SIZE), EXACTLY(0) },
	{ KEYPROTO_TICKETROOT, EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_KEYPART,    EXACTLY(4),      EXACTLY(0) },
	{ KEYPROTO_RECORD,     EXACTLY(RECORD_SIZE), NEVER },
	{ KEYPROTO_AUDIT,      EXACTLY(4 + KEYPROTO_CLIENT_NAME), EXACTLY(0) },
	{ KEYPROTO_AUDITLOG,   EXACTLY(8),      EXACTLY(0) },
	{ KEYPROTO_COUNTS,     EXACTLY(4),      { COUNTS_FIXED, COUNTS_FIXED + KEYPROTO_COUNTS_MAX * COUNT_SIZE, COUNT_SIZE } },
};
/* clang-format on */

/* The schemes of keyproto_key.schemes, by bit; only ever added to. */
static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0804, 0x0805,
	0x0806, 0x0809, 0x080a, 0x080b, 0x0807 };

/* Sticky failure, as in base/: what does not fit is neither read nor written.
 */
struct out {
	uint8_t *data;
	size_t room, len;
	bool failed;
};
struct in {
	struct slice rest;
	bool failed;
};

static void
put(struct out *out, uint64_t value, size_t width)
{
	if (out->failed || width > out->room - out->len) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < width; i++)
		out->data[out->len++] = (uint8_t)(value >> 8 * i);
}

static void
put_bytes(struct out *out, const void *bytes, size_t len)
{
	if (out->failed || len > out->room - out->len) {
		out->failed = true;
		return;
	}
	if (len > 0)
		memcpy(out->data + out->len, bytes, len);
	out->len += len;
}

static size_t
finish(const struct out *out)
{
	return out->failed ? 0 : out->len;
}

static struct slice
take_bytes(struct in *in, size_t len)
{
	struct slice bytes;

	if (in->failed || len > in->rest.len) {
		in->failed = true;
		return NO_BYTES;
	}
	bytes = slice_of(in->rest.data, len);
	in->rest = slice_of(in->rest.data + len, in->rest.len - len);
	return bytes;
}

static uint64_t
take(struct in *in, size_t width)
{
	struct slice bytes = take_bytes(in, width);
	uint64_t value = 0;

	for (size_t i = bytes.len; i > 0; i--)
		value = value << 8 | bytes.data[i - 1];
	return value;
}

static uint16_t
take16(struct in *in)
{
	return (uint16_t)take(in, 2);
}

static uint32_t
take32(struct in *in)
{
	return (uint32_t)take(in, 4);
}

static struct slice
take_rest(struct in *in)
{
	return take_bytes(in, in->rest.len);
}

static void
take_copy(struct in *in, void *target, size_t len)
{
	struct slice bytes = take_bytes(in, len);

	memset(target, 0, len);
	if (bytes.len > 0)
		memcpy(target, bytes.data, bytes.len);
}

static bool
done(const struct in *in)
{
	return !in->failed && in->rest.len == 0;
}

static const struct row *
find_row(uint16_t type)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static bool
length_allowed(
    const struct row *row, const struct keyproto_header *header, size_t len)
{
	const struct lengths *allowed = &row->request;

	if ((header->flags & KEYPROTO_ANSWER) != 0) {
		if (header->status != KEYPROTO_OK)
			return len == 0;
		allowed = &row->answer;
	}
	return len >= allowed->least && len <= allowed->most &&
	       (len - allowed->least) % allowed->step == 0;
}

enum keyproto_status
keyproto_parse(
    struct slice packet, struct keyproto_header *header, struct slice *payload)
{
	struct in in = { .rest = packet };
	const struct row *row;
	uint32_t magic = take32(&in), len;
	uint8_t major = (uint8_t)take(&in, 1);

	take(&in, 1); /* a minor version adds types and changes none */
	header->type = take16(&in);
	len = take32(&in);
	header->flags = take32(&in);
	header->id = take(&in, 8);
	header->micros = take32(&in);
	header->status = take32(&in);
	*payload = in.rest;
	if (in.failed || magic != MAGIC || len != in.rest.len ||
	    packet.len > KEYPROTO_PACKET_MAX)
		return KEYPROTO_BADMSG;
	if (major != KEYPROTO_MAJOR)
		return KEYPROTO_VERSION;
	if ((header->flags & ~KEYPROTO_ANSWER) != 0 ||
	    header->status >= KEYPROTO_STATUS_COUNT ||
	    (header->flags == 0 && header->status != KEYPROTO_OK))
		return KEYPROTO_BADMSG;
	if ((row = find_row(header->type)) == NULL)
		return header->status != KEYPROTO_OK && len != 0
			   ? KEYPROTO_BADMSG
			   : KEYPROTO_UNSUPPORTED;
	return length_allowed(row, header, len) ? KEYPROTO_OK : KEYPROTO_BADMSG;
}

size_t
keyproto_build(const struct keyproto_header *header, struct slice payload,
    uint8_t *buffer, size_t room)
{
	struct out out = { .data = buffer, .room = room };
	const struct row *row = find_row(header->type);

	/* A type that is not ours can only be answered with a refusal. */
	if (row == NULL ? header->status == KEYPROTO_OK || payload.len != 0
			: !length_allowed(row, header, payload.len))
		return 0;
	put(&out, MAGIC, 4);
	put(&out, KEYPROTO_MAJOR, 1);
	put(&out, KEYPROTO_MINOR, 1);
	put(&out, header->type, 2);
	put(&out, payload.len, 4);
	put(&out, header->flags, 4);
	put(&out, header->id, 8);
	put(&out, header->micros, 4);
	put(&out, header->status, 4);
	put_bytes(&out, payload.data, payload.len);
	return finish(&out);
}

size_t
keyproto_hello_build(
    const struct keyproto_hello *hello, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, hello->least, 2);
	put(&out, hello->most, 2);
	put(&out, hello->features, 4);
	return finish(&out);
}

bool
keyproto_hello_parse(struct slice bytes, struct keyproto_hello *hello)
{
	struct in in = { .rest = bytes };

	hello->least = take16(&in);
	hello->most = take16(&in);
	hello->features = take32(&in);
	return done(&in) && hello->least <= hello->most;
}

size_t
keyproto_welcome_build(
    const struct keyproto_welcome *welcome, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, welcome->version, 2);
	put(&out, welcome->role, 2);
	put(&out, welcome->credits, 4);
	put(&out, welcome->packet_max, 4);
	put(&out, welcome->keys_max, 4);
	put_bytes(&out, welcome->boot_id, sizeof welcome->boot_id);
	return finish(&out);
}

bool
keyproto_welcome_parse(struct slice bytes, struct keyproto_welcome *welcome)
{
	struct in in = { .rest = bytes };

	welcome->version = take16(&in);
	welcome->role = take16(&in);
	welcome->credits = take32(&in);
	welcome->packet_max = take32(&in);
	welcome->keys_max = take32(&in);
	take_copy(&in, welcome->boot_id, sizeof welcome->boot_id);
	return done(&in);
}

size_t
keyproto_keys_build(const struct keyproto_keys *keys, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	if (keys->count > KEYPROTO_KEYS_MAX)
		return 0;
	put(&out, keys->total, 4);
	put(&out, keys->count, 4);
	for (uint32_t i = 0; i < keys->count; i++) {
		const struct keyproto_key *key = &keys->key[i];

		put(&out, key->slot, 2);
		put(&out, key->algorithm, 2);
		put(&out, key->generation, 4);
		put(&out, key->bits, 4);
		put(&out, key->schemes, 4);
		put(&out, key->operations, 4);
		put_bytes(&out, key->spki, sizeof key->spki);
	}
	return finish(&out);
}

bool
keyproto_keys_parse(struct slice bytes, struct keyproto_keys *keys)
{
	struct in in = { .rest = bytes };

	keys->total = take32(&in);
	keys->count = take32(&in);
	if (in.failed || keys->count > KEYPROTO_KEYS_MAX)
		return false;
	for (uint32_t i = 0; i < keys->count; i++) {
		struct keyproto_key *key = &keys->key[i];

		key->slot = take16(&in);
		key->algorithm = take16(&in);
		key->generation = take32(&in);
		key->bits = take32(&in);
		key->schemes = take32(&in);
		key->operations = take32(&in);
		take_copy(&in, key->spki, sizeof key->spki);
	}
	return done(&in);
}

size_t
keyproto_sign13_build(
    const struct keyproto_sign13 *sign, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, sign->slot, 2);
	put(&out, sign->scheme, 2);
	put(&out, sign->generation, 4);
	put(&out, sign->hash, 2);
	put(&out, sign->transcript.len, 2);
	put_bytes(&out, sign->transcript.data, sign->transcript.len);
	return finish(&out);
}

bool
keyproto_sign13_parse(struct slice bytes, struct keyproto_sign13 *sign)
{
	struct in in = { .rest = bytes };

	sign->slot = take16(&in);
	sign->scheme = take16(&in);
	sign->generation = take32(&in);
	sign->hash = take16(&in);
	sign->transcript = take_bytes(&in, take16(&in));
	return done(&in);
}

/* What is of no fixed length is the last: its length is the payload's. */
size_t
keyproto_sign12_build(
    const struct keyproto_sign12 *sign, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	if (sign->client_random.len != KEYPROTO_RANDOM ||
	    sign->server_random.len != KEYPROTO_RANDOM)
		return 0;
	put(&out, sign->slot, 2);
	put(&out, sign->scheme, 2);
	put(&out, sign->generation, 4);
	put_bytes(&out, sign->client_random.data, KEYPROTO_RANDOM);
	put_bytes(&out, sign->server_random.data, KEYPROTO_RANDOM);
	put_bytes(&out, sign->parameters.data, sign->parameters.len);
	return finish(&out);
}

bool
keyproto_sign12_parse(struct slice bytes, struct keyproto_sign12 *sign)
{
	struct in in = { .rest = bytes };

	sign->slot = take16(&in);
	sign->scheme = take16(&in);
	sign->generation = take32(&in);
	sign->client_random = take_bytes(&in, KEYPROTO_RANDOM);
	sign->server_random = take_bytes(&in, KEYPROTO_RANDOM);
	sign->parameters = take_rest(&in);
	return done(&in);
}

size_t
keyproto_sign12cv_build(
    const struct keyproto_sign12cv *sign, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, sign->slot, 2);
	put(&out, sign->scheme, 2);
	put(&out, sign->generation, 4);
	put_bytes(&out, sign->messages.data, sign->messages.len);
	return finish(&out);
}

bool
keyproto_sign12cv_parse(struct slice bytes, struct keyproto_sign12cv *sign)
{
	struct in in = { .rest = bytes };

	sign->slot = take16(&in);
	sign->scheme = take16(&in);
	sign->generation = take32(&in);
	sign->messages = take_rest(&in);
	return done(&in);
}

size_t
keyproto_premaster_build(
    const struct keyproto_premaster *premaster, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, premaster->slot, 2);
	put(&out, premaster->version, 2);
	put(&out, premaster->generation, 4);
	put_bytes(&out, premaster->ciphertext.data, premaster->ciphertext.len);
	return finish(&out);
}

bool
keyproto_premaster_parse(
    struct slice bytes, struct keyproto_premaster *premaster)
{
	struct in in = { .rest = bytes };

	premaster->slot = take16(&in);
	premaster->version = take16(&in);
	premaster->generation = take32(&in);
	premaster->ciphertext = take_rest(&in);
	return done(&in);
}

size_t
keyproto_stats_build(
    const struct keyproto_stats *stats, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, stats->requests, 8);
	put(&out, stats->signatures, 8);
	put(&out, stats->refused, 8);
	put(&out, stats->expired, 8);
	put(&out, stats->cancelled, 8);
	put(&out, stats->micros, 8);
	return finish(&out);
}

bool
keyproto_stats_parse(struct slice bytes, struct keyproto_stats *stats)
{
	struct in in = { .rest = bytes };

	stats->requests = take(&in, 8);
	stats->signatures = take(&in, 8);
	stats->refused = take(&in, 8);
	stats->expired = take(&in, 8);
	stats->cancelled = take(&in, 8);
	stats->micros = take(&in, 8);
	return done(&in);
}

size_t
keyproto_newchannel_build(
    const struct keyproto_newchannel *channel, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, channel->tag, 4);
	put(&out, channel->group, 4);
	put(&out, channel->groups, 4);
	return finish(&out);
}

bool
keyproto_newchannel_parse(
    struct slice bytes, struct keyproto_newchannel *channel)
{
	struct in in = { .rest = bytes };

	channel->tag = take32(&in);
	channel->group = take32(&in);
	channel->groups = take32(&in);
	return done(&in) && channel->group < channel->groups;
}

/* False: it has no end. */
static bool
take_name(struct in *in, char name[KEYPROTO_CLIENT_NAME])
{
	take_copy(in, name, KEYPROTO_CLIENT_NAME);
	return name[KEYPROTO_CLIENT_NAME - 1] == '\0';
}

static void
put_rate(struct out *out, const struct keyproto_rate *rate)
{
	put(out, rate->rate, 4);
	put(out, rate->burst, 4);
}

static struct keyproto_rate
take_rate(struct in *in)
{
	struct keyproto_rate rate = { .rate = take32(in) };

	rate.burst = take32(in);
	return rate;
}

size_t
keyproto_keyfile_build(
    const struct keyproto_keyfile *file, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, file->slot, 2);
	put(&out, file->operations, 4);
	put_rate(&out, &file->rate);
	put_bytes(&out, file->name, sizeof file->name);
	return finish(&out);
}

bool
keyproto_keyfile_parse(struct slice bytes, struct keyproto_keyfile *file)
{
	struct in in = { .rest = bytes };

	file->slot = take16(&in);
	file->operations = take32(&in);
	file->rate = take_rate(&in);
	return take_name(&in, file->name) && done(&in) &&
	       file->slot < KEYPROTO_SLOTS;
}

size_t
keyproto_keypart_build(
    const struct keyproto_keypart *part, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, part->slot, 2);
	put(&out, part->part, 2);
	return finish(&out);
}

bool
keyproto_keypart_parse(struct slice bytes, struct keyproto_keypart *part)
{
	struct in in = { .rest = bytes };

	part->slot = take16(&in);
	part->part = take16(&in);
	return done(&in) && part->slot < KEYPROTO_SLOTS &&
	       (part->part == KEYPROTO_PART_PASSPHRASE ||
		   part->part == KEYPROTO_PART_CERTIFICATE);
}

size_t
keyproto_keytold_build(
    const struct keyproto_keytold *told, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, told->verdict, 2);
	put(&out, told->algorithm, 2);
	put(&out, told->bits, 4);
	put(&out, told->expires, 8);
	put_bytes(&out, told->spki, sizeof told->spki);
	return finish(&out);
}

bool
keyproto_keytold_parse(struct slice bytes, struct keyproto_keytold *told)
{
	struct in in = { .rest = bytes };

	told->verdict = take16(&in);
	told->algorithm = take16(&in);
	told->bits = take32(&in);
	told->expires = take(&in, 8);
	take_copy(&in, told->spki, sizeof told->spki);
	return done(&in) && told->verdict < KEYPROTO_VERDICT_COUNT;
}

size_t
keyproto_grant_build(
    const struct keyproto_grant *grant, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, grant->role, 4);
	put_rate(&out, &grant->rate);
	put_bytes(&out, grant->slots, sizeof grant->slots);
	put_bytes(&out, grant->client, sizeof grant->client);
	return finish(&out);
}

bool
keyproto_grant_parse(struct slice bytes, struct keyproto_grant *grant)
{
	struct in in = { .rest = bytes };

	grant->role = take32(&in);
	grant->rate = take_rate(&in);
	take_copy(&in, grant->slots, sizeof grant->slots);
	return take_name(&in, grant->client) && done(&in) &&
	       (grant->role == KEYPROTO_SERVER ||
		   grant->role == KEYPROTO_CLIENT);
}

size_t
keyproto_record_build(
    const struct keyproto_record *record, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, record->time, 8);
	put(&out, record->signer, 4);
	put(&out, record->channel, 4);
	put(&out, record->skipped, 4);
	put(&out, record->lost, 4);
	put(&out, record->operation, 2);
	put(&out, record->scheme, 2);
	put(&out, record->status, 2);
	put(&out, record->content_len, 2);
	put_bytes(&out, record->content, sizeof record->content);
	put_bytes(&out, record->key, sizeof record->key);
	put_bytes(&out, record->client, sizeof record->client);
	return finish(&out);
}

bool
keyproto_record_parse(struct slice bytes, struct keyproto_record *record)
{
	struct in in = { .rest = bytes };

	record->time = take(&in, 8);
	record->signer = take32(&in);
	record->channel = take32(&in);
	record->skipped = take32(&in);
	record->lost = take32(&in);
	record->operation = take16(&in);
	record->scheme = take16(&in);
	record->status = take16(&in);
	record->content_len = take16(&in);
	take_copy(&in, record->content, sizeof record->content);
	return take_name(&in, record->key) && take_name(&in, record->client) &&
	       done(&in) && record->content_len <= KEYPROTO_HASH_MAX;
}

size_t
keyproto_audit_build(
    const struct keyproto_audit *audit, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, audit->stop, 4);
	put_bytes(&out, audit->group, sizeof audit->group);
	return finish(&out);
}

bool
keyproto_audit_parse(struct slice bytes, struct keyproto_audit *audit)
{
	struct in in = { .rest = bytes };

	audit->stop = take32(&in);
	return take_name(&in, audit->group) && done(&in);
}

size_t
keyproto_auditlog_build(
    const struct keyproto_auditlog *log, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, log->checkpoint, 4);
	put(&out, log->stop, 4);
	return finish(&out);
}

bool
keyproto_auditlog_parse(struct slice bytes, struct keyproto_auditlog *log)
{
	struct in in = { .rest = bytes };

	log->checkpoint = take32(&in);
	log->stop = take32(&in);
	return done(&in) && log->checkpoint > 0;
}

size_t
keyproto_ticketkeys_build(
    const struct keyproto_ticketkeys *keys, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, keys->current, 8);
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		const struct keyproto_ticket *key = &keys->key[i];

		put(&out, key->epoch, 8);
		put(&out, key->begins, 8);
		put(&out, key->ends, 8);
		put(&out, key->dies, 8);
		put_bytes(&out, key->name, sizeof key->name);
		put_bytes(&out, key->secret, sizeof key->secret);
	}
	return finish(&out);
}

bool
keyproto_ticketkeys_parse(struct slice bytes, struct keyproto_ticketkeys *keys)
{
	struct in in = { .rest = bytes };
	bool sound = true;

	keys->current = take(&in, 8);
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		struct keyproto_ticket *key = &keys->key[i];

		key->epoch = take(&in, 8);
		key->begins = take(&in, 8);
		key->ends = take(&in, 8);
		key->dies = take(&in, 8);
		take_copy(&in, key->name, sizeof key->name);
		take_copy(&in, key->secret, sizeof key->secret);
		sound =
		    sound && key->begins < key->ends && key->ends <= key->dies;
	}
	return done(&in) && sound;
}

size_t
keyproto_ticketroot_build(
    const struct keyproto_ticketroot *root, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, root->rotate, 4);
	put(&out, root->lifetime, 4);
	return finish(&out);
}

bool
keyproto_ticketroot_parse(struct slice bytes, struct keyproto_ticketroot *root)
{
	struct in in = { .rest = bytes };

	root->rotate = take32(&in);
	root->lifetime = take32(&in);
	return done(&in) && root->rotate > 0 && root->lifetime >= root->rotate;
}

size_t
keyproto_processes_build(
    const struct keyproto_processes *all, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	if (all->count > KEYPROTO_STATUS_MAX)
		return 0;
	put(&out, all->count, 4);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct keyproto_process *process = &all->process[i];

		put_bytes(&out, process->name, sizeof process->name);
		put(&out, process->pid, 4);
		put(&out, process->uid, 4);
		put(&out, process->seccomp, 4);
		put(&out, process->namespaces, 4);
		put(&out, process->keys, 4);
		put_bytes(&out, process->levels, sizeof process->levels);
	}
	return finish(&out);
}

bool
keyproto_processes_parse(struct slice bytes, struct keyproto_processes *all)
{
	struct in in = { .rest = bytes };

	all->count = take32(&in);
	if (in.failed || all->count > KEYPROTO_STATUS_MAX)
		return false;
	for (uint32_t i = 0; i < all->count; i++) {
		struct keyproto_process *process = &all->process[i];

		take_copy(&in, process->name, sizeof process->name);
		process->name[sizeof process->name - 1] = '\0';
		process->pid = take32(&in);
		process->uid = take32(&in);
		process->seccomp = take32(&in);
		process->namespaces = take32(&in);
		process->keys = take32(&in);
		take_copy(&in, process->levels, sizeof process->levels);
	}
	return done(&in);
}

static void
put_times(struct out *out, const struct keyproto_times *times)
{
	for (size_t i = 0; i <= KEYPROTO_BOUNDS; i++)
		put(out, times->counts[i], 8);
	put(out, times->sum_us, 8);
}

static void
take_times(struct in *in, struct keyproto_times *times)
{
	for (size_t i = 0; i <= KEYPROTO_BOUNDS; i++)
		times->counts[i] = take(in, 8);
	times->sum_us = take(in, 8);
}

size_t
keyproto_counts_build(
    const struct keyproto_counts *all, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	if (all->count > KEYPROTO_COUNTS_MAX)
		return 0;
	put(&out, all->lost, 8);
	put(&out, all->channels, 4);
	put(&out, all->waiting, 4);
	put_times(&out, &all->queue);
	put_times(&out, &all->service);
	put(&out, all->total, 4);
	put(&out, all->count, 4);
	for (uint32_t i = 0; i < all->count; i++) {
		put(&out, all->row[i].slot, 2);
		put(&out, all->row[i].type, 2);
		put(&out, all->row[i].scheme, 2);
		put(&out, all->row[i].status, 2);
		put(&out, all->row[i].count, 8);
	}
	return finish(&out);
}

bool
keyproto_counts_parse(struct slice bytes, struct keyproto_counts *all)
{
	struct in in = { .rest = bytes };

	all->lost = take(&in, 8);
	all->channels = take32(&in);
	all->waiting = take32(&in);
	take_times(&in, &all->queue);
	take_times(&in, &all->service);
	all->total = take32(&in);
	all->count = take32(&in);
	if (in.failed || all->count > KEYPROTO_COUNTS_MAX)
		return false;
	for (uint32_t i = 0; i < all->count; i++) {
		all->row[i].slot = take16(&in);
		all->row[i].type = take16(&in);
		all->row[i].scheme = take16(&in);
		all->row[i].status = take16(&in);
		all->row[i].count = take(&in, 8);
	}
	return done(&in);
}

size_t
keyproto_number_build(uint32_t number, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, number, 4);
	return finish(&out);
}

bool
keyproto_number_parse(struct slice bytes, uint32_t *number)
{
	struct in in = { .rest = bytes };

	*number = take32(&in);
	return done(&in);
}

static size_t
long_build(uint64_t number, uint8_t *to, size_t room)
{
	struct out out = { .data = to, .room = room };

	put(&out, number, 8);
	return finish(&out);
}

static bool
long_parse(struct slice bytes, uint64_t *number)
{
	struct in in = { .rest = bytes };

	*number = take(&in, 8);
	return done(&in);
}

size_t
keyproto_cancel_build(uint64_t id, uint8_t *to, size_t room)
{
	return long_build(id, to, room);
}

bool
keyproto_cancel_parse(struct slice bytes, uint64_t *id)
{
	return long_parse(bytes, id);
}

size_t
keyproto_epoch_build(uint64_t epoch, uint8_t *to, size_t room)
{
	return long_build(epoch, to, room);
}

bool
keyproto_epoch_parse(struct slice bytes, uint64_t *epoch)
{
	return long_parse(bytes, epoch);
}

uint32_t
keyproto_operation(uint16_t type)
{
	return type < 32 ? 1u << type : 0;
}

enum keyproto_speed
keyproto_speed(uint16_t algorithm, uint32_t bits)
{
	switch (algorithm) {
	case KEYPROTO_ED25519:
		return KEYPROTO_FAST;
	case KEYPROTO_EC:
		return bits <= 256 ? KEYPROTO_FAST : KEYPROTO_MEDIUM;
	}
	return bits <= 3072 ? KEYPROTO_MEDIUM : KEYPROTO_SLOW;
}

uint16_t
keyproto_sign_operation(uint16_t scheme)
{
	/* rsa_pkcs1_sha1, ecdsa_sha1 (RFC 8446 4.2.3), and the MD5 and SHA-1
	 * hashes of TLS 1.1 and older, whose number is of private use. */
	static const uint16_t sha1[] = { 0x0201, 0x0203, 0xffff };

	for (size_t i = 0; i < COUNT(sha1); i++)
		if (sha1[i] == scheme)
			return KEYPROTO_SIGN10;
	return KEYPROTO_SIGN12;
}

uint32_t
keyproto_scheme_bit(uint16_t scheme)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i] == scheme)
			return 1u << i;
	return 0;
}

uint32_t
keyproto_bound_us(size_t number)
{
	static const uint32_t bounds[KEYPROTO_BOUNDS] = { 50, 100, 200, 500,
		1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000,
		1000000 };

	return bounds[number];
}

bool
keyproto_status_closes(enum keyproto_status status)
{
	return status == KEYPROTO_BADMSG || status == KEYPROTO_VERSION ||
	       status == KEYPROTO_CREDIT;
}

const char *
keyproto_status_name(uint32_t status)
{
	static const char *const names[KEYPROTO_STATUS_COUNT] = { "ok",
		"badmsg", "version", "nokey", "denied", "rate", "credit",
		"deadline", "crypto", "stale", "unsupported", "shutdown",
		"backend", "cancelled", "internal" };

	return status < KEYPROTO_STATUS_COUNT ? names[status] : "unknown";
}
