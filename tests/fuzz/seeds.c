/*
 * Writes the part of the corpora that is made from real handshakes and keys, or
 * by hand: fuzz_seeds, from the root of the tree. Files of the same name are
 * replaced, others stay: they are what was found.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "ipc/keyproto.h"
#include "keyd/content.h"
#include "libtls/handshake/message.h"
#include "libtls/session/session.h"
#include "tests/fuzz/chance.h"
#include "tests/fuzz/fuzz_staple.h"
#include "tests/fuzz/pair.h"
#include "tests/fuzz/target.h"
#include "tests/unit/detour.h"

#define CORPORA "tests/fuzz/corpus"
#define SEED_MAX (1 << 16)
#define VERSIONS 6
#define NAMED_CURVE 3

static struct writer seed;

static struct writer *
begin(void)
{
	writer_free(&seed);
	writer_init(&seed, SEED_MAX);
	return &seed;
}

static bool
is_corpus(const char *name)
{
	for (size_t i = 0; i < target_count; i++)
		if (strcmp(targets[i].corpus, name) == 0)
			return true;
	return false;
}

static void
end(const char *target, const char *name)
{
	char path[256];
	FILE *out;

	must_hold(is_corpus(target), "%s is no target's", target);
	must_hold(mkdir(CORPORA, 0777) == 0 || errno == EEXIST, CORPORA);
	snprintf(path, sizeof path, CORPORA "/%s", target);
	must_hold(mkdir(path, 0777) == 0 || errno == EEXIST, "%s", path);
	snprintf(path, sizeof path, CORPORA "/%s/%s", target, name);
	must_hold((out = fopen(path, "w")) != NULL &&
		      fwrite(seed.data, 1, seed.len, out) == seed.len &&
		      fclose(out) == 0,
	    "%s", path);
}

/* Bytes written by hand. */
#define HAND(target, name, ...)                                                \
	do {                                                                   \
		static const uint8_t bytes[] = { __VA_ARGS__ };                \
		writer_bytes(begin(), slice_of(bytes, sizeof bytes));          \
		end(target, name);                                             \
	} while (0)

/* The same behind one byte more. */
#define HAND_FIRST(target, name, first, ...)                                   \
	do {                                                                   \
		static const uint8_t bytes[] = { __VA_ARGS__ };                \
		writer_u8(begin(), first);                                     \
		writer_bytes(&seed, slice_of(bytes, sizeof bytes));            \
		end(target, name);                                             \
	} while (0)

static void
text(const char *target, const char *name, const char *string)
{
	writer_bytes(begin(), slice_of_string(string));
	end(target, name);
}

/* ---- handshakes ---- */

/* By the number in a hello's first byte. */
static const struct {
	uint8_t version;
	const char *name;
	unsigned rows[2]; /* of which there are seeds */
} versions[VERSIONS] = { { 0, "all", { 0, 0 } },
	{ S2N_TLS13, "tls13", { 0, 3 } }, { S2N_TLS12, "tls12", { 2, 4 } },
	{ S2N_TLS11, "tls11", { 1, 2 } }, { S2N_TLS10, "tls10", { 0, 1 } },
	{ S2N_SSLv3, "sslv3", { 1, 2 } } };

/* The body of the first handshake message of a stream of plaintext records. */
static struct slice
first_body(const struct wire *wire)
{
	struct reader records =
	    reader_of(slice_of(wire->bytes.data, wire->bytes.len));
	struct reader message;

	reader_u8(&records);
	reader_u16(&records);
	message = reader_of(reader_vec16(&records));
	reader_u8(&message);
	return reader_vec24(&message);
}

static void
put(const char *target, const char *name, uint8_t choice, struct slice bytes)
{
	writer_u8(begin(), choice);
	writer_bytes(&seed, bytes);
	end(target, name);
}

static void
one_side(const struct party *party, uint8_t choice, const char *name)
{
	bool client = party->conn->mode == S2N_CLIENT;

	put(client ? "server_hello" : "client_hello", name, choice,
	    first_body(party->in));
	put(client ? "client_wire" : "server_wire", name, choice,
	    slice_of(party->in->bytes.data, party->in->bytes.len));
}

static void
hellos(void)
{
	const struct setup *setup;
	struct pair pair;
	uint8_t choice;
	char name[32];

	for (size_t i = 0; i < VERSIONS; i++)
		for (size_t j = 0; j < COUNT(versions[i].rows); j++) {
			if (j > 0 && versions[i].rows[j] == 0)
				continue;
			choice = (uint8_t)(i << 4 | versions[i].rows[j]);
			setup =
			    setup_row(versions[i].version, versions[i].rows[j]);
			snprintf(name, sizeof name, "%s-%u", versions[i].name,
			    versions[i].rows[j]);
			chance_restart();
			pair_open(&pair, setup);
			pair_talk(&pair);
			must_hold(pair.client.through && pair.server.through,
			    "%s", name);
			one_side(&pair.client, choice, name);
			one_side(&pair.server, choice, name);
			pair_close(&pair);
		}
}

static void
hellos_v2(void)
{
	/* RFC 5246 E.2: version, lengths, suites, challenge */
	HAND("client_hello_v2", "sslv3", 0x50, 1, 3, 0, 0, 6, 0, 0, 0, 16, 0, 0,
	    4, 0, 0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	HAND("client_hello_v2", "tls10", 0x41, 1, 3, 1, 0, 9, 0, 0, 0, 16, 0, 0,
	    5, 0, 0, 10, 1, 0, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	    14, 15, 16);
	HAND("client_hello_v2", "all", 0, 1, 3, 3, 0, 12, 0, 0, 0, 16, 0, 0,
	    0x9c, 0, 0, 10, 0, 0, 0xff, 7, 0, 0xc0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	    10, 11, 12, 13, 14, 15, 16);
	HAND("client_hello_v2", "session", 0, 1, 3, 1, 0, 3, 0, 4, 0, 16, 0, 0,
	    10, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	    16);
}

/* Row, kind and role, message, cut; edits: of each message, both ways. */
static void
changes(const char *target)
{
	static const char *const roles[] = { "client", "server" };
	char name[32];

	HAND(target, "honest", 0, 0, 0, 0);
	HAND(target, "honest-cut", 1, 0x81, 0, 1);
	HAND(target, "honest-certs", 2, 0, 0, 40);
	HAND(target, "dropped", 2, 6, 1, 0);
	HAND(target, "repeated", 2, 8, 1, 0);
	HAND(target, "injected-request", 0, 11, 1, 0, 22, 4, 0, 0, 0, 0);
	HAND(target, "injected-ccs", 0, 10, 1, 0, 20, 1, 1);
	HAND(target, "header-type", 1, 3, 1, 0, 0, 0, 0, 1);
	HAND(target, "shorter", 1, 5, 1, 0, 3, 0, 9, 2);
	HAND(target, "longer", 1, 1, 2, 0, 2, 0, 6, 2, 0, 0);
	for (uint8_t role = 0; role < COUNT(roles); role++)
		for (uint8_t message = 0; message < 6; message++) {
			snprintf(
			    name, sizeof name, "%s-%u", roles[role], message);
			/* A bit of its body, or of its end, far behind. */
			begin();
			writer_u8(&seed, message % 3);
			writer_u8(&seed, role);
			writer_u8(&seed, message);
			writer_u8(&seed, 0);
			writer_u8(&seed, 0);
			writer_u16(&seed, (uint16_t)(message * 7 + 2));
			writer_u8(&seed, 1);
			end(target, name);
		}
}

static void
after(void)
{
	/* row, role; actions: record, data, update, answer, bytes, talk */
	HAND("after_tls13", "data", 0, 0, 1, 3, 'a', 'b', 'c', 5, 3, 2, 'd',
	    'e', 2, 1, 1, 'f');
	HAND("after_tls13", "update", 0, 1, 0, 2, 5, 24, 0, 0, 1, 1, 1, 1, 'x');
	HAND("after_tls13", "ticket", 1, 1, 0, 2, 20, 4, 0, 0, 16, 0, 0, 0, 9,
	    0, 0, 0, 9, 1, 1, 0, 2, 5, 5, 0, 0, 0, 1, 1, 'x');
	HAND("after_tls13", "alert", 2, 0, 0, 1, 2, 2, 50, 1, 1, 'x');
	HAND("after_tls13", "goodbye", 3, 3, 1, 1, 'x', 0, 1, 2, 1, 0, 5);
	HAND("after_tls13", "bytes", 0, 2, 4, 6, 23, 3, 3, 0, 1, 0, 5);
	HAND("after_tls13", "empty", 0, 0, 0, 3, 0, 0, 3, 0, 1, 1, 'x');
	for (uint8_t version = 0; version < 4; version++) {
		char name[32];

		snprintf(name, sizeof name, "data-%u", version);
		HAND_FIRST("after_older", name, version, 1, 1, 1, 3, 'a', 'b',
		    'c', 5, 3, 2, 'd', 'e', 1, 1, 'f');
		snprintf(name, sizeof name, "request-%u", version);
		HAND_FIRST("after_older", name, version, 0, 1, 0, 2, 4, 0, 0, 0,
		    0, 1, 1, 'x');
		snprintf(name, sizeof name, "alert-%u", version);
		HAND_FIRST("after_older", name, version, 0, 0, 0, 1, 2, 1, 100,
		    1, 1, 'x');
		snprintf(name, sizeof name, "hello-%u", version);
		HAND_FIRST("after_older", name, version, 0, 0, 0, 2, 6, 1, 0, 0,
		    2, 3, 3);
	}
}

/* ---- records ---- */

/* Row, number of records with type and length; edits. */
static void
records(const char *target)
{
	HAND(target, "three", 0, 3, 3, 0, 10, 2, 0, 4, 3, 1, 0);
	HAND(target, "bit", 1, 2, 3, 0, 10, 3, 0, 10, 0, 0, 12, 1);
	HAND(target, "header", 2, 2, 3, 0, 10, 3, 0, 10, 0, 0, 0, 1);
	HAND(target, "length", 0, 1, 3, 0, 100, 6, 0, 3, 0, 1);
	HAND(target, "empty", 1, 2, 3, 0, 0, 3, 0, 1);
	HAND(target, "longest", 0, 1, 3, 0x40, 0);
	HAND(target, "shorter", 2, 1, 3, 0, 50, 3, 0, 20, 16);
	HAND(target, "again", 3, 1, 3, 0, 20, 5, 0, 0, 200);
	HAND(target, "last-block", 4, 1, 3, 0, 31, 0, 0, 60, 0x80);
}

static void
crafted(void)
{
	/* type, content, zeros */
	HAND("crafted_tls13", "plain", 23, 2, 'a', 'b', 0, 22, 1, 'c', 0);
	HAND("crafted_tls13", "padded", 0, 3, 'a', 'b', 23, 100);
	HAND("crafted_tls13", "nothing", 0, 0, 50);
	HAND("crafted_tls13", "empty", 23, 0, 0, 23, 0, 0, 0, 1, 23, 7);
	HAND("crafted_tls13", "ccs", 20, 1, 1, 0);
	HAND("crafted_tls13", "unknown", 24, 1, 1, 0);
	/* row; type, content, what is wrong with the MAC, padding */
	HAND("crafted_cbc", "good", 0, 3, 0, 3, 'a', 'b', 'c', 0, 9, 8, 8, 8, 8,
	    8, 8, 8, 8, 8);
	HAND("crafted_cbc", "mac", 1, 3, 0, 3, 'a', 'b', 'c', 1, 1, 12);
	HAND(
	    "crafted_cbc", "padding", 2, 3, 0, 3, 'a', 'b', 'c', 0, 3, 1, 2, 3);
	HAND("crafted_cbc", "sslv3", 4, 3, 0, 3, 'a', 'b', 'c', 0, 9, 1, 2, 3,
	    4, 5, 6, 7, 8, 8);
	HAND("crafted_cbc", "none", 3, 3, 0, 0, 0, 4, 3, 3, 3, 3);
	HAND("crafted_cbc", "far", 5, 2, 0, 0, 0, 1, 255);
}

/* ---- certificates and keys ---- */

static void
chain_seed(const char *name, const char *certs, const char *key)
{
	writer_vec16(begin(), slice_of_string(certs));
	writer_bytes(&seed, slice_of_string(key));
	end("pem_chain", name);
}

static void
der(const char *target, const char *name, EVP_PKEY *key, const char *form)
{
	unsigned char *bytes = NULL;
	int len;

	if (strcmp(form, "PKCS8") == 0) {
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);

		len = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes);
		PKCS8_PRIV_KEY_INFO_free(info);
	} else {
		len = i2d_PrivateKey(key, &bytes);
	}
	must_hold(len > 0, "%s", name);
	writer_bytes(begin(), slice_of(bytes, (size_t)len));
	end(target, name);
	OPENSSL_free(bytes);
}

static void
key_file(const char *name, const char *pem)
{
	writer_u16(begin(), 7);
	writer_bytes(&seed, slice_of_string(pem));
	end("keyfile", name);
}

/* Encrypted with the passphrase of fuzz_keyfile. */
static void
sealed_files(EVP_PKEY *key)
{
	BIO *pem = BIO_new(BIO_s_mem()), *p12 = BIO_new(BIO_s_mem());
	PKCS12 *made = PKCS12_create("warm", NULL, key, NULL, NULL,
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 0, 1, 1, 0);
	struct {
		const char *name;
		BIO *bio;
	} files[] = { { "sealed-pkcs8", pem }, { "sealed-pkcs12", p12 } };
	char *bytes;
	long len;

	must_hold(PEM_write_bio_PKCS8PrivateKey(pem, key, EVP_aes_128_cbc(),
		      "warm", 4, NULL, NULL) == 1 &&
		      made != NULL && i2d_PKCS12_bio(p12, made) == 1,
	    "encrypted keys");
	for (size_t i = 0; i < COUNT(files); i++) {
		len = BIO_get_mem_data(files[i].bio, &bytes);
		writer_u16(begin(), 6);
		writer_bytes(&seed, slice_of(bytes, (size_t)len));
		end("keyfile", files[i].name);
		BIO_free(files[i].bio);
	}
	PKCS12_free(made);
}

static void
certificates(void)
{
	const struct certs_cert *ec = setup_leaf(CERTS_P256, SETUP_HOST);
	const struct certs_cert *rsa = setup_leaf(CERTS_RSA_WEAK, "b.example");
	const struct certs_cert *big = setup_leaf(CERTS_P384, "*.example");

	chain_seed("ec", ec->pem, ec->key_pem);
	chain_seed("two", certs_join(ec->pem, setup_ca()->pem), "");
	chain_seed("rsa", rsa->pem, rsa->key_pem);
	chain_seed("another's-key", big->pem, ec->key_pem);
	text("pem_key", "ec-pkcs8", ec->key_pem);
	text("pem_key", "ec-sec1", certs_traditional_key_pem(ec));
	text("pem_key", "p384", big->key_pem);
	text("pem_key", "rsa-pkcs8", rsa->key_pem);
	text("pem_key", "rsa-pkcs1", certs_traditional_key_pem(rsa));
	text("pem_key", "certificate", ec->pem);
	der("der_key", "ec-pkcs8", ec->key, "PKCS8");
	der("der_key", "ec-sec1", ec->key, "old");
	der("der_key", "rsa-pkcs8", rsa->key, "PKCS8");
	der("der_key", "rsa-pkcs1", rsa->key, "old");
	text("trust", "one", setup_ca()->pem);
	text("trust", "two", certs_join(setup_ca()->pem, ec->pem));
	key_file("ec", ec->key_pem);
	key_file("ec-sec1", certs_traditional_key_pem(ec));
	key_file("rsa-weak", rsa->key_pem);
	sealed_files(certs_key(CERTS_P256, 0));
	/* control; edits */
	HAND("peer_chain", "honest", 0);
	HAND("peer_chain", "honest-more", 0x3c);
	HAND("peer_chain", "strange", 2);
	HAND("peer_chain", "strange-more", 0x3e);
	HAND("peer_chain", "leaf", 0, 0, 0, 90, 1);
	HAND("peer_chain", "between", 1, 0, 0, 90, 1);
	HAND("peer_chain", "signature", 12, 0, 1, 120, 1);
	HAND("peer_chain", "serial", 12, 0, 0, 14, 1);
	HAND("peer_chain", "shorter", 12, 4, 0, 200);
	HAND("hostname", "equal", 5, 'a', '.', 'b', '.', 'c', 'A', '.', 'b',
	    '.', 'c');
	HAND("hostname", "star", 5, '*', '.', 'b', '.', 'c', 'A', '.', 'b', '.',
	    'c');
	HAND("hostname", "inner-star", 5, 'a', '*', '.', 'b', 'c', 'a', 'a',
	    '.', 'b', 'c');
	HAND("hostname", "near-star", 5, '*', 'a', 'b', '.', 'c', 'x', '.', 'b',
	    '.', 'c');
	HAND("hostname", "star-and-more", 6, '*', 'a', '.', 'b', '.', 'c', 'x',
	    'a', '.', 'b', '.', 'c');
	HAND("hostname", "star-alone", 3, '*', '.', 'c', 'a', '.', 'c');
	HAND("hostname", "address-6", 4, '0', '0', ':', ':', ':', ':');
	HAND("hostname", "address", 7, '1', '.', '2', '.', '3', '.', '4', '1',
	    '.', '2', '.', '3', '.', '4');
}

/* ---- staples ---- */

static void
responses(void)
{
	static const char *const names[] = { "good", "delegate", "revoked",
		"twin", "stranger", "expired", "young" };
	char name[32];

	fuzz_ocsp_set_up();
	for (uint8_t row = 0; row < COUNT(names); row++) {
		snprintf(name, sizeof name, "%s-bytes", names[row]);
		put("ocsp", name, 0xb0, fuzz_ocsp_response(row));
		/* An edit of the response's status, of a time, of the end. */
		HAND_FIRST("ocsp", names[row], 0x30 | row, 0, 0, 6, 1);
		snprintf(name, sizeof name, "%s-time", names[row]);
		HAND_FIRST("ocsp", name, 0x10 | row, 0, 0, 110, 1);
		snprintf(name, sizeof name, "%s-cut", names[row]);
		HAND_FIRST("ocsp", name, 0x20 | row, 4, 1, 0);
		snprintf(name, sizeof name, "%s-unchanged", names[row]);
		writer_u8(begin(), 0x30 | row);
		end("ocsp", name);
	}
	HAND("ocsp", "try-later", 0xb0, 0x30, 3, 0x0a, 1, 3);
	HAND("ocsp", "no-answer", 0xb0, 0x30, 3, 0x0a, 1, 0);
	HAND("ocsp", "nothing", 0xb0);
}

/* Place and flags; the data. */
static void
staples(void)
{
	char name[32];

	for (uint8_t place = 0; place < 7; place++) {
		snprintf(name, sizeof name, "status-%u", place);
		HAND_FIRST("staples", name, place, 1, 0, 0, 3, 'a', 'b', 'c');
		snprintf(name, sizeof name, "status-%u-unasked", place);
		HAND_FIRST("staples", name, place | 0x10, 1, 0, 0, 1, 'a');
		snprintf(name, sizeof name, "status-%u-nothing", place);
		HAND_FIRST("staples", name, place, 1, 0, 0, 0);
		snprintf(name, sizeof name, "status-%u-longer", place);
		HAND_FIRST("staples", name, place, 1, 0, 0, 1, 'a', 'b');
		snprintf(name, sizeof name, "status-%u-type", place);
		HAND_FIRST("staples", name, place, 2, 0, 0, 1, 'a');
		snprintf(name, sizeof name, "empty-%u", place);
		writer_u8(begin(), place);
		end("staples", name);
		snprintf(name, sizeof name, "list-%u", place);
		HAND_FIRST("staples", name, place | 8, 0, 4, 0, 2, 'a', 'b');
		snprintf(name, sizeof name, "list-%u-empty", place);
		writer_u8(begin(), place | 8);
		end("staples", name);
	}
	HAND("staples", "request", 0, 1, 0, 0, 0, 0);
	HAND("staples", "request-ids", 0, 1, 0, 3, 0, 1, 'a', 0, 2, 5, 0);
	HAND("staples", "request-type", 0, 2, 0, 3, 0, 1, 'a', 0, 2, 5, 0);
	HAND("staples", "request-longer", 0, 1, 0, 0, 0, 0, 0);
	/* More than may be set, though not more than fits. */
	writer_u8(begin(), 3 | 8);
	for (int i = 0; i < 32001; i++)
		writer_u8(&seed, 'a');
	end("staples", "list-long");
}

/* ---- the key protocol ---- */

static struct slice
packet(uint16_t type, uint64_t id, struct slice payload)
{
	static uint8_t bytes[KEYPROTO_PACKET_MAX];
	struct keyproto_header header = { .type = type, .id = id };
	size_t len = keyproto_build(&header, payload, bytes, sizeof bytes);

	must_hold(len > 0, "a packet of type %u", type);
	return slice_of(bytes, len);
}

/* HELLO, then that, then PING. */
static void
asks(const char *name, uint8_t role, uint16_t type, struct slice payload)
{
	struct keyproto_hello hello = { 1, 1, 0 };
	uint8_t bytes[16];
	size_t len = keyproto_hello_build(&hello, bytes, sizeof bytes);

	begin();
	writer_u8(&seed, role);
	writer_u8(&seed, 0);
	writer_vec16(&seed, packet(KEYPROTO_HELLO, 1, slice_of(bytes, len)));
	writer_u8(&seed, 0);
	writer_vec16(&seed, packet(type, 2, payload));
	writer_u8(&seed, 0);
	writer_vec16(&seed, packet(KEYPROTO_PING, 3, NO_BYTES));
	end("request", name);
	writer_bytes(begin(), packet(type, 2, payload));
	end("keyproto", name);
}

/* What a handshake's messages were, one after the other. */
struct heard {
	struct writer all;
	struct writer exchange; /* ServerKeyExchange's body */
	bool proved;            /* the client's CertificateVerify is next */
};

static void
hear(struct s2n_connection *conn, const struct step *step, struct writer *out,
    size_t start, void *ctx)
{
	struct heard *heard = ctx;

	(void)conn;
	if (step->message == SERVER_KEY_EXCHANGE)
		writer_bytes(&heard->exchange,
		    slice_of(out->data + start, out->len - start));
	if (step->message == CERTIFICATE_VERIFY ||
	    step->message == CHANGE_CIPHER_SPEC)
		heard->proved = true;
	if (heard->proved)
		return;
	writer_u8(&heard->all, (uint8_t)step->message);
	writer_vec24(
	    &heard->all, slice_of(out->data + start, out->len - start));
}

/* ServerECDHParams or ServerDHParams, without the signature (RFC 8422 5.4, RFC
 * 5246 7.4.3). */
static struct slice
parameters(const struct heard *heard)
{
	struct reader in =
	    reader_of(slice_of(heard->exchange.data, heard->exchange.len));

	if (heard->exchange.data[0] == NAMED_CURVE) {
		reader_u24(&in);
		reader_vec8(&in);
	} else {
		for (int i = 0; i < 3; i++)
			reader_vec16(&in);
	}
	return slice_of(
	    heard->exchange.data, heard->exchange.len - reader_rest(&in).len);
}

static void
listen(uint8_t version, unsigned row, struct heard *heard)
{
	struct detour detour = { .built = hear, .ctx = heard };
	struct pair pair;

	*heard = (struct heard){ .proved = false };
	writer_init(&heard->all, SEED_MAX);
	writer_init(&heard->exchange, SEED_MAX);
	chance_restart();
	pair_open(&pair, setup_row(version, row));
	detour_take(pair.client.conn, &detour);
	detour_take(pair.server.conn, &detour);
	pair_talk(&pair);
	must_hold(pair.client.through && pair.server.through, "a handshake");
	pair_close(&pair);
}

/* With randoms of one byte. */
static void
exchange(const char *name, uint8_t random, const struct heard *heard)
{
	char file[40];

	snprintf(file, sizeof file, "exchange-%s", name);
	writer_u8(begin(), 1);
	for (int i = 0; i < 2 * KEYPROTO_RANDOM; i++)
		writer_u8(&seed, random);
	writer_bytes(&seed, parameters(heard));
	end("content", file);
}

static void
contents(uint8_t version, unsigned row, const char *name)
{
	struct slice messages;
	struct heard heard;

	listen(version, row, &heard);
	messages = slice_of(heard.all.data, heard.all.len);
	must_hold(
	    (content_client_version(messages) != 0) ==
		(version >= S2N_TLS10 && setup_row(version, row)->client_cert),
	    "messages that a client signs: %s", name);
	writer_u8(begin(), 0);
	writer_bytes(&seed, messages);
	end("content", name);
	if (heard.exchange.len > 0) {
		exchange(name, 'r', &heard);
		/* As what TLS 1.3 signs begins. */
		exchange("spaces", ' ', &heard);
	}
	writer_free(&heard.all);
	writer_free(&heard.exchange);
}

static void
requests(void)
{
	static const uint8_t zeros[256];
	uint8_t bytes[KEYPROTO_PACKET_MAX];
	struct keyproto_sign sign13 = { .slot = 0,
		.scheme = 0x0403,
		.hash = KEYPROTO_SHA256,
		.generation = 1,
		.transcript = slice_of(zeros, 32) };
	struct keyproto_sign premaster = { .slot = 1,
		.version = 0x0303,
		.generation = 1,
		.ciphertext = slice_of(zeros, 256) };
	struct keyproto_sign sign12 = { .slot = 0,
		.scheme = 0x0403,
		.generation = 1,
		.client_random = slice_of(zeros, 32),
		.server_random = slice_of(zeros, 32) };
	struct keyproto_sign verify = {
		.slot = 0, .scheme = 0x0403, .generation = 1
	};
	struct heard heard;

	asks("keys", 0, KEYPROTO_KEYS, slice_of(zeros, 4));
	asks("stats", 0, KEYPROTO_STATS, NO_BYTES);
	asks("cancel", 1, KEYPROTO_CANCEL, slice_of(zeros, 8));
	asks("ticketkeys", 0, KEYPROTO_TICKETKEYS, slice_of(zeros, 8));
	asks("ticketkeys-another-time", 0, KEYPROTO_TICKETKEYS,
	    slice_of("\1\0\0\0\0\0\0\1", 8));
	asks("sign13", 0, KEYPROTO_SIGN13,
	    slice_of(
		bytes, keyproto_sign13_build(&sign13, bytes, sizeof bytes)));
	sign13.slot = 4;
	asks("sign13-another's", 1, KEYPROTO_SIGN13,
	    slice_of(
		bytes, keyproto_sign13_build(&sign13, bytes, sizeof bytes)));
	asks("premaster", 0, KEYPROTO_PREMASTER,
	    slice_of(bytes,
		keyproto_premaster_build(&premaster, bytes, sizeof bytes)));
	listen(S2N_TLS12, 7, &heard);
	sign12.parameters = parameters(&heard);
	asks("sign12", 0, KEYPROTO_SIGN12,
	    slice_of(
		bytes, keyproto_sign12_build(&sign12, bytes, sizeof bytes)));
	verify.messages = slice_of(heard.all.data, heard.all.len);
	asks("sign12cv", 1, KEYPROTO_SIGN12CV,
	    slice_of(
		bytes, keyproto_sign12cv_build(&verify, bytes, sizeof bytes)));
	writer_free(&heard.all);
	writer_free(&heard.exchange);
}

/* ---- a signer ---- */

/* Words of fuzz_signer.c's one_step(). */
static void
client_says(uint8_t which, uint16_t type, uint8_t more, struct slice payload)
{
	writer_u8(&seed, (uint8_t)(which << 4 | 1));
	writer_u16(&seed, type);
	writer_u8(&seed, more);
	writer_vec16(&seed, payload);
}

static void
keyd_says(uint16_t type, struct slice payload, struct slice file)
{
	writer_u8(&seed, 3);
	writer_u16(&seed, type);
	writer_vec16(&seed, payload);
	writer_vec16(&seed, file);
}

/* A channel, HELLO on it, and the signer's turn after each. */
static void
greeted(uint8_t which, bool client)
{
	begin();
	writer_u8(&seed, (uint8_t)(which << 4 | (client ? 14 : 6)));
	writer_u8(&seed, 0);
	writer_u8(&seed, 0);
	client_says(which, KEYPROTO_HELLO, 0, slice_of("\1\0\1\0\0\0\0", 8));
	writer_u8(&seed, 0);
}

static void
signers(void)
{
	static const uint8_t zeros[512];
	uint8_t bytes[KEYPROTO_PACKET_MAX];
	const struct keyproto_sign sign13 = { .scheme = 0x0403,
		.hash = KEYPROTO_SHA256,
		.generation = 1,
		.transcript = slice_of(zeros, 32) };
	const struct keyproto_keyfile file = {
		.slot = 1, .operations = ~0u, .name = "another"
	};
	const struct keyproto_audit told = { .stop = 1, .group = "g" };
	struct slice sign = slice_of(
	    bytes, keyproto_sign13_build(&sign13, bytes, sizeof bytes));
	uint8_t order[256];

	greeted(0, false);
	client_says(0, KEYPROTO_SIGN13, 0, sign);
	writer_u8(&seed, 0);
	writer_u8(&seed, 5);
	end("signer", "signs");
	greeted(1, true);
	client_says(1, KEYPROTO_SIGN13, 0x30, sign); /* many, none taken */
	writer_u8(&seed, 0);
	writer_u8(&seed, 0);
	writer_u8(&seed, 0x15);
	writer_u8(&seed, 0x14);
	writer_u8(&seed, 0);
	end("signer", "floods-and-goes");
	greeted(0, false);
	client_says(0, KEYPROTO_SIGN13, 7, sign);
	end("signer", "passes-a-descriptor");
	greeted(0, false);
	keyd_says(KEYPROTO_KEYFILE,
	    slice_of(order, keyproto_keyfile_build(&file, order, sizeof order)),
	    slice_of("-----BEGIN", 10));
	keyd_says(
	    KEYPROTO_KEYPART, slice_of("\1\0\1", 4), slice_of("secret\n", 7));
	keyd_says(KEYPROTO_STATUS, NO_BYTES, NO_BYTES);
	keyd_says(KEYPROTO_COUNTS, slice_of(zeros, 4), NO_BYTES);
	writer_u8(&seed, 0);
	end("signer", "is-ordered");
	greeted(0, false);
	keyd_says(KEYPROTO_AUDIT,
	    slice_of(order, keyproto_audit_build(&told, order, sizeof order)),
	    slice_of("no channel", 10));
	writer_u8(&seed, 0);
	client_says(0, KEYPROTO_SIGN13, 0, sign);
	writer_u8(&seed, 0);
	end("signer", "has-no-audit");
	begin();
	writer_u8(&seed, 12);
	writer_vec16(&seed, slice_of("garbage", 7));
	writer_vec16(&seed, NO_BYTES);
	writer_u8(&seed, 0);
	end("signer", "is-told-garbage");
}

/* A root of as many bytes as may be, at some time; an epoch before or after. */
static void
ticket_keys(const char *name, uint64_t now, uint64_t epoch, size_t root_len)
{
	begin();
	writer_u32(&seed, 5400);
	writer_u32(&seed, 21600);
	writer_u64(&seed, now << 16);
	writer_u64(&seed, epoch);
	for (size_t i = 0; i < root_len; i++)
		writer_u8(&seed, (uint8_t)(i * 7));
	end("tickets", name);
}

/* RFC 7512 section 3 has the longer ones. */
static void
uris(void)
{
	static const struct {
		const char *name, *text;
	} texts[] = {
		{ "object", "pkcs11:token=demo;object=www" },
		{ "id", "pkcs11:id=%01%ff%00z;token=a%20b;type=private" },
		{ "ends", "pkcs11:token=t;object=o;id=%01;" },
		{ "escaped",
		    "pkcs11:token=-._~:[]@!$'()*+,=&;object=%3f%2F%c3%A9" },
		{ "query", "pkcs11:token=t;object=o?pin-value=1234" },
		{ "source",
		    "pkcs11:object=my-pubkey;type=public?pin-source=file:/etc/token" },
		{ "long", "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;"
			  "manufacturer=Snake%20Oil,%20Inc.;model=1.0;"
			  "object=my-certificate;type=cert;"
			  "id=%69%95%3E%5C%F4%BD%EC%91;serial=" },
		{ "twice", "pkcs11:token=t;token=t;object=o" },
		{ "cut", "pkcs11:token=t;object=%4" },
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		begin();
		writer_bytes(&seed, slice_of_string(texts[i].text));
		end("p11_uri", texts[i].name);
	}
}

/* Both forms of its state, and what an application keeps of it. */
static void
session(const char *name, uint8_t version, uint16_t suite, bool early_data)
{
	struct session one;
	char other[64];

	session_init(&one);
	one.version = version;
	one.suite = suite_find(suite);
	one.issued = 1787400000u * (uint64_t)1000000000;
	one.secret_len =
	    version >= S2N_TLS13 ? one.suite->digest->size : SESSION_SECRET_MAX;
	one.age_add = 0x01020304;
	one.id_len = SESSION_ID_MAX;
	if (early_data) {
		one.early.max = 1000;
		writer_bytes(&one.early.protocol, slice_of_string("h2"));
		writer_bytes(&one.early.context, slice_of_string("context"));
	}
	for (uint8_t sealed = 0; sealed < 2; sealed++) {
		writer_u8(begin(), sealed);
		session_write_state(&one, sealed != 0, &seed);
		snprintf(other, sizeof other, "%s%s", name,
		    sealed != 0 ? "-sealed" : "");
		end("state", other);
	}
	if (version >= S2N_TLS13)
		must_hold(
		    session_set_ticket(&one, slice_of_string("a ticket")) == 0,
		    "memory");
	session_write(&one, begin());
	end("session", name);
	session_wipe(&one);
}

static void
sessions(void)
{
	session("tls13", S2N_TLS13, 0x1301, false);
	session("tls13-early", S2N_TLS13, 0x1302, true);
	session("tls12", S2N_TLS12, 0xc02f, false);
	session("sslv3", S2N_SSLv3, 0x002f, false);
	/* state, name, the name that is asked for, edits: none, and one */
	HAND("ticket", "as-it-is", 3, 1, 2, 3, 1, 'a', 1, 'a');
	HAND("ticket", "another-name", 3, 1, 2, 3, 1, 'a', 1, 'b');
	HAND("ticket", "changed", 3, 1, 2, 3, 1, 'a', 1, 'a', 0, 0, 70, 1);
	HAND("ticket", "shorter", 3, 1, 2, 3, 0, 0, 4, 0, 20);
}

/* Every choice of psk_hello with an honest hello; then edits: another age of
 * the first key, something in its midst, and of its binders. */
static void
offers(void)
{
	char name[32];

	for (unsigned choice = 0; choice < 64; choice++) {
		snprintf(name, sizeof name, "honest-%02u", choice);
		writer_u8(begin(), (uint8_t)choice);
		writer_u8(&seed, (uint8_t)(choice % 5));
		end("psk_hello", name);
	}
	for (unsigned bits = 0; bits < 8; bits++) {
		/* retried, early data that is wanted, signed */
		uint8_t choice = (uint8_t)((bits & 1) << 3 | (bits & 2) << 3 |
					   (bits & 2) << 4 | (bits & 4) << 4);

		snprintf(name, sizeof name, "random-%u", bits);
		HAND_FIRST("psk_hello", name, choice, 0, 0, 0, 10, 1);
		snprintf(name, sizeof name, "session-id-%u", bits);
		HAND_FIRST("psk_hello", name, choice, 0, 0, 0, 36, 1);
		snprintf(name, sizeof name, "cut-%u", bits);
		HAND_FIRST("psk_hello", name, choice, 0, 4, 0, 200);
		snprintf(name, sizeof name, "second-%u", bits);
		HAND_FIRST("psk_hello", name, choice | 128, 0, 0, 0, 100, 255);
	}
	/* identities with ages; binders */
	HAND("psk_offer", "one", 0, 7, 0, 1, 'a', 0, 0, 0, 0, 0, 33, 32, 1, 2,
	    3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32);
	HAND("psk_offer", "no-binder", 0, 7, 0, 1, 'a', 0, 0, 0, 0, 0, 0);
	HAND("psk_offer", "no-name", 0, 6, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1);
	HAND("psk_offer", "nothing", 0, 0, 0, 0);
}

/* ---- QUIC ---- */

/* Behind so many honest messages, to the client (0) or the server (1). */
#define TO_CLIENT(honest) (uint8_t)((honest) << 1)
#define TO_SERVER(honest) (uint8_t)((honest) << 1 | 1)

static void
quic(void)
{
	/* A ClientHello of nothing; its header alone, of the longest, and of
	 * one longer. */
	HAND("quic", "hello-empty", TO_SERVER(0), CLIENT_HELLO, 0, 0, 0);
	HAND("quic", "hello-cut", TO_SERVER(0), CLIENT_HELLO, 0, 255, 255, 3);
	HAND("quic", "hello-long", TO_SERVER(0), CLIENT_HELLO, 1, 0, 1, 3);
	/* An answer without ServerHello; EncryptedExtensions without
	 * parameters. */
	HAND("quic", "no-server-hello", TO_CLIENT(0), ENCRYPTED_EXTENSIONS, 0,
	    0, 2, 0, 0);
	HAND("quic", "no-parameters", TO_CLIENT(1), ENCRYPTED_EXTENSIONS, 0, 0,
	    2, 0, 0);
	HAND("quic", "finished", TO_SERVER(1), FINISHED, 0, 0, 2, 0, 0);
	HAND("quic", "end-of-early-data", TO_SERVER(1), END_OF_EARLY_DATA, 0, 0,
	    0);
	/* After the handshake. */
	HAND("quic", "key-update", TO_CLIENT(20), KEY_UPDATE, 0, 0, 1, 0);
	HAND("quic", "to-server", TO_SERVER(20), KEY_UPDATE, 0, 0, 1, 0);
	HAND("quic", "ticket", TO_CLIENT(20), NEW_SESSION_TICKET, 0, 0, 23, 0,
	    0, 1, 0, 1, 2, 3, 4, 1, 0, 0, 1, 9, 0, 8, 0, 42, 0, 4, 255, 255,
	    255, 255);
	HAND("quic", "ticket-bounded", TO_CLIENT(20), NEW_SESSION_TICKET, 0, 0,
	    23, 0, 0, 1, 0, 1, 2, 3, 4, 1, 0, 0, 1, 9, 0, 8, 0, 42, 0, 4, 0, 0,
	    4, 0);
	HAND("quic", "nothing", TO_CLIENT(20));
}

int
main(void)
{
	target_prepare();
	chance_restart();
	setup_all();
	hellos();
	hellos_v2();
	changes("handshake");
	after();
	quic();
	records("record");
	crafted();
	certificates();
	responses();
	staples();
	contents(S2N_TLS12, 2, "ecdhe-rsa");
	contents(S2N_TLS12, 3, "dhe");
	contents(S2N_TLS11, 2, "tls11");
	contents(S2N_SSLv3, 1, "sslv3");
	requests();
	signers();
	sessions();
	offers();
	ticket_keys("now", 1787400000, 331000, 48);
	ticket_keys("before", 1787400000, 330998, 32);
	ticket_keys("long-ago", 1787400000, 1, 1024);
	ticket_keys("wraps", 1787400000, UINT64_MAX, 33);
	ticket_keys("1970", 0, 1, 31);
	uris();
	writer_free(&seed);
	return EXIT_SUCCESS;
}
