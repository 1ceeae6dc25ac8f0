/*
 * libtls/crypto/premaster.c, and what a server shows of it: whatever is wrong
 * with an encrypted premaster secret, from outside it looks as if it had been
 * another one (RFC 5246 7.4.7.1; Bleichenbacher's attack lives on any
 * difference). The client here knows what it encrypted: if a server took any
 * of these, the handshake would succeed.
 */
#include "libtls/crypto/premaster.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "libtls/crypto/library.h"
#include "libtls/registry/iana.h"
#include "libtls/state/connection.h"
#include "tests/unit/detour.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define SIZE 256               /* of the modulus */
#define START (SIZE - 48)      /* of the secret, in the padded block */
#define RIGHT_ZERO (START - 1) /* what ends the padding */

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

/* ---- ciphertexts ---- */

/* What travels instead of the block, encrypted. */
enum wire {
	BLOCK,
	SHORT,
	LONG,
	ONE_BYTE,
	DOUBLED,
	MODULUS,
	ONES,
	NOUGHT,
	UNIT
};

struct kind {
	const char *what;
	uint8_t first, type; /* 0 and 2 */
	size_t zero;         /* 0: the padding has no end */
	size_t stray;        /* not 0: one more zero there */
	uint16_t version;    /* 0: the one of the ClientHello */
	enum wire wire;
};

/* clang-format off */
static const struct kind good = { "as it should be", 0, 2, RIGHT_ZERO, 0, 0, BLOCK };
static const struct kind bad[] = {
	{ "a first byte of 1",                   1, 2, RIGHT_ZERO,     0,              0,      BLOCK },
	{ "padding of type 1",                   0, 1, RIGHT_ZERO,     0,              0,      BLOCK },
	{ "padding of type 0",                   0, 0, RIGHT_ZERO,     0,              0,      BLOCK },
	{ "padding of type 3",                   0, 3, RIGHT_ZERO,     0,              0,      BLOCK },
	{ "a zero at once",                      0, 2, RIGHT_ZERO,     2,              0,      BLOCK },
	{ "a zero in the first eight bytes",     0, 2, RIGHT_ZERO,     9,              0,      BLOCK },
	{ "a zero after eight bytes",            0, 2, RIGHT_ZERO,     10,             0,      BLOCK },
	{ "a zero just before the right one",    0, 2, RIGHT_ZERO,     RIGHT_ZERO - 1, 0,      BLOCK },
	{ "no zero",                             0, 2, 0,              0,              0,      BLOCK },
	{ "47 bytes",                            0, 2, RIGHT_ZERO + 1, 0,              0,      BLOCK },
	{ "49 bytes",                            0, 2, RIGHT_ZERO - 1, 0,              0,      BLOCK },
	{ "one byte",                            0, 2, SIZE - 2,       0,              0,      BLOCK },
	{ "nothing",                             0, 2, SIZE - 1,       0,              0,      BLOCK },
	{ "SSL 2",                               0, 2, RIGHT_ZERO,     0,              0x0200, BLOCK },
	{ "SSLv3",                               0, 2, RIGHT_ZERO,     0,              0x0300, BLOCK },
	{ "TLS 1.0",                             0, 2, RIGHT_ZERO,     0,              0x0301, BLOCK },
	{ "TLS 1.1",                             0, 2, RIGHT_ZERO,     0,              0x0302, BLOCK },
	{ "TLS 1.2",                             0, 2, RIGHT_ZERO,     0,              0x0303, BLOCK },
	{ "TLS 1.3",                             0, 2, RIGHT_ZERO,     0,              0x0304, BLOCK },
	{ "another major version",               0, 2, RIGHT_ZERO,     0,              0x0403, BLOCK },
	{ "a ciphertext of a byte less",         0, 2, RIGHT_ZERO,     0,              0,      SHORT },
	{ "a ciphertext of a byte more",         0, 2, RIGHT_ZERO,     0,              0,      LONG },
	{ "a ciphertext of a byte",              0, 2, RIGHT_ZERO,     0,              0,      ONE_BYTE },
	{ "the ciphertext twice",                0, 2, RIGHT_ZERO,     0,              0,      DOUBLED },
	{ "the modulus as ciphertext",           0, 2, RIGHT_ZERO,     0,              0,      MODULUS },
	{ "a ciphertext beyond the modulus",     0, 2, RIGHT_ZERO,     0,              0,      ONES },
	{ "a ciphertext of 0",                   0, 2, RIGHT_ZERO,     0,              0,      NOUGHT },
	{ "a ciphertext of 1",                   0, 2, RIGHT_ZERO,     0,              0,      UNIT },
};
/* clang-format on */

/* RFC 8017 7.2.1: 0, 2, padding, 0, the secret; as the kind wants it. */
static void
make_block(const struct kind *kind, uint16_t version, uint8_t block[SIZE])
{
	for (size_t i = 0; i < SIZE; i++)
		block[i] = (uint8_t)(1 + i % 255);
	block[0] = kind->first;
	block[1] = kind->type;
	if (kind->version != 0)
		version = kind->version;
	block[START] = (uint8_t)(version >> 8);
	block[START + 1] = (uint8_t)version;
	if (kind->zero != 0)
		block[kind->zero] = 0;
	if (kind->stray != 0)
		block[kind->stray] = 0;
}

static void
encrypt_raw(EVP_PKEY *key, uint8_t block[SIZE])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	uint8_t out[SIZE];
	size_t len = sizeof out;

	ck_assert_int_eq(EVP_PKEY_encrypt_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	ck_assert_int_eq(EVP_PKEY_encrypt(ctx, out, &len, block, SIZE), 1);
	ck_assert_uint_eq(len, SIZE);
	memcpy(block, out, SIZE);
	EVP_PKEY_CTX_free(ctx);
}

static void
put_modulus(EVP_PKEY *key, uint8_t out[SIZE])
{
	BIGNUM *n = NULL;

	ck_assert_int_eq(EVP_PKEY_get_bn_param(key, "n", &n), 1);
	ck_assert_int_eq(BN_bn2binpad(n, out, SIZE), SIZE);
	BN_free(n);
}

/* The ciphertext at the end of out, and the secret that is meant. */
static void
forge(EVP_PKEY *key, const struct kind *kind, uint16_t version,
    uint8_t secret[PREMASTER_SIZE], struct writer *out)
{
	uint8_t block[SIZE];
	size_t len = SIZE;

	make_block(kind, version, block);
	memcpy(secret, block + START, PREMASTER_SIZE);
	encrypt_raw(key, block);
	switch (kind->wire) {
	case BLOCK:
	case LONG:
	case DOUBLED:
		break;
	case SHORT:
		len = SIZE - 1;
		break;
	case ONE_BYTE:
		len = 1;
		break;
	case MODULUS:
		put_modulus(key, block);
		break;
	case ONES:
		memset(block, 0xff, SIZE);
		break;
	case NOUGHT:
	case UNIT:
		memset(block, 0, SIZE);
		block[SIZE - 1] = kind->wire == UNIT ? 1 : 0;
		break;
	}
	if (kind->wire == LONG)
		writer_u8(out, 0);
	writer_bytes(out, slice_of(block, len));
	if (kind->wire == DOUBLED)
		writer_bytes(out, slice_of(block, len));
	ck_assert(!out->failed);
}

/* ---- decrypted here ---- */

static void
forged(const struct kind *kind, uint16_t version,
    uint8_t secret[PREMASTER_SIZE], uint8_t got[PREMASTER_SIZE])
{
	EVP_PKEY *key = certs_key(CERTS_RSA, 0);
	struct writer ciphertext;
	struct slice bytes;

	writer_init(&ciphertext, 2 * SIZE);
	forge(key, kind, version, secret, &ciphertext);
	ck_assert(writer_result(&ciphertext, &bytes));
	ck_assert_int_eq(premaster_decrypt(key, version, bytes, got), 0);
	/* It leaves no trace for the next who looks. */
	ck_assert_uint_eq(ERR_peek_error(), 0);
	writer_free(&ciphertext);
}

START_TEST(what_was_encrypted_is_decrypted)
{
	static const uint16_t versions[] = { 0x0300, 0x0301, 0x0302, 0x0303,
		0x0304, 0x0309 };
	EVP_PKEY *key = certs_key(CERTS_RSA, 0);
	uint8_t secret[PREMASTER_SIZE], got[PREMASTER_SIZE];
	uint8_t before[PREMASTER_SIZE] = { 0 };
	struct writer ciphertext;
	struct slice bytes;

	for (size_t i = 0; i < COUNT(versions); i++) {
		writer_init(&ciphertext, SIZE);
		ck_assert_int_eq(
		    premaster_encrypt(key, versions[i], secret, &ciphertext),
		    0);
		ck_assert(writer_result(&ciphertext, &bytes));
		ck_assert_uint_eq(bytes.len, SIZE);
		ck_assert_uint_eq(secret[0] << 8 | secret[1], versions[i]);
		ck_assert_mem_ne(secret + 2, before + 2, PREMASTER_SIZE - 2);
		memcpy(before, secret, sizeof before);
		ck_assert_int_eq(
		    premaster_decrypt(key, versions[i], bytes, got), 0);
		ck_assert_mem_eq(got, secret, PREMASTER_SIZE);
		writer_free(&ciphertext);
		forged(&good, versions[i], secret, got);
		ck_assert_mem_eq(got, secret, PREMASTER_SIZE);
	}
}
END_TEST

START_TEST(what_is_wrong_gives_random_bytes)
{
	uint8_t secret[PREMASTER_SIZE], got[2][PREMASTER_SIZE];
	/* No row is for this version. */
	uint16_t version = 0x0309;

	forged(&bad[_i], version, secret, got[0]);
	forged(&bad[_i], version, secret, got[1]);
	ck_assert_msg(memcmp(got[0], secret, PREMASTER_SIZE) != 0, "%s: taken",
	    bad[_i].what);
	/* Even the part behind the version is not to be had. */
	ck_assert_msg(memcmp(got[0] + 2, secret + 2, PREMASTER_SIZE - 2) != 0,
	    "%s: taken in part", bad[_i].what);
	ck_assert_msg(memcmp(got[0], got[1], PREMASTER_SIZE) != 0,
	    "%s: not random", bad[_i].what);
}
END_TEST

/* What an application decrypted is held to the same. */
START_TEST(only_a_secret_of_48_bytes_for_the_version_is_accepted)
{
	uint8_t bytes[64], got[PREMASTER_SIZE], again[PREMASTER_SIZE];

	memset(bytes, 7, sizeof bytes);
	bytes[0] = bytes[1] = 3;
	ck_assert_int_eq(
	    premaster_accept(0x0303, slice_of(bytes, PREMASTER_SIZE), got), 0);
	ck_assert_mem_eq(got, bytes, PREMASTER_SIZE);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		if (len == PREMASTER_SIZE)
			continue;
		ck_assert_int_eq(
		    premaster_accept(0x0303, slice_of(bytes, len), got), 0);
		ck_assert_int_eq(
		    premaster_accept(0x0303, slice_of(bytes, len), again), 0);
		ck_assert_mem_ne(got, bytes, PREMASTER_SIZE);
		ck_assert_mem_ne(got, again, PREMASTER_SIZE);
	}
	for (unsigned version = 0; version <= 0xffff; version += 0x11) {
		if (version == 0x0303)
			continue;
		ck_assert_int_eq(premaster_accept((uint16_t)version,
				     slice_of(bytes, PREMASTER_SIZE), got),
		    0);
		ck_assert_mem_ne(got + 2, bytes + 2, PREMASTER_SIZE - 2);
	}
}
END_TEST

/* ---- from outside ---- */

/* How the server comes by the secret. */
enum decrypter { AT_ONCE, PENDING, BY_APPLICATION };

struct outside {
	const struct kind *kind; /* NULL: a good one that the client forgets */
	enum decrypter decrypter;
	struct s2n_async_pkey_op *op;
};

/* All that a client can see, and what the application is told. */
struct sight {
	bool through;
	int alert;
	size_t bytes, records;
	char error[64], last_message[64];
	unsigned operations;
	bool delayed;
};

static void
replace(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	const struct outside *outside = ctx;
	const struct kind *kind = outside->kind != NULL ? outside->kind : &good;
	struct mark length = { 0 };

	if (step->message != CLIENT_KEY_EXCHANGE)
		return;
	out->len = start;
	if (conn->version > S2N_SSLv3)
		length = writer_open(out, 2);
	forge(conn->peer_chain->public_key, kind, conn->client_hello_version,
	    conn->hs->exchange.secret, out);
	if (conn->version > S2N_SSLv3)
		writer_close(out, length);
	if (outside->kind == NULL)
		conn->hs->exchange.secret[20] ^= 1;
}

static int
keep(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	struct outside *outside = s2n_connection_get_ctx(conn);

	ck_assert_ptr_null(outside->op);
	outside->op = op;
	return S2N_SUCCESS;
}

/* As an application does that has its key elsewhere: it gives what it got. */
static void
decrypt_outside(struct s2n_async_pkey_op *op, EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	uint8_t input[2 * SIZE], output[SIZE] = { 0 };
	size_t len = sizeof output;
	uint32_t size = 0;

	ck_assert_int_eq(s2n_async_pkey_op_get_input_size(op, &size), 0);
	ck_assert_uint_le(size, sizeof input);
	ck_assert_int_eq(s2n_async_pkey_op_get_input(op, input, size), 0);
	ck_assert_int_eq(EVP_PKEY_decrypt_init(ctx), 1);
	ck_assert_int_eq(
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	ERR_set_mark();
	if (EVP_PKEY_decrypt(ctx, output, &len, input, size) != 1 || len == 0)
		len = 1;
	ERR_pop_to_mark();
	EVP_PKEY_CTX_free(ctx);
	ck_assert_int_eq(
	    s2n_async_pkey_op_set_output(op, output, (uint32_t)len), 0);
}

static unsigned
finish(struct outside *outside, struct peers *peers)
{
	struct s2n_async_pkey_op *op = outside->op;
	s2n_async_pkey_op_type type;

	if (op == NULL)
		return 0;
	outside->op = NULL;
	ck_assert_int_eq(s2n_async_pkey_op_get_op_type(op, &type), 0);
	ck_assert_int_eq(type, S2N_ASYNC_DECRYPT);
	if (outside->decrypter == PENDING)
		ck_assert_int_eq(
		    s2n_async_pkey_op_perform(op,
			s2n_cert_chain_and_key_get_private_key(peers->chain)),
		    0);
	else
		decrypt_outside(op, certs_key(CERTS_RSA, 0));
	ck_assert_int_eq(s2n_async_pkey_op_apply(op, peers->server), 0);
	ck_assert_int_eq(s2n_async_pkey_op_free(op), 0);
	return 1;
}

static size_t
count_records(const struct pipe *pipe)
{
	struct reader in =
	    reader_of(slice_of(pipe->bytes.data, pipe->bytes.len));
	size_t count = 0;

	for (; reader_more(&in); count++) {
		reader_u8(&in);
		reader_u16(&in);
		reader_vec16(&in);
	}
	ck_assert(reader_done(&in));
	return count;
}

static void
look(struct peers *peers, struct outside *outside, struct sight *sight)
{
	const struct detour detour = { .built = replace, .ctx = outside };
	s2n_blocked_status blocked;
	bool client = false, server = false;

	*sight = (struct sight){ 0 };
	if (outside->decrypter != AT_ONCE)
		ck_assert_int_eq(s2n_config_set_async_pkey_callback(
				     peers->server_config, keep),
		    0);
	s2n_connection_set_ctx(peers->server, outside);
	detour_take(peers->client, &detour);
	for (int i = 0; i < 10; i++) {
		client = s2n_negotiate(peers->client, &blocked) == 0;
		server = s2n_negotiate(peers->server, &blocked) == 0;
		if (!server && s2n_error_get_type(s2n_errno) == S2N_ERR_T_PROTO)
			snprintf(sight->error, sizeof sight->error, "%s",
			    s2n_strerror_name(s2n_errno));
		sight->operations += finish(outside, peers);
	}
	sight->through = client && server;
	sight->alert = s2n_connection_get_alert(peers->client);
	sight->bytes = peers->to_client.bytes.len;
	sight->records = count_records(&peers->to_client);
	sight->delayed = s2n_connection_get_delay(peers->server) > 0;
	snprintf(sight->last_message, sizeof sight->last_message, "%s",
	    s2n_connection_get_last_message_name(peers->server));
}

static const struct {
	const char *what;
	struct peers_spec spec;
} ways[] = {
	{ "TLS 1.2, GCM", { .version = S2N_TLS12,
			      .suite = TLS_RSA_WITH_AES_128_GCM_SHA256,
			      .key = CERTS_RSA } },
	{ "TLS 1.2, CBC", { .version = S2N_TLS12,
			      .suite = TLS_RSA_WITH_AES_256_CBC_SHA256,
			      .key = CERTS_RSA } },
	/* The ClientHello's version is not the one that was agreed on. */
	{ "TLS 1.1, offered 1.2", { .version = S2N_TLS11,
				      .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
				      .client_most = S2N_TLS12,
				      .key = CERTS_RSA } },
	{ "TLS 1.0, offered 1.2", { .version = S2N_TLS10,
				      .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
				      .client_most = S2N_TLS12,
				      .key = CERTS_RSA } },
	{ "TLS 1.0", { .version = S2N_TLS10,
			 .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
			 .key = CERTS_RSA } },
	{ "SSLv3", { .version = S2N_SSLv3,
		       .suite = TLS_RSA_WITH_AES_128_CBC_SHA,
		       .key = CERTS_RSA } },
};
#define DECRYPTERS 3

/* A further pair of the same configs: as many bytes, but for what differs. */
static void
look_again(struct peers *peers, const struct kind *kind,
    enum decrypter decrypter, struct sight *sight)
{
	struct outside outside = { .kind = kind, .decrypter = decrypter };

	peers_reconnect(peers);
	look(peers, &outside, sight);
}

static bool
same(const struct sight *a, const struct sight *b)
{
	return a->through == b->through && a->alert == b->alert &&
	       a->bytes == b->bytes && a->records == b->records &&
	       a->operations == b->operations && a->delayed == b->delayed &&
	       strcmp(a->error, b->error) == 0 &&
	       strcmp(a->last_message, b->last_message) == 0;
}

/* What is no fault in a way: the version that its ClientHello had. */
static bool
is_good(int way, const struct kind *kind)
{
	uint8_t most = ways[way].spec.client_most != 0
			   ? ways[way].spec.client_most
			   : ways[way].spec.version;

	return kind->version == version_wire(most);
}

START_TEST(from_outside_all_that_is_wrong_looks_the_same)
{
	int way = _i / DECRYPTERS;
	enum decrypter decrypter = (enum decrypter)(_i % DECRYPTERS);
	struct sight want, got;
	struct peers peers;

	peers_open(&peers, &ways[way].spec);
	look_again(&peers, &good, decrypter, &got);
	ck_assert_msg(got.through, "%s: %s", ways[way].what, got.error);
	/* Nothing is wrong with it, but it is not the client's. */
	look_again(&peers, NULL, decrypter, &want);
	ck_assert(!want.through);
	ck_assert_int_eq(want.alert, ALERT_BAD_RECORD_MAC);
	ck_assert_str_eq(want.error, "S2N_ERR_DECRYPT");
	ck_assert_str_eq(want.last_message, "CLIENT_CHANGE_CIPHER_SPEC");
	ck_assert_uint_eq(want.operations, decrypter == AT_ONCE ? 0 : 1);
	ck_assert(want.delayed);
	for (size_t i = 0; i < COUNT(bad); i++) {
		look_again(&peers, &bad[i], decrypter, &got);
		if (is_good(way, &bad[i]))
			ck_assert_msg(got.through, "%s", bad[i].what);
		else
			ck_assert_msg(same(&want, &got),
			    "%s, %d: %s: alert %d, %zu bytes, %s at %s",
			    ways[way].what, decrypter, bad[i].what, got.alert,
			    got.bytes, got.error, got.last_message);
	}
	peers_close(&peers);
}
END_TEST

static Suite *
bleichenbacher_suite(void)
{
	Suite *suite = suite_create("bleichenbacher");
	TCase *tcase = tcase_create("bleichenbacher");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_test(tcase, what_was_encrypted_is_decrypted);
	tcase_add_loop_test(
	    tcase, what_is_wrong_gives_random_bytes, 0, (int)COUNT(bad));
	tcase_add_test(
	    tcase, only_a_secret_of_48_bytes_for_the_version_is_accepted);
	tcase_add_loop_test(tcase,
	    from_outside_all_that_is_wrong_looks_the_same, 0,
	    DECRYPTERS * (int)COUNT(ways));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(bleichenbacher_suite)
