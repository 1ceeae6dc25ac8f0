/*
 * Attacks running keyds with random, mutated and foreign requests, and judges
 * every answer:
 *
 *	keyoracle COUNT SEED SERVER-SOCKET CLIENT-SOCKET DIGEST-SOCKET
 *	    PUBLIC.pem...
 *
 * Each keyd has signers with these keys for us, one for channels of a server's
 * role, one of a client's, one for digests alone. First each format of others
 *is put in each place of a request, then COUNT requests are made by chance.
 *Exits 0 only when every answer was right and each key gave some for each of
 *its operations, and no process was replaced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/x509.h>

#include "tests/oracle/ask.h"
#include "tests/tools/keyline.h"

#define LINES_MAX 8 /* signers of a keyd */
#define KEYS_MAX 16
#define TYPES 16
#define TAG 7

struct line {
	struct keyline line;
	struct oracle_key keys[KEYS_MAX];
	unsigned corpora[KEYS_MAX]; /* of each key, in foreign */
	size_t count;
	unsigned long good[KEYS_MAX][TYPES];
};
struct world {
	enum keyproto_role role;
	struct keymaster *master;
	struct line lines[LINES_MAX];
	uint32_t count;
};

static struct world worlds[3];
static EVP_PKEY *public_keys[KEYS_MAX];
static size_t public_count;
static struct foreign foreign[KEYS_MAX][FOREIGN_MAX];
static size_t foreign_count[KEYS_MAX];
static unsigned long asked, closed, secrets, digests, others,
    statuses[KEYPROTO_STATUS_COUNT];
static unsigned long long seed;

/* ---- channels ---- */

/* All of a keyd's signers', or that of one again. */
static void
open_lines(struct world *world, const struct line *only)
{
	struct keymaster_news *news;
	uint32_t seen = 0;

	if (!keymaster_newchannel(world->master, TAG))
		keyline_die("cannot ask for channels");
	do {
		news = keyline_channel(world->master);
		world->count = news->newchannel.groups;
		if (world->count > LINES_MAX)
			keyline_die("%u signers", world->count);
		struct line *line = &world->lines[news->newchannel.group];
		if (only == NULL || only == line)
			keyline_take(&line->line, news->fd);
		else
			close(news->fd);
	} while (++seen < world->count);
}

static size_t
find_public(const uint8_t spki[KEYPROTO_SPKI])
{
	uint8_t hash[32], *der;
	int len;

	for (size_t i = 0; i < public_count; i++) {
		der = NULL;
		len = i2d_PUBKEY(public_keys[i], &der);
		if (len <= 0 || EVP_Q_digest(NULL, "SHA256", NULL, der,
				    (size_t)len, hash, NULL) != 1)
			keyline_die("no hash of a key");
		OPENSSL_free(der);
		if (memcmp(hash, spki, sizeof hash) == 0)
			return i;
	}
	keyline_die("a key that we were not told of");
}

static void
learn_keys(struct line *line)
{
	static struct keyproto_keys keys;
	static const uint8_t from[4] = { 0 };
	struct keyproto_header header;
	struct slice payload;

	if (!keyline_request(&line->line, KEYPROTO_KEYS, slice_of(from, 4)) ||
	    !keyline_answer(&line->line, &header, &payload) ||
	    !keyproto_keys_parse(payload, &keys) || keys.total > KEYS_MAX)
		keyline_die("KEYS has no answer");
	for (line->count = 0; line->count < keys.count; line->count++) {
		size_t which = find_public(keys.key[line->count].spki);

		line->keys[line->count] =
		    (struct oracle_key){ keys.key[line->count],
			    public_keys[which] };
		line->corpora[line->count] = (unsigned)which;
	}
}

static void
open_world(
    struct world *world, enum keyproto_role role, const char *socket_path)
{
	world->role = role;
	world->master = keyline_master(socket_path);
	open_lines(world, NULL);
	for (uint32_t i = 0; i < world->count; i++)
		learn_keys(&world->lines[i]);
}

static void
read_public(const char *path)
{
	EVP_PKEY *key = keyline_public(path);

	if (public_count == KEYS_MAX)
		keyline_die("%s: too many keys", path);
	foreign_count[public_count] = foreign_make(key, foreign[public_count]);
	public_keys[public_count++] = key;
}

/* ---- answers ---- */

__attribute__((noreturn)) static void
wrong(
    const struct ask *ask, const uint8_t *packet, size_t len, const char *what)
{
	fprintf(stderr, "keyoracle: seed %llu, request %lu of type %u: %s\n",
	    seed, asked, ask->type, what);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%02x", packet[i]);
	fputc('\n', stderr);
	exit(1);
}

static const char *
judge_secret(const struct ask *ask, struct slice answer)
{
	bool same = memcmp(answer.data, ask->secret, answer.len) == 0;

	secrets++;
	if (answer.len != KEYPROTO_PREMASTER_SIZE ||
	    memcmp(answer.data, ask->payload + 3, 1) != 0 ||
	    memcmp(answer.data + 1, ask->payload + 2, 1) != 0)
		return "a secret that does not begin with the version";
	if (ask->secret_known && same != ask->secret_good)
		return "a secret that is not the one, or should not be";
	return NULL;
}

/* What is neither signed nor a secret. */
static bool
may_answer(uint16_t type)
{
	return type == KEYPROTO_HELLO || type == KEYPROTO_KEYS ||
	       type == KEYPROTO_CANCEL || type == KEYPROTO_PING ||
	       type == KEYPROTO_STATS;
}

/* NULL: it is right. */
static const char *
judge(const struct world *world, struct line *line, const struct ask *ask,
    const uint8_t *packet, size_t len, const struct keyproto_header *header,
    struct slice answer)
{
	uint16_t type = (uint16_t)(packet[6] | packet[7] << 8);
	struct slice payload =
	    slice_of(packet + KEYPROTO_HEADER, len - KEYPROTO_HEADER);
	const char *bad;

	if (ask->lawful && header->status != KEYPROTO_OK)
		return keyproto_status_name(header->status);
	if (header->status != KEYPROTO_OK)
		return answer.len == 0 ? NULL : "a refusal with an answer";
	if (ask->never)
		return "it was not refused";
	if (type == KEYPROTO_PREMASTER)
		bad = world->role == KEYPROTO_SERVER ? judge_secret(ask, answer)
						     : "a secret for a client";
	else if (type == KEYPROTO_SIGN13 || type == KEYPROTO_SIGN12 ||
		 type == KEYPROTO_SIGN12CV || type == KEYPROTO_SIGNDIGEST)
		bad = judge_signature(world->role, line->keys, line->count,
		    type, payload, answer, ask->also);
	else {
		others++;
		return may_answer(type)
			   ? NULL
			   : "an answer to what nobody may ask here";
	}
	digests += type == KEYPROTO_SIGNDIGEST;
	if (bad == NULL)
		for (size_t i = 0; i < line->count; i++)
			if (line->keys[i].told.slot ==
			    (payload.data[0] | payload.data[1] << 8))
				line->good[i][type]++;
	return bad;
}

static void
exchange(struct world *world, struct line *line, const struct ask *ask,
    const uint8_t *packet, size_t len, int fd)
{
	struct keyproto_header header;
	struct slice answer;
	const char *bad;

	asked++;
	if (!keyline_send(&line->line, slice_of(packet, len), fd) ||
	    !keyline_answer(&line->line, &header, &answer)) {
		if (ask->lawful)
			wrong(ask, packet, len, "the channel was closed");
		closed++;
		keyline_close(&line->line);
		open_lines(world, line);
		return;
	}
	statuses[header.status]++;
	bad = judge(world, line, ask, packet, len, &header, answer);
	if (bad != NULL)
		wrong(ask, packet, len, bad);
	if (keyproto_status_closes(header.status)) {
		closed++;
		keyline_close(&line->line);
		open_lines(world, line);
	}
}

/* ---- requests ---- */

static void
ask_one(struct world *world, struct line *line, struct ask *ask)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	uint64_t step = ask_random(1000) == 0 ? 1ull << 32 : 1;
	uint32_t micros = ask->lawful || ask_random(100) > 0 ? 0 : 1;
	size_t len;

	line->line.id += step;
	len = ask_pack(ask, line->line.id, micros, packet);
	/* What has no header as it should is rare: it costs a channel. */
	if (!ask->lawful && ask_random(60) == 0) {
		packet[ask_random(KEYPROTO_HEADER)] ^=
		    (uint8_t)(1u << ask_random(8));
		memcpy(&line->line.id, packet + 16, sizeof line->line.id);
	}
	if (!ask->lawful && ask_random(200) == 0)
		len -= ask_random((uint32_t)len);
	exchange(world, line, ask, packet, len,
	    !ask->lawful && ask_random(500) == 0 ? STDERR_FILENO : -1);
}

/* Signatures of other keys take longer. */
static size_t
choose_key(struct world *world, struct line **line)
{
	size_t key;

	do {
		*line = &world->lines[ask_random(world->count)];
		key = ask_random((uint32_t)(*line)->count);
	} while ((*line)->keys[key].told.bits != 256 && ask_random(8) > 0);
	return key;
}

static void
by_chance(void)
{
	static struct ask ask;
	struct world *world = &worlds[ask_random(COUNT(worlds))];
	struct line *line;
	size_t key = choose_key(world, &line);
	uint32_t kind = ask_random(100);
	unsigned corpus = line->corpora[key];

	if (kind < 10) {
		ask_anything(&ask);
	} else if (kind < 25) {
		if (!ask_foreign(&ask, &line->keys[key],
			&foreign[corpus]
				[ask_random((uint32_t)foreign_count[corpus])],
			ask_random(ASK_POSITIONS)))
			return;
		if (kind < 15)
			ask_mutate(&ask);
	} else if (kind < 30) {
		ask_digest(&ask, world->role, &line->keys[key]);
	} else {
		ask_lawfully(&ask, world->role, &line->keys[key]);
		if (kind < 75)
			ask_mutate(&ask);
	}
	ask_one(world, line, &ask);
}

static void
each_foreign(struct world *world, struct line *line, size_t key)
{
	static struct ask ask;
	unsigned corpus = line->corpora[key];

	for (size_t i = 0; i < foreign_count[corpus]; i++)
		for (unsigned at = 0; at < ASK_POSITIONS; at++)
			if (ask_foreign(&ask, &line->keys[key],
				&foreign[corpus][i], at))
				ask_one(world, line, &ask);
}

/* ---- all of it ---- */

/* Ed25519 hashes itself: no digest is signed with it. */
static bool
may_use(const struct oracle_key *key, uint16_t operation)
{
	return (key->told.operations & 1u << operation) != 0 &&
	       (operation != KEYPROTO_SIGNDIGEST ||
		   key->told.algorithm != KEYPROTO_ED25519);
}

static void
check_used(const struct world *world)
{
	static const struct {
		enum keyproto_role role;
		uint16_t type, operation;
	} uses[] = {
		{ KEYPROTO_SERVER, KEYPROTO_SIGN13, KEYPROTO_SIGN13 },
		{ KEYPROTO_SERVER, KEYPROTO_SIGN12, KEYPROTO_SIGN12 },
		{ KEYPROTO_SERVER, KEYPROTO_PREMASTER, KEYPROTO_PREMASTER },
		{ KEYPROTO_CLIENT, KEYPROTO_SIGN13, KEYPROTO_SIGN13 },
		{ KEYPROTO_CLIENT, KEYPROTO_SIGN12CV, KEYPROTO_SIGN12 },
		{ KEYPROTO_DIGEST, KEYPROTO_SIGNDIGEST, KEYPROTO_SIGNDIGEST },
	};

	for (uint32_t i = 0; i < world->count; i++)
		for (size_t k = 0; k < world->lines[i].count; k++)
			for (size_t u = 0; u < COUNT(uses); u++)
				if (uses[u].role == world->role &&
				    may_use(&world->lines[i].keys[k],
					uses[u].operation) &&
				    world->lines[i].good[k][uses[u].type] == 0)
					keyline_die("nothing of type %u with "
						    "key %zu of signer %u",
					    uses[u].type, k, i);
}

static void
tell(unsigned long in_places)
{
	unsigned long answered = statuses[KEYPROTO_OK];

	printf(
	    "oracle: %lu requests, %lu of them %zu formats of others in each "
	    "place; %lu answered: %llu signatures, all verified over TLS "
	    "content, or the digest on a channel of those, and %llu times over "
	    "nothing else, %lu digests, %lu premaster secrets, %lu others; "
	    "refused:",
	    asked, in_places, foreign_count[0], answered,
	    (unsigned long long)judge_verified,
	    (unsigned long long)judge_not_verified, digests, secrets, others);
	for (uint32_t i = 1; i < KEYPROTO_STATUS_COUNT; i++)
		if (statuses[i] > 0)
			printf(
			    " %s %lu,", keyproto_status_name(i), statuses[i]);
	printf(" channel closed %lu\n", closed);
}

int
main(int argc, char **argv)
{
	unsigned long count, in_places;

	if (argc < 7)
		keyline_die("COUNT SEED SERVER-SOCKET CLIENT-SOCKET "
			    "DIGEST-SOCKET PUBLIC.pem...");
	count = strtoul(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	ask_seed(seed);
	for (int i = 6; i < argc; i++)
		read_public(argv[i]);
	open_world(&worlds[0], KEYPROTO_SERVER, argv[3]);
	open_world(&worlds[1], KEYPROTO_CLIENT, argv[4]);
	open_world(&worlds[2], KEYPROTO_DIGEST, argv[5]);
	for (size_t w = 0; w < COUNT(worlds); w++)
		for (uint32_t i = 0; i < worlds[w].count; i++)
			for (size_t k = 0; k < worlds[w].lines[i].count; k++)
				each_foreign(
				    &worlds[w], &worlds[w].lines[i], k);
	in_places = asked;
	while (asked < count)
		by_chance();
	for (size_t w = 0; w < COUNT(worlds); w++)
		check_used(&worlds[w]);
	tell(in_places);
	return 0;
}
