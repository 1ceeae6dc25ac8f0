/*
 * keyd/content.c: what is built, byte for byte, and every part that is refused.
 */
#include "keyd/content.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "tests/unit/unit.h"

static uint8_t client_random[32], server_random[32];
static uint8_t parameters[KEYPROTO_PARAMETERS_MAX + 8];
static size_t parameters_len;
static uint8_t built[CONTENT_MAX];
static struct slice content;

static void
set_up(void)
{
	memset(client_random, 0xc1, sizeof client_random);
	memset(server_random, 0x5e, sizeof server_random);
	parameters_len = 0;
}

static bool
build(void)
{
	const struct keyproto_sign sign = {
		.client_random = slice_of(client_random, 32),
		.server_random = slice_of(server_random, 32),
		.parameters = slice_of(parameters, parameters_len),
	};
	struct writer out;

	writer_init_fixed(&out, built, sizeof built);
	return content_key_exchange(&sign, &out) &&
	       writer_result(&out, &content);
}

static void
add(const void *bytes, size_t len)
{
	memcpy(parameters + parameters_len, bytes, len);
	parameters_len += len;
}

/* ---- curves ---- */

static const struct {
	uint8_t number;
	const char *name; /* NULL: any bytes are a share */
	size_t len;
} curves[] = {
	{ 23, "P-256", 65 },
	{ 24, "P-384", 97 },
	{ 25, "P-521", 133 },
	{ 29, NULL, 32 },
};

static void
set_curve(size_t which)
{
	const uint8_t head[4] = { 3, 0, curves[which].number,
		(uint8_t)curves[which].len };
	uint8_t *share = NULL;
	EVP_PKEY *key;

	parameters_len = 0;
	add(head, sizeof head);
	if (curves[which].name == NULL) {
		memset(parameters + parameters_len, 0x77, 32);
		parameters_len += 32;
		return;
	}
	key = EVP_EC_gen(curves[which].name);
	ck_assert_uint_eq(
	    EVP_PKEY_get1_encoded_public_key(key, &share), curves[which].len);
	add(share, curves[which].len);
	OPENSSL_free(share);
	EVP_PKEY_free(key);
}

START_TEST(randoms_and_curve_parameters_come_one_after_the_other)
{
	set_curve((size_t)_i);
	ck_assert(build());
	ck_assert_uint_eq(content.len, 64 + parameters_len);
	ck_assert_mem_eq(content.data, client_random, 32);
	ck_assert_mem_eq(content.data + 32, server_random, 32);
	ck_assert_mem_eq(content.data + 64, parameters, parameters_len);
}
END_TEST

START_TEST(curve_parameters_of_another_length_are_refused)
{
	set_curve((size_t)_i);
	for (size_t len = 0; len <= parameters_len + 4; len++) {
		size_t whole = parameters_len;

		if (len == whole)
			continue;
		parameters_len = len;
		ck_assert_msg(!build(), "%zu bytes", len);
		/* the same with a share's length that tells the truth */
		if (len > 4)
			parameters[3] = (uint8_t)(len - 4);
		ck_assert_msg(!build(), "%zu bytes, told", len);
		parameters[3] = (uint8_t)(whole - 4);
		parameters_len = whole;
	}
	ck_assert(build());
}
END_TEST

START_TEST(no_other_curve_and_no_other_type_of_one_is_taken)
{
	for (unsigned type = 0; type < 256; type++) {
		set_curve((size_t)_i);
		parameters[0] = (uint8_t)type;
		ck_assert(build() == (type == 3));
	}
	for (unsigned number = 0; number <= 0xffff; number++) {
		if (number % 256 == 0)
			set_curve((size_t)_i);
		parameters[1] = (uint8_t)(number >> 8);
		parameters[2] = (uint8_t)number;
		ck_assert_msg(
		    build() == (number == curves[_i].number), "%u", number);
	}
}
END_TEST

START_TEST(a_point_that_is_compressed_or_not_on_its_curve_is_refused)
{
	for (unsigned form = 0; form < 256; form++) {
		set_curve((size_t)_i);
		parameters[4] = (uint8_t)form;
		ck_assert_msg(build() == (form == 4), "form %u", form);
	}
	for (size_t at = 5; at < 4 + curves[_i].len; at++) {
		set_curve((size_t)_i);
		parameters[at] ^= 1;
		ck_assert_msg(!build(), "byte %zu", at);
	}
	/* coordinates above the field; and zeros */
	set_curve((size_t)_i);
	memset(parameters + 5, 0xff, curves[_i].len - 1);
	ck_assert(!build());
	memset(parameters + 5, 0, curves[_i].len - 1);
	ck_assert(!build());
}
END_TEST

/* ---- groups ---- */

static void
add_number(const uint8_t *bytes, size_t len)
{
	const uint8_t head[2] = { (uint8_t)(len >> 8), (uint8_t)len };

	add(head, 2);
	add(bytes, len);
}

static uint8_t prime[1100], generator[1100], share[1100];

/* An odd number of that many bytes, all bits set; below it the share. */
static void
set_group(size_t len)
{
	memset(prime, 0xff, sizeof prime);
	memset(share, 0x33, sizeof share);
	generator[0] = 2;
	parameters_len = 0;
	add_number(prime, len);
	add_number(generator, 1);
	add_number(share, len);
}

static void
set_numbers(size_t prime_len, size_t generator_len, size_t share_len)
{
	parameters_len = 0;
	add_number(prime, prime_len);
	add_number(generator, generator_len);
	add_number(share, share_len);
}

START_TEST(groups_of_2048_to_8192_bits_are_taken_as_they_are)
{
	static const size_t taken[] = { 256, 257, 384, 512, 1023, 1024 };
	static const size_t refused[] = { 0, 1, 2, 64, 96, 128, 255, 1025 };

	for (size_t i = 0; i < COUNT(taken); i++) {
		set_group(taken[i]);
		ck_assert_msg(build(), "%zu bytes", taken[i]);
		ck_assert_uint_eq(content.len, 64 + parameters_len);
		ck_assert_mem_eq(content.data + 64, parameters, parameters_len);
	}
	for (size_t i = 0; i < COUNT(refused); i++) {
		set_group(refused[i]);
		ck_assert_msg(!build(), "%zu bytes", refused[i]);
	}
}
END_TEST

START_TEST(a_prime_is_odd_and_has_no_zeros_before_it)
{
	set_group(256);
	prime[255] = 0xfe;
	set_numbers(256, 1, 256);
	ck_assert(!build());
	/* 2047 bits, and 2048 with a zero byte before them */
	set_group(256);
	prime[0] = 0x7f;
	set_numbers(256, 1, 256);
	ck_assert(!build());
	set_group(257);
	prime[0] = 0;
	set_numbers(257, 1, 256);
	ck_assert(!build());
	prime[0] = 1;
	set_numbers(257, 1, 256);
	ck_assert(build());
}
END_TEST

/* Each of generator and share in turn, against a prime of all ones. */
START_TEST(generator_and_share_lie_between_one_and_the_prime_less_one)
{
	uint8_t *const numbers[] = { generator, share };
	uint8_t *number = numbers[_i];
	size_t len[2] = { 1, 256 };

	set_group(256);
	for (unsigned value = 0; value < 4; value++) {
		number[0] = (uint8_t)value;
		len[_i] = 1;
		set_numbers(256, len[0], len[1]);
		ck_assert_msg(build() == (value > 1), "%u", value);
	}
	len[_i] = 256;
	memset(number, 0xff, 256);
	for (unsigned last = 0xfc; last <= 0xff; last++) {
		number[255] = (uint8_t)last; /* the prime ends with 0xff */
		set_numbers(256, len[0], len[1]);
		ck_assert_msg(build() == (last < 0xfe), "%u", last);
	}
	prime[100] = 0xfe;
	number[255] = 3;
	set_numbers(256, len[0], len[1]);
	ck_assert(!build()); /* above it at byte 100 */
	number[100] = 0xfd;
	set_numbers(256, len[0], len[1]);
	ck_assert(build());
	/* longer than the prime; nothing; zeros before it */
	number[0] = 1;
	len[_i] = 257;
	set_numbers(256, len[0], len[1]);
	ck_assert(!build());
	len[_i] = 0;
	set_numbers(256, len[0], len[1]);
	ck_assert(!build());
	number[0] = 0;
	number[1] = 5;
	len[_i] = 2;
	set_numbers(256, len[0], len[1]);
	ck_assert(!build());
}
END_TEST

START_TEST(group_parameters_that_are_cut_or_longer_are_refused)
{
	size_t whole;

	set_group(256);
	whole = parameters_len;
	for (parameters_len = 0; parameters_len <= whole + 2; parameters_len++)
		ck_assert(build() == (parameters_len == whole));
	/* lengths that lie */
	for (unsigned at = 0; at < 2; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			set_group(256);
			parameters[at] ^= (uint8_t)(1u << bit);
			ck_assert(!build());
		}
}
END_TEST

/* ---- what the whole may not be ---- */

START_TEST(a_client_random_that_is_a_text_is_refused)
{
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			set_curve(3);
		else
			set_group(256);
		/* the spaces of TLS 1.3, and the last of what is printed */
		memset(client_random, ' ', 32);
		memset(server_random, ' ', 32);
		ck_assert(!build());
		memset(client_random, '~', 32);
		ck_assert(!build());
		/* one byte that is none makes it harmless */
		client_random[31] = 0x7f;
		ck_assert(build());
		client_random[31] = '~';
		client_random[0] = 0x1f;
		ck_assert(build());
	}
}
END_TEST

START_TEST(the_head_of_an_ssh_certificate_is_refused)
{
	static const char names[][48] = { "ssh-rsa",
		"ssh-ed25519-cert-v01@openssh.com",
		"ecdsa-sha2-nistp521-cert-v01@openssh.com" };

	set_group(256);
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t len = strlen(names[i]);

		set_up();
		set_group(256);
		memset(client_random, 0, 4);
		client_random[3] = (uint8_t)len;
		memcpy(client_random + 4, names[i], len < 28 ? len : 28);
		if (len > 28)
			memcpy(server_random, names[i] + 28, len - 28);
		ck_assert_msg(!build(), "%s", names[i]);
		client_random[4 + 5] = 0;
		ck_assert_msg(build(), "%s", names[i]);
	}
	/* Six letters are no algorithm. */
	set_up();
	set_group(256);
	memcpy(client_random, "\0\0\0\6ssh-rs", 10);
	ck_assert(build());
}
END_TEST

START_TEST(the_heads_of_cose_and_of_ike_are_refused)
{
	set_curve(0);
	memcpy(client_random, "\x84\x6aSignature1", 12);
	ck_assert(!build());
	memcpy(client_random, "\x85\x69Signature", 11);
	ck_assert(!build());
	client_random[10] = 'E';
	ck_assert(build());
	/* IKE_SA_INIT: an exchange of type 34, and message 0 of it */
	set_up();
	set_curve(0);
	client_random[18] = 34;
	memset(client_random + 20, 0, 4);
	ck_assert(!build());
	client_random[23] = 1;
	ck_assert(build());
	memset(client_random, 0, 32);
	ck_assert(build());
}
END_TEST

/* The first bytes of a DER element that is as long as the content. */
static void
set_der(uint8_t tag, const uint8_t *head, size_t head_len)
{
	memset(client_random, 0x05, 32);
	client_random[0] = tag;
	memcpy(client_random + 1, head, head_len);
}

START_TEST(a_group_within_a_certificate_is_refused)
{
	static const uint8_t tags[] = { 0x30, 0x31 };
	size_t len;

	set_group(256);
	len = 64 + parameters_len;
	for (size_t i = 0; i < COUNT(tags); i++) {
		const uint8_t two[] = { 0x82, (uint8_t)((len - 4) >> 8),
			(uint8_t)(len - 4) };
		const uint8_t three[] = { 0x83, 0, (uint8_t)((len - 5) >> 8),
			(uint8_t)(len - 5) };
		const uint8_t nine[] = { 0x89, 0, 0, 0, 0, 0, 0, 0,
			(uint8_t)((len - 11) >> 8), (uint8_t)(len - 11) };
		const uint8_t unsaid[] = { 0x80 };
		const uint8_t other[] = { 0x82, two[1], (uint8_t)(two[2] + 1) };

		set_der(tags[i], two, sizeof two);
		ck_assert(!build());
		set_der(tags[i], three, sizeof three);
		ck_assert(!build());
		set_der(tags[i], nine, sizeof nine);
		ck_assert(!build());
		/* a random is a random, if it is nothing else */
		set_der(tags[i], other, sizeof other);
		ck_assert(build());
		set_der(tags[i], unsaid, sizeof unsaid);
		ck_assert(build());
		/* an element up to the two zeros that end it */
		client_random[2] = 0x04;
		client_random[3] = 0x82;
		client_random[4] = (uint8_t)((len - 8) >> 8);
		client_random[5] = (uint8_t)(len - 8);
		share[254] = share[255] = 0;
		set_numbers(256, 1, 256);
		ck_assert(!build());
		share[254] = share[255] = 0x33;
		set_numbers(256, 1, 256);
	}
}
END_TEST

START_TEST(a_curve_within_a_sequence_is_refused)
{
	uint8_t head[2] = { 0x81, 0 };

	set_curve((size_t)_i);
	head[1] = (uint8_t)(64 + parameters_len - 3);
	set_der(0x30, head, 2);
	ck_assert(!build());
	head[1]++;
	set_der(0x30, head, 2);
	ck_assert(build());
}
END_TEST

/* RFC 5652 5.4: what CMS signs, with an x25519 share in an attribute that
 * nobody knows. By the length alone one random of 32768 would be refused. */
START_TEST(a_curve_within_a_short_set_is_refused)
{
	static const uint8_t within[] = { 0x30, 0x15, 6, 3, 0x2a, 3, 4, 0x31,
		0x0e, 4, 0x0c, 1, 2 };

	set_curve(3);
	set_der(0x31, (const uint8_t[]){ 98 }, 1);
	ck_assert(build());      /* its elements end nowhere */
	client_random[2] = 0x30; /* bytes 2 to 50, with the digest */
	client_random[3] = 47;
	memcpy(server_random + 51 - 32, within, sizeof within);
	memset(parameters + 4, 9, 32);
	parameters[74 - 64] = 0x30; /* bytes 74 to 99, with the type */
	parameters[75 - 64] = 24;
	ck_assert(!build());
	parameters[75 - 64] = 25;
	ck_assert(build());
	parameters[75 - 64] = 24;
	client_random[1] = 97;
	ck_assert(build());
	client_random[1] = 98;
	client_random[0] = 0x30;
	ck_assert(!build());
}
END_TEST

/* ---- a client's messages ---- */

static uint8_t messages[2048];
static size_t messages_len;

static void
message(uint8_t type, size_t len)
{
	messages[messages_len++] = type;
	messages[messages_len++] = 0;
	messages[messages_len++] = (uint8_t)(len >> 8);
	messages[messages_len++] = (uint8_t)len;
	memset(messages + messages_len, 0x42, len);
	messages_len += len;
}

static void
hello(uint8_t type, uint8_t minor)
{
	message(type, 40);
	messages[messages_len - 40] = 3;
	messages[messages_len - 39] = minor;
}

static uint16_t
version(void)
{
	return content_client_version(slice_of(messages, messages_len));
}

static void
set_messages(uint8_t minor, bool status, bool key_exchange)
{
	messages_len = 0;
	hello(1, 3);
	hello(2, minor);
	message(11, 300);
	if (status)
		message(22, 20);
	if (key_exchange)
		message(12, 100);
	message(13, 10);
	message(14, 0);
	message(11, 300);
	message(16, 66);
}

START_TEST(a_clients_messages_tell_the_version)
{
	for (uint8_t minor = 1; minor <= 3; minor++)
		for (unsigned i = 0; i < 4; i++) {
			set_messages(minor, (i & 1) != 0, (i & 2) != 0);
			ck_assert_uint_eq(version(), 0x0300u + minor);
		}
}
END_TEST

START_TEST(messages_of_ssl3_and_of_no_version_are_refused)
{
	static const uint8_t minors[] = { 0, 4, 5, 255 };

	for (size_t i = 0; i < COUNT(minors); i++) {
		set_messages(minors[i], false, true);
		ck_assert_uint_eq(version(), 0);
	}
	set_messages(3, false, true);
	messages[4] = 2; /* the ClientHello's major version */
	ck_assert_uint_eq(version(), 0);
	set_messages(3, false, true);
	messages[4 + 40 + 4] = 2;
	ck_assert_uint_eq(version(), 0);
}
END_TEST

START_TEST(hellos_without_a_whole_random_are_refused)
{
	for (size_t len = 0; len < 40; len++) {
		messages_len = 0;
		message(1, len);
		messages[4] = messages[5] = 3;
		hello(2, 3);
		message(11, 20);
		message(13, 10);
		message(14, 0);
		message(11, 20);
		message(16, 66);
		ck_assert_msg((version() != 0) == (len > 34), "%zu", len);
	}
}
END_TEST

START_TEST(messages_that_lack_or_repeat_one_are_refused)
{
	static const uint8_t types[] = { 1, 2, 11, 12, 13, 14, 11, 16 };

	for (size_t wrong = 0; wrong < COUNT(types); wrong++)
		for (int times = 0; times <= 2; times += 2) {
			messages_len = 0;
			for (size_t i = 0; i < COUNT(types); i++)
				for (int n = 0; n < (i == wrong ? times : 1);
				     n++) {
					if (types[i] <= 2)
						hello(types[i], 3);
					else
						message(types[i], 20);
				}
			/* a ServerKeyExchange may lack */
			ck_assert_msg((version() != 0) ==
					  (types[wrong] == 12 && times == 0),
			    "message %zu %d times", wrong, times);
		}
}
END_TEST

START_TEST(messages_cut_anywhere_or_longer_are_refused)
{
	set_messages(3, true, true);
	for (size_t len = messages_len + 3; len-- > 0;)
		ck_assert_msg((content_client_version(slice_of(messages,
				   len)) != 0) == (len == messages_len),
		    "%zu", len);
}
END_TEST

START_TEST(messages_of_another_type_are_refused)
{
	for (unsigned type = 0; type < 256; type++) {
		set_messages(3, false, true);
		messages[0] = (uint8_t)type;
		ck_assert((version() != 0) == (type == 1));
		set_messages(3, false, true);
		messages[messages_len - 70] = (uint8_t)type;
		ck_assert((version() != 0) == (type == 16));
	}
}
END_TEST

/* Randoms that begin a ClientHello whose rest is the group, which holds the
 * other messages: the server's signature would be one of a client. */
START_TEST(a_key_exchange_that_a_client_could_sign_is_refused)
{
	static const uint8_t head[] = { 1, 0, 0, 64 - 4 + 2 + 100, 3, 3 };
	/* from the prime's byte 100 on; the rest of all is the client's key */
	static const uint8_t before[] = { 2, 0, 0, 36, 3, 3 };
	size_t at = 100, rest;

	set_group(256);
	memset(client_random, 0x05, 32);
	memcpy(client_random, head, sizeof head);
	memset(prime, 0x80, 256);
	memcpy(prime + at, before, sizeof before);
	at += 40;
	for (size_t i = 0; i < 5; i++) {
		static const uint8_t types[] = { 11, 13, 14, 11, 16 };

		memset(prime + at, 0, 4);
		prime[at] = types[i];
		at += 4;
	}
	/* what is left: of the prime, and two more vectors */
	rest = (256 - at) + 2 + 1 + 2 + 256;
	prime[at - 2] = (uint8_t)(rest >> 8);
	prime[at - 1] = (uint8_t)rest;
	prime[0] = 0xff;
	prime[255] = 0xff;
	set_numbers(256, 1, 256);
	ck_assert(!build());
	prime[at - 1]++; /* now the last message is cut */
	set_numbers(256, 1, 256);
	ck_assert(build());
}
END_TEST

static Suite *
content_suite(void)
{
	Suite *suite = suite_create("content");
	TCase *tcase = tcase_create("content");
	int all = (int)COUNT(curves);

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase,
	    randoms_and_curve_parameters_come_one_after_the_other, 0, all);
	tcase_add_loop_test(
	    tcase, curve_parameters_of_another_length_are_refused, 0, all);
	tcase_add_loop_test(
	    tcase, no_other_curve_and_no_other_type_of_one_is_taken, 0, all);
	tcase_add_loop_test(tcase,
	    a_point_that_is_compressed_or_not_on_its_curve_is_refused, 0,
	    all - 1);
	tcase_add_test(
	    tcase, groups_of_2048_to_8192_bits_are_taken_as_they_are);
	tcase_add_test(tcase, a_prime_is_odd_and_has_no_zeros_before_it);
	tcase_add_loop_test(tcase,
	    generator_and_share_lie_between_one_and_the_prime_less_one, 0, 2);
	tcase_add_test(
	    tcase, group_parameters_that_are_cut_or_longer_are_refused);
	tcase_add_test(tcase, a_client_random_that_is_a_text_is_refused);
	tcase_add_test(tcase, the_head_of_an_ssh_certificate_is_refused);
	tcase_add_test(tcase, the_heads_of_cose_and_of_ike_are_refused);
	tcase_add_test(tcase, a_group_within_a_certificate_is_refused);
	tcase_add_loop_test(tcase, a_curve_within_a_sequence_is_refused, 0, 3);
	tcase_add_test(tcase, a_curve_within_a_short_set_is_refused);
	tcase_add_test(tcase, a_clients_messages_tell_the_version);
	tcase_add_test(tcase, messages_of_ssl3_and_of_no_version_are_refused);
	tcase_add_test(tcase, hellos_without_a_whole_random_are_refused);
	tcase_add_test(tcase, messages_that_lack_or_repeat_one_are_refused);
	tcase_add_test(tcase, messages_cut_anywhere_or_longer_are_refused);
	tcase_add_test(tcase, messages_of_another_type_are_refused);
	tcase_add_test(
	    tcase, a_key_exchange_that_a_client_could_sign_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(content_suite)
