/*
 * Whether the time of a PREMASTER tells good ciphertexts from bad ones:
 *
 *	keytiming COUNT SOCKET PUBLIC.pem
 *
 * asks a running keyd for COUNT secrets of each kind, in an order by chance,
 *and compares the times of each bad kind with those of the good ones by Welch's
 *t. What anyone can see, a ciphertext of another length, is asked for as well:
 *of it the time must tell, or the machine is too busy for this to show
 *anything. Exits 0 when only that does, 1 when another does, 77 when nothing
 *was shown.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/rsa.h>

#include "tests/tools/keyline.h"

#define TAG 3
/* Ciphertexts of a kind that are used in turn: one alone might be special. */
#define POOL 64
/* The usual bound: by chance it is exceeded once in 100,000 times. */
#define BOUND 4.5
/* Times beyond this quantile are the machine's, not keyd's. */
#define KEPT 0.9

enum kind { GOOD, TYPE, ZERO_WITHIN, NO_ZERO, VERSION, SHORT, KINDS };
static const char *const names[KINDS] = { "good", "another block type",
	"a zero in the padding", "no zero after the padding", "another version",
	"another length" };

static EVP_PKEY *key;
static struct slice pool[KINDS][POOL];
static double *times[KINDS];
static size_t counts[KINDS];

static void
fill_block(uint8_t *block, size_t len, enum kind kind)
{
	for (size_t i = 0; i < len; i++)
		block[i] = (uint8_t)(1 + keyline_random(255));
	block[0] = 0;
	block[1] = kind == TYPE ? 1 : 2;
	block[len - 49] = kind == NO_ZERO ? 7 : 0;
	block[len - 48] = 3;
	block[len - 47] = kind == VERSION ? 2 : 3;
	if (kind == ZERO_WITHIN)
		block[2 + keyline_random((uint32_t)len - 51)] = 0;
}

static struct slice
encrypt(enum kind kind)
{
	uint8_t block[KEYPROTO_CIPHERTEXT_MAX];
	size_t len = (size_t)EVP_PKEY_get_size(key);
	uint8_t *out = malloc(len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	fill_block(block, len, kind);
	if (out == NULL || EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, out, &len, block, len) != 1)
		keyline_die("cannot encrypt");
	EVP_PKEY_CTX_free(ctx);
	return slice_of(out, kind == SHORT ? len - 1 : len);
}

/* In microseconds, from a request to its answer. */
static double
time_one(struct keyline *line, struct slice ciphertext)
{
	const struct keyproto_sign asked = { .slot = line->key.slot,
		.version = 0x0303,
		.generation = line->key.generation,
		.ciphertext = ciphertext };
	uint8_t payload[8 + KEYPROTO_CIPHERTEXT_MAX];
	size_t len = keyproto_premaster_build(&asked, payload, sizeof payload);
	struct keyproto_header header;
	struct timespec before, after;
	struct slice answer;

	clock_gettime(CLOCK_MONOTONIC, &before);
	if (!keyline_request(
		line, KEYPROTO_PREMASTER, slice_of(payload, len)) ||
	    !keyline_answer(line, &header, &answer))
		keyline_die("the channel was closed");
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (header.status != KEYPROTO_OK ||
	    answer.len != KEYPROTO_PREMASTER_SIZE)
		keyline_die("%s, %zu bytes",
		    keyproto_status_name(header.status), answer.len);
	return (double)(after.tv_sec - before.tv_sec) * 1e6 +
	       (double)(after.tv_nsec - before.tv_nsec) / 1e3;
}

/* ---- Welch's t ---- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of all kinds together, so that each is cut at the same time. */
static double
quantile(double part)
{
	size_t total = 0, at = 0;
	double *all, result;

	for (size_t k = 0; k < SHORT; k++)
		total += counts[k];
	if ((all = calloc(total, sizeof *all)) == NULL)
		keyline_die("no memory");
	for (size_t k = 0; k < SHORT; k++) {
		memcpy(all + at, times[k], counts[k] * sizeof *all);
		at += counts[k];
	}
	qsort(all, total, sizeof *all, compare);
	result = all[(size_t)((double)(total - 1) * part)];
	free(all);
	return result;
}

struct moments {
	double count, mean, variance;
};

static struct moments
moments_of(enum kind kind, double most)
{
	struct moments m = { 0 };
	double sum = 0, squares = 0;

	for (size_t i = 0; i < counts[kind]; i++) {
		if (times[kind][i] > most)
			continue;
		m.count++;
		sum += times[kind][i];
	}
	m.mean = sum / m.count;
	for (size_t i = 0; i < counts[kind]; i++)
		if (times[kind][i] <= most)
			squares += (times[kind][i] - m.mean) *
				   (times[kind][i] - m.mean);
	m.variance = squares / (m.count - 1);
	return m;
}

static double
welch(enum kind kind, double most)
{
	struct moments good = moments_of(GOOD, most),
		       bad = moments_of(kind, most);

	return (bad.mean - good.mean) /
	       sqrt(good.variance / good.count + bad.variance / bad.count);
}

/* ---- all of it ---- */

static void
ask_all(struct keyline *line, size_t count)
{
	size_t left = count * KINDS;

	for (size_t k = 0; k < KINDS; k++) {
		for (size_t i = 0; i < POOL; i++)
			pool[k][i] = encrypt((enum kind)k);
		if ((times[k] = calloc(count, sizeof(double))) == NULL)
			keyline_die("no memory");
	}
	for (size_t i = 0; i < POOL; i++)
		time_one(line, pool[GOOD][i]); /* caches */
	while (left > 0) {
		size_t k = keyline_random(KINDS);

		if (counts[k] == count)
			continue;
		times[k][counts[k]++] =
		    time_one(line, pool[k][keyline_random(POOL)]);
		left--;
	}
}

int
main(int argc, char **argv)
{
	struct keymaster *master;
	struct keyline line;
	double most, t;
	int found = 0;

	if (argc != 4 || atol(argv[1]) < 100)
		keyline_die("COUNT SOCKET PUBLIC.pem; of 100 and more");
	key = keyline_public(argv[3]);
	master = keyline_master(argv[2]);
	keyline_find(master, TAG, key, &line);
	ask_all(&line, (size_t)atol(argv[1]));
	most = quantile(KEPT);
	printf("good: %.1f us in the mean of %s, without the slowest tenth\n",
	    moments_of(GOOD, most).mean, argv[1]);
	for (size_t k = TYPE; k < KINDS; k++) {
		t = welch((enum kind)k, most);
		printf("%s: %+.2f us, t = %+.2f\n", names[k],
		    moments_of((enum kind)k, most).mean -
			moments_of(GOOD, most).mean,
		    t);
		if (k == SHORT && fabs(t) <= BOUND) {
			puts("the machine is too busy for this to show "
			     "anything");
			return 77;
		}
		if (k != SHORT && fabs(t) > BOUND)
			found = 1;
	}
	return found;
}
