/*
 * keyd/arena.c: blocks that do not overlap, are zero when they are given out
 * again, and lie where nobody can look.
 */
#include "keyd/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "tests/unit/unit.h"

#define SIZE (1024 * 1024)

static enum level kind;
static struct policy_request ask;
static int reason;

static void
set_up(void)
{
	ck_assert(arena_open(SIZE, LEVEL_FULL, &kind, &reason));
}

static bool
all_are(const uint8_t *bytes, uint8_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

START_TEST(every_length_has_a_block_of_its_own)
{
	static const size_t lengths[] = { 1, 15, 16, 17, 511, 512, 513, 639,
		640, 641, 768, 769, 1024, 1025, 4096, 65536, 65537,
		ARENA_BLOCK_MAX };
	uint8_t *blocks[COUNT(lengths)];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		blocks[i] = arena_take(lengths[i]);
		ck_assert_msg(blocks[i] != NULL, "%zu", lengths[i]);
		ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
		ck_assert(all_are(blocks[i], 0, lengths[i]));
		memset(blocks[i], (int)i + 1, lengths[i]);
	}
	for (size_t i = 0; i < COUNT(lengths); i++)
		ck_assert_msg(all_are(blocks[i], (uint8_t)(i + 1), lengths[i]),
		    "%zu", lengths[i]);
}
END_TEST

/* No length fits into a block that is shorter, by one byte or by any. */
START_TEST(no_block_is_shorter_than_was_asked_for)
{
	for (size_t len = 1; len <= ARENA_BLOCK_MAX; len += len / 97 + 1) {
		size_t before = arena_used();
		uint8_t *block = arena_take(len);

		/* The first of its size grows the arena by all of it. */
		if (arena_used() > before)
			ck_assert_uint_ge(arena_used() - before, len + 16);
		if (block == NULL)
			break;
		memset(block, 1, len);
		arena_release(block);
	}
}
END_TEST

START_TEST(what_cannot_be_given_is_not)
{
	ck_assert_ptr_null(arena_take(0));
	ck_assert_ptr_null(arena_take(ARENA_BLOCK_MAX + 1));
	ck_assert_ptr_null(arena_take(SIZE_MAX));
	ck_assert_ptr_null(arena_move(NULL, SIZE_MAX));
	arena_release(NULL);
	ck_assert_uint_eq(arena_used(), 0);
}
END_TEST

START_TEST(a_full_arena_gives_what_comes_back)
{
	void *last = NULL, *block;
	size_t count = 0;

	while ((block = arena_take(1000)) != NULL) {
		last = block;
		count++;
	}
	ck_assert_uint_gt(count, SIZE / 1200);
	ck_assert_uint_le(arena_used(), SIZE);
	ck_assert_ptr_null(arena_take(500));
	ck_assert_ptr_null(arena_move(last, 2000));
	arena_release(last);
	ck_assert_ptr_null(arena_take(2000));
	/* Too large is better than none, once. */
	ck_assert_ptr_eq(arena_take(500), last);
	ck_assert_ptr_null(arena_take(500));
}
END_TEST

START_TEST(what_was_released_is_zero_and_is_given_again)
{
	for (size_t len = 1; len < 3000; len += 13) {
		uint8_t *block = arena_take(len), *again;
		size_t used;

		memset(block, 0xee, len);
		arena_release(block);
		/* But for where the next one is. */
		if (len > sizeof(void *))
			ck_assert(all_are(
			    block + sizeof(void *), 0, len - sizeof(void *)));
		used = arena_used();
		again = arena_take(len);
		ck_assert_ptr_eq(again, block);
		ck_assert(all_are(again, 0, len));
		ck_assert_uint_eq(arena_used(), used);
		arena_release(again);
	}
}
END_TEST

START_TEST(a_block_that_moves_leaves_nothing_behind)
{
	uint8_t *block = arena_move(NULL, 100), *moved;

	memset(block, 0xaa, 100);
	/* In its place, as long as there is room. */
	ck_assert_ptr_eq(arena_move(block, 112), block);
	ck_assert(all_are(block, 0xaa, 100));
	memset(block, 0xbb, 112);
	ck_assert_ptr_eq(arena_move(block, 40), block);
	ck_assert(all_are(block, 0xbb, 40));
	ck_assert(all_are(block + 40, 0, 72));
	moved = arena_move(block, 5000);
	ck_assert_ptr_ne(moved, block);
	ck_assert(all_are(moved, 0xbb, 40));
	ck_assert(all_are(block + sizeof(void *), 0, 112 - sizeof(void *)));
	ck_assert_ptr_null(arena_move(moved, 0));
	ck_assert(all_are(moved + sizeof(void *), 0, 5000 - sizeof(void *)));
}
END_TEST

static void *freed;

static void
damage(int how)
{
	uint8_t outside[64] = { 0 };
	uint8_t *block = arena_take(64);

	switch (how) {
	case 0: /* freed twice */
		arena_release(block);
		arena_release(block);
		break;
	case 1: /* used after it was freed */
		arena_release(block);
		freed = arena_move(block, 128);
		break;
	case 2: /* not the beginning of a block */
		arena_release(block + 16);
		break;
	case 3: /* not aligned */
		arena_release(block + 1);
		break;
	case 4: /* on the stack */
		arena_release(outside + 32);
		break;
	case 5: /* the byte before it was written to */
		memset(block - 16, 0x41, 16);
		arena_release(block);
		break;
	case 6: /* so was that of one that is free */
		arena_release(block);
		memset(block - 16, 0x41, 16);
		freed = arena_take(64);
		break;
	}
}

START_TEST(whoever_damages_it_is_ended)
{
	damage(_i);
}
END_TEST

static int child_status;

/* The child of what is tried, which ends by work's value. */
static void
in_child(int (*work)(void))
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	ck_assert_int_eq(waitpid(pid, &child_status, 0), pid);
}

static bool
can_read_at(void *bytes)
{
	uint8_t byte;
	struct iovec here = { &byte, 1 }, there = { bytes, 1 };
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	bool by_file = pread(memory, &byte, 1, (off_t)(uintptr_t)bytes) == 1;

	close(memory);
	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1 ||
	       by_file;
}

START_TEST(secret_memory_is_read_by_nobody_else)
{
	char *block = arena_take(64), control[64] = "control";

	if (kind != LEVEL_FULL) {
		printf("note: no secret memory here: %s\n", strerror(reason));
		ck_assert_int_ne(reason, 0);
		return;
	}
	strcpy(block, "secret");
	ck_assert_int_eq(reason, 0);
	ck_assert(can_read_at(control));
	ck_assert(!can_read_at(block));
}
END_TEST

/* The mapping that address is in, and its flags, in /proc/self/smaps. */
static bool
has_flag(const void *address, const char *flag)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long from, to, at = (unsigned long)(uintptr_t)address;
	bool inside = false, found = false;
	char line[512];

	ck_assert_ptr_nonnull(smaps);
	while (fgets(line, sizeof line, smaps) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from <= at && at < to;
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(smaps);
	return found;
}

/* AddressSanitizer's mlock does nothing, and says that it has. */
static bool
locks_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
	puts("note: AddressSanitizer locks no memory, so that was not seen");
	return false;
#else
	return true;
#endif
}

START_TEST(each_kind_is_as_it_says)
{
	enum level most = (enum level)_i;
	uint8_t *block;

	ck_assert(arena_open(SIZE, most, &kind, &reason));
	ck_assert_int_le(kind, most);
	if (kind < most)
		ck_assert_int_ne(reason, 0);
	block = arena_take(100);
	ck_assert(has_flag(block, " dd")); /* in no core dump */
	if (kind != LEVEL_PARTIAL || locks_memory())
		ck_assert(has_flag(block, " lo") == (kind != LEVEL_MISSING));
}
END_TEST

static int
no_room(void)
{
	static const struct rlimit little = { 65536, 65536 };

	if (setrlimit(RLIMIT_MEMLOCK, &little) != 0 ||
	    (geteuid() == 0 && setuid(65534) != 0))
		return 9;
	/* It works all the same, and says why it is no better. */
	if (!arena_open(SIZE, LEVEL_FULL, &kind, &reason) ||
	    kind != LEVEL_MISSING || reason == 0)
		return 1;
	return arena_take(100) != NULL ? 0 : 2;
}

START_TEST(a_limit_on_locked_memory_is_told)
{
	if (!locks_memory())
		return;
	in_child(no_room);
	ck_assert_int_eq(child_status, 0);
}
END_TEST

static const char mark[] = "mark-of-what-is-kept";

/* Puts it together where it is wanted, so that it is nowhere else. */
static void
put_mark(volatile char *to, char kind_of)
{
	for (size_t i = 0; i < sizeof mark; i++)
		to[i] = (char)(mark[i] ^ 0x55);
	to[0] = kind_of;
}

static int
dump_core(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char *secret = arena_take(64), *ordinary = malloc(64);
	char directory[] = "/tmp/arena-core.XXXXXX", path[64], byte[4096];
	char wanted[sizeof mark];
	size_t seen_secret = 0, seen_ordinary = 0;
	FILE *core;
	pid_t pid;

	if (mkdtemp(directory) == NULL || chdir(directory) != 0)
		return 9;
	if ((pid = fork()) == 0) {
		/* A fork has no copy of a mapping that is not to have one. */
		put_mark(secret, 'S');
		put_mark(ordinary, 'O');
		prctl(PR_SET_DUMPABLE, 1);
		setrlimit(RLIMIT_CORE, &all);
		abort();
	}
	waitpid(pid, &child_status, 0);
	snprintf(path, sizeof path, "%s/core", directory);
	if ((core = fopen(path, "r")) == NULL) {
		snprintf(path, sizeof path, "%s/core.%d", directory, (int)pid);
		core = fopen(path, "r");
	}
	if (core == NULL) {
		rmdir(directory);
		return 77;
	}
	put_mark(wanted, 0);
	while (fread(byte, 1, 16, core) == 16) { /* marks are aligned */
		if (memcmp(byte + 1, wanted + 1, 15) != 0)
			continue;
		seen_secret += byte[0] == 'S';
		seen_ordinary += byte[0] == 'O';
	}
	fclose(core);
	unlink(path);
	rmdir(directory);
	return seen_secret == 0 && seen_ordinary == 1 ? 0 : 1;
}

START_TEST(a_core_dump_has_nothing_of_it)
{
	ck_assert(arena_open(SIZE, (enum level)_i, &kind, &reason));
	in_child(dump_core);
	if (WEXITSTATUS(child_status) == 77) {
		puts("note: this system writes no core files to the directory");
		return;
	}
	ck_assert_int_eq(child_status, 0);
}
END_TEST

/* libcrypto at work, with all it has in the arena. */
START_TEST(libcrypto_lives_on_it)
{
	EVP_PKEY *key;
	size_t used;

	ck_assert(arena_install(ARENA_SIZE, &ask));
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_nonnull(key = EVP_EC_gen("P-256"));
		used = arena_used();
		ck_assert_uint_gt(used, 10000);
		ck_assert_uint_lt(used, ARENA_SIZE / 2);
		EVP_PKEY_free(key);
	}
}
END_TEST

/* What it has taken before would be given back to the arena. */
START_TEST(libcrypto_is_not_put_on_it_too_late)
{
	EVP_PKEY_free(EVP_EC_gen("P-256"));
	ck_assert(!arena_install(ARENA_SIZE, &ask));
}
END_TEST

static Suite *
arena_suite(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");
	TCase *libcrypto = tcase_create("libcrypto");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, every_length_has_a_block_of_its_own);
	tcase_add_test(tcase, no_block_is_shorter_than_was_asked_for);
	tcase_add_test(tcase, what_cannot_be_given_is_not);
	tcase_add_test(tcase, a_full_arena_gives_what_comes_back);
	tcase_add_test(tcase, what_was_released_is_zero_and_is_given_again);
	tcase_add_test(tcase, a_block_that_moves_leaves_nothing_behind);
	tcase_add_loop_test_raise_signal(
	    tcase, whoever_damages_it_is_ended, SIGABRT, 0, 7);
	tcase_add_test(tcase, secret_memory_is_read_by_nobody_else);
	tcase_add_loop_test(
	    tcase, each_kind_is_as_it_says, LEVEL_MISSING, LEVEL_FULL + 1);
	tcase_add_test(tcase, a_limit_on_locked_memory_is_told);
	tcase_add_loop_test(tcase, a_core_dump_has_nothing_of_it, LEVEL_MISSING,
	    LEVEL_FULL + 1);
	suite_add_tcase(suite, tcase);
	tcase_add_test(libcrypto, libcrypto_lives_on_it);
	tcase_add_test(libcrypto, libcrypto_is_not_put_on_it_too_late);
	suite_add_tcase(suite, libcrypto);
	return suite;
}

UNIT_MAIN(arena_suite)
