/*
 * The register of early data: once for all who share it, never too early, and
 * bounded.
 */
#include "frontd/replay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/unit.h"

#define THREADS 8
#define ROUNDS 2000
/* More than the register remembers at a time. */
#define MANY 400000

/* As if it had been made so many seconds ago: its first word says when. */
static void
make_older(int fd, uint64_t seconds)
{
	uint64_t *made =
	    mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert_ptr_ne(made, MAP_FAILED);
	*made -= seconds;
	munmap(made, sizeof *made);
}

static struct slice
identity_of(const uint64_t *number)
{
	return slice_of(number, sizeof *number);
}

START_TEST(nothing_is_taken_at_first)
{
	uint64_t one = 1;
	int fd = replay_make();
	struct replay *replay = replay_map(fd);

	ck_assert_ptr_nonnull(replay);
	ck_assert(!replay_first(replay, identity_of(&one)));
	make_older(fd, 24);
	ck_assert(!replay_first(replay, identity_of(&one)));
	make_older(fd, 2);
	ck_assert(replay_first(replay, identity_of(&one)));
	close(fd);
}
END_TEST

START_TEST(each_is_taken_once_by_whoever_maps_it)
{
	int fd = replay_make();
	struct replay *here = replay_map(fd), *there = replay_map(fd);

	make_older(fd, 100);
	for (uint64_t i = 0; i < 1000; i++) {
		ck_assert(
		    replay_first(i % 2 == 0 ? here : there, identity_of(&i)));
		ck_assert(!replay_first(here, identity_of(&i)));
		ck_assert(!replay_first(there, identity_of(&i)));
	}
	close(fd);
}
END_TEST

static struct {
	struct replay *replay;
	pthread_barrier_t barrier;
	atomic_uint taken[ROUNDS];
} race;

static void *
take_all(void *ctx)
{
	(void)ctx;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&race.barrier);
		if (replay_first(race.replay, identity_of(&i)))
			atomic_fetch_add(&race.taken[i], 1);
	}
	return NULL;
}

START_TEST(of_many_at_once_one_is_first)
{
	pthread_t threads[THREADS];
	int fd = replay_make();
	unsigned sum = 0;

	race.replay = replay_map(fd);
	make_older(fd, 100);
	pthread_barrier_init(&race.barrier, NULL, THREADS);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, take_all, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < ROUNDS; i++) {
		ck_assert_uint_le(race.taken[i], 1);
		sum += race.taken[i];
	}
	/* Seldom none: two that see each other both give way. */
	ck_assert_uint_gt(sum, ROUNDS / 2);
	pthread_barrier_destroy(&race.barrier);
	close(fd);
}
END_TEST

START_TEST(what_is_full_takes_nothing)
{
	int fd = replay_make();
	struct replay *replay = replay_map(fd);
	unsigned taken = 0;

	make_older(fd, 100);
	for (uint64_t i = 0; i < MANY; i++)
		taken += replay_first(replay, identity_of(&i)) ? 1 : 0;
	ck_assert_uint_gt(taken, 100000);
	ck_assert_uint_lt(taken, 16384 * 8 + 1);
	/* And has forgotten nothing of what it took. */
	for (uint64_t i = 0; i < MANY; i++)
		ck_assert(!replay_first(replay, identity_of(&i)));
	close(fd);
}
END_TEST

static Suite *
replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *tcase = tcase_create("replay");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, nothing_is_taken_at_first);
	tcase_add_test(tcase, each_is_taken_once_by_whoever_maps_it);
	tcase_add_test(tcase, of_many_at_once_one_is_first);
	tcase_add_test(tcase, what_is_full_takes_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(replay_suite)
