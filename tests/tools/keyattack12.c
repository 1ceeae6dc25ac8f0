/*
 * Attacks on ServerKeyExchange, CertificateVerify and premaster secrets; see
 * keyattack12.h.
 */
#include "tests/tools/keyattack12.h"

#include <stdio.h>

#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#define SCHEME (EVP_PKEY_is_a(key, "EC") ? 0x0403 : 0x0401)
/* With their headers, packets of 16384 bytes and less. */
#define PAYLOAD_MAX (KEYPROTO_PACKET_MAX - KEYPROTO_HEADER)

static const struct keyattack *attack;
static EVP_PKEY *key;
static struct keyline line; /* for what does not close it */

static uint8_t client_random[32], server_random[32];
static uint8_t parameters[4096];
static size_t parameters_len;

static bool
may(uint16_t type)
{
	return (line.key.operations & keyproto_operation(type)) != 0;
}

/* ---- ServerKeyExchange ---- */

static void
ask_sign12(uint16_t slot, uint16_t scheme)
{
	const struct keyproto_sign sign = { .slot = slot,
		.scheme = scheme,
		.generation = 1,
		.client_random = slice_of(client_random, 32),
		.server_random = slice_of(server_random, 32),
		.parameters = slice_of(parameters, parameters_len) };
	uint8_t payload[PAYLOAD_MAX];
	size_t len = keyproto_sign12_build(&sign, payload, sizeof payload);

	keyline_request(&line, KEYPROTO_SIGN12, slice_of(payload, len));
}

static void
refused(uint32_t status, const char *what)
{
	ask_sign12(0, SCHEME);
	attack->answered(&line, status, what);
}

static void
set_curve(uint8_t number, const void *share, size_t len)
{
	parameters[0] = 3;
	parameters[1] = 0;
	parameters[2] = number;
	parameters[3] = (uint8_t)len;
	memcpy(parameters + 4, share, len);
	parameters_len = 4 + len;
}

static void
set_point(uint8_t number, const char *curve)
{
	EVP_PKEY *own = EVP_EC_gen(curve);
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(own, &point);

	set_curve(number, point, len);
	OPENSSL_free(point);
	EVP_PKEY_free(own);
}

static void
add_number(const uint8_t *number, size_t len)
{
	parameters[parameters_len++] = (uint8_t)(len >> 8);
	parameters[parameters_len++] = (uint8_t)len;
	memcpy(parameters + parameters_len, number, len);
	parameters_len += len;
}

/* A prime of all ones, or one bit less; the generator, the share. */
static void
set_group(size_t len, uint8_t last, uint8_t generator, uint8_t share)
{
	uint8_t number[1200];

	parameters_len = 0;
	memset(number, 0xff, sizeof number);
	number[len - 1] = last;
	add_number(number, len);
	add_number(&generator, 1);
	memset(number, share, sizeof number);
	add_number(number, len);
}

static void
random_parts(void)
{
	if (RAND_bytes(client_random, 32) != 1 ||
	    RAND_bytes(server_random, 32) != 1)
		keyline_die("no random bytes");
}

/* What is lawful, where SIGN12 is permitted, is signed; where not, refused. */
static void
ask_lawfully(const char *what)
{
	struct keyproto_header header;
	struct slice signature;
	uint8_t content[64 + sizeof parameters];
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (!may(KEYPROTO_SIGN12)) {
		refused(KEYPROTO_DENIED, what);
		EVP_MD_CTX_free(md);
		return;
	}
	memcpy(content, client_random, 32);
	memcpy(content + 32, server_random, 32);
	memcpy(content + 64, parameters, parameters_len);
	ask_sign12(0, SCHEME);
	if (!keyline_answer(&line, &header, &signature) ||
	    header.status != KEYPROTO_OK)
		keyline_die("%s was refused", what);
	if (EVP_DigestVerifyInit_ex(
		md, NULL, "SHA256", NULL, NULL, key, NULL) != 1 ||
	    EVP_DigestVerify(md, signature.data, signature.len, content,
		64 + parameters_len) != 1)
		keyline_die("%s: the signature does not verify", what);
	EVP_MD_CTX_free(md);
}

static void
try_points(void)
{
	static const uint8_t bytes[200] = { 4 };

	random_parts();
	set_point(23, "P-256");
	ask_lawfully("a point on P-256");
	parameters[20] ^= 1;
	refused(KEYPROTO_DENIED, "a point off its curve");
	set_curve(23, bytes, 65);
	refused(KEYPROTO_DENIED, "a point of zeros");
	set_point(24, "P-256");
	refused(KEYPROTO_DENIED, "a point of another curve");
	set_point(23, "P-256");
	parameters[4] = 2;
	refused(KEYPROTO_DENIED, "a form of point that is none");
	parameters_len = 4 + 33;
	parameters[3] = 33;
	refused(KEYPROTO_DENIED, "a compressed point");
	set_point(22, "secp256k1");
	refused(KEYPROTO_DENIED, "a curve that is not ours");
	set_point(23, "P-256");
	parameters[0] = 1;
	refused(KEYPROTO_DENIED, "explicit curve parameters");
	set_point(23, "P-256");
	parameters_len++;
	refused(KEYPROTO_DENIED, "a byte more");
	set_curve(29, bytes, 33);
	refused(KEYPROTO_DENIED, "x25519 of 33 bytes");
	set_curve(29, bytes, 32);
	ask_lawfully("x25519");
}

static void
try_groups(void)
{
	random_parts();
	set_group(256, 0xff, 2, 0x33);
	ask_lawfully("a group of 2048 bits");
	set_group(64, 0xff, 2, 0x33);
	refused(KEYPROTO_DENIED, "a group of 512 bits");
	set_group(128, 0xff, 2, 0x33);
	refused(KEYPROTO_DENIED, "a group of 1024 bits");
	set_group(255, 0xff, 2, 0x33);
	refused(KEYPROTO_DENIED, "a group of 2040 bits");
	set_group(1024, 0xff, 2, 0x33);
	ask_lawfully("a group of 8192 bits");
	set_group(256, 0xfe, 2, 0x33);
	refused(KEYPROTO_DENIED, "an even prime");
	set_group(256, 0xff, 1, 0x33);
	refused(KEYPROTO_DENIED, "the generator 1");
	set_group(256, 0xff, 0, 0x33);
	refused(KEYPROTO_DENIED, "the generator 0");
	set_group(256, 0xff, 2, 0xff);
	refused(KEYPROTO_DENIED, "a share that is the prime");
	set_group(256, 0xff, 2, 0);
	refused(KEYPROTO_DENIED, "a share of zeros");
	set_group(256, 0xff, 2, 0x33);
	parameters[0] = 0xff;
	parameters[1] = 0xff;
	refused(KEYPROTO_DENIED, "a length that lies");
}

/* Content that would be something else, could it be had. */
static void
try_disguises(void)
{
	size_t len;

	memset(client_random, ' ', 32);
	memset(server_random, ' ', 32);
	set_point(23, "P-256");
	refused(KEYPROTO_DENIED, "randoms that begin TLS 1.3 content");
	set_group(256, 0xff, 2, 0x33);
	refused(KEYPROTO_DENIED, "the same with a group");
	random_parts();
	len = 64 + parameters_len - 4;
	client_random[0] = 0x30;
	client_random[1] = 0x82;
	client_random[2] = (uint8_t)(len >> 8);
	client_random[3] = (uint8_t)len;
	refused(KEYPROTO_DENIED, "a certificate");
	client_random[0] = 0x31;
	refused(KEYPROTO_DENIED, "a set of attributes");
	client_random[0] = 0x32;
	ask_lawfully("what is no longer one");
}

static void
try_schemes(void)
{
	static const uint16_t schemes[] = { 0, 0x0101, 0x0201, 0x0203, 0x0202,
		0x0402, 0x0807, 0x0808, 0x0904, 0xfefe, 0xffff };
	static const uint16_t slots[] = { 1, 2, 255, 256, 0xffff };

	random_parts();
	set_point(23, "P-256");
	/* SHA-1, which was not permitted, DSS, Ed25519, none at all */
	for (size_t i = 0; i < COUNT(schemes); i++) {
		ask_sign12(0, schemes[i]);
		attack->answered(&line, KEYPROTO_DENIED, "a scheme");
	}
	ask_sign12(0, EVP_PKEY_is_a(key, "EC") ? 0x0401 : 0x0403);
	attack->answered(&line, KEYPROTO_DENIED, "another key's scheme");
	for (size_t i = 0; i < COUNT(slots); i++) {
		ask_sign12(slots[i], SCHEME);
		attack->answered(&line, KEYPROTO_NOKEY, "another slot");
	}
}

/* ---- CertificateVerify ---- */

static void
try_client_verify(void)
{
	static const uint8_t digest[64] = { 1 };
	const struct keyproto_sign sign = { .scheme = SCHEME,
		.generation = 1,
		.messages = slice_of(digest, 32) };
	uint8_t payload[PAYLOAD_MAX];
	size_t len = keyproto_sign12cv_build(&sign, payload, sizeof payload);

	keyline_request(&line, KEYPROTO_SIGN12CV, slice_of(payload, len));
	attack->answered(&line, KEYPROTO_DENIED, "a client's signature");
	memset(payload + 8, 0, sizeof payload - 8);
	keyline_request(
	    &line, KEYPROTO_SIGN12CV, slice_of(payload, sizeof payload));
	attack->answered(&line, KEYPROTO_DENIED, "the longest request");
}

/* ---- premaster secrets ---- */

static void
ask_premaster(uint16_t slot, struct slice ciphertext)
{
	const struct keyproto_sign asked = { .slot = slot,
		.version = 0x0303,
		.generation = 1,
		.ciphertext = ciphertext };
	uint8_t payload[8 + KEYPROTO_CIPHERTEXT_MAX];
	size_t len = keyproto_premaster_build(&asked, payload, sizeof payload);

	keyline_request(&line, KEYPROTO_PREMASTER, slice_of(payload, len));
}

static void
take_premaster(uint16_t slot, struct slice ciphertext, uint8_t out[48])
{
	struct keyproto_header header;
	struct slice got;

	ask_premaster(slot, ciphertext);
	if (!keyline_answer(&line, &header, &got) ||
	    header.status != KEYPROTO_OK || got.len != 48)
		keyline_die("no premaster secret");
	memcpy(out, got.data, 48);
}

/* RSA of a block as it is. */
static struct slice
encrypt(const uint8_t *block, size_t len)
{
	static uint8_t ciphertext[KEYPROTO_CIPHERTEXT_MAX];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	size_t room = sizeof ciphertext;

	if (EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, ciphertext, &room, block, len) != 1)
		keyline_die("cannot encrypt");
	EVP_PKEY_CTX_free(ctx);
	return slice_of(ciphertext, room);
}

/* No answer tells a good ciphertext from a bad one, nor asking again. */
static void
try_oracle(void)
{
	uint8_t block[512], secret[48], again[48];
	size_t size = (size_t)EVP_PKEY_get_size(key);
	/* of the padded block: what is changed; 0: nothing */
	const size_t damages[] = { 0, 1, 2, 30, size - 49, size - 48,
		size - 47 };

	for (size_t i = 0; i < COUNT(damages); i++) {
		struct slice ciphertext;
		bool good = damages[i] == 0;

		memset(block, 0x77, sizeof block);
		block[0] = 0;
		block[1] = 2;
		block[size - 49] = 0;
		block[size - 48] = block[size - 47] = 3;
		if (!good)
			block[damages[i]] =
			    block[damages[i]] == 0x77 ? 0 : 0x78;
		ciphertext = encrypt(block, size);
		take_premaster(0, ciphertext, secret);
		take_premaster(0, ciphertext, again);
		if (secret[0] != 3 || secret[1] != 3 ||
		    memcmp(secret, again, 48) != 0)
			keyline_die("damage at %zu shows", damages[i]);
		if ((memcmp(secret + 2, block + size - 46, 46) == 0) != good)
			keyline_die("damage at %zu: the secret", damages[i]);
	}
}

static void
try_premasters(void)
{
	static const uint8_t bytes[KEYPROTO_CIPHERTEXT_MAX] = { 1 };
	static const size_t lengths[] = { 1, 48, 255, 257, 1024 };
	static const uint16_t slots[] = { 1, 2, 255, 256, 0xffff };
	uint8_t secret[48];

	for (size_t i = 0; i < COUNT(slots); i++) {
		ask_premaster(slots[i], slice_of(bytes, 256));
		attack->answered(&line, KEYPROTO_NOKEY, "another slot");
	}
	for (size_t i = 0; i < COUNT(lengths); i++) {
		if (may(KEYPROTO_PREMASTER)) {
			take_premaster(0, slice_of(bytes, lengths[i]), secret);
			if (secret[0] != 3 || secret[1] != 3)
				keyline_die("a rejection shows");
		} else {
			ask_premaster(0, slice_of(bytes, lengths[i]));
			attack->answered(
			    &line, KEYPROTO_DENIED, "a premaster secret");
		}
	}
	if (may(KEYPROTO_PREMASTER))
		try_oracle();
}

/* ---- frames ---- */

/* Lengths that no such request has close the channel. */
static void
try_lengths(void)
{
	static const struct {
		uint16_t type;
		size_t len;
	} frames[] = { { KEYPROTO_SIGN12, 0 }, { KEYPROTO_SIGN12, 72 },
		{ KEYPROTO_SIGN12, 107 }, { KEYPROTO_SIGN12, 72 + 3079 },
		{ KEYPROTO_SIGN12, PAYLOAD_MAX }, { KEYPROTO_SIGN12CV, 0 },
		{ KEYPROTO_SIGN12CV, 8 }, { KEYPROTO_PREMASTER, 0 },
		{ KEYPROTO_PREMASTER, 8 }, { KEYPROTO_PREMASTER, 8 + 1025 },
		{ KEYPROTO_PREMASTER, PAYLOAD_MAX } };
	static uint8_t packet[KEYPROTO_PACKET_MAX] = { 'S', 'P', 'K', '1',
		KEYPROTO_MAJOR, 0 };
	struct keyline fresh;

	for (size_t i = 0; i < COUNT(frames); i++) {
		attack->open(&fresh);
		packet[6] = (uint8_t)frames[i].type;
		packet[8] = (uint8_t)frames[i].len;
		packet[9] = (uint8_t)(frames[i].len >> 8);
		packet[16] = (uint8_t)++fresh.id;
		keyline_send(&fresh,
		    slice_of(packet, KEYPROTO_HEADER + frames[i].len), -1);
		attack->closed(&fresh, "a length");
	}
}

void
keyattack12_run(const struct keyattack *how, EVP_PKEY *public_key)
{
	attack = how;
	key = public_key;
	attack->open(&line);
	if (may(KEYPROTO_SIGN12) == may(KEYPROTO_PREMASTER) ||
	    may(KEYPROTO_SIGN10))
		keyline_die("the key is for something else");
	try_points();
	try_groups();
	try_disguises();
	try_schemes();
	try_client_verify();
	try_premasters();
	try_lengths();
	printf("signs key exchanges: %s, gives premaster secrets: %s\n",
	    may(KEYPROTO_SIGN12) ? "yes" : "no",
	    may(KEYPROTO_PREMASTER) ? "yes" : "no");
	keyline_close(&line);
}
