/*
 * Everything that an enemy may say about pre-shared keys: the extensions that
 * offer and choose them, and the binders that prove them.
 */
#include "libtls/state/connection.h"
#include "tests/unit/crooked.h"
#include "tests/unit/detour.h"
#include "tests/unit/keyed.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

/* The extensions' numbers. */
#define KEY_SHARE 51
#define MODES 45
#define PRE_SHARED_KEY 41

#define NONE                                                                   \
	{                                                                      \
		0                                                              \
	}
#define ID 0, 4, 'n', 'a', 'm', 'e', 0, 0, 0, 0
#define Z8 0, 0, 0, 0, 0, 0, 0, 0
#define Z32 Z8, Z8, Z8, Z8
#define CLIENT(...) CLIENT_HELLO, S2N_CLIENT, __VA_ARGS__
#define SERVER(...) SERVER_HELLO, S2N_SERVER, __VA_ARGS__

/* clang-format off */
static const struct crook crooks[] = {
	{ "no modes", CLIENT(EXT_DROP), MODES, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "empty modes", CLIENT(EXT_SET), MODES, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "modes cut short", CLIENT(EXT_SET), MODES, BYTES(2, 1), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no shares", CLIENT(EXT_DROP), KEY_SHARE, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "not the last", CLIENT(EXT_RAW), 0, BYTES(0x7f, 0x7f, 0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "twice", CLIENT(EXT_TWICE), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "empty", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no identities", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no identities, no binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an empty identity", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 6, 0, 0, 0, 0, 0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an identity cut short", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 9, 0, 4, 'n', 'a', 'm', 'e', 0, 0, 0, 0, 33, 32, Z32), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "no list of binders", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a short binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 32, 31, Z8, Z8, Z8, 0, 0, 0, 0, 0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "an empty binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 1, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a long binder", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 34, 33, Z32, 0), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "a binder of zeroes", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 33, 32, Z32), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "a binder too many", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 66, 32, Z32, 32, Z32), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a binder too few", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 20, ID, ID, 0, 33, 32, Z32), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "something behind", CLIENT(EXT_SET), PRE_SHARED_KEY, BYTES(0, 10, ID, 0, 33, 32, Z32, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "a bit of the binder", CLIENT(FLIP_END), 31, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the binder's last bit", CLIENT(FLIP_END), 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the second's binder", CLIENT(FLIP_END), 0, NONE, NONE, ALERT_DECRYPT_ERROR, RETRY | SECOND },
	{ "the age", CLIENT(FLIP_END), 32 + 1 + 2, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the random", CLIENT(FLIP), 2, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "an extension before it", CLIENT(EXT_ADD), 0x7f7f, BYTES(1), NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "gone from the second", CLIENT(EXT_DROP), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },

	{ "a key that was not offered", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0, 1), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "the last number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0xff, 0xff), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "half a number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "more than a number", SERVER(EXT_SET), PRE_SHARED_KEY, BYTES(0, 0, 0), NONE, ALERT_DECODE_ERROR, 0 },
	{ "chosen twice", SERVER(EXT_TWICE), PRE_SHARED_KEY, NONE, NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no key exchange", SERVER(EXT_DROP), KEY_SHARE, NONE, NONE, ALERT_MISSING_EXTENSION, 0 },
	{ "modes in an answer", SERVER(EXT_ADD), MODES, BYTES(1, 1), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a suite of another hash", SERVER(PUT), 2 + 32 + 33, BYTES(0x13, 0x02), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a key before its time", HELLO_RETRY_REQUEST, S2N_SERVER, EXT_ADD, PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a key among the encrypted", ENCRYPTED_EXTENSIONS, S2N_SERVER, EXT_ADD, PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a certificate all the same", FINISHED, S2N_SERVER, TYPE, CERTIFICATE, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a request all the same", FINISHED, S2N_SERVER, TYPE, CERTIFICATE_REQUEST, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's certificate", FINISHED, S2N_CLIENT, TYPE, CERTIFICATE, NONE, NONE, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "the server's Finished", FINISHED, S2N_SERVER, FLIP, 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
	{ "the client's Finished", FINISHED, S2N_CLIENT, FLIP, 0, NONE, NONE, ALERT_DECRYPT_ERROR, 0 },
};
/* clang-format on */

START_TEST(what_an_enemy_says_ends_it)
{
	struct peers_spec spec = {
		.retry = (crooks[_i].with & RETRY) != 0,
		.prepare = keyed_give_both,
	};

	keyed_client = keyed_server = keyed_one;
	crooked_run_between(&crooks[_i], &spec);
}
END_TEST

/* Rows that want a choice between keys. */
START_TEST(a_server_may_not_choose_a_key_of_another_hash)
{
	const struct crook crook = { "another's hash", SERVER(EXT_SET),
		PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_ILLEGAL_PARAMETER, 0 };

	keyed_client = keyed_mixed;
	keyed_server = keyed_one;
	crooked_run_between(
	    &crook, &(struct peers_spec){ .prepare = keyed_give_both });
}
END_TEST

static void
name_another(struct s2n_connection *conn, const struct step *step,
    struct writer *out, size_t start, void *ctx)
{
	(void)conn;
	(void)start;
	(void)ctx;
	if (step->message != SERVER_HELLO)
		return;
	/* It is the last extension there, too. */
	ck_assert_mem_eq(out->data + out->len - 6,
	    ((const uint8_t[]){ 0, PRE_SHARED_KEY, 0, 2, 0, 0 }), 6);
	out->data[out->len - 1] = 1;
}

/* Its keys come of another secret then. */
START_TEST(a_server_that_names_another_key_is_not_understood)
{
	struct detour detour = { .built = name_another };
	struct peers peers;

	keyed_open(&peers, &(struct peers_spec){ 0 }, keyed_two, keyed_one);
	detour_take(peers.server, &detour);
	ck_assert(!peers_negotiate(&peers));
	ck_assert_str_eq(
	    s2n_strerror_name(peers.client_error), "S2N_ERR_DECRYPT");
	peers_close(&peers);
}
END_TEST

START_TEST(a_key_that_nobody_offered_cannot_be_chosen)
{
	const struct crook crook = { "not offered", SERVER(EXT_ADD),
		PRE_SHARED_KEY, BYTES(0, 0), NONE, ALERT_UNSUPPORTED_EXTENSION,
		0 };

	keyed_client = keyed_server = NULL;
	crooked_run_between(
	    &crook, &(struct peers_spec){ .prepare = keyed_give_both });
}
END_TEST

/* RFC 8446 4.2.9: psk_ke alone is no use to us, nor are modes of the future. */
START_TEST(without_a_key_exchange_it_is_a_full_handshake)
{
	const struct crook modes[] = {
		{ "psk_ke", CLIENT(EXT_SET), MODES, BYTES(1, 0), NONE,
		    ALERT_NONE, 0 },
		{ "others", CLIENT(EXT_SET), MODES, BYTES(3, 0, 2, 255), NONE,
		    ALERT_NONE, 0 },
	};
	struct peers peers;

	keyed_open(&peers, &(struct peers_spec){ 0 }, keyed_one, keyed_one);
	for (size_t i = 0; i < COUNT(modes); i++) {
		crooked_run_again(&modes[i], &peers);
		keyed_agreed(&peers, NULL, modes[i].what);
		ck_assert_ptr_nonnull(
		    s2n_connection_get_selected_cert(peers.server));
	}
	peers_close(&peers);
}
END_TEST

static Suite *
binder_suite(void)
{
	Suite *suite = suite_create("binder");
	TCase *tcase = tcase_create("binder");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, what_an_enemy_says_ends_it, 0, (int)COUNT(crooks));
	tcase_add_test(tcase, a_server_may_not_choose_a_key_of_another_hash);
	tcase_add_test(
	    tcase, a_server_that_names_another_key_is_not_understood);
	tcase_add_test(tcase, a_key_that_nobody_offered_cannot_be_chosen);
	tcase_add_test(tcase, without_a_key_exchange_it_is_a_full_handshake);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(binder_suite)
