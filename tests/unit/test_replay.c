/*
 * The register of early data: once for all who share it, never too early, and
 * bounded.
 */
#include "frontd/replay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define THREADS 8
#define ROUNDS 2000
/* More than the register remembers at a time. */
#define MANY 400000

#define MADE 1790000000
#define NOW (MADE + 100)

static struct slice
identity_of(const uint64_t *number)
{
	return slice_of(number, sizeof *number);
}

START_TEST(nothing_is_taken_at_first)
{
	uint64_t one = 1;
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);

	ck_assert_ptr_nonnull(replay);
	ck_assert(!replay_first(replay, identity_of(&one), MADE));
	ck_assert(!replay_first(replay, identity_of(&one), MADE + 25));
	ck_assert(replay_first(replay, identity_of(&one), MADE + 26));
	close(fd);
}
END_TEST

/* And none before, when the clock is set back at once. */
START_TEST(nor_before_that)
{
	uint64_t one = 1;
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);

	for (uint64_t back = 0; back < 10000; back += 7)
		ck_assert(
		    !replay_first(replay, identity_of(&one), MADE - back));
	close(fd);
}
END_TEST

/* Ten seconds too young when it was taken, to ten too old: and no longer. */
START_TEST(it_is_forgotten_when_it_is_of_no_use)
{
	uint64_t one = 1;
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);

	ck_assert(replay_first(replay, identity_of(&one), NOW));
	for (uint64_t now = NOW; now <= NOW + 25; now++)
		ck_assert(!replay_first(replay, identity_of(&one), now));
	ck_assert(replay_first(replay, identity_of(&one), NOW + 26));
	close(fd);
}
END_TEST

/* Set back by so much, once others have been taken: nothing that was taken is
 * taken again, until it is of no use. */
START_TEST(a_clock_that_is_set_back_takes_nothing_twice)
{
	static const uint64_t back[] = { 1, 4, 5, 26, 3600, 100000 };
	uint64_t first = 1, second = 2, third = 3;
	uint64_t latest = NOW + (back[_i] > 20 ? back[_i] : 20);
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);

	ck_assert(replay_first(replay, identity_of(&first), NOW));
	ck_assert(replay_first(replay, identity_of(&second), NOW + back[_i]));
	for (uint64_t now = NOW - 20; now <= NOW + 20; now++)
		ck_assert(!replay_first(replay, identity_of(&first), now));
	/* Where it almost was before, it goes on. */
	ck_assert(!replay_first(replay, identity_of(&third), latest - 5));
	ck_assert(replay_first(replay, identity_of(&third), latest - 4));
	ck_assert(!replay_first(replay, identity_of(&third), latest));
	close(fd);
}
END_TEST

START_TEST(each_is_taken_once_by_whoever_maps_it)
{
	int fd = replay_make(MADE);
	struct replay *here = replay_map(fd), *there = replay_map(fd);

	for (uint64_t i = 0; i < 1000; i++) {
		ck_assert(replay_first(
		    i % 2 == 0 ? here : there, identity_of(&i), NOW));
		ck_assert(!replay_first(here, identity_of(&i), NOW));
		ck_assert(!replay_first(there, identity_of(&i), NOW));
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
		if (replay_first(race.replay, identity_of(&i), NOW))
			atomic_fetch_add(&race.taken[i], 1);
	}
	return NULL;
}

START_TEST(of_many_at_once_one_is_first)
{
	pthread_t threads[THREADS];
	int fd = replay_make(MADE);
	unsigned sum = 0;

	race.replay = replay_map(fd);
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
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);
	unsigned taken = 0;

	for (uint64_t i = 0; i < MANY; i++)
		taken += replay_first(replay, identity_of(&i), NOW) ? 1 : 0;
	ck_assert_uint_gt(taken, 100000);
	ck_assert_uint_lt(taken, 16384 * 8 + 1);
	/* And has forgotten nothing of what it took. */
	for (uint64_t i = 0; i < MANY; i++)
		ck_assert(!replay_first(replay, identity_of(&i), NOW));
	close(fd);
}
END_TEST

/* By who has it mapped already as by who maps it later. */
START_TEST(when_others_have_another_nothing_is_taken)
{
	uint64_t one = 1, two = 2;
	int fd = replay_make(MADE);
	struct replay *replay = replay_map(fd);

	ck_assert(replay_first(replay, identity_of(&one), NOW));
	replay_end(fd);
	for (uint64_t later = 0; later < 10000; later += 7) {
		ck_assert(
		    !replay_first(replay, identity_of(&two), NOW + later));
		ck_assert(!replay_first(
		    replay_map(fd), identity_of(&two), NOW + later));
	}
	close(fd);
}
END_TEST

START_TEST(memory_of_another_size_is_no_register)
{
	int fd = replay_make(MADE);

	ck_assert(replay_fits(fd));
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	ck_assert(!replay_fits(fd));
	close(fd);
	ck_assert(!replay_fits(fd));
}
END_TEST

static Suite *
replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *tcase = tcase_create("replay");

	tcase_add_test(tcase, nothing_is_taken_at_first);
	tcase_add_test(tcase, nor_before_that);
	tcase_add_test(tcase, it_is_forgotten_when_it_is_of_no_use);
	tcase_add_loop_test(
	    tcase, a_clock_that_is_set_back_takes_nothing_twice, 0, 6);
	tcase_add_test(tcase, each_is_taken_once_by_whoever_maps_it);
	tcase_add_test(tcase, of_many_at_once_one_is_first);
	tcase_add_test(tcase, what_is_full_takes_nothing);
	tcase_add_test(tcase, when_others_have_another_nothing_is_taken);
	tcase_add_test(tcase, memory_of_another_size_is_no_register);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(replay_suite)
