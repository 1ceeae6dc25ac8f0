/*
 * frontd/crowd.c: limits of sources hold over all workers, and who has ended
 * counts no more.
 */
#include "frontd/crowd.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "frontd/sources.h"
#include "tests/unit/unit.h"

#define WORKERS 3
#define SECOND 1000000

static int file;
static struct crowd *crowds[WORKERS], *master;
static struct sources *workers[WORKERS];

static void
begin(unsigned worker, struct sources_limits limits)
{
	crowd_free(crowds[worker]);
	sources_free(workers[worker]);
	crowds[worker] = crowd_map(file, worker);
	ck_assert_ptr_nonnull(crowds[worker]);
	workers[worker] = sources_new(&limits, 100 * (worker + 1));
	ck_assert_ptr_nonnull(workers[worker]);
	ck_assert(sources_share(workers[worker], crowds[worker]));
}

static void
begin_all(struct sources_limits limits)
{
	for (unsigned i = 0; i < WORKERS; i++)
		begin(i, limits);
}

static void
set_up(void)
{
	file = crowd_make();
	ck_assert_int_ge(file, 0);
	master = crowd_map(file, CROWD_NOBODY);
	ck_assert_ptr_nonnull(master);
}

static void
tear_down(void)
{
	for (unsigned i = 0; i < WORKERS; i++) {
		crowd_free(crowds[i]);
		sources_free(workers[i]);
		crowds[i] = NULL;
		workers[i] = NULL;
	}
	crowd_free(master);
	close(file);
}

static enum sources_verdict
come(unsigned worker, uint32_t from, uint64_t now_us, sources_place *place)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *v4 = (void *)&address;

	v4->sin_family = AF_INET;
	v4->sin_addr.s_addr = htonl(from);
	return sources_come(workers[worker], &address, now_us, place);
}

START_TEST(a_source_has_so_many_connections_at_all_workers_together)
{
	sources_place places[5], more;

	begin_all((struct sources_limits){ .connections = 5 });
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(
		    come(i % WORKERS, 7, 0, &places[i]), SOURCES_TAKEN);
	for (unsigned i = 0; i < WORKERS; i++)
		ck_assert_int_eq(come(i, 7, 0, &more), SOURCES_TOO_MANY);
	ck_assert_int_eq(come(0, 8, 0, &more), SOURCES_TAKEN);
	sources_go(workers[1], places[1]);
	ck_assert_int_eq(come(2, 7, 0, &more), SOURCES_TAKEN);
	ck_assert_int_eq(come(1, 7, 0, &more), SOURCES_TOO_MANY);
}
END_TEST

START_TEST(a_source_comes_as_fast_at_all_workers_together)
{
	sources_place place;

	begin_all((struct sources_limits){ .rate = 10, .burst = 4 });
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(
		    come(i % WORKERS, 7, SECOND, &place), SOURCES_TAKEN);
	for (unsigned i = 0; i < WORKERS; i++)
		ck_assert_int_eq(come(i, 7, SECOND, &place), SOURCES_TOO_FAST);
	ck_assert_int_eq(
	    come(2, 7, SECOND + SECOND / 10, &place), SOURCES_TAKEN);
	ck_assert_int_eq(
	    come(0, 7, SECOND + SECOND / 10, &place), SOURCES_TOO_FAST);
	ck_assert_int_eq(come(0, 8, SECOND, &place), SOURCES_TAKEN);
}
END_TEST

START_TEST(who_has_ended_has_no_connections)
{
	const struct sources_limits limits = { .connections = 2 };
	sources_place place;

	begin_all(limits);
	ck_assert_int_eq(come(0, 7, 0, &place), SOURCES_TAKEN);
	ck_assert_int_eq(come(0, 7, 0, &place), SOURCES_TAKEN);
	ck_assert_int_eq(come(1, 7, 0, &place), SOURCES_TOO_MANY);
	crowd_end(master, 0);
	ck_assert_int_eq(come(1, 7, 0, &place), SOURCES_TAKEN);
	/* Another one in its region begins with nothing. */
	begin(0, limits);
	ck_assert_int_eq(come(2, 7, 0, &place), SOURCES_TAKEN);
	ck_assert_int_eq(come(0, 7, 0, &place), SOURCES_TOO_MANY);
	crowd_end(master, CROWD_REGIONS);
	crowd_end(NULL, 0);
}
END_TEST

START_TEST(many_sources_come_and_go_and_none_is_taken_for_another)
{
	sources_place place, refused;

	begin_all((struct sources_limits){ .connections = 1 });
	for (uint32_t i = 1; i <= 20000; i++) {
		ck_assert_int_eq(
		    come(i % WORKERS, i, i, &place), SOURCES_TAKEN);
		for (uint32_t j = 0; j < WORKERS; j++)
			ck_assert_int_eq(
			    come(j, i, i, &refused), SOURCES_TOO_MANY);
		sources_go(workers[i % WORKERS], place);
	}
}
END_TEST

START_TEST(what_is_no_size_is_not_believed)
{
	static const uint32_t sizes[] = { 3, CROWD_SLOTS * 2, UINT32_MAX };
	sources_place place;

	begin_all((struct sources_limits){ .connections = 1 });
	ck_assert_int_eq(come(0, 7, 0, &place), SOURCES_TAKEN);
	ck_assert_int_eq(come(1, 7, 0, &place), SOURCES_TOO_MANY);
	/* The sizes stand behind the seed. */
	ck_assert_int_eq(
	    pwrite(file, &sizes[_i], sizeof sizes[_i], sizeof(uint64_t)),
	    sizeof sizes[_i]);
	ck_assert_int_eq(come(1, 7, 0, &place), SOURCES_TAKEN);
}
END_TEST

START_TEST(a_region_is_one_of_those_there_are)
{
	struct crowd *nobody = crowd_map(file, CROWD_NOBODY);
	struct crowd *last = crowd_map(file, CROWD_REGIONS - 1);

	ck_assert(!crowd_begin(nobody, 16));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert(!crowd_begin(last, 17));
	ck_assert(!crowd_begin(last, 0));
	ck_assert(!crowd_begin(last, (size_t)CROWD_SLOTS * 2));
	ck_assert(crowd_begin(last, CROWD_SLOTS));
	crowd_free(nobody);
	crowd_free(last);
}
END_TEST

static Suite *
crowd_suite(void)
{
	Suite *suite = suite_create("crowd");
	TCase *tcase = tcase_create("crowd");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
	    tcase, a_source_has_so_many_connections_at_all_workers_together);
	tcase_add_test(tcase, a_source_comes_as_fast_at_all_workers_together);
	tcase_add_test(tcase, who_has_ended_has_no_connections);
	tcase_add_test(
	    tcase, many_sources_come_and_go_and_none_is_taken_for_another);
	tcase_add_loop_test(tcase, what_is_no_size_is_not_believed, 0, 3);
	tcase_add_test(tcase, a_region_is_one_of_those_there_are);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(crowd_suite)
