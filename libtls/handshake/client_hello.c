/*
 * ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2).
 */
#include "libtls/handshake/client_hello.h"

#include "libtls/crypto/library.h"
#include "libtls/extension/extension.h"
#include "libtls/extension/psk.h"
#include "libtls/handshake/binder.h"
#include "libtls/handshake/choose.h"
#include "libtls/handshake/client_hello_v2.h"
#include "libtls/handshake/early.h"
#include "libtls/handshake/hello_callback.h"
#include "libtls/handshake/kept_hello.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/schedule12.h"
#include "libtls/handshake/transcript.h"
#include "libtls/registry/iana.h"

#define COMPRESSION_NULL 0
#define SHARE_MAX 2048

/* The key of the one share we offer: the server's wish, or our favourite. */
static int
make_share(struct s2n_connection *conn)
{
	const struct preference *preference = connection_preference(conn);
	struct exchange *exchange = &conn->hs->exchange;
	const struct group *group = NULL;

	if (connection_most_version(conn) < S2N_TLS13)
		return 0;
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

/* Whether a version that we offer may use it. */
static bool
suite_offered(const struct s2n_connection *conn, const struct suite *suite)
{
	uint8_t version = connection_most_version(conn);

	for (; version >= connection_least_version(conn); version--)
		if (suite_fits(suite, version))
			return true;
	return false;
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
		if (suite != NULL && suite_offered(conn, suite))
			writer_u16(out, suite->number);
	}
	writer_close(out, list);
}

/*
 * The session's own id, or one that is made up: for a server that resumes by
 * the ticket to repeat (RFC 5077 3.4), or as TLS 1.3 wants it (RFC 8446 D.4).
 */
static int
name_session(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	const struct session *session = connection_offered_session(conn);

	if (session != NULL && session->ticket.len == 0) {
		hs->session_id_len = session->id_len;
		memcpy(hs->session_id, session->id, session->id_len);
		return 0;
	}
	/* RFC 9001 8.4: "MUST NOT request the use of the TLS 1.3 compatibility
	 * mode" */
	if (conn->quic.on ||
	    (session == NULL && connection_most_version(conn) < S2N_TLS13))
		return 0;
	hs->session_id_len = SESSION_ID_MAX;
	return random_bytes(hs->session_id, SESSION_ID_MAX);
}

/* What a second ClientHello repeats. */
static int
begin(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	uint8_t most = connection_most_version(conn);
	int r;

	if (connection_least_version(conn) < S2N_TLS13)
		transcript_keep(&hs->transcript);
	conn->client_hello_version =
	    most >= S2N_TLS13 ? WIRE_TLS12 : version_wire(most);
	if (conn->client_hello_version < conn->records.out.version)
		conn->records.out.version = conn->client_hello_version;
	conn->resumed = false;
	if ((r = random_bytes(hs->client_random, RANDOM_SIZE)) != 0)
		return r;
	return name_session(conn);
}

int
client_hello_send(struct s2n_connection *conn, struct writer *out)
{
	struct handshake *hs = conn->hs;
	size_t start = out->len;
	int r;

	if (!hs->retry && (r = begin(conn)) != 0)
		return r;
	if (!hs->retry)
		early_offer(conn);
	if ((r = make_share(conn)) != 0)
		return r;
	writer_u16(out, conn->client_hello_version);
	writer_bytes(out, slice_of(hs->client_random, RANDOM_SIZE));
	writer_vec8(out, slice_of(hs->session_id, hs->session_id_len));
	write_suites(conn, out);
	writer_u8(out, 1);
	writer_u8(out, COMPRESSION_NULL);
	/* What has no bounds of ours in it are the application's keys. */
	if ((r = extension_build(conn, IN_CLIENT_HELLO, out)) != 0)
		return psk_offered(conn, 0) != NULL
			   ? fail(ERR_OFFERED_PSKS_TOO_LONG)
			   : r;
	return binder_fill(conn, out, start);
}

int
client_hello_parse(struct reader *in, struct hello *hello)
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

/* Holds the second hello's fixed part against the first's. */
static int
compare_hellos(const struct handshake *hs, const struct hello *hello)
{
	uint8_t hash[DIGEST_MAX];
	int r;

	if ((r = hash_fixed_part(hello, hash)) != 0)
		return r;
	return memcmp(hs->first_offer, hash, digest_sha256.size) == 0
		   ? 0
		   : fail(ERR_ILLEGAL_PARAMETER);
}

static void
note(struct s2n_connection *conn, const struct hello *hello)
{
	struct handshake *hs = conn->hs;

	conn->client_hello_version = hello->legacy_version;
	conn->client_hello_v2 = conn->records.v2;
	memcpy(hs->client_random, hello->random, RANDOM_SIZE);
	hs->session_id_len = (uint8_t)hello->session_id.len;
	if (hello->session_id.len > 0)
		memcpy(hs->session_id, hello->session_id.data,
		    hello->session_id.len);
}

/* Bytes in records, of which each has a few more than its data. */
static uint32_t
skipped_at_most(const struct s2n_connection *conn)
{
	uint64_t most = 2 * (uint64_t)connection_server_early_max(conn);

	if (most < RECORD_EARLY_DATA_MAX)
		return RECORD_EARLY_DATA_MAX;
	return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

/* What follows from the choice, and from the offer, which is forgotten: it
 * borrowed from the message. */
static int
settle(struct s2n_connection *conn, bool second)
{
	struct handshake *hs = conn->hs;
	const struct digest *digest = conn->suite->digest;

	if (conn->version < S2N_TLS13) {
		digest = schedule12_digest(conn->version, digest);
		hs->extended_master =
		    hs->offer.extended_master && conn->version > S2N_SSLv3;
		conn->secure_renegotiation = hs->offer.renegotiation;
		if (connection_client_auth(conn) != S2N_CERT_AUTH_NONE)
			transcript_keep(&hs->transcript);
	}
	hs->takes_tickets = conn->version >= S2N_TLS13 && hs->offer.psk_dhe;
	/* RFC 8446 4.2.10: "MUST NOT" come with a second ClientHello. */
	if (conn->early.state == EARLY_REJECTED && !second)
		conn->records.early_data = skipped_at_most(conn);
	hs->offer = (struct offer){ 0 };
	return transcript_start(&hs->transcript, digest);
}

static int
take_offer(struct s2n_connection *conn, const struct hello *hello)
{
	struct handshake *hs = conn->hs;

	hs->offer = (struct offer){
		.renegotiation = choose_offered(
		    hello->suites, TLS_EMPTY_RENEGOTIATION_INFO_SCSV),
	};
	hs->fragment_code = 0;
	hs->offer_npn = hs->wants_ocsp = hs->wants_scts = false;
	conn->records.fragment_agreed = 0;
	return extension_parse(conn, IN_CLIENT_HELLO, hello->extensions);
}

/* A callback that is not done has this called again from its first line. */
static int
take_extensions(struct s2n_connection *conn, const struct hello *hello)
{
	const struct s2n_config *config = conn->config;
	int r;

	if ((r = take_offer(conn, hello)) != 0 ||
	    (r = choose_name(conn)) != 0 || (r = kept_hello_take(conn)) != 0 ||
	    (r = hello_callback_run(conn)) != 0)
		return r;
	/* Some of it a config decides on: the one that stays. */
	return conn->config == config ? 0 : take_offer(conn, hello);
}

int
client_hello_recv(struct s2n_connection *conn, struct reader *in)
{
	struct handshake *hs = conn->hs;
	struct hello hello = { 0 };
	bool second = hs->retry;
	int r;

	r = conn->records.v2 ? client_hello_v2_parse(in, &hello, &hs->v2_suites)
			     : client_hello_parse(in, &hello);
	if (r != 0 || (second && (r = compare_hellos(hs, &hello)) != 0))
		return r;
	note(conn, &hello);
	if ((r = take_extensions(conn, &hello)) != 0 ||
	    (r = choose_parameters(conn, &hello)) != 0)
		return r;
	if (hs->retry && !second &&
	    (r = hash_fixed_part(&hello, hs->first_offer)) != 0)
		return r;
	return settle(conn, second);
}
