/*
 * libtls/handshake: schedule13.c and transcript.c, against every secret of
 * RFC 8448's full handshakes (sections 3, 5, 6 and 7), and of the one that is
 * resumed (section 4).
 */
#include "libtls/handshake/schedule13.h"

#include "libtls/crypto/hkdf.h"
#include "libtls/crypto/library.h"
#include "libtls/handshake/transcript.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define HASH_SIZE 32 /* all traces use SHA-256 */

static const char *const sections[] = { "3", "5", "6", "7", "4" };
#define FULL 4 /* of them; then the one that is resumed */

static void
start(void)
{
	ck_assert_int_eq(library_init(), 0);
}

static void
stop(void)
{
	vectors_free();
	library_cleanup();
}

static void
assert_row(
    const uint8_t *got, const char *section, const char *side, const char *name)
{
	struct slice want = vectors_find(section, side, name);

	ck_assert_msg(memcmp(got, want.data, want.len) == 0,
	    "section %s: %s %s", section, side, name);
}

static struct slice
both(const char *section, const char *name)
{
	return vectors_find(section, "both", name);
}

START_TEST(secrets_are_those_of_the_traces)
{
	const char *section = sections[_i];
	struct schedule13 keys;
	uint8_t exporter[DIGEST_MAX], resumption[DIGEST_MAX];

	ck_assert_int_eq(
	    schedule13_early(&keys, &digest_sha256,
		_i < FULL ? NO_BYTES : both(section, "resumption_psk_ikm")),
	    0);
	/* Without a pre-shared key nothing is made of it but the next salt. */
	if (_i >= FULL)
		assert_row(keys.secret, section, "both", "early_secret");
	ck_assert_int_eq(
	    schedule13_handshake(&keys, both(section, "shared_secret"),
		both(section, "transcript_hash_server_hello").data),
	    0);
	assert_row(keys.secret, section, "both", "handshake_secret");
	assert_row(keys.client_handshake, section, "both", "c_hs_traffic");
	assert_row(keys.server_handshake, section, "both", "s_hs_traffic");
	ck_assert_int_eq(
	    schedule13_application(&keys,
		both(section, "transcript_hash_server_finished").data,
		exporter),
	    0);
	assert_row(keys.secret, section, "both", "master_secret");
	assert_row(keys.client_application, section, "both", "c_ap_traffic");
	assert_row(keys.server_application, section, "both", "s_ap_traffic");
	assert_row(exporter, section, "both", "exporter_master");
	ck_assert_int_eq(
	    schedule13_resumption(&keys,
		both(section, "transcript_hash_client_finished").data,
		resumption),
	    0);
	assert_row(resumption, section, "both", "resumption_master");
}
END_TEST

/* What the schedule has written out, and libcrypto computes. */
START_TEST(without_a_pre_shared_key_the_first_salt_is_known)
{
	static const struct digest *const digests[] = { &digest_sha256,
		&digest_sha384 };
	const struct digest *digest = digests[_i];
	uint8_t early[DIGEST_MAX], nothing[DIGEST_MAX], salt[DIGEST_MAX];
	struct schedule13 keys;

	ck_assert_int_eq(hkdf_extract(digest, NO_BYTES, NO_BYTES, early), 0);
	ck_assert_int_eq(digest_once(digest, NO_BYTES, nothing), 0);
	ck_assert_int_eq(
	    hkdf_expand_label(digest, early, "derived",
		slice_of(nothing, digest->size), salt, digest->size),
	    0);
	ck_assert_int_eq(schedule13_early(&keys, digest, NO_BYTES), 0);
	ck_assert_mem_eq(keys.salt, salt, digest->size);
	/* RFC 8446 7.1: none is a string of zeroes. */
	memset(nothing, 0, sizeof nothing);
	ck_assert_int_eq(
	    schedule13_early(&keys, digest, slice_of(nothing, digest->size)),
	    0);
	ck_assert_mem_eq(keys.secret, early, digest->size);
	ck_assert_mem_eq(keys.salt, salt, digest->size);
}
END_TEST

/* The session of section 3 is what section 4 resumes, by its one ticket. */
START_TEST(a_ticket_gives_the_pre_shared_key_of_the_trace)
{
	struct slice message =
	    vectors_find("3", "server", "new_session_ticket");
	struct slice hello = vectors_find("4", "client", "client_hello_prefix");
	struct reader in = reader_of(message);
	uint8_t psk[DIGEST_MAX];
	struct slice nonce, ticket;

	reader_u32(&in); /* the message's header, */
	reader_u32(&in); /* lifetime */
	reader_u32(&in); /* and ticket_age_add */
	nonce = reader_vec8(&in);
	ticket = reader_vec16(&in);
	reader_vec16(&in);
	ck_assert(reader_done(&in));
	ck_assert(slice_equal(nonce, both("3", "resumption_psk_nonce")));
	ck_assert_int_eq(schedule13_ticket_psk(&digest_sha256,
			     both("3", "resumption_master").data, nonce, psk),
	    0);
	assert_row(psk, "3", "both", "resumption_psk");
	assert_row(psk, "4", "both", "resumption_psk_ikm");
	/* The identity, before its age, ends what the binder is over. */
	ck_assert_uint_gt(hello.len, ticket.len + 4);
	ck_assert_mem_eq(
	    hello.data + hello.len - 4 - ticket.len, ticket.data, ticket.len);
}
END_TEST

START_TEST(the_binder_is_that_of_the_trace)
{
	struct slice prefix =
	    vectors_find("4", "client", "client_hello_prefix");
	struct slice hello = vectors_find("4", "client", "client_hello");
	struct slice psk = both("4", "resumption_psk_ikm"), half[2];
	uint8_t hash[DIGEST_MAX], binder[DIGEST_MAX];
	struct transcript transcript;

	transcript_init(&transcript);
	/* In whichever parts. */
	for (size_t cut = 0; cut <= prefix.len; cut += 53) {
		half[0] = slice_of(prefix.data, cut);
		half[1] = slice_of(prefix.data + cut, prefix.len - cut);
		ck_assert_int_eq(transcript_hash_with(&transcript,
				     &digest_sha256, half, COUNT(half), hash),
		    0);
		assert_row(hash, "4", "client", "binder_transcript_hash");
	}
	transcript_wipe(&transcript);
	ck_assert_int_eq(
	    schedule13_binder(&digest_sha256, psk, false, hash, binder), 0);
	assert_row(binder, "4", "client", "binder");
	ck_assert_mem_eq(hello.data + hello.len - HASH_SIZE, binder, HASH_SIZE);
	/* RFC 8446 4.2.11.2: an application's key has another label. */
	ck_assert_int_eq(
	    schedule13_binder(&digest_sha256, psk, true, hash, binder), 0);
	ck_assert_mem_ne(hello.data + hello.len - HASH_SIZE, binder, HASH_SIZE);
}
END_TEST

START_TEST(early_data_has_the_secret_of_the_trace)
{
	struct schedule13 keys;

	ck_assert_int_eq(schedule13_early(&keys, &digest_sha256,
			     both("4", "resumption_psk_ikm")),
	    0);
	ck_assert_int_eq(schedule13_client_early(&keys,
			     both("4", "transcript_hash_client_hello").data),
	    0);
	assert_row(keys.client_early, "4", "both", "c_early_traffic");
}
END_TEST

static const struct {
	const char *label, *secret, *side, *out;
} traffic[] = {
	{ "key", "s_hs_traffic", "server", "s_hs_key" },
	{ "iv", "s_hs_traffic", "server", "s_hs_iv" },
	{ "key", "c_hs_traffic", "client", "c_hs_key" },
	{ "iv", "c_hs_traffic", "client", "c_hs_iv" },
	{ "key", "s_ap_traffic", "server", "s_ap_key" },
	{ "iv", "s_ap_traffic", "server", "s_ap_iv" },
	{ "key", "c_ap_traffic", "client", "c_ap_key" },
	{ "iv", "c_ap_traffic", "client", "c_ap_iv" },
	{ "finished", "s_hs_traffic", "server", "server_finished_key" },
	{ "finished", "c_hs_traffic", "client", "client_finished_key" },
};

START_TEST(keys_and_ivs_are_those_of_the_traces)
{
	const char *section = sections[_i];
	uint8_t out[DIGEST_MAX];
	struct slice want;

	for (size_t i = 0; i < COUNT(traffic); i++) {
		want = vectors_find(section, traffic[i].side, traffic[i].out);
		ck_assert_int_eq(hkdf_expand_label(&digest_sha256,
				     both(section, traffic[i].secret).data,
				     traffic[i].label, NO_BYTES, out, want.len),
		    0);
		assert_row(out, section, traffic[i].side, traffic[i].out);
	}
}
END_TEST

START_TEST(finished_values_are_those_of_the_traces)
{
	const char *section = sections[_i];
	uint8_t data[DIGEST_MAX];

	ck_assert_int_eq(
	    schedule13_finished(&digest_sha256,
		both(section, "s_hs_traffic").data,
		both(section, "transcript_hash_before_server_finished").data,
		data),
	    0);
	assert_row(data, section, "server", "server_finished_verify_data");
	ck_assert_int_eq(
	    schedule13_finished(&digest_sha256,
		both(section, "c_hs_traffic").data,
		both(section, "transcript_hash_before_client_finished").data,
		data),
	    0);
	assert_row(data, section, "client", "client_finished_verify_data");
}
END_TEST

/* What a trace's transcript is made of, and its hashes on the way. */
static const struct {
	const char *section, *side, *message, *side_of_hash, *hash;
} messages[] = {
	{ "3", "client", "client_hello", NULL, NULL },
	{ "3", "server", "server_hello", "both",
	    "transcript_hash_server_hello" },
	{ "3", "server", "encrypted_extensions", NULL, NULL },
	{ "3", "server", "certificate", "server",
	    "transcript_hash_certificate" },
	{ "3", "server", "certificate_verify", "both",
	    "transcript_hash_before_server_finished" },
	{ "3", "server", "server_finished", "both",
	    "transcript_hash_server_finished" },
	{ "3", "client", "client_finished", "both",
	    "transcript_hash_client_finished" },
	{ "4", "client", "client_hello", "both",
	    "transcript_hash_client_hello" },
	{ "4", "server", "server_hello", "both",
	    "transcript_hash_server_hello" },
	{ "4", "server", "encrypted_extensions", "both",
	    "transcript_hash_before_server_finished" },
	{ "4", "server", "server_finished", "both",
	    "transcript_hash_server_finished" },
	{ "4", "client", "end_of_early_data", "both",
	    "transcript_hash_before_client_finished" },
	{ "4", "client", "client_finished", "both",
	    "transcript_hash_client_finished" },
	{ "5", "client", "client_hello_1", NULL, NULL },
	{ "5", "server", "hello_retry_request", NULL, NULL },
	{ "5", "client", "client_hello_2", NULL, NULL },
	{ "5", "server", "server_hello", "both",
	    "transcript_hash_server_hello" },
	{ "5", "server", "encrypted_extensions", NULL, NULL },
	{ "5", "server", "certificate", "server",
	    "transcript_hash_certificate" },
	{ "5", "server", "certificate_verify", NULL, NULL },
	{ "5", "server", "server_finished", "both",
	    "transcript_hash_server_finished" },
	{ "5", "client", "client_finished", "both",
	    "transcript_hash_client_finished" },
	{ "6", "client", "client_hello", NULL, NULL },
	{ "6", "server", "server_hello", "both",
	    "transcript_hash_server_hello" },
	{ "6", "server", "encrypted_extensions", NULL, NULL },
	{ "6", "server", "certificate_request", NULL, NULL },
	{ "6", "server", "certificate", "server",
	    "transcript_hash_certificate" },
	{ "6", "server", "certificate_verify", NULL, NULL },
	{ "6", "server", "server_finished", "both",
	    "transcript_hash_server_finished" },
	{ "6", "client", "client_certificate", "client",
	    "transcript_hash_client_certificate" },
	{ "6", "client", "client_certificate_verify", "both",
	    "transcript_hash_before_client_finished" },
	{ "6", "client", "client_finished", "both",
	    "transcript_hash_client_finished" },
};

START_TEST(transcripts_hash_as_in_the_traces)
{
	const char *section = sections[_i];
	struct transcript transcript;
	uint8_t hash[DIGEST_MAX];
	unsigned checked = 0;

	transcript_init(&transcript);
	for (size_t i = 0; i < COUNT(messages); i++) {
		if (strcmp(messages[i].section, section) != 0)
			continue;
		/* What came before the hash was known is hashed later. */
		if (strcmp(messages[i].message, "hello_retry_request") == 0) {
			ck_assert_int_eq(
			    transcript_start(&transcript, &digest_sha256), 0);
			ck_assert_int_eq(transcript_restart(&transcript), 0);
		}
		ck_assert_int_eq(transcript_add(&transcript,
				     vectors_find(section, messages[i].side,
					 messages[i].message)),
		    0);
		if (messages[i].hash == NULL)
			continue;
		ck_assert_int_eq(
		    transcript_start(&transcript, &digest_sha256), 0);
		ck_assert_int_eq(transcript_hash(&transcript, hash), 0);
		assert_row(
		    hash, section, messages[i].side_of_hash, messages[i].hash);
		checked++;
	}
	ck_assert_uint_ge(checked, 4);
	transcript_wipe(&transcript);
}
END_TEST

/* RFC 8446 7.5 has no trace: the same by hand, from hkdf's parts. */
START_TEST(an_exporter_depends_on_label_and_context)
{
	const uint8_t *master = both("3", "exporter_master").data;
	uint8_t nothing[DIGEST_MAX], secret[DIGEST_MAX], want[40], got[40];
	struct slice context = slice_of("context", 7);
	uint8_t hash[DIGEST_MAX];

	ck_assert_int_eq(digest_once(&digest_sha256, NO_BYTES, nothing), 0);
	ck_assert_int_eq(digest_once(&digest_sha256, context, hash), 0);
	ck_assert_int_eq(hkdf_expand_label(&digest_sha256, master, "EXPORTER-x",
			     slice_of(nothing, HASH_SIZE), secret, HASH_SIZE),
	    0);
	ck_assert_int_eq(hkdf_expand_label(&digest_sha256, secret, "exporter",
			     slice_of(hash, HASH_SIZE), want, sizeof want),
	    0);
	ck_assert_int_eq(schedule13_export(&digest_sha256, master, "EXPORTER-x",
			     context, got, sizeof got),
	    0);
	ck_assert_mem_eq(got, want, sizeof want);
	ck_assert_int_eq(schedule13_export(&digest_sha256, master, "EXPORTER-y",
			     context, got, sizeof got),
	    0);
	ck_assert_mem_ne(got, want, sizeof want);
	ck_assert_int_eq(schedule13_export(&digest_sha256, master, "EXPORTER-x",
			     NO_BYTES, got, sizeof got),
	    0);
	ck_assert_mem_ne(got, want, sizeof want);
}
END_TEST

static Suite *
schedule13_suite(void)
{
	Suite *suite = suite_create("schedule13");
	TCase *tcase = tcase_create("schedule13");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_loop_test(
	    tcase, without_a_pre_shared_key_the_first_salt_is_known, 0, 2);
	tcase_add_loop_test(
	    tcase, secrets_are_those_of_the_traces, 0, (int)COUNT(sections));
	tcase_add_test(tcase, a_ticket_gives_the_pre_shared_key_of_the_trace);
	tcase_add_test(tcase, the_binder_is_that_of_the_trace);
	tcase_add_test(tcase, early_data_has_the_secret_of_the_trace);
	tcase_add_loop_test(tcase, keys_and_ivs_are_those_of_the_traces, 0,
	    (int)COUNT(sections));
	tcase_add_loop_test(tcase, finished_values_are_those_of_the_traces, 0,
	    (int)COUNT(sections));
	tcase_add_loop_test(tcase, transcripts_hash_as_in_the_traces, 0, 3);
	tcase_add_loop_test(
	    tcase, transcripts_hash_as_in_the_traces, FULL, FULL + 1);
	tcase_add_test(tcase, an_exporter_depends_on_label_and_context);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(schedule13_suite)
