/*
 * Runs what handles secrets with the secrets marked as undefined, so that
 * valgrind reports each branch and each address that depends on one:
 *
 *	valgrind --error-exitcode=9 constant_time PART...
 *
 * A PART is a row of the table at the end. Those that leak are there to show
 * that valgrind would tell. libtls declares a value public in secret_disclose()
 * alone, whose place is taken here. What libcrypto does by itself with a
 * private RSA key, with RC4 or with 3DES is not shown: the last two look up
 * tables by secrets.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <valgrind/memcheck.h>

#include "keyd/decrypter.h"
#include "libtls/crypto/hkdf.h"
#include "libtls/crypto/library.h"
#include "libtls/crypto/premaster.h"
#include "libtls/crypto/prf.h"
#include "libtls/crypto/secret.h"
#include "libtls/record/cbc.h"
#include "libtls/record/protect12.h"
#include "libtls/registry/version.h"
#include "tests/unit/reference12.h"

#define TYPE CONTENT_APPLICATION_DATA

/* What the parts found wrong with the results; that counts as well. */
static unsigned wrong;

static void
secret(void *bytes, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, len);
}

/* For looking at a result when the work is done. */
static void
published(void *bytes, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(bytes, len);
}

uint32_t
secret_disclose(uint32_t value)
{
	published(&value, sizeof value);
	return value;
}

static void
need(int r)
{
	if (r == 0)
		return;
	fprintf(stderr, "constant_time: error %d\n", r);
	exit(EXIT_FAILURE);
}

static void
expect(bool fine, const char *what, size_t a, size_t b)
{
	if (fine)
		return;
	printf("wrong result: %s (%zu, %zu)\n", what, a, b);
	wrong++;
}

/* ---- padding and MAC of a CBC record ---- */

static const struct {
	const struct digest *digest;
	const struct recipe_mac *mac;
} hashes[] = {
	{ &digest_md5, &recipe_md5 },
	{ &digest_sha1, &recipe_sha1 },
	{ &digest_sha256, &recipe_sha256 },
	{ &digest_sha384, &recipe_sha384 },
};

enum fault {
	SOUND,
	MAC_FIRST,
	MAC_LAST,
	PADDING_FIRST,
	PADDING_LENGTH,
	FAULTS
};

/* Changes a text whose last bytes are a MAC and padding. */
static void
spoil(enum fault fault, uint8_t *text, size_t len, size_t mac, size_t padding)
{
	switch (fault) {
	case MAC_FIRST:
		text[len - padding - mac] ^= 0x80;
		break;
	case MAC_LAST:
		text[len - padding - 1] ^= 1;
		break;
	case PADDING_FIRST: /* with one byte of padding it is the length's */
		text[len - padding] ^= 1;
		break;
	case PADDING_LENGTH:
		text[len - 1] ^= 0xff;
		break;
	case SOUND:
	case FAULTS:
		break;
	}
}

static uint8_t text[REFERENCE_RECORD_MAX], bytes[REFERENCE_RECORD_MAX];

static void
check_one(
    size_t hash, unsigned version, size_t len, size_t padding, enum fault fault)
{
	uint8_t key[DIGEST_MAX] = { 1, 2, 3 };
	struct cbc_record record = { .data = text,
		.len = len + hashes[hash].mac->size + padding,
		.block = 16,
		.digest = hashes[hash].digest,
		.key = key,
		.header = { [8] = TYPE,
		    [MAC_HEADER_VERSION] = (uint8_t)(version >> 8),
		    [MAC_HEADER_VERSION + 1] = (uint8_t)version } };
	bool sslv3 = version == WIRE_SSLV3;
	uint32_t good = 0;
	size_t plain = 0;

	memset(text, 'p', len);
	reference12_mac(hashes[hash].mac, version, key, 0, TYPE,
	    slice_of(text, len), text + len);
	memset(text + record.len - padding, (int)padding - 1, padding);
	spoil(fault, text, record.len, hashes[hash].mac->size, padding);
	secret(text, record.len);
	secret(key, sizeof key);
	need(sslv3 ? cbc_check_sslv3(&record, &plain, &good)
		   : cbc_check(&record, &plain, &good));
	published(&good, sizeof good);
	published(&plain, sizeof plain);
	published(text, sizeof text);
	/* In SSLv3 only the last byte of the padding counts. */
	if (sslv3 && fault == PADDING_FIRST && padding > 1)
		fault = SOUND;
	expect((good != 0) == (fault == SOUND), "good", len, padding);
	expect(good == 0 || plain == len, "length", plain, len);
}

/* Around the ends of the hash functions' blocks. */
static const size_t lengths[] = { 0, 1, 43, 55, 56, 64, 112, 300 };

static void
cbc(void)
{
	for (size_t hash = 0; hash < COUNT(hashes); hash++)
		for (size_t i = 0; i < COUNT(lengths); i++)
			for (size_t padding = 1; padding <= 256;
			     padding += padding < 40 ? 1 : 9)
				check_one(hash, WIRE_TLS12, lengths[i], padding,
				    (enum fault)((i + padding) % FAULTS));
}

static void
sslv3(void)
{
	for (size_t hash = 0; hash < 2; hash++)
		for (size_t i = 0; i < COUNT(lengths); i++)
			for (size_t padding = 1; padding <= 16; padding++)
				check_one(hash, WIRE_SSLV3, lengths[i], padding,
				    (enum fault)((i + padding) % FAULTS));
}

/* ---- whole records ---- */

/* What came is marked, and so all that decryption makes of it. */
static void
open_one(struct protection *in, struct reference12 *ref, size_t len,
    size_t padding, enum fault fault)
{
	static const uint8_t iv[REFERENCE_BLOCK_MAX] = { 9, 8, 7 };
	static uint8_t plain[1024];
	size_t text_len =
	    reference12_text(ref, TYPE, slice_of(plain, len), padding, text);
	enum content_type type = 0;
	struct slice opened = NO_BYTES;
	size_t record_len;
	int r;

	spoil(fault, text, text_len, ref->recipe->mac->size, padding);
	record_len =
	    reference12_encrypt(ref, TYPE, slice_of(text, text_len), iv, bytes);
	secret(bytes + RECORD_HEADER, record_len - RECORD_HEADER);
	r = in->kind->open(in, bytes, bytes + RECORD_HEADER,
	    record_len - RECORD_HEADER, &type, &opened);
	published(bytes, record_len);
	if (ref->version == WIRE_SSLV3 && fault == PADDING_FIRST && padding > 1)
		fault = SOUND;
	expect((r == 0) == (fault == SOUND), "opened", len, padding);
	expect(r == 0 || r == ERR_DECRYPT, "error", (size_t)r, padding);
	expect(r != 0 || slice_equal(opened, slice_of(plain, len)), "plain",
	    len, padding);
}

static void
open_all(const struct recipe *recipe)
{
	const struct suite *suite = suite_find(recipe->suite);
	size_t block = recipe->cipher->block, most, padding;
	struct protection in = { 0 };
	struct reference12 ref;
	uint8_t key_block[256] = { 5 };

	most = recipe->version == S2N_SSLv3 ? block : 256;
	for (size_t len = 40; len < 60; len++)
		for (size_t n = 0; n < 16; n += 3) {
			padding = block - (len + recipe->mac->size) % block +
				  n * block;
			if (padding > most)
				break;
			reference12_client(&ref, recipe, key_block);
			need(protection_set12(&in, suite, recipe->version,
			    AEAD_OPENS, S2N_CLIENT, key_block));
			secret(in.secret, recipe->mac->size);
			open_one(&in, &ref, len, padding,
			    (enum fault)((len + n) % FAULTS));
			published(in.secret, sizeof in.secret);
		}
	protection_wipe(&in);
}

static void
records(void)
{
	for (size_t i = RECIPES12_CBC; i < RECIPES12_RC4; i++)
		if (recipes12[i].cipher->block == 16)
			open_all(&recipes12[i]);
}

/* ---- the premaster secret ---- */

static void
accept_one(uint8_t major, uint8_t minor, size_t len)
{
	uint8_t decrypted[PREMASTER_SIZE + 1], premaster[PREMASTER_SIZE];
	bool same;

	memset(decrypted, 0x77, sizeof decrypted);
	decrypted[0] = major;
	decrypted[1] = minor;
	secret(decrypted, sizeof decrypted);
	need(premaster_accept(0x0303, slice_of(decrypted, len), premaster));
	published(decrypted, sizeof decrypted);
	published(premaster, sizeof premaster);
	same = memcmp(decrypted, premaster, sizeof premaster) == 0;
	expect(same == (major == 3 && minor == 3 && len == PREMASTER_SIZE),
	    "premaster", major, minor);
}

static void
premaster(void)
{
	for (unsigned i = 0; i < 256; i++) {
		accept_one((uint8_t)i, 3, PREMASTER_SIZE);
		accept_one(3, (uint8_t)i, PREMASTER_SIZE);
	}
	/* What has another length is public: an application's error. */
	accept_one(3, 3, PREMASTER_SIZE - 1);
	accept_one(3, 3, PREMASTER_SIZE + 1);
	accept_one(3, 3, 0);
}

/* A block as RSA gave it to keyd's signer, with one byte of it changed. */
static void
choose_one(size_t size, size_t at, uint8_t value)
{
	static const uint8_t rejected[PREMASTER_SIZE] = { 0 };
	uint8_t block[512], chosen[PREMASTER_SIZE];
	bool good;

	memset(block, 0x77, sizeof block);
	block[0] = 0;
	block[1] = 2;
	block[size - PREMASTER_SIZE - 1] = 0;
	block[size - PREMASTER_SIZE] = block[size - PREMASTER_SIZE + 1] = 3;
	good = block[at] == value ||
	       (value != 0 && at > 1 && at < size - PREMASTER_SIZE - 1);
	block[at] = value;
	secret(block, sizeof block);
	decrypter_choose(block, size, 0x0303, rejected, chosen);
	published(chosen, sizeof chosen);
	expect((chosen[2] == 0x77) == good && chosen[0] == 3 && chosen[1] == 3,
	    "block", at, value);
}

static void
signer(void)
{
	static const size_t sizes[] = { 256, 512 };

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t at = 0; at < sizes[i] - PREMASTER_SIZE + 2; at++)
			for (unsigned value = 0; value < 256; value += 3)
				choose_one(sizes[i], at, (uint8_t)value);
}

/* ---- comparison: Finished, binders, MACs ---- */

static void
equal(void)
{
	static const size_t sizes[] = { 1, 12, 16, 20, 32, 36, 48, 64 };
	uint8_t a[64], b[64];
	bool same;

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t at = 0; at <= sizes[i]; at++) {
			memset(a, 3, sizeof a);
			memset(b, 3, sizeof b);
			if (at < sizes[i])
				b[at] ^= 0x10;
			secret(a, sizeof a);
			secret(b, sizeof b);
			same = secret_equal(a, b, sizes[i]);
			expect(same == (at == sizes[i]), "equal", sizes[i], at);
		}
}

/* ---- derivation of keys ---- */

static void
derive(void)
{
	static const struct digest *const digests[] = { &digest_sha256,
		&digest_sha384 };
	struct slice seed = slice_of_string("seed");
	uint8_t bytes_in[48], out[104];

	for (uint8_t version = S2N_SSLv3; version <= S2N_TLS12; version++)
		for (size_t i = 0; i < COUNT(digests); i++) {
			memset(bytes_in, 5, sizeof bytes_in);
			secret(bytes_in, sizeof bytes_in);
			need(prf(version, digests[i],
			    slice_of(bytes_in, sizeof bytes_in), "label", &seed,
			    1, out, sizeof out));
			need(hkdf_expand_label(
			    digests[i], bytes_in, "label", seed, out, 32));
		}
}

/* ---- what leaks, in ways that were seen in the field ---- */

static volatile unsigned sink;

static void
leaky_comparison(void)
{
	uint8_t a[20] = { 1 }, b[20] = { 1 };

	secret(a, sizeof a);
	for (size_t i = 0; i < sizeof a; i++)
		if (a[i] != b[i])
			return;
	sink = 1;
}

/* Stops at the first byte that is wrong, like many an early TLS. */
static void
leaky_padding(void)
{
	uint8_t padding;

	memset(text, 7, 64);
	secret(text, 64);
	padding = text[63];
	for (size_t i = 0; i < padding; i++)
		if (text[62 - i] != padding)
			return;
	sink = 1;
}

static void
leaky_address(void)
{
	static const uint8_t table[256] = { [7] = 1 };
	uint8_t index[1] = { 7 };

	secret(index, sizeof index);
	sink = table[index[0]];
}

static void
leaky_length(void)
{
	static uint8_t out[64];
	size_t len = 7;

	secret(&len, sizeof len);
	memcpy(out, text, len);
	sink = out[0];
}

static const struct {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "cbc", cbc },
	{ "sslv3", sslv3 },
	{ "records", records },
	{ "premaster", premaster },
	{ "signer", signer },
	{ "equal", equal },
	{ "derive", derive },
	{ "leaky-comparison", leaky_comparison },
	{ "leaky-padding", leaky_padding },
	{ "leaky-address", leaky_address },
	{ "leaky-length", leaky_length },
};

static void
run(const char *name)
{
	for (size_t i = 0; i < COUNT(parts); i++)
		if (strcmp(parts[i].name, name) == 0) {
			parts[i].run();
			printf("%s: done\n", name);
			return;
		}
	expect(false, name, 0, 0);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		for (size_t i = 0; i < COUNT(parts); i++)
			puts(parts[i].name);
		return EXIT_SUCCESS;
	}
	if (!RUNNING_ON_VALGRIND) {
		fprintf(stderr, "constant_time: shows nothing by itself\n");
		return EXIT_FAILURE;
	}
	need(library_init());
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	library_cleanup();
	return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
