/*
 * keyd/tickets.c: whose keys, of which time, from which root.
 */
#include "keyd/tickets.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "tests/unit/unit.h"

#define ROTATE 5400u
#define LIFETIME 21600u
#define EPOCH 331000u
#define NOW ((uint64_t)EPOCH * ROTATE + 17)

static const struct keyproto_ticketroot times = { ROTATE, LIFETIME };
static uint8_t root[TICKETS_ROOT_MAX + 1];
static struct tickets *tickets;
static struct keyproto_ticketkeys keys, others;

static enum keyproto_status
load(struct tickets *into, const struct keyproto_ticketroot *what, size_t len,
    uint8_t first)
{
	int fd = memfd_create("root", MFD_CLOEXEC);
	enum keyproto_status status;

	root[0] = first;
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, root, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	status = tickets_load(into, what, fd, NOW);
	close(fd);
	return status;
}

static void
set_up(void)
{
	for (size_t i = 0; i < sizeof root; i++)
		root[i] = (uint8_t)(i * 7);
	ck_assert_ptr_nonnull(tickets = tickets_new());
	ck_assert_int_eq(load(tickets, &times, 48, 1), KEYPROTO_OK);
}

static void
tear_down(void)
{
	tickets_free(tickets);
}

static enum keyproto_status
ask(uint64_t epoch, uint64_t now)
{
	memset(&keys, 0, sizeof keys);
	return tickets_keys(tickets, "frontd", epoch, now, &keys);
}

START_TEST(the_current_and_the_next_key_are_given)
{
	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	ck_assert_uint_eq(keys.current, EPOCH);
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		const struct keyproto_ticket *key = &keys.key[i];

		ck_assert_uint_eq(key->epoch, EPOCH + i);
		ck_assert_uint_eq(key->begins, (EPOCH + i) * ROTATE);
		ck_assert_uint_eq(key->ends, key->begins + ROTATE);
		ck_assert_uint_eq(key->dies, key->begins + LIFETIME);
	}
	ck_assert_mem_ne(keys.key[0].secret, keys.key[1].secret, 32);
	ck_assert_mem_ne(keys.key[0].name, keys.key[1].name, 16);
}
END_TEST

/* As libcrypto computes it; and who upgrades keeps the tickets. */
START_TEST(a_secret_is_hkdf_of_the_root)
{
	char salt[] = "sallyport ticket root", digest[] = "SHA256";
	uint8_t info[] = "sallyport ticket secret\0"
			 "\x18\x15\0\0"
			 "\xf8\x0c\x05\0\0\0\0\0"
			 "frontd";
	uint8_t wanted[32];
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST,
				    digest, sizeof digest - 1),
		OSSL_PARAM_octet_string(
		    OSSL_KDF_PARAM_SALT, salt, sizeof salt - 1),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, root, 48),
		OSSL_PARAM_octet_string(
		    OSSL_KDF_PARAM_INFO, info, sizeof info - 1),
		OSSL_PARAM_END };

	ck_assert_int_eq(EVP_KDF_derive(ctx, wanted, 32, params), 1);
	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	ck_assert_mem_eq(keys.key[0].secret, wanted, 32);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}
END_TEST

/* Other workers, a keyd that was started again, another machine. */
START_TEST(the_same_root_gives_the_same_keys_at_any_time)
{
	struct tickets *again = tickets_new();

	ck_assert_int_eq(load(again, &times, 48, 1), KEYPROTO_OK);
	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	ck_assert_int_eq(
	    tickets_keys(again, "frontd", EPOCH, NOW + ROTATE, &others),
	    KEYPROTO_OK);
	ck_assert_uint_eq(others.current, EPOCH + 1);
	ck_assert_mem_eq(keys.key, others.key, sizeof keys.key);
	tickets_free(again);
}
END_TEST

static const struct {
	const char *what, *client;
	struct keyproto_ticketroot times;
	size_t len;
	uint8_t first;
} differences[] = {
	{ "another client", "frontd2", { ROTATE, LIFETIME }, 48, 1 },
	{ "none", "", { ROTATE, LIFETIME }, 48, 1 },
	{ "another root", "frontd", { ROTATE, LIFETIME }, 48, 2 },
	{ "a longer root", "frontd", { ROTATE, LIFETIME }, 49, 1 },
	{ "another rotation", "frontd", { ROTATE - 1, LIFETIME }, 48, 1 },
};

START_TEST(whatever_differs_has_other_keys)
{
	struct tickets *other = tickets_new();

	ck_assert_int_eq(load(other, &differences[_i].times,
			     differences[_i].len, differences[_i].first),
	    KEYPROTO_OK);
	ck_assert_int_eq(ask(EPOCH, NOW), KEYPROTO_OK);
	/* At a time that has the same number. */
	ck_assert_int_eq(
	    tickets_keys(other, differences[_i].client, 0,
		(uint64_t)EPOCH * differences[_i].times.rotate, &others),
	    KEYPROTO_OK);
	ck_assert_uint_eq(others.key[0].epoch, EPOCH);
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		ck_assert_msg(
		    memcmp(keys.key[i].secret, others.key[i].secret, 32) != 0,
		    "%s", differences[_i].what);
		ck_assert_msg(
		    memcmp(keys.key[i].name, others.key[i].name, 16) != 0, "%s",
		    differences[_i].what);
	}
	tickets_free(other);
}
END_TEST

static const struct {
	const char *what;
	uint64_t epoch, now;
	enum keyproto_status status;
} epochs[] = {
	{ "the current one", EPOCH, NOW, KEYPROTO_OK },
	{ "the one before", EPOCH - 1, NOW, KEYPROTO_OK },
	{ "the last that decrypts", EPOCH - 3, NOW, KEYPROTO_OK },
	{ "one that did", EPOCH - 4, NOW, KEYPROTO_STALE },
	{ "its last second", EPOCH, EPOCH *ROTATE + LIFETIME - 1, KEYPROTO_OK },
	{ "past that", EPOCH, EPOCH *ROTATE + LIFETIME, KEYPROTO_STALE },
	{ "the next one", EPOCH + 1, NOW, KEYPROTO_STALE },
	{ "the first", 1, NOW, KEYPROTO_STALE },
	{ "the last", UINT64_MAX, NOW, KEYPROTO_STALE },
	{ "one that wraps around to now", UINT64_MAX / ROTATE + EPOCH + 2, NOW,
	    KEYPROTO_STALE },
	{ "one that wraps", UINT64_MAX / ROTATE + 1, NOW, KEYPROTO_STALE },
	{ "one of a clock that was set back", EPOCH, NOW - 9 * ROTATE,
	    KEYPROTO_STALE },
	{ "of a clock that was set back a second", EPOCH, EPOCH *ROTATE - 1,
	    KEYPROTO_STALE },
	{ "that of 1970", 1, 0, KEYPROTO_STALE },
};

START_TEST(only_keys_that_decrypt_and_the_next_are_given)
{
	ck_assert_msg(
	    ask(epochs[_i].epoch, epochs[_i].now) == epochs[_i].status, "%s",
	    epochs[_i].what);
	if (epochs[_i].status == KEYPROTO_OK)
		ck_assert_uint_eq(keys.key[0].epoch, epochs[_i].epoch);
}
END_TEST

/* Whatever the clock was before. */
START_TEST(a_clock_that_jumps_gets_the_keys_of_the_time_it_shows)
{
	static const uint64_t clocks[] = { NOW, NOW + 100 * ROTATE, NOW,
		NOW - 100 * ROTATE, 0, 1, ROTATE - 1, ROTATE, NOW + ROTATE,
		(uint64_t)UINT32_MAX * ROTATE };
	struct keyproto_ticketkeys first;

	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	first = keys;
	for (size_t i = 0; i < COUNT(clocks); i++) {
		ck_assert_int_eq(ask(0, clocks[i]), KEYPROTO_OK);
		ck_assert_uint_eq(keys.current, clocks[i] / ROTATE);
		ck_assert_uint_eq(keys.key[0].epoch, keys.current);
		ck_assert_uint_le(keys.key[0].begins, clocks[i]);
		ck_assert_uint_gt(keys.key[0].ends, clocks[i]);
		ck_assert_uint_eq(keys.key[1].begins, keys.key[0].ends);
	}
	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	ck_assert_mem_eq(&keys, &first, sizeof keys);
}
END_TEST

START_TEST(without_a_root_there_are_no_keys)
{
	struct tickets *none = tickets_new();

	ck_assert_int_eq(
	    tickets_keys(none, "frontd", 0, NOW, &keys), KEYPROTO_NOKEY);
	ck_assert_int_eq(
	    tickets_keys(none, "frontd", EPOCH, NOW, &keys), KEYPROTO_NOKEY);
	tickets_free(none);
	tickets_free(NULL);
}
END_TEST

/* Nobody has tickets of an epoch before it. */
START_TEST(a_random_root_is_another_each_time_and_has_no_past)
{
	struct tickets *one = tickets_new(), *two = tickets_new();

	ck_assert_int_eq(tickets_load(one, &times, -1, NOW), KEYPROTO_OK);
	ck_assert_int_eq(tickets_load(two, &times, -1, NOW), KEYPROTO_OK);
	ck_assert_int_eq(tickets_keys(one, "c", 0, NOW, &keys), KEYPROTO_OK);
	ck_assert_int_eq(tickets_keys(two, "c", 0, NOW, &others), KEYPROTO_OK);
	ck_assert_mem_ne(keys.key[0].secret, others.key[0].secret, 32);
	ck_assert_mem_ne(keys.key[0].name, others.key[0].name, 16);
	ck_assert_int_eq(
	    tickets_keys(one, "c", EPOCH - 1, NOW, &keys), KEYPROTO_STALE);
	ck_assert_int_eq(
	    tickets_keys(one, "c", EPOCH, NOW, &keys), KEYPROTO_OK);
	/* But a clock that was set back has a key all the same. */
	ck_assert_int_eq(
	    tickets_keys(one, "c", 0, NOW - 9 * ROTATE, &keys), KEYPROTO_OK);
	tickets_free(one);
	tickets_free(two);
}
END_TEST

START_TEST(a_file_that_is_no_root_changes_nothing)
{
	static const size_t lengths[] = { 0, 1, TICKETS_ROOT_MIN - 1,
		TICKETS_ROOT_MAX + 1 };
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_eq(ask(0, NOW), KEYPROTO_OK);
	for (size_t i = 0; i < COUNT(lengths); i++)
		ck_assert_msg(
		    load(tickets, &times, lengths[i], 9) == KEYPROTO_CRYPTO,
		    "%zu bytes", lengths[i]);
	ck_assert_int_eq(
	    tickets_load(tickets, &times, directory, NOW), KEYPROTO_CRYPTO);
	close(directory);
	ck_assert_int_eq(
	    tickets_load(tickets, &times, directory, NOW), KEYPROTO_CRYPTO);
	/* Made by truncate, or by tr. */
	memset(root, 0, sizeof root);
	ck_assert_int_eq(load(tickets, &times, 64, 0), KEYPROTO_CRYPTO);
	memset(root, 'x', sizeof root);
	ck_assert_int_eq(load(tickets, &times, 64, 'x'), KEYPROTO_CRYPTO);
	ck_assert_int_eq(
	    tickets_keys(tickets, "frontd", 0, NOW, &others), KEYPROTO_OK);
	ck_assert_mem_eq(&keys, &others, sizeof keys);
	ck_assert_int_eq(
	    load(tickets, &times, TICKETS_ROOT_MIN, 1), KEYPROTO_OK);
	ck_assert_int_eq(
	    load(tickets, &times, TICKETS_ROOT_MAX, 1), KEYPROTO_OK);
}
END_TEST

START_TEST(a_client_of_the_longest_name_has_keys_of_its_own)
{
	char name[KEYPROTO_CLIENT_NAME + 1];

	memset(name, 'n', sizeof name);
	name[KEYPROTO_CLIENT_NAME] = '\0';
	ck_assert_int_eq(tickets_keys(tickets, name, 0, NOW, &keys),
	    KEYPROTO_CRYPTO); /* longer than a grant can have */
	name[KEYPROTO_CLIENT_NAME - 1] = '\0';
	ck_assert_int_eq(
	    tickets_keys(tickets, name, 0, NOW, &keys), KEYPROTO_OK);
	name[KEYPROTO_CLIENT_NAME - 2] = '\0';
	ck_assert_int_eq(
	    tickets_keys(tickets, name, 0, NOW, &others), KEYPROTO_OK);
	ck_assert_mem_ne(keys.key[0].secret, others.key[0].secret, 32);
}
END_TEST

static Suite *
tickets_suite(void)
{
	Suite *suite = suite_create("tickets");
	TCase *tcase = tcase_create("tickets");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_current_and_the_next_key_are_given);
	tcase_add_test(tcase, a_secret_is_hkdf_of_the_root);
	tcase_add_test(tcase, the_same_root_gives_the_same_keys_at_any_time);
	tcase_add_loop_test(
	    tcase, whatever_differs_has_other_keys, 0, (int)COUNT(differences));
	tcase_add_loop_test(tcase,
	    only_keys_that_decrypt_and_the_next_are_given, 0,
	    (int)COUNT(epochs));
	tcase_add_test(
	    tcase, a_clock_that_jumps_gets_the_keys_of_the_time_it_shows);
	tcase_add_test(tcase, without_a_root_there_are_no_keys);
	tcase_add_test(
	    tcase, a_random_root_is_another_each_time_and_has_no_past);
	tcase_add_test(tcase, a_file_that_is_no_root_changes_nothing);
	tcase_add_test(tcase, a_client_of_the_longest_name_has_keys_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(tickets_suite)
