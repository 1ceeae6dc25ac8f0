/*
 * ClientHello (RFC 8446 4.1.2).
 */
#include "libtls/crypto/library.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/transcript.h"

#define LEGACY_VERSION 0x0303
#define COMPRESSION_NULL 0
#define SHARE_MAX 2048

/* The key of the one share we offer: the server's wish, or our favourite. */
static int
make_share(struct s2n_connection *conn)
{
	const struct preference *preference = connection_preference(conn);
	struct exchange *exchange = &conn->hs->exchange;
	const struct group *group = NULL;

	if (conn->hs->retry && conn->hs->retry_group == 0)
		return 0; /* a cookie was asked for: the share stays */
	if (conn->hs->retry)
		group = preference_group(preference, conn->hs->retry_group);
	for (size_t i = 0; group == NULL && i < preference->groups.count; i++)
		group =
		    preference_group(preference, preference->groups.numbers[i]);
	if (group == NULL)
		return fail(ERR_INVALID_PREFERENCES);
	group_key_wipe(&exchange->key);
	writer_free(&exchange->share);
	writer_init(&exchange->share, SHARE_MAX);
	exchange->shared = group->number;
	return group_start(group, &exchange->key, &exchange->share);
}

static void
write_suites(const struct s2n_connection *conn, struct writer *out)
{
	const struct preference *preference = connection_preference(conn);
	struct mark list = writer_open(out, 2);
	const struct suite *suite;

	for (size_t i = 0; i < preference->suites.count; i++) {
		suite =
		    preference_suite(preference, preference->suites.numbers[i]);
		if (suite != NULL && suite_fits(suite, S2N_TLS13))
			writer_u16(out, suite->number);
	}
	writer_close(out, list);
}

int
client_hello_send(struct s2n_connection *conn, struct writer *out)
{
	struct handshake *hs = conn->hs;
	int r;

	if (!hs->retry) {
		hs->session_id_len = SESSION_ID_MAX; /* RFC 8446 D.4 */
		if ((r = random_bytes(hs->client_random, RANDOM_SIZE)) != 0 ||
		    (r = random_bytes(hs->session_id, SESSION_ID_MAX)) != 0)
			return r;
	}
	if ((r = make_share(conn)) != 0)
		return r;
	writer_u16(out, LEGACY_VERSION);
	writer_bytes(out, slice_of(hs->client_random, RANDOM_SIZE));
	writer_vec8(out, slice_of(hs->session_id, hs->session_id_len));
	write_suites(conn, out);
	writer_u8(out, 1);
	writer_u8(out, COMPRESSION_NULL);
	return extension_build(conn, IN_CLIENT_HELLO, out);
}

static int
parse(struct reader *in, struct hello *hello)
{
	hello->legacy_version = reader_u16(in);
	reader_copy(in, hello->random, sizeof hello->random);
	hello->session_id = reader_vec8(in);
	hello->suites = reader_vec16(in);
	hello->compression = reader_vec8(in);
	if (reader_more(in)) /* TLS 1.2 clients may send no extensions block */
		hello->extensions = reader_vec16(in);
	if (!reader_done(in) || hello->session_id.len > SESSION_ID_MAX ||
	    hello->suites.len == 0 || hello->suites.len % 2 != 0 ||
	    hello->compression.len == 0)
		return fail(ERR_DECODE);
	return 0;
}

/* RFC 8446 4.1.2: what the second ClientHello may change. */
static bool
may_change(uint16_t extension)
{
	switch (extension) {
	case 21: /* padding */
	case 41: /* pre_shared_key */
	case 42: /* early_data */
	case 44: /* cookie */
	case 51: /* key_share */
		return true;
	}
	return false;
}

/* A hash over all that a second ClientHello must repeat. */
static int
hash_fixed_part(const struct hello *hello, uint8_t *out)
{
	struct hasher hasher = { 0 };
	struct reader extensions = reader_of(hello->extensions);
	const uint8_t *start;
	uint16_t number;
	int r;

	if ((r = hasher_start(&hasher, &digest_sha256)) != 0 ||
	    (r = hasher_add(&hasher,
		 slice_of(hello->random, sizeof hello->random))) != 0 ||
	    (r = hasher_add(&hasher, hello->session_id)) != 0 ||
	    (r = hasher_add(&hasher, hello->suites)) != 0 ||
	    (r = hasher_add(&hasher, hello->compression)) != 0)
		goto out;
	while (reader_more(&extensions)) {
		start = extensions.rest.data;
		number = reader_u16(&extensions);
		reader_vec16(&extensions);
		if (extensions.failed || may_change(number))
			continue;
		r = hasher_add(&hasher,
		    slice_of(start, (size_t)(extensions.rest.data - start)));
		if (r != 0)
			goto out;
	}
	r = hasher_peek(&hasher, out);
out:
	hasher_wipe(&hasher);
	return r;
}

/* Notes the first hello's fixed part; holds the second's against it. */
static int
compare_hellos(struct handshake *hs, const struct hello *hello)
{
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = hash_fixed_part(hello, hash)) != 0)
		return r;
	if (!hs->retry)
		memcpy(hs->first_offer, hash, digest_sha256.size);
	else if (memcmp(hs->first_offer, hash, digest_sha256.size) != 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	return 0;
}

int
client_hello_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct hello hello = { 0 };
	int r;

	if ((r = parse(in, &hello)) != 0 ||
	    (r = compare_hellos(hs, &hello)) != 0)
		return r;
	conn->client_hello_version = hello.legacy_version;
	memcpy(hs->client_random, hello.random, RANDOM_SIZE);
	hs->session_id_len = (uint8_t)hello.session_id.len;
	if (hello.session_id.len > 0)
		memcpy(hs->session_id, hello.session_id.data,
		    hello.session_id.len);
	hs->offer = (struct offer){ 0 };
	if ((r = extension_parse(conn, IN_CLIENT_HELLO, hello.extensions)) != 0)
		return r;
	if ((r = choose_parameters(conn, &hello)) != 0)
		return r;
	hs->offer = (struct offer){ 0 }; /* it borrowed from the message */
	return transcript_start(&hs->transcript, conn->suite->digest);
}
