/*
 * keyd/audit_log.c, keyd/audit_chain.c, keyd/audit_verify.c: what is written
 * verifies, and nothing else does.
 */
#include "keyd/audit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "keyd/audit_verify.h"
#include "tests/unit/unit.h"

static EVP_PKEY *key, *other;
static struct audit_log audit_log;
static struct audit_verdict verdict;
static int file; /* a second descriptor of what is written */

static int
fresh_file(void)
{
	char name[] = "/tmp/audit-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ne(fd, -1);
	unlink(name);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_APPEND), 0);
	return fd;
}

static void
set_up(void)
{
	ck_assert_ptr_nonnull(key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	ck_assert_ptr_nonnull(other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	audit_log =
	    (struct audit_log){ .fd = -1, .key = key, .checkpoint = 10 };
	ck_assert_int_ne(file = dup(fresh_file()), -1);
	ck_assert(audit_log_open(&audit_log, dup(file)));
}

static void
tear_down(void)
{
	if (audit_log.fd >= 0)
		close(audit_log.fd);
	close(file);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

/* So many operations, of a signer whose first is numbered told. */
static void
operations(uint64_t told, int count)
{
	struct keyproto_record record = { .time = 1793858400123456,
		.signer = 0xabcd,
		.channel = 2,
		.operation = KEYPROTO_SIGN13,
		.scheme = 0x0403,
		.content_len = 32,
		.content = { 1, 2, 3 },
		.key = "www",
		.client = "frontd" };
	int reason;

	for (int i = 0; i < count; i++) {
		audit_log_add(
		    &audit_log, "public", told + (uint64_t)i, &record);
		ck_assert(audit_log_write(&audit_log, &reason));
	}
}

static void
sign(void)
{
	int reason;

	audit_log_sign(&audit_log);
	ck_assert(audit_log_write(&audit_log, &reason));
}

/* The text of the file, terminated, to be freed. */
static char *
text_of(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	*len = (size_t)size;
	ck_assert_int_eq(pread(fd, text, *len, 0), (ssize_t)*len);
	return text;
}

static bool
verify_text(const char *text, size_t len, EVP_PKEY *with)
{
	FILE *in = len > 0 ? fmemopen((char *)(uintptr_t)text, len, "r")
			   : fopen("/dev/null", "r");
	bool good;

	ck_assert_ptr_nonnull(in);
	good = audit_verify(in, with, &verdict);
	ck_assert_int_eq(good, verdict.fault == NULL);
	fclose(in);
	return good;
}

static bool
verify_file(int fd)
{
	size_t len;
	char *text = text_of(fd, &len);
	bool good = verify_text(text, len, key);

	free(text);
	return good;
}

START_TEST(what_is_written_verifies)
{
	static const uint8_t none[AUDIT_HASH];

	operations(1, 25);
	sign();
	ck_assert_msg(verify_file(file), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.operations, 25);
	/* After the start, after nine more and each ten, and at the end. */
	ck_assert_uint_eq(verdict.checkpoints, 4);
	ck_assert_uint_eq(verdict.lines, 1 + 25 + 4);
	ck_assert_uint_eq(verdict.first, 1);
	ck_assert_uint_eq(verdict.last, 30);
	ck_assert_uint_eq(verdict.last_signed, 30);
	ck_assert_uint_eq(
	    verdict.lost + verdict.untold + verdict.broken_off, 0);
	ck_assert_mem_eq(verdict.previous, none, sizeof none);
	ck_assert_mem_eq(verdict.hash, audit_log.before, AUDIT_HASH);
}
END_TEST

START_TEST(a_line_says_all_there_is_to_say)
{
	size_t len;
	char *text;

	operations(7, 1);
	text = text_of(file, &len);
	ck_assert_ptr_nonnull(strstr(text,
	    " event=operation client=frontd channel=2 group=public key=www "
	    "operation=sign13 scheme=0403 content=01020300"));
	ck_assert_ptr_nonnull(
	    strstr(text, "time=2026-11-05T06:00:00.123Z event=operation"));
	ck_assert_ptr_nonnull(strstr(
	    text, " status=ok skipped=0 signer=0000abcd told=7 sha256="));
	free(text);
}
END_TEST

START_TEST(each_operation_has_its_word)
{
	static const struct {
		uint16_t operation;
		const char *word;
	} cases[] = { { KEYPROTO_SIGN13, " operation=sign13 " },
		{ KEYPROTO_SIGN12, " operation=sign12 " },
		{ KEYPROTO_SIGN12CV, " operation=sign12cv " },
		{ KEYPROTO_PREMASTER, " operation=premaster " },
		{ KEYPROTO_SIGNDIGEST, " operation=signdigest " } };
	struct keyproto_record record = { .client = "c", .key = "k" };
	int reason;
	size_t len;
	char *text;

	for (size_t i = 0; i < COUNT(cases); i++) {
		record.operation = cases[i].operation;
		audit_log_add(&audit_log, "public", i + 1, &record);
		ck_assert(audit_log_write(&audit_log, &reason));
		text = text_of(file, &len);
		ck_assert_msg(
		    strstr(text, cases[i].word) != NULL, "%s", cases[i].word);
		free(text);
	}
}
END_TEST

START_TEST(every_changed_bit_is_found)
{
	size_t len;
	char *text;

	operations(1, 12);
	sign();
	text = text_of(file, &len);
	for (size_t at = 0; at < len; at++)
		for (int bit = 0; bit < 8; bit += 3) {
			text[at] = (char)(text[at] ^ 1 << bit);
			ck_assert_msg(!verify_text(text, len, key),
			    "bit %d of byte %zu", bit, at);
			text[at] = (char)(text[at] ^ 1 << bit);
		}
	ck_assert(verify_text(text, len, key));
	ck_assert(!verify_text(text, len, other));
	ck_assert_ptr_nonnull(strstr(verdict.fault, "signature"));
	free(text);
}
END_TEST

/* Lines, each with its end. */
static size_t
split(char *text, char *lines[64])
{
	size_t count = 0;

	for (char *at = text; *at != '\0'; at = strchr(at, '\n') + 1)
		lines[count++] = at;
	lines[count] = text + strlen(text);
	return count;
}

START_TEST(a_line_taken_out_put_twice_or_moved_is_found)
{
	size_t len, count, used;
	char *lines[64], *text, *edited;

	operations(1, 12);
	sign();
	text = text_of(file, &len);
	edited = malloc(2 * len);
	count = split(text, lines);
	for (size_t i = 0; i < count; i++) {
		size_t at = (size_t)(lines[i] - text);
		size_t own = (size_t)(lines[i + 1] - lines[i]);
		size_t next =
		    i + 1 < count ? (size_t)(lines[i + 2] - lines[i + 1]) : 0;

		/* Without it; the last is a checkpoint, and nobody can know. */
		memcpy(edited, text, at);
		memcpy(edited + at, lines[i + 1], len - at - own);
		ck_assert_msg(
		    verify_text(edited, len - own, key) == (i + 1 == count),
		    "line %zu is missing", i);
		/* Twice. */
		memcpy(edited, text, at + own);
		memcpy(edited + at + own, text + at, len - at);
		ck_assert_msg(
		    !verify_text(edited, len + own, key), "line %zu twice", i);
		/* The next before it. */
		if (next == 0)
			continue;
		memcpy(edited, text, len);
		memcpy(edited + at, lines[i + 1], next);
		memcpy(edited + at + next, lines[i], own);
		ck_assert_msg(
		    !verify_text(edited, len, key), "line %zu moved", i);
	}
	used = len;
	ck_assert(verify_text(text, used, key));
	free(edited);
	free(text);
}
END_TEST

/* All hashes are made anew; nobody needs a key for that. */
static void
chain_again(char *text)
{
	uint8_t hash[AUDIT_HASH] = { 0 };
	char *lines[64], digits[2 * AUDIT_HASH + 1], *end;
	size_t count = split(text, lines);

	for (size_t i = 0; i < count; i++) {
		end = strstr(lines[i], AUDIT_HASH_WORD);
		ck_assert(audit_chain_next(
		    hash, slice_of(lines[i], (size_t)(end - lines[i])), hash));
		audit_chain_hex(hash, sizeof hash, digits);
		memcpy(end + strlen(AUDIT_HASH_WORD), digits, 2 * AUDIT_HASH);
	}
}

START_TEST(who_chains_a_changed_log_again_lacks_the_signature)
{
	size_t len;
	char *text;

	operations(1, 12);
	sign();
	text = text_of(file, &len);
	chain_again(text);
	ck_assert(verify_text(text, len, key));
	memcpy(strstr(text, "key=www"), "key=xxx", 7);
	chain_again(text);
	ck_assert(!verify_text(text, len, key));
	ck_assert_ptr_nonnull(strstr(verdict.fault, "signature"));
	free(text);
}
END_TEST

/* What is cut off at the end is found when it is in the midst of a line; whole
 * lines are not, but what was signed for is told. */
START_TEST(a_log_that_was_cut_off_tells_how_far_it_is_signed)
{
	size_t len, count;
	char *text, *lines[64];

	operations(1, 15);
	text = text_of(file, &len);
	ck_assert(verify_text(text, len, key));
	ck_assert_uint_eq(verdict.last, 18);
	ck_assert_uint_eq(verdict.last_signed, 13);
	count = split(text, lines);
	for (size_t cut = 0; cut < len; cut++) {
		bool whole = false;

		for (size_t i = 1; i <= count; i++)
			whole = whole || cut == (size_t)(lines[i] - text);
		ck_assert_msg(
		    verify_text(text, cut, key) == whole, "cut to %zu", cut);
	}
	free(text);
}
END_TEST

START_TEST(who_begins_again_goes_on_where_the_file_ends)
{
	operations(1, 3);
	close(audit_log.fd);
	audit_log =
	    (struct audit_log){ .fd = -1, .key = key, .checkpoint = 10 };
	ck_assert(audit_log_open(&audit_log, dup(file)));
	operations(4, 3);
	ck_assert_msg(verify_file(file), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.operations, 6);
	ck_assert_uint_eq(verdict.first, 1);
	ck_assert_uint_eq(verdict.lines, verdict.last);
}
END_TEST

START_TEST(a_line_that_a_machine_broke_off_in_does_not_stop_the_next)
{
	operations(1, 3);
	ck_assert_int_eq(write(file, "seq=6 time=20", 13), 13);
	close(audit_log.fd);
	audit_log =
	    (struct audit_log){ .fd = -1, .key = key, .checkpoint = 10 };
	ck_assert(audit_log_open(&audit_log, dup(file)));
	operations(4, 3);
	ck_assert_msg(verify_file(file), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.broken_off, 1);
	ck_assert_uint_eq(verdict.operations, 6);
	/* Such a line excuses nothing but itself. */
	ck_assert_int_eq(write(file, "garbage\n", 8), 8);
	ck_assert(!verify_file(file));
}
END_TEST

START_TEST(files_that_are_no_log_are_left_alone)
{
	static const char *const texts[] = { "x", "hello\n",
		"seq=1 time=now sha256=00\n", "\n\n",
		("seq=x time=now sha256=00000000000000000000000000000000000000"
		 "00000000000000000000000000\n") };

	for (size_t i = 0; i < COUNT(texts); i++) {
		int fd = fresh_file();
		size_t len = strlen(texts[i]);
		struct audit_log none = { .fd = -1, .key = key };

		ck_assert_int_eq(write(fd, texts[i], len), (ssize_t)len);
		ck_assert_msg(!audit_log_open(&none, fd), "%s", texts[i]);
		ck_assert_int_eq(errno, EBADMSG);
		ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)len);
		close(fd);
	}
}
END_TEST

START_TEST(a_new_file_says_what_was_before_it)
{
	uint8_t before[AUDIT_HASH];
	int second = fresh_file();

	operations(1, 3);
	sign();
	memcpy(before, audit_log.before, sizeof before);
	ck_assert(audit_log_open(&audit_log, dup(second)));
	operations(4, 3);
	ck_assert(verify_file(file));
	ck_assert_uint_eq(verdict.operations, 3);
	ck_assert_mem_eq(verdict.hash, before, sizeof before);
	ck_assert_msg(verify_file(second), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.operations, 3);
	ck_assert_mem_eq(verdict.previous, before, sizeof before);
	close(second);
}
END_TEST

/* A file that may not grow is full like a disk. */
static void
limit_files_to(rlim_t most)
{
	struct rlimit limit = { most, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(what_a_full_file_does_not_take_is_written_later)
{
	struct keyproto_record record = { .operation = KEYPROTO_SIGN13 };
	off_t size = lseek(file, 0, SEEK_END);
	int reason = 0;

	limit_files_to((rlim_t)size + 1000);
	for (int i = 1; i <= 9; i++)
		audit_log_add(&audit_log, "g", (uint64_t)i, &record);
	ck_assert(!audit_log_write(&audit_log, &reason));
	ck_assert_int_ne(reason, 0);
	ck_assert_int_eq(lseek(file, 0, SEEK_END), size + 1000);
	ck_assert(!audit_log_write(&audit_log, &reason));
	ck_assert(!verify_file(file)); /* ends in the midst of a line */
	limit_files_to(RLIM_INFINITY);
	ck_assert(audit_log_write(&audit_log, &reason));
	ck_assert_msg(verify_file(file), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.operations, 9);
}
END_TEST

START_TEST(what_a_full_file_did_not_take_is_in_the_next)
{
	struct keyproto_record record = { .operation = KEYPROTO_SIGN13 };
	off_t size = lseek(file, 0, SEEK_END);
	int reason = 0, second = fresh_file();
	uint64_t whole;

	limit_files_to((rlim_t)size + 1000);
	for (int i = 1; i <= 20; i++)
		audit_log_add(&audit_log, "g", (uint64_t)i, &record);
	ck_assert(!audit_log_write(&audit_log, &reason));
	ck_assert(audit_log_open(&audit_log, dup(second)));
	limit_files_to(RLIM_INFINITY);
	audit_log_add(&audit_log, "g", 21, &record);
	ck_assert(audit_log_write(&audit_log, &reason));
	ck_assert(!verify_file(file));
	whole = verdict.operations;
	ck_assert_uint_gt(whole, 0);
	ck_assert_uint_lt(whole, 20);
	ck_assert_msg(verify_file(second), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.operations, 21 - whole);
	ck_assert_uint_eq(verdict.untold, 0);
	close(second);
}
END_TEST

/* Not even the line that begins it. */
START_TEST(a_file_that_takes_nothing_is_left_as_if_it_had_not_been)
{
	struct keyproto_record record = { .operation = KEYPROTO_SIGN13 };
	int reason = 0, second = fresh_file(), third = fresh_file();
	uint8_t before[AUDIT_HASH];

	operations(1, 3);
	sign();
	memcpy(before, audit_log.before, sizeof before);
	limit_files_to(0);
	ck_assert(audit_log_open(&audit_log, dup(second)));
	for (int i = 4; i <= 15; i++)
		audit_log_add(&audit_log, "g", (uint64_t)i, &record);
	ck_assert(!audit_log_write(&audit_log, &reason));
	ck_assert(audit_log_open(&audit_log, dup(third)));
	limit_files_to(RLIM_INFINITY);
	ck_assert(audit_log_write(&audit_log, &reason));
	ck_assert_int_eq(lseek(second, 0, SEEK_END), 0);
	ck_assert_msg(verify_file(third), "%s", verdict.fault);
	ck_assert_mem_eq(verdict.previous, before, sizeof before);
	ck_assert_uint_eq(verdict.operations, 12);
	close(second);
	close(third);
}
END_TEST

START_TEST(what_is_lost_is_counted)
{
	struct keyproto_record record = { .operation = KEYPROTO_SIGN12,
		.lost = 3 };
	int reason;

	operations(1, 2);
	audit_log.lost = 4;
	audit_log_add(&audit_log, "g", 7, &record);
	ck_assert(audit_log_write(&audit_log, &reason));
	ck_assert_msg(verify_file(file), "%s", verdict.fault);
	ck_assert_uint_eq(verdict.lost, 7);
	/* Of the first signer nobody told of 3 to 9. */
	operations(10, 1);
	ck_assert(verify_file(file));
	ck_assert_uint_eq(verdict.untold, 7);
}
END_TEST

static Suite *
audit_log_suite(void)
{
	Suite *suite = suite_create("audit_log");
	TCase *tcase = tcase_create("audit_log");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_written_verifies);
	tcase_add_test(tcase, a_line_says_all_there_is_to_say);
	tcase_add_test(
	    tcase, who_chains_a_changed_log_again_lacks_the_signature);
	tcase_add_test(tcase, each_operation_has_its_word);
	tcase_add_test(tcase, every_changed_bit_is_found);
	tcase_add_test(tcase, a_line_taken_out_put_twice_or_moved_is_found);
	tcase_add_test(
	    tcase, a_log_that_was_cut_off_tells_how_far_it_is_signed);
	tcase_add_test(tcase, who_begins_again_goes_on_where_the_file_ends);
	tcase_add_test(
	    tcase, a_line_that_a_machine_broke_off_in_does_not_stop_the_next);
	tcase_add_test(tcase, files_that_are_no_log_are_left_alone);
	tcase_add_test(tcase, a_new_file_says_what_was_before_it);
	tcase_add_test(tcase, what_a_full_file_does_not_take_is_written_later);
	tcase_add_test(tcase, what_a_full_file_did_not_take_is_in_the_next);
	tcase_add_test(
	    tcase, a_file_that_takes_nothing_is_left_as_if_it_had_not_been);
	tcase_add_test(tcase, what_is_lost_is_counted);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(audit_log_suite)
