/*
 * Makes requests, byte by byte as keyd-protocol(7) has them; the contract is in
 * ask.h.
 */
#include "tests/oracle/ask.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/rsa.h>

#define POINTS 8
#define GROUP_MAX 1024

static uint64_t state;

void
ask_seed(uint64_t seed)
{
	state = seed;
}

/* splitmix64 */
static uint64_t
draw(void)
{
	uint64_t x = state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint32_t
ask_random(uint32_t bound)
{
	return (uint32_t)((draw() >> 32) * bound >> 32);
}

static void
draw_bytes(uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(draw() >> 24);
}

/* ---- fields ---- */

static void
put(struct ask *ask, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width && ask->len < sizeof ask->payload; i++)
		ask->payload[ask->len++] = (uint8_t)(value >> 8 * i);
}

static void
put_big(struct ask *ask, uint64_t value, size_t width)
{
	while (width-- > 0)
		put(ask, value >> 8 * width & 0xff, 1);
}

static void
put_bytes(struct ask *ask, const void *bytes, size_t len)
{
	if (len > sizeof ask->payload - ask->len)
		len = sizeof ask->payload - ask->len;
	if (len > 0)
		memcpy(ask->payload + ask->len, bytes, len);
	ask->len += len;
}

static void
put_random(struct ask *ask, size_t len)
{
	uint8_t bytes[GROUP_MAX + 64];

	draw_bytes(bytes, len);
	put_bytes(ask, bytes, len);
}

static void
begin(struct ask *ask, uint16_t type, const struct oracle_key *key,
    uint16_t second)
{
	*ask = (struct ask){ .type = type };
	put(ask, key->told.slot, 2);
	put(ask, second, 2);
	put(ask, key->told.generation, 4);
}

/* ---- what is lawful ---- */

static bool
may(const struct oracle_key *key, uint16_t operation)
{
	return (key->told.operations & 1u << operation) != 0;
}

static uint16_t
one_of(const uint16_t *numbers, size_t count)
{
	return numbers[ask_random((uint32_t)count)];
}

static uint16_t
scheme13(const struct oracle_key *key)
{
	static const uint16_t rsa[] = { 0x0804, 0x0805, 0x0806 };

	if (key->told.algorithm == KEYPROTO_RSA)
		return one_of(rsa, COUNT(rsa));
	if (key->told.algorithm == KEYPROTO_ED25519)
		return 0x0807;
	return key->told.bits == 256   ? 0x0403
	       : key->told.bits == 384 ? 0x0503
				       : 0x0603;
}

static uint16_t
scheme12(const struct oracle_key *key, bool old)
{
	static const uint16_t rsa[] = { 0x0401, 0x0501, 0x0601, 0x0301, 0x0804,
		0x0805, 0x0806 };
	static const uint16_t rsa_old[] = { 0x0201, 0xffff };
	static const uint16_t ec[] = { 0x0403, 0x0503, 0x0603, 0x0303 };

	if (key->told.algorithm == KEYPROTO_RSA)
		return old ? one_of(rsa_old, COUNT(rsa_old))
			   : one_of(rsa, COUNT(rsa));
	if (key->told.algorithm == KEYPROTO_ED25519)
		return 0x0807;
	return old ? 0x0203 : one_of(ec, COUNT(ec));
}

static void
lawful13(struct ask *ask, const struct oracle_key *key)
{
	bool long_hash = ask_random(2) == 1;

	begin(ask, KEYPROTO_SIGN13, key, scheme13(key));
	put(ask, long_hash ? 5 : 4, 2);
	put(ask, long_hash ? 48 : 32, 2);
	put_random(ask, long_hash ? 48 : 32);
}

static void
put_curve(struct ask *ask)
{
	static const char *const names[] = { "P-256", "P-384", "P-521" };
	static uint8_t *points[COUNT(names)][POINTS];
	static size_t lengths[COUNT(names)];
	uint32_t which = ask_random(4), number = ask_random(POINTS);
	EVP_PKEY *own;

	put(ask, 3, 1);
	if (which == COUNT(names)) {
		put_big(ask, 29, 2);
		put(ask, 32, 1);
		put_random(ask, 32);
		return;
	}
	if (points[which][number] == NULL) {
		own = EVP_EC_gen(names[which]);
		lengths[which] = EVP_PKEY_get1_encoded_public_key(
		    own, &points[which][number]);
		EVP_PKEY_free(own);
	}
	put_big(ask, 23 + which, 2);
	put(ask, lengths[which], 1);
	put_bytes(ask, points[which][number], lengths[which]);
}

/* An odd number with all bits set, above any share. */
static void
put_group(struct ask *ask, struct slice in_prime, struct slice in_share)
{
	static const uint16_t sizes[] = { 256, 257, 384, 512, GROUP_MAX };
	uint8_t prime[GROUP_MAX], share[GROUP_MAX];
	size_t len = one_of(sizes, COUNT(sizes));

	if (len < in_prime.len + 2 || len < in_share.len + 2)
		len = GROUP_MAX;
	draw_bytes(prime, len);
	draw_bytes(share, len);
	if (in_prime.len > 0)
		memcpy(prime + 1, in_prime.data, in_prime.len);
	if (in_share.len > 0)
		memcpy(share + len - in_share.len, in_share.data, in_share.len);
	prime[0] = 0xff;
	prime[len - 1] |= 1;
	share[0] = 1 + (share[0] & 0x7f);
	put_big(ask, len, 2);
	put_bytes(ask, prime, len);
	put_big(ask, 1, 2);
	put(ask, 2, 1);
	put_big(ask, len, 2);
	put_bytes(ask, share, len);
}

static bool
takes_old(const struct oracle_key *key)
{
	return may(key, KEYPROTO_SIGN10) &&
	       key->told.algorithm != KEYPROTO_ED25519 &&
	       (ask_random(2) == 1 || !may(key, KEYPROTO_SIGN12));
}

static void
lawful12(struct ask *ask, const struct oracle_key *key)
{
	begin(ask, KEYPROTO_SIGN12, key, scheme12(key, takes_old(key)));
	put_random(ask, 64);
	if (ask_random(4) > 0)
		put_curve(ask);
	else
		put_group(ask, NO_BYTES, NO_BYTES);
}

static void
put_message(struct ask *ask, uint8_t type, size_t len)
{
	put(ask, type, 1);
	put_big(ask, len, 3);
	put_random(ask, len);
}

static void
put_hello(struct ask *ask, uint8_t type, uint16_t version)
{
	put(ask, type, 1);
	put_big(ask, 60, 3);
	put_big(ask, version, 2);
	put_random(ask, 58);
}

/* at: of the Certificate's body, for others to write to. */
static void
put_messages(struct ask *ask, uint16_t version, size_t *at)
{
	put_hello(ask, 1, 0x0303);
	put_hello(ask, 2, version);
	*at = ask->len + 4;
	put_message(ask, 11, 900);
	if (ask_random(2) == 1)
		put_message(ask, 22, 100);
	if (ask_random(2) == 1)
		put_message(ask, 12, 140);
	put_message(ask, 13, 40);
	put_message(ask, 14, 0);
	put_message(ask, 11, 700);
	put_message(ask, 16, 66);
}

static void
lawful12cv(struct ask *ask, const struct oracle_key *key, size_t *at)
{
	bool old = takes_old(key);
	uint16_t scheme = scheme12(key, old);
	uint16_t version = 0x0303;

	/* 0xffff is what the versions before had in place of a scheme, and
	 * ECDSA with SHA-1 is in all. */
	if (scheme == 0xffff)
		version = (uint16_t)(0x0301 + ask_random(2));
	else if (scheme == 0x0203)
		version = (uint16_t)(0x0301 + ask_random(3));
	begin(ask, KEYPROTO_SIGN12CV, key, scheme);
	put_messages(ask, version, at);
}

/* A secret within its padding, or with one byte of it wrong, under the key. */
static void
lawful_premaster(struct ask *ask, const struct oracle_key *key)
{
	uint8_t block[KEYPROTO_CIPHERTEXT_MAX],
	    ciphertext[KEYPROTO_CIPHERTEXT_MAX];
	size_t len = (size_t)EVP_PKEY_get_size(key->key), room = sizeof block;
	const size_t wrong[] = { 0, 1, 2 + ask_random((uint32_t)len - 51),
		len - 49, len - 48, len - 47 };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
	size_t at = wrong[ask_random(COUNT(wrong))];

	begin(ask, KEYPROTO_PREMASTER, key, 0x0303);
	for (size_t i = 0; i < len; i++)
		block[i] = (uint8_t)(1 + ask_random(255));
	block[0] = 0;
	block[1] = 2;
	block[len - 49] = 0;
	block[len - 48] = block[len - 47] = 3;
	ask->secret_known = true;
	ask->secret_good = ask_random(2) == 1;
	if (!ask->secret_good) /* another, not 0, and not above the modulus */
		block[at] = at == 0                   ? 1
			    : block[at] == 0          ? 9
			    : at > 1 && at < len - 49 ? 0
						      : 4;
	memcpy(ask->secret, block + len - 48, 48);
	if (EVP_PKEY_encrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_encrypt(ctx, ciphertext, &room, block, len) != 1) {
		fputs("keyoracle: cannot encrypt\n", stderr);
		abort();
	}
	EVP_PKEY_CTX_free(ctx);
	put_bytes(ask, ciphertext, room);
}

/* With a hash's scheme of the key's kind and its length, or sometimes one of
 * SHA-1, which no digest is signed with. */
void
ask_digest(
    struct ask *ask, enum keyproto_role role, const struct oracle_key *key)
{
	static const struct {
		uint16_t scheme;
		size_t len;
	} hashes[] = { { 0x0403, 32 }, { 0x0503, 48 }, { 0x0603, 64 },
		{ 0x0303, 28 }, { 0x0804, 32 }, { 0x0805, 48 }, { 0x0806, 64 },
		{ 0x0401, 32 }, { 0x0501, 48 }, { 0x0601, 64 }, { 0x0301, 28 },
		{ 0x0807, 64 } };
	bool old =
	    key->told.algorithm != KEYPROTO_ED25519 && ask_random(20) == 0;
	uint16_t scheme = scheme12(key, old);
	size_t len = scheme == 0xffff ? 36 : 20;

	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].scheme == scheme)
			len = hashes[i].len;
	begin(ask, KEYPROTO_SIGNDIGEST, key, scheme);
	put_random(ask, len);
	ask->lawful = role == KEYPROTO_DIGEST &&
		      may(key, KEYPROTO_SIGNDIGEST) && !old &&
		      key->told.algorithm != KEYPROTO_ED25519;
	ask->never = !ask->lawful;
}

void
ask_lawfully(
    struct ask *ask, enum keyproto_role role, const struct oracle_key *key)
{
	bool signs = may(key, KEYPROTO_SIGN12) || takes_old(key);
	size_t at;

	if (role == KEYPROTO_DIGEST) {
		ask_digest(ask, role, key);
		return;
	}
	if (may(key, KEYPROTO_PREMASTER) && role == KEYPROTO_SERVER &&
	    ask_random(3) == 0)
		lawful_premaster(ask, key);
	else if (!signs || (may(key, KEYPROTO_SIGN13) && ask_random(3) == 0))
		lawful13(ask, key);
	else if (role == KEYPROTO_SERVER)
		lawful12(ask, key);
	else
		lawful12cv(ask, key, &at);
	ask->lawful = true;
}

/* ---- what is not ---- */

void
ask_anything(struct ask *ask)
{
	static const uint16_t types[] = { 1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7,
		8, 9, 10, 11, 32, 33, 64, 65, 69, 70, 71, 72, 73, 74, 75, 76,
		77, 78, 0, 12, 12, 12, 12, 66, 1000, 65535 };
	/* of those types */
	static const uint16_t lengths[] = { 8, 4, 44, 44, 60, 108, 140, 844, 80,
		900, 264, 520, 8, 8, 0, 0, 108, 4, 4, 4, 78, 0,
		KEYPROTO_GRANT_SIZE, 8, 4, 4, 208, 68, 8, 2048, 300, 0, 36, 40,
		56, 72, 8, 16, 4 };
	uint32_t which = ask_random(COUNT(types));

	*ask = (struct ask){ .type = types[which], .len = lengths[which] };
	draw_bytes(ask->payload, ask->len);
	/* A slot that there may be, a scheme that there is. */
	if (ask->len > 8 && ask_random(2) == 1) {
		ask->payload[0] = (uint8_t)ask_random(4);
		ask->payload[1] = 0;
		ask->payload[2] = 3;
		ask->payload[3] = 4;
		memcpy(ask->payload + 4, "\1\0\0", 4);
	}
}

static void
mutate_once(struct ask *ask)
{
	static const uint8_t values[] = { 0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0xff,
		0x20, 0x30, 0x31 };
	uint32_t at, len;

	if (ask->len == 0)
		return;
	/* More often where the fields are than where bytes are any bytes. */
	at = ask_random(
	    ask_random(2) == 1 && ask->len > 80 ? 80 : (uint32_t)ask->len);
	switch (ask_random(7)) {
	case 0:
		ask->payload[at] ^= (uint8_t)(1u << ask_random(8));
		break;
	case 1:
		ask->payload[at] = values[ask_random(COUNT(values))];
		break;
	case 2:
		ask->payload[at] = (uint8_t)draw();
		break;
	case 3: /* a piece, from elsewhere in it */
		len = 1 + ask_random(64);
		if (at + len <= ask->len)
			memmove(ask->payload + at,
			    ask->payload +
				ask_random((uint32_t)ask->len - len + 1),
			    len);
		break;
	case 4: /* less; it may still be of a length that it may have */
		len = 1 + ask_random(16);
		if (ask->len > len)
			ask->len -= len;
		break;
	case 5: /* more */
		put_random(ask, 1 + ask_random(16));
		break;
	default: /* another type, of the same bytes */
		ask->type = (uint16_t)(1 + ask_random(12));
	}
}

void
ask_mutate(struct ask *ask)
{
	ask->lawful = ask->never = ask->secret_known = false;
	for (uint32_t i = 1 + ask_random(3); i > 0; i--)
		mutate_once(ask);
}

/* ---- what others sign ---- */

/* Some of it, at its beginning or its end, and zeros where it is too short. */
static void
put_part(struct ask *ask, struct slice item, size_t len, bool end)
{
	size_t part = item.len < len ? item.len : len;

	put_bytes(ask, end ? item.data + item.len - part : item.data, part);
	while (part++ < len)
		put(ask, 0, 1);
}

static bool
foreign12(struct ask *ask, const struct oracle_key *key, struct slice item,
    unsigned position)
{
	begin(ask, KEYPROTO_SIGN12, key, scheme12(key, takes_old(key)));
	if ((position == 2 || position == 3) && item.len + 2 > GROUP_MAX)
		return false;
	switch (position) {
	case 0: /* it is the content */
		put_bytes(ask, item.data, item.len);
		ask->never = true;
		return item.len >= 100 && item.len <= 64 + 3078;
	case 1:
		put_random(ask, 64);
		put_bytes(ask, item.data, item.len);
		ask->never = true;
		return item.len >= 36 && item.len <= 3078;
	case 2:
		put_random(ask, 64);
		put_group(ask, NO_BYTES, item);
		return true;
	case 3:
		put_random(ask, 64);
		put_group(ask, item, NO_BYTES);
		return true;
	default:
		put_part(ask, item, 64, false);
		put_curve(ask);
		return true;
	}
}

static bool
foreign13(
    struct ask *ask, const struct oracle_key *key, struct slice item, bool end)
{
	bool long_hash = ask_random(2) == 1;

	begin(ask, KEYPROTO_SIGN13, key, scheme13(key));
	put(ask, long_hash ? 5 : 4, 2);
	put(ask, long_hash ? 48 : 32, 2);
	put_part(ask, item, long_hash ? 48 : 32, end);
	return true;
}

static bool
foreign12cv(struct ask *ask, const struct oracle_key *key, struct slice item,
    unsigned position)
{
	size_t at;

	if (position == 7) {
		begin(ask, KEYPROTO_SIGN12CV, key, scheme12(key, false));
		put_bytes(ask, item.data, item.len);
		ask->never = true;
		return true;
	}
	lawful12cv(ask, key, &at);
	if (position == 8) {
		memcpy(ask->payload + at, item.data,
		    item.len < 900 ? item.len : 900);
		return true;
	}
	/* in place of the first message's body */
	ask->len = 8 + 4;
	ask->payload[9] = 0;
	ask->payload[10] = (uint8_t)(item.len >> 8);
	ask->payload[11] = (uint8_t)item.len;
	put_bytes(ask, item.data, item.len);
	put_hello(ask, 2, 0x0303);
	return true;
}

bool
ask_foreign(struct ask *ask, const struct oracle_key *key,
    const struct foreign *foreign, unsigned position)
{
	static const uint16_t types[] = { KEYPROTO_SIGN13, KEYPROTO_SIGN12,
		KEYPROTO_SIGN12CV, KEYPROTO_PREMASTER };
	struct slice item = foreign->bytes;
	bool fits = true;

	if (position < 5) {
		fits = foreign12(ask, key, item, position);
	} else if (position < 7) {
		fits = foreign13(ask, key, item, position == 6);
	} else if (position < 10) {
		fits = foreign12cv(ask, key, item, position);
	} else if (position == 10) {
		begin(ask, KEYPROTO_PREMASTER, key, 0x0303);
		put_bytes(ask, item.data, item.len);
		fits = item.len <= KEYPROTO_CIPHERTEXT_MAX;
	} else {
		*ask = (struct ask){ .type = one_of(types, COUNT(types)) };
		put_bytes(ask, item.data, item.len);
		ask->never = true;
	}
	ask->also = item;
	return fits;
}

size_t
ask_pack(const struct ask *ask, uint64_t id, uint32_t micros,
    uint8_t packet[KEYPROTO_PACKET_MAX])
{
	size_t len = ask->len < KEYPROTO_PACKET_MAX - KEYPROTO_HEADER
			 ? ask->len
			 : KEYPROTO_PACKET_MAX - KEYPROTO_HEADER;

	memset(packet, 0, KEYPROTO_HEADER);
	memcpy(packet, "SPK1\1", 5);
	packet[6] = (uint8_t)ask->type;
	packet[7] = (uint8_t)(ask->type >> 8);
	packet[8] = (uint8_t)len;
	packet[9] = (uint8_t)(len >> 8);
	for (size_t i = 0; i < 8; i++)
		packet[16 + i] = (uint8_t)(id >> 8 * i);
	for (size_t i = 0; i < 4; i++)
		packet[24 + i] = (uint8_t)(micros >> 8 * i);
	memcpy(packet + KEYPROTO_HEADER, ask->payload, len);
	return KEYPROTO_HEADER + len;
}
