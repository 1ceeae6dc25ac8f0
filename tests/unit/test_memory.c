/*
 * libtls/core/memory.c: wiped memory, and an application's own.
 */
#include "libtls/core/memory.h"

#include "tests/unit/peers.h"
#include "tests/unit/unit.h"

#define ck_error(call, name)                                                   \
	do {                                                                   \
		ck_assert_int_eq(call, -1);                                    \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

/* The application's allocator: counts, and may refuse. */
static struct {
	int answer; /* to init, cleanup */
	unsigned inits, cleanups, taken, given;
	size_t bytes;     /* out at present */
	unsigned lives;   /* pieces it gives before it has no more; 0: all */
	uint32_t too_few; /* bytes less than asked for */
	bool dirty;       /* a piece came back unwiped */
} heap;

static int
heap_init(void)
{
	heap.inits++;
	return heap.answer;
}

static int
heap_cleanup(void)
{
	heap.cleanups++;
	return heap.answer;
}

static int
heap_take(void **out, uint32_t requested, uint32_t *allocated)
{
	if (heap.lives > 0 && heap.taken >= heap.lives)
		return -1;
	/* more than asked for, and full of something */
	*allocated = requested + 8 - heap.too_few;
	if ((*out = malloc(*allocated)) == NULL)
		return -1;
	memset(*out, 0xa5, *allocated);
	heap.taken++;
	heap.bytes += *allocated;
	return 0;
}

static int
heap_give(void *piece, uint32_t size)
{
	const uint8_t *bytes = piece;

	for (uint32_t i = 0; i < size && heap.too_few == 0; i++)
		if (bytes[i] != 0)
			heap.dirty = true;
	heap.given++;
	heap.bytes -= size;
	free(piece);
	return 0;
}

static void
use_heap(void)
{
	memset(&heap, 0, sizeof heap);
	ck_assert_int_eq(s2n_mem_set_callbacks(
			     heap_init, heap_cleanup, heap_take, heap_give),
	    0);
}

START_TEST(a_connection_s_memory_is_the_application_s)
{
	struct peers peers;

	use_heap();
	ck_assert_uint_eq(heap.inits, 0);
	ck_assert_int_eq(s2n_init(), 0);
	ck_assert_uint_eq(heap.inits, 1);
	peers_open(&peers, &(struct peers_spec){ 0 });
	/* two configs, two connections at least */
	ck_assert_uint_ge(heap.taken, 4);
	ck_assert(peers_negotiate(&peers));
	peers_transfer(peers.client, peers.server, 20000);
	ck_assert_uint_ge(heap.bytes, 2 * 16384);
	peers_close(&peers);
	ck_assert_uint_eq(heap.bytes, 0);
	ck_assert_uint_eq(heap.taken, heap.given);
	ck_assert(!heap.dirty);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(heap.cleanups, 1);
	/* and no more */
	ck_assert_int_eq(s2n_init(), 0);
	s2n_config_free(s2n_config_new_minimal());
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(heap.inits, 1);
	ck_assert_uint_eq(heap.taken, heap.given);
}
END_TEST

/* What is freed after the end goes back to where it came from. */
START_TEST(every_piece_knows_whose_it_is)
{
	struct s2n_config *config;

	use_heap();
	ck_assert_int_eq(s2n_init(), 0);
	config = s2n_config_new_minimal();
	ck_assert_ptr_nonnull(config);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
	ck_assert_uint_eq(heap.bytes, 0);
	ck_assert_uint_eq(heap.given, heap.taken);
}
END_TEST

START_TEST(callbacks_that_refuse_are_cancelled)
{
	use_heap();
	heap.answer = -1;
	ck_error(s2n_init(), "S2N_ERR_CANCELLED");
	heap.answer = 0;
	ck_assert_int_eq(s2n_init(), 0);
	heap.answer = -1;
	ck_error(s2n_cleanup_final(), "S2N_ERR_CANCELLED");
	ck_error(s2n_cleanup_final(), "S2N_ERR_NOT_INITIALIZED");
}
END_TEST

/* Each allocation of a handshake in turn fails: an error, and no leak. */
START_TEST(no_memory_is_an_error)
{
	struct peers peers;
	s2n_blocked_status blocked;
	bool ended = false;
	unsigned before;

	use_heap();
	ck_assert_int_eq(s2n_init(), 0);
	for (unsigned more = 1; !ended; more++) {
		heap.lives = 0;
		peers_open(&peers, &(struct peers_spec){ 0 });
		/* the pipes are made of writers, too */
		writer_expect(&peers.to_server.bytes, 1 << 16);
		writer_expect(&peers.to_client.bytes, 1 << 16);
		before = heap.taken;
		heap.lives = before + more;
		for (int i = 0; i < 10 && !ended; i++) {
			(void)!s2n_negotiate(peers.client, &blocked);
			ended = s2n_negotiate(peers.server, &blocked) == 0;
		}
		heap.lives = 0;
		peers_close(&peers);
		ck_assert_uint_eq(heap.bytes, 0);
		ck_assert(!heap.dirty);
		ck_assert_uint_lt(more, 1000);
	}
	heap.lives = heap.taken;
	ck_assert_ptr_null(s2n_config_new_minimal());
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NOMEM");
	ck_assert_ptr_null(s2n_connection_new(S2N_CLIENT));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_NOMEM");
	heap.lives = 0;
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(a_piece_too_small_is_none)
{
	use_heap();
	ck_assert_int_eq(s2n_init(), 0);
	heap.too_few = 9;
	ck_assert_ptr_null(s2n_connection_new(S2N_SERVER));
	ck_assert_uint_eq(heap.given, 1);
	ck_assert_uint_eq(heap.bytes, 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(all_four_are_set_before_the_start)
{
	ck_error(
	    s2n_mem_set_callbacks(NULL, heap_cleanup, heap_take, heap_give),
	    "S2N_ERR_NULL");
	ck_error(s2n_mem_set_callbacks(heap_init, NULL, heap_take, heap_give),
	    "S2N_ERR_NULL");
	ck_error(
	    s2n_mem_set_callbacks(heap_init, heap_cleanup, NULL, heap_give),
	    "S2N_ERR_NULL");
	ck_error(
	    s2n_mem_set_callbacks(heap_init, heap_cleanup, heap_take, NULL),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_init(), 0);
	ck_error(s2n_mem_set_callbacks(
		     heap_init, heap_cleanup, heap_take, heap_give),
	    "S2N_ERR_INITIALIZED");
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(libc_s_memory_is_zeroed_too)
{
	uint8_t *piece = memory_new(100);

	ck_assert_ptr_nonnull(piece);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(piece[i], 0);
	memory_free(piece);
	memory_free(NULL);
	ck_assert_ptr_null(memory_new(UINT32_MAX));
}
END_TEST

static Suite *
memory_suite(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("memory");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_connection_s_memory_is_the_application_s);
	tcase_add_test(tcase, every_piece_knows_whose_it_is);
	tcase_add_test(tcase, callbacks_that_refuse_are_cancelled);
	tcase_add_test(tcase, no_memory_is_an_error);
	tcase_add_test(tcase, a_piece_too_small_is_none);
	tcase_add_test(tcase, all_four_are_set_before_the_start);
	tcase_add_test(tcase, libc_s_memory_is_zeroed_too);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(memory_suite)
