/*
 * Two record layers with the same keys. What one sealed the other must open;
 * what was changed in between it must not give out (RFC 8446 5.2, RFC 5246
 * 6.2.3, RFC 6101 5.2.3).
 */
#include "tests/fuzz/fuzz_record.h"

#include <errno.h>
#include <stdlib.h>

#include "libtls/crypto/library.h"
#include "libtls/record/mac.h"
#include "libtls/record/protect12.h"
#include "libtls/record/record.h"
#include "libtls/registry/iana.h"
#include "libtls/registry/version.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/target.h"

#define STREAM_MAX (1 << 18)
#define RECORDS_MAX 8
#define READS_MAX 200
#define KEY_BYTES 512

struct kind {
	uint8_t version; /* 0: no protection */
	uint16_t suite;
};

struct kinds {
	const struct kind *rows;
	size_t count;
};

/* Content, and of which type each byte is. */
struct content {
	uint8_t bytes[STREAM_MAX], types[STREAM_MAX];
	size_t len;
	size_t ends[RECORDS_MAX]; /* of the records, on the wire */
	size_t sums[RECORDS_MAX]; /* and what they hold up to there */
	size_t count;
};

struct line {
	struct record_layer sender, receiver;
	struct slice wire; /* what the receiver has not read */
};

/* An error code in words. */
static const char *
explain(int code)
{
	(void)!errors_report(code);
	return s2n_strerror_debug(s2n_errno, NULL);
}

static int
line_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	struct line *line = ctx;

	if (line->wire.len == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (len > line->wire.len)
		len = (uint32_t)line->wire.len;
	memcpy(buf, line->wire.data, len);
	line->wire = slice_of(line->wire.data + len, line->wire.len - len);
	return (int)len;
}

static void
protect(struct protection *p, const struct kind *kind, enum aead_use use)
{
	const struct suite *suite = suite_find(kind->suite);
	uint8_t keys[KEY_BYTES];

	for (size_t i = 0; i < sizeof keys; i++)
		keys[i] = (uint8_t)(i * 7 + 1);
	must_hold(
	    suite != NULL && suite_available(suite), "suite %04x", kind->suite);
	if (kind->version >= S2N_TLS13)
		must_hold(protection_set13(
			      p, suite->aead, suite->digest, use, keys) == 0,
		    "keys");
	else
		must_hold(protection_set12(p, suite, kind->version, use,
			      S2N_SERVER, keys) == 0,
		    "keys");
}

static void
line_open(struct line *line, const struct kind *kind)
{
	*line = (struct line){ 0 };
	record_init(&line->sender);
	record_init(&line->receiver);
	line->receiver.takes_data = true;
	line->receiver.io.recv = line_recv;
	line->receiver.io.recv_ctx = line;
	if (kind->version == 0)
		return;
	protect(&line->sender.out, kind, AEAD_SEALS);
	protect(&line->receiver.in, kind, AEAD_OPENS);
}

static void
line_close(struct line *line)
{
	record_free(&line->sender);
	record_free(&line->receiver);
}

static void
content_add(struct content *content, uint8_t type, struct slice bytes)
{
	must_hold(
	    content->len + bytes.len <= STREAM_MAX, "%zu bytes", content->len);
	if (bytes.len > 0)
		memcpy(content->bytes + content->len, bytes.data, bytes.len);
	memset(content->types + content->len, type, bytes.len);
	content->len += bytes.len;
}

/* A few records of lengths that the input tells. */
static void
seal_some(struct reader *input, struct line *line, struct content *sealed)
{
	static uint8_t data[RECORD_PLAINTEXT_MAX];
	unsigned count = reader_u8(input) % RECORDS_MAX;
	struct slice plain;
	uint8_t type;

	memset(data, 'x', sizeof data);
	for (unsigned i = 0; i < count; i++) {
		type = CONTENT_CHANGE_CIPHER_SPEC + (reader_u8(input) & 3);
		/* TLS 1.3 has none that is protected. */
		if (type == CONTENT_CHANGE_CIPHER_SPEC)
			type = CONTENT_APPLICATION_DATA;
		plain = slice_of(
		    data, reader_u16(input) % (RECORD_PLAINTEXT_MAX + 1));
		/* No other may be empty. */
		if (plain.len == 0 && type != CONTENT_APPLICATION_DATA)
			plain.len = 1;
		data[0] = (uint8_t)i;
		must_hold(record_write_slices(&line->sender,
			      (enum content_type)type, &plain, 1) == 0,
		    "a record is sealed");
		content_add(sealed, type, plain);
		sealed->ends[i] = line->sender.io.out.len;
		sealed->sums[i] = sealed->len;
	}
	sealed->count = count;
}

/* The code with which it ended. */
static int
open_all(struct line *line, struct content *opened)
{
	struct record_layer *layer = &line->receiver;
	int r;

	for (unsigned i = 0; i < READS_MAX; i++) {
		if ((r = record_read(layer)) != 0)
			return r;
		must_hold(layer->plain.len > 0, "a record of nothing");
		content_add(opened, (uint8_t)layer->type, layer->plain);
		layer->plain = NO_BYTES;
	}
	return 0;
}

/* Where two runs of bytes begin to differ. */
static size_t
common(struct slice a, struct slice b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.data[i] == b.data[i])
		i++;
	return i;
}

static void
judge(const struct kind *kind, const struct content *sealed,
    const struct content *opened, size_t same, bool changed)
{
	size_t honest = 0;

	must_hold(opened->len <= sealed->len &&
		      memcmp(opened->bytes, sealed->bytes, opened->len) == 0 &&
		      memcmp(opened->types, sealed->types, opened->len) == 0,
	    "something else than was sealed");
	for (size_t i = 0; i < sealed->count; i++)
		if (sealed->ends[i] <= same)
			honest = sealed->sums[i];
	must_hold(opened->len >= honest, "a record that was not changed");
	/* SSLv3 does not protect its padding: what is in it may change. */
	if (changed && kind->version > S2N_SSLv3)
		must_hold(opened->len == honest, "a record that was changed");
}

static void
run_on(struct reader *input, struct kinds kinds)
{
	static struct content sealed, opened;
	const struct kind *kind = &kinds.rows[reader_u8(input) % kinds.count];
	struct line line;
	struct writer *out = &line.sender.io.out;
	struct slice before;
	uint8_t *copy;
	bool changed;
	int r;

	sealed.len = sealed.count = opened.len = 0;
	line_open(&line, kind);
	seal_some(input, &line, &sealed);
	copy = malloc(out->len + 1);
	must_hold(copy != NULL, "memory");
	if (out->len > 0)
		memcpy(copy, out->data, out->len);
	before = slice_of(copy, out->len);
	changed = edits_apply(input, out, 0);
	line.wire = slice_of(out->data, out->len);
	r = open_all(&line, &opened);
	if (!changed)
		must_hold(r == ERR_WANT_READ, "%s", explain(r));
	must_hold(r == ERR_WANT_READ || errors_type(r) == S2N_ERR_T_PROTO,
	    "%s: ours", explain(r));
	if (kind->version != 0 || !changed)
		judge(kind, &sealed, &opened,
		    common(before, slice_of(out->data, out->len)), changed);
	free(copy);
	line_close(&line);
}

#define RUN(input, ...)                                                        \
	do {                                                                   \
		static const struct kind rows[] = { __VA_ARGS__ };             \
		run_on(input, (struct kinds){ rows, COUNT(rows) });            \
	} while (0)

void
fuzz_record_plain(struct reader *input)
{
	RUN(input, { 0, 0 });
}

void
fuzz_record_tls13(struct reader *input)
{
	RUN(input, { S2N_TLS13, TLS_AES_128_GCM_SHA256 },
	    { S2N_TLS13, TLS_AES_256_GCM_SHA384 },
	    { S2N_TLS13, TLS_CHACHA20_POLY1305_SHA256 });
}

void
fuzz_record_aead(struct reader *input)
{
	RUN(input, { S2N_TLS12, TLS_RSA_WITH_AES_128_GCM_SHA256 },
	    { S2N_TLS12, TLS_RSA_WITH_AES_256_GCM_SHA384 },
	    { S2N_TLS12, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 });
}

void
fuzz_record_cbc(struct reader *input)
{
	RUN(input, { S2N_TLS12, TLS_RSA_WITH_AES_128_CBC_SHA },
	    { S2N_TLS12, TLS_RSA_WITH_AES_256_CBC_SHA256 },
	    { S2N_TLS12, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 },
	    { S2N_TLS11, TLS_RSA_WITH_AES_128_CBC_SHA },
	    { S2N_TLS10, TLS_RSA_WITH_AES_256_CBC_SHA });
}

void
fuzz_record_3des(struct reader *input)
{
	RUN(input, { S2N_TLS12, TLS_RSA_WITH_3DES_EDE_CBC_SHA },
	    { S2N_TLS11, TLS_RSA_WITH_3DES_EDE_CBC_SHA },
	    { S2N_TLS10, TLS_RSA_WITH_3DES_EDE_CBC_SHA });
}

void
fuzz_record_rc4(struct reader *input)
{
	RUN(input, { S2N_TLS12, TLS_RSA_WITH_RC4_128_SHA },
	    { S2N_TLS11, TLS_RSA_WITH_RC4_128_MD5 },
	    { S2N_TLS10, TLS_RSA_WITH_RC4_128_SHA });
}

void
fuzz_record_sslv3(struct reader *input)
{
	RUN(input, { S2N_SSLv3, TLS_RSA_WITH_AES_128_CBC_SHA },
	    { S2N_SSLv3, TLS_RSA_WITH_3DES_EDE_CBC_SHA },
	    { S2N_SSLv3, TLS_RSA_WITH_RC4_128_MD5 },
	    { S2N_SSLv3, TLS_RSA_WITH_RC4_128_SHA });
}

void
fuzz_record_set_up(void)
{
	library_load_legacy();
}

/* ---- a peer with the keys ---- */

/* What a peer put into its records, and what may be given out of it. */
struct expected {
	struct content content;
	bool refused; /* a record from which on nothing is */
	unsigned empty;
};

/* What a record means once its protection is off: RFC 8446 5.1, 5.4. */
static void
expect(struct expected *expected, uint8_t type, struct slice plain)
{
	if (expected->refused)
		return;
	if (type < CONTENT_CHANGE_CIPHER_SPEC ||
	    type > CONTENT_APPLICATION_DATA ||
	    (plain.len == 0 && type != CONTENT_APPLICATION_DATA)) {
		expected->refused = true;
		return;
	}
	expected->empty = plain.len == 0 ? expected->empty + 1 : 0;
	expected->refused = expected->empty > RECORD_EMPTY_MAX;
	if (!expected->refused)
		content_add(&expected->content, type, plain);
}

static void
judge_crafted(struct line *line, const struct expected *expected)
{
	static struct content opened;
	const struct content *content = &expected->content;
	int r;

	opened.len = 0;
	line->wire =
	    slice_of(line->sender.io.out.data, line->sender.io.out.len);
	r = open_all(line, &opened);
	must_hold(opened.len == content->len &&
		      memcmp(opened.bytes, content->bytes, opened.len) == 0 &&
		      memcmp(opened.types, content->types, opened.len) == 0,
	    "%zu bytes instead of %zu", opened.len, content->len);
	must_hold((r == ERR_WANT_READ) == !expected->refused, "%s", explain(r));
}

/*
 * Each record: its type, content, and more zeros behind it. The type may be
 * none, and so stand in the content.
 */
void
fuzz_crafted_tls13(struct reader *input)
{
	static const struct kind kind = { S2N_TLS13, TLS_AES_128_GCM_SHA256 };
	static struct expected expected;
	static uint8_t zeros[UINT8_MAX];
	struct slice parts[2], plain;
	struct line line;
	uint8_t type;

	expected = (struct expected){ 0 };
	line_open(&line, &kind);
	for (int i = 0; i < READS_MAX / 2 && reader_more(input); i++) {
		type = reader_u8(input);
		plain = reader_vec8(input);
		parts[0] = plain;
		parts[1] = slice_of(zeros, reader_u8(input));
		/* What sealing appends as the type is one of the zeros, or the
		 * type where there are none. */
		if (parts[1].len == 0)
			must_hold(record_write_slices(&line.sender,
				      (enum content_type)type, &plain, 1) == 0,
			    "a record");
		else
			must_hold(record_write_slices(&line.sender,
				      (enum content_type)0, parts, 2) == 0,
			    "a record");
		if (parts[1].len > 0 || type == 0) {
			while (plain.len > 0 && plain.data[plain.len - 1] == 0)
				plain.len--;
			type = plain.len > 0 ? plain.data[--plain.len] : 0;
		}
		/* It is never protected in TLS 1.3. */
		expect(&expected, type == CONTENT_CHANGE_CIPHER_SPEC ? 0 : type,
		    plain);
	}
	judge_crafted(&line, &expected);
	line_close(&line);
}

/* Of the next record (RFC 5246 6.2.3.1). */
static void
mac_of(const struct protection *p, uint8_t type, struct slice plain,
    uint8_t mac[DIGEST_MAX])
{
	uint8_t header[MAC_HEADER] = { 0 };

	header[7] = (uint8_t)p->sequence;
	header[8] = type;
	header[MAC_HEADER_VERSION] = (uint8_t)(p->version >> 8);
	header[MAC_HEADER_VERSION + 1] = (uint8_t)p->version;
	header[MAC_HEADER_LENGTH] = (uint8_t)(plain.len >> 8);
	header[MAC_HEADER_LENGTH + 1] = (uint8_t)plain.len;
	must_hold(
	    mac_compute(p->digest, p->secret, header, &plain, 1, mac) == 0,
	    "a MAC");
}

/* As RFC 5246 6.2.3.2 and RFC 6101 5.2.3.2 tell it, in no constant time. */
static bool
cbc_is_good(const struct protection *p, uint8_t type, struct slice text,
    struct slice *plain)
{
	size_t padding = text.data[text.len - 1], size = p->digest->size;
	uint8_t mac[DIGEST_MAX];

	if (text.len < size + 1 + padding)
		return false;
	if (p->version == WIRE_SSLV3 && padding >= p->cipher.cipher->block)
		return false;
	for (size_t i = 0; p->version != WIRE_SSLV3 && i < padding; i++)
		if (text.data[text.len - 2 - i] != padding)
			return false;
	*plain = slice_of(text.data, text.len - 1 - padding - size);
	mac_of(p, type, *plain, mac);
	return memcmp(mac, plain->data + plain->len, size) == 0;
}

/*
 * Data, its MAC unless it is spoiled, padding as given and then up to a block
 * with the last of its bytes.
 */
static void
craft_cbc(struct reader *input, const struct protection *p, uint8_t type,
    struct writer *text)
{
	struct slice plain = reader_vec16(input), padding;
	uint8_t spoil = reader_u8(input), last;
	uint8_t mac[DIGEST_MAX];

	mac_of(p, type, plain, mac);
	if (spoil > 0)
		mac[spoil % p->digest->size] ^= spoil;
	writer_bytes(text, plain);
	writer_bytes(text, slice_of(mac, p->digest->size));
	padding = reader_vec8(input);
	writer_bytes(text, padding);
	last = padding.len > 0 ? padding.data[padding.len - 1] : 0;
	while (text->len % p->cipher.cipher->block != 0)
		writer_u8(text, last);
}

static void
put_crafted(struct line *line, uint8_t type, const struct writer *text)
{
	struct protection *p = &line->sender.out;
	size_t iv =
	    p->version > WIRE_TLS10 ? p->cipher.cipher->block : (size_t)0;
	uint8_t *record = writer_reserve(
	    &line->sender.io.out, RECORD_HEADER + iv + text->len);

	must_hold(record != NULL, "room for a record");
	protection_put_header(
	    record, (enum content_type)type, p->version, iv + text->len);
	memset(record + RECORD_HEADER, 0, iv);
	memcpy(record + RECORD_HEADER + iv, text->data, text->len);
	must_hold(cipher_run(&p->cipher, record + RECORD_HEADER,
		      iv + text->len) == 0 &&
		      protection_next(p) == 0,
	    "a record");
}

void
fuzz_crafted_cbc(struct reader *input)
{
	static const struct kind rows[] = {
		{ S2N_TLS12, TLS_RSA_WITH_AES_128_CBC_SHA },
		{ S2N_TLS12, TLS_RSA_WITH_AES_256_CBC_SHA256 },
		{ S2N_TLS12, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 },
		{ S2N_TLS10, TLS_RSA_WITH_3DES_EDE_CBC_SHA },
		{ S2N_SSLv3, TLS_RSA_WITH_AES_128_CBC_SHA },
		{ S2N_SSLv3, TLS_RSA_WITH_3DES_EDE_CBC_SHA },
	};
	const struct kind *kind = &rows[reader_u8(input) % COUNT(rows)];
	static struct expected expected;
	struct writer text;
	struct slice plain;
	struct line line;
	uint8_t type;

	expected = (struct expected){ 0 };
	line_open(&line, kind);
	for (int i = 0; i < RECORDS_MAX && reader_more(input); i++) {
		writer_init(&text, RECORD_PLAINTEXT_MAX);
		type = CONTENT_CHANGE_CIPHER_SPEC + (reader_u8(input) & 3);
		craft_cbc(input, &line.sender.out, type, &text);
		if (text.failed) {
			writer_free(&text);
			break;
		}
		if (!cbc_is_good(&line.sender.out, type,
			slice_of(text.data, text.len), &plain))
			expected.refused = true;
		expect(&expected, type, plain);
		put_crafted(&line, type, &text);
		writer_free(&text);
	}
	judge_crafted(&line, &expected);
	line_close(&line);
}
