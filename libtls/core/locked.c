/*
 * Locked memory; the contract is in locked.h.
 */
#include "libtls/core/locked.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

/* Four sizes to each doubling, from 64 bytes to LOCKED_PIECE_MAX. */
#define LEAST 64
#define CLASSES 37

/* A piece that nobody has. */
struct spare {
	struct spare *next;
};

struct region {
	struct region *next;
	max_align_t pieces[];
};

static struct {
	pthread_mutex_t lock;
	struct region *regions;
	uint8_t *rest; /* of the newest region */
	size_t rest_len;
	struct spare *spare[CLASSES];
	size_t used; /* pieces that somebody has, or a thread's cache */
	atomic_bool ended;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What a thread gave back, and has again before it asks the pool: connections
 * that come and go take no lock. */
struct cache {
	struct spare *spare[CLASSES];
	size_t bytes;
	bool known; /* emptied when the thread ends */
};
static __thread struct cache mine;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool have_key;

static __thread int lack;

/* 64, 80, 96, 112, 128, 160, 192, ...: a piece wastes a fifth at most. */
static size_t
size_of(unsigned class)
{
	return class == 0
		   ? LEAST
		   : (size_t)((class - 1) % 4 + 5) << ((class - 1) / 4 + 4);
}

/* The smallest class whose pieces have so many bytes. */
static unsigned
class_of(size_t size)
{
	unsigned class = 0;

	while (size_of(class) < size)
		class ++;
	return class;
}

static void *
map(size_t size)
{
	void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapped == MAP_FAILED) {
		lack = ERR_NOMEM;
		return NULL;
	}
	if (madvise(mapped, size, MADV_DONTDUMP) != 0)
		lack = ERR_MADVISE;
	else if (mlock(mapped, size) != 0)
		lack = ERR_MLOCK;
	else
		return mapped;
	munmap(mapped, size);
	return NULL;
}

static void
put_back(void *piece, unsigned class)
{
	struct spare *spare = piece;

	spare->next = pool.spare[class];
	pool.spare[class] = spare;
}

/* What is left of a region becomes pieces as large as they can be. */
static void
cut_up_rest(void)
{
	unsigned class = CLASSES;

	while (class -- > 0)
		while (size_of(class) <= pool.rest_len) {
			put_back(pool.rest, class);
			pool.rest += size_of(class);
			pool.rest_len -= size_of(class);
		}
}

static bool
grow(void)
{
	struct region *region = map(LOCKED_REGION);

	if (region == NULL)
		return false;
	cut_up_rest();
	region->next = pool.regions;
	pool.regions = region;
	pool.rest = (uint8_t *)region->pieces;
	pool.rest_len = LOCKED_REGION - sizeof *region;
	return true;
}

static void *
cut(unsigned class)
{
	struct spare *spare = pool.spare[class];
	size_t size = size_of(class);

	if (spare != NULL) {
		pool.spare[class] = spare->next;
		return spare;
	}
	if (pool.rest_len < size && !grow())
		return NULL;
	pool.rest += size;
	pool.rest_len -= size;
	return pool.rest - size;
}

/* Nobody has a piece: nothing stays mapped. */
static void
release(void)
{
	struct region *region;

	while ((region = pool.regions) != NULL) {
		pool.regions = region->next;
		munmap(region, LOCKED_REGION);
	}
	memset(pool.spare, 0, sizeof pool.spare);
	pool.rest = NULL;
	pool.rest_len = 0;
}

/* With the lock: a cache's pieces are anybody's again. */
static void
empty(struct cache *cache)
{
	struct spare *spare;

	for (unsigned class = 0; class < CLASSES; class ++)
		while ((spare = cache->spare[class]) != NULL) {
			cache->spare[class] = spare->next;
			put_back(spare, class);
			pool.used--;
		}
	cache->bytes = 0;
	if (pool.used == 0 && pool.ended)
		release();
}

static void
thread_ended(void *cache)
{
	pthread_mutex_lock(&pool.lock);
	empty(cache);
	pthread_mutex_unlock(&pool.lock);
}

static void
make_key(void)
{
	have_key = pthread_key_create(&key, thread_ended) == 0;
}

/* False: it is full, or nobody would empty it. */
static bool
cache_piece(void *piece, unsigned class)
{
	struct spare *spare = piece;

	if (pool.ended || mine.bytes + size_of(class) > LOCKED_CACHE_MAX)
		return false;
	if (!mine.known)
		mine.known = have_key && pthread_setspecific(key, &mine) == 0;
	if (!mine.known)
		return false;
	spare->next = mine.spare[class];
	mine.spare[class] = spare;
	mine.bytes += size_of(class);
	return true;
}

static void *
take_cached(unsigned class)
{
	struct spare *spare = mine.spare[class];

	if (spare == NULL)
		return NULL;
	mine.spare[class] = spare->next;
	mine.bytes -= size_of(class);
	return spare;
}

int
locked_init(void)
{
	bool ready;

	pthread_once(&once, make_key);
	pthread_mutex_lock(&pool.lock);
	ready = pool.regions != NULL || grow();
	pool.ended = !ready;
	pthread_mutex_unlock(&pool.lock);
	return ready ? 0 : -1;
}

int
locked_cleanup(void)
{
	pthread_mutex_lock(&pool.lock);
	pool.ended = true;
	empty(&mine);
	pthread_mutex_unlock(&pool.lock);
	return 0;
}

int
locked_take(void **piece, uint32_t requested, uint32_t *given)
{
	unsigned class;

	*given = requested;
	if (requested > LOCKED_PIECE_MAX)
		return (*piece = map(requested)) != NULL ? 0 : -1;
	class = class_of(requested);
	*given = (uint32_t)size_of(class);
	if ((*piece = take_cached(class)) != NULL)
		return 0;
	pthread_mutex_lock(&pool.lock);
	if ((*piece = cut(class)) != NULL)
		pool.used++;
	pthread_mutex_unlock(&pool.lock);
	return *piece != NULL ? 0 : -1;
}

int
locked_give(void *piece, uint32_t size)
{
	unsigned class;

	if (size > LOCKED_PIECE_MAX)
		return munmap(piece, size);
	class = class_of(size);
	if (cache_piece(piece, class))
		return 0;
	pthread_mutex_lock(&pool.lock);
	put_back(piece, class);
	if (--pool.used == 0 && pool.ended)
		release();
	pthread_mutex_unlock(&pool.lock);
	return 0;
}

int
locked_lack(void)
{
	return lack;
}
