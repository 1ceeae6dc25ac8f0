/*
 * libtls/core/memory.c and locked.c: wiped memory, locked by default, or an
 * application's own.
 */
#include "libtls/core/memory.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libtls/core/locked.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "unstable/crl.h"
#include "unstable/fingerprint.h"

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

#define MADE_BY(make, call)                                                    \
	do {                                                                   \
		unsigned before = heap.taken;                                  \
                                                                               \
		call;                                                          \
		ck_assert_msg(heap.taken > before, make);                      \
	} while (0)

/* Not libcrypto's, of course. */
START_TEST(whatever_is_ours_is_the_application_s)
{
	struct s2n_cert_chain_and_key *chain;
	struct s2n_client_hello *hello;
	struct s2n_connection *conn;
	struct s2n_config *config;
	struct s2n_fingerprint *fingerprint;
	struct s2n_crl *crl;
	struct s2n_psk *psk;
	struct peers peers;

	use_heap();
	ck_assert_int_eq(s2n_init(), 0);
	MADE_BY("chain", chain = s2n_cert_chain_and_key_new());
	MADE_BY("staple", s2n_cert_chain_and_key_set_sct_list(
			      chain, (const uint8_t *)"x", 1));
	MADE_BY("crl", crl = s2n_crl_new());
	MADE_BY("key", psk = s2n_external_psk_new());
	MADE_BY("identity", s2n_psk_set_identity(psk, (const uint8_t *)"x", 1));
	MADE_BY("fingerprint",
	    fingerprint = s2n_fingerprint_new(S2N_FINGERPRINT_JA4));
	MADE_BY("config", config = s2n_config_new_minimal());
	MADE_BY("protocol", s2n_config_append_protocol_preference(
				config, (const uint8_t *)"h2", 2));
	MADE_BY("connection", conn = s2n_connection_new(S2N_CLIENT));
	MADE_BY("name", s2n_set_server_name(conn, "localhost"));
	MADE_BY("handshake", {
		peers_open(&peers, &(struct peers_spec){ 0 });
		ck_assert(peers_negotiate(&peers));
	});
	hello = s2n_connection_get_client_hello(peers.server);
	ck_assert_int_eq(
	    s2n_fingerprint_set_client_hello(fingerprint, hello), 0);
	MADE_BY("type", s2n_connection_get_handshake_type_name(peers.server));
	peers_close(&peers);
	ck_assert_int_eq(s2n_connection_free(conn), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
	ck_assert_int_eq(s2n_fingerprint_free(&fingerprint), 0);
	ck_assert_int_eq(s2n_psk_free(&psk), 0);
	ck_assert_int_eq(s2n_crl_free(&crl), 0);
	ck_assert_int_eq(s2n_cert_chain_and_key_free(chain), 0);
	ck_assert_uint_eq(heap.bytes, 0);
	ck_assert_uint_eq(heap.taken, heap.given);
	ck_assert(!heap.dirty);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
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

START_TEST(room_is_wiped_as_far_as_it_was_written)
{
	const size_t size = 1000;
	uint8_t *piece;

	use_heap();
	ck_assert_int_eq(s2n_init(), 0);
	piece = memory_room(size);
	ck_assert_ptr_nonnull(piece);
	memset(piece, 7, size);
	/* the application's is as it wants it: wiped wholly */
	memory_free_room(piece, 10);
	ck_assert(!heap.dirty);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	memory_free_room(NULL, 0);
	ck_assert_ptr_null(memory_room(UINT32_MAX));
}
END_TEST

/* ---- locked memory ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOCKS false /* mlock is the sanitizer's, which locks nothing */
#else
#define LOCKS true
#endif

#define ENOUGH (2 * 1024 * 1024)

static bool
can_lock(void)
{
	void *some = mmap(NULL, ENOUGH, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool can = LOCKS && mlock(some, ENOUGH) == 0;

	munmap(some, ENOUGH);
	if (!can)
		printf("note: locked memory was not shown: a sanitizer, or "
		       "RLIMIT_MEMLOCK below 2 MiB\n");
	return can;
}

START_TEST(locked_room_is_wiped_as_far_as_it_was_written)
{
	const size_t size = 1000;
	uint8_t *piece, *again;

	if (!can_lock())
		return;
	unsetenv("S2N_DONT_MLOCK");
	ck_assert_int_eq(s2n_init(), 0);
	piece = memory_room(size);
	ck_assert_ptr_nonnull(piece);
	memset(piece, 7, size);
	memory_free_room(piece, 600);
	again = memory_room(size); /* the same place */
	ck_assert_ptr_eq(again, piece);
	for (size_t i = 0; i < 600; i++)
		ck_assert_uint_eq(again[i], 0);
	ck_assert_uint_eq(again[600], 7);
	memory_free(again);
	/* new memory is zeroed, whatever was left there */
	piece = memory_new(size);
	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(piece[i], 0);
	memory_free(piece);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

/* What the kernel has locked of this process, in KiB. */
static unsigned
locked_now(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	unsigned kib = UINT32_MAX;

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmLck: %u kB", &kib) == 1)
			break;
	fclose(status);
	ck_assert_uint_ne(kib, UINT32_MAX);
	return kib;
}

/* Whether the mapping with this address has the flag of proc(5). */
static bool
has_flag(const void *address, const char *flag)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512], *flags;
	uintptr_t from, to, at = (uintptr_t)address;
	bool here = false, has = false;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof line, maps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
			here = from <= at && at < to;
		flags = here ? strstr(line, "VmFlags:") : NULL;
		if (flags != NULL)
			has = strstr(flags, flag) != NULL;
	}
	fclose(maps);
	return has;
}

START_TEST(what_is_ours_is_locked_and_not_dumped)
{
	struct peers peers;
	s2n_blocked_status blocked;

	if (!can_lock())
		return;
	unsetenv("S2N_DONT_MLOCK");
	ck_assert_uint_eq(locked_now(), 0);
	ck_assert_int_eq(s2n_init(), 0);
	ck_assert_uint_ge(locked_now(), LOCKED_REGION / 1024);
	peers_open(&peers, &(struct peers_spec){ 0 });
	(void)!s2n_negotiate(peers.client, &blocked);
	ck_assert(has_flag(peers.client, " lo "));
	ck_assert(has_flag(peers.client, " dd "));
	ck_assert(has_flag(peers.chain, " lo "));
	ck_assert(has_flag(peers.to_server.bytes.data, " lo "));
	ck_assert(peers_negotiate(&peers));
	peers_transfer(peers.client, peers.server, 50000);
	peers_close(&peers);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(locked_now(), 0);
}
END_TEST

START_TEST(the_environment_can_forbid_it)
{
	struct s2n_config *config;

	ck_assert_int_eq(setenv("S2N_DONT_MLOCK", "", 1), 0);
	ck_assert_int_eq(s2n_init(), 0);
	config = s2n_config_new_minimal();
	ck_assert_ptr_nonnull(config);
	ck_assert(!has_flag(config, " lo "));
	ck_assert_uint_eq(locked_now(), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

/* What was made before the end is freed after it. */
START_TEST(locked_memory_goes_with_its_last_piece)
{
	struct s2n_config *config;

	if (!can_lock())
		return;
	unsetenv("S2N_DONT_MLOCK");
	ck_assert_int_eq(s2n_init(), 0);
	config = s2n_config_new_minimal();
	ck_assert_ptr_nonnull(config);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_gt(locked_now(), 0);
	ck_assert_int_eq(s2n_config_free(config), 0);
	ck_assert_uint_eq(locked_now(), 0);
}
END_TEST

static void *
come_and_go(void *unused)
{
	struct s2n_connection *conn;

	for (int i = 0; i < 100; i++) {
		ck_assert_ptr_nonnull(conn = s2n_connection_new(S2N_CLIENT));
		ck_assert(has_flag(conn, " lo "));
		ck_assert_int_eq(s2n_connection_free(conn), 0);
	}
	return unused;
}

/* Each thread keeps some of it for itself, for as long as it runs. */
START_TEST(locked_memory_goes_with_its_last_thread)
{
	pthread_t threads[4];

	if (!can_lock())
		return;
	unsetenv("S2N_DONT_MLOCK");
	ck_assert_int_eq(s2n_init(), 0);
	come_and_go(NULL);
	for (size_t i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, come_and_go, NULL), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(locked_now(), 0);
}
END_TEST

/* No privilege, and no more than so many bytes to be locked. */
static void
limit(rlim_t bytes)
{
	struct rlimit most = { bytes, bytes };

	unsetenv("S2N_DONT_MLOCK");
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &most), 0);
}

START_TEST(what_cannot_be_locked_is_not_used)
{
	if (!can_lock())
		return;
	limit(0);
	ck_error(s2n_init(), "S2N_ERR_MLOCK");
	ck_error(s2n_init(), "S2N_ERR_MLOCK");
	ck_assert_int_eq(setenv("S2N_DONT_MLOCK", "1", 1), 0);
	ck_assert_int_eq(s2n_init(), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}
END_TEST

START_TEST(the_limit_is_where_connections_end)
{
	struct s2n_connection *conns[1000] = { NULL };
	size_t count = 0;

	if (!can_lock())
		return;
	limit(2 * LOCKED_REGION);
	ck_assert_int_eq(s2n_init(), 0);
	while (count < COUNT(conns) &&
	       (conns[count] = s2n_connection_new(S2N_SERVER)) != NULL)
		count++;
	ck_assert_uint_lt(count, COUNT(conns));
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), "S2N_ERR_MLOCK");
	/* so many of some 4 KiB, and not a page's waste each */
	ck_assert_uint_gt(count, 80);
	ck_assert_uint_eq(locked_now(), 2 * LOCKED_REGION / 1024);
	ck_assert_int_eq(s2n_connection_free(conns[--count]), 0);
	conns[count] = s2n_connection_new(S2N_CLIENT);
	ck_assert_ptr_nonnull(conns[count++]);
	while (count > 0)
		ck_assert_int_eq(s2n_connection_free(conns[--count]), 0);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(locked_now(), 0);
}
END_TEST

#define PIECES 600

static bool
all_are(const uint8_t *bytes, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* Of every size, made and freed in a different order, each keeps its bytes. */
START_TEST(pieces_do_not_touch)
{
	uint8_t *pieces[PIECES] = { NULL };
	size_t sizes[PIECES] = { 0 }, at;

	if (!can_lock())
		return;
	unsetenv("S2N_DONT_MLOCK");
	ck_assert_int_eq(s2n_init(), 0);
	for (size_t i = 0; i < (size_t)4 * PIECES; i++) {
		at = i * 7 % PIECES;
		ck_assert(all_are(pieces[at], sizes[at], (uint8_t)at));
		memory_free(pieces[at]);
		sizes[at] =
		    i % 50 == 0 ? LOCKED_PIECE_MAX + i : 1 + i * i % 900;
		pieces[at] = memory_new(sizes[at]);
		ck_assert_ptr_nonnull(pieces[at]);
		ck_assert_uint_eq((uintptr_t)pieces[at] % 16, 0);
		ck_assert(all_are(pieces[at], sizes[at], 0));
		memset(pieces[at], (uint8_t)at, sizes[at]);
	}
	for (size_t i = 0; i < PIECES; i++)
		memory_free(pieces[i]);
	ck_assert_int_eq(s2n_cleanup_final(), 0);
	ck_assert_uint_eq(locked_now(), 0);
}
END_TEST

START_TEST(a_piece_grows_with_its_bytes)
{
	uint8_t *piece = memory_resize(NULL, 3), *larger;
	char *text;

	ck_assert_ptr_nonnull(piece);
	memcpy(piece, "abc", 3);
	larger = memory_resize(piece, 5000);
	ck_assert_ptr_nonnull(larger);
	ck_assert_mem_eq(larger, "abc\0\0", 5);
	ck_assert_ptr_null(memory_resize(larger, UINT32_MAX));
	ck_assert_int_eq(memory_lack(), ERR_NOMEM);
	piece = memory_resize(larger, 2);
	ck_assert_mem_eq(piece, "ab", 2);
	text = memory_copy(slice_of(piece, 2));
	ck_assert_str_eq(text, "ab");
	memory_free(text);
	memory_free(piece);
}
END_TEST

static Suite *
memory_suite(void)
{
	Suite *suite = suite_create("memory");
	TCase *tcase = tcase_create("memory");

	tcase_add_test(tcase, a_connection_s_memory_is_the_application_s);
	tcase_add_test(tcase, whatever_is_ours_is_the_application_s);
	tcase_add_test(tcase, every_piece_knows_whose_it_is);
	tcase_add_test(tcase, callbacks_that_refuse_are_cancelled);
	tcase_add_test(tcase, no_memory_is_an_error);
	tcase_add_test(tcase, a_piece_too_small_is_none);
	tcase_add_test(tcase, all_four_are_set_before_the_start);
	tcase_add_test(tcase, libc_s_memory_is_zeroed_too);
	tcase_add_test(tcase, room_is_wiped_as_far_as_it_was_written);
	tcase_add_test(tcase, locked_room_is_wiped_as_far_as_it_was_written);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("locked");
	tcase_add_test(tcase, what_is_ours_is_locked_and_not_dumped);
	tcase_add_test(tcase, the_environment_can_forbid_it);
	tcase_add_test(tcase, locked_memory_goes_with_its_last_piece);
	tcase_add_test(tcase, locked_memory_goes_with_its_last_thread);
	tcase_add_test(tcase, what_cannot_be_locked_is_not_used);
	tcase_add_test(tcase, the_limit_is_where_connections_end);
	tcase_add_test(tcase, pieces_do_not_touch);
	tcase_add_test(tcase, a_piece_grows_with_its_bytes);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(memory_suite)
