/*
 * The register of early data; the contract is in replay.h.
 *
 * A table of buckets, each of places of one word: what is left of an identity,
 * and when it was taken. Workers write with compare-and-swap and look again
 * afterwards: of two that take one identity at a time at least one sees the
 * other, so that never both are first, though maybe neither.
 */
#include "frontd/replay.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"

#define BUCKETS 16384
#define PLACES 8
/*
 * How long a recorded ClientHello can be of use: libtls takes early data if the
 * age that the client tells is right by ten seconds, too old or too young; and
 * some more, since times are in whole seconds.
 */
#define WINDOW 25
#define TIME_BITS 24

struct replay {
	uint64_t made; /* seconds */
	_Atomic uint64_t places[BUCKETS][PLACES];
};

static uint64_t
now_seconds(void)
{
	return clock_ms() / 1000;
}

int
replay_make(void)
{
	int fd = memfd_create("replay", MFD_CLOEXEC);
	struct replay *replay;

	if (fd >= 0 && ftruncate(fd, sizeof *replay) == 0 &&
	    (replay = replay_map(fd)) != NULL) {
		replay->made = now_seconds();
		munmap(replay, sizeof *replay);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

struct replay *
replay_map(int fd)
{
	void *memory = mmap(NULL, sizeof(struct replay), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

/*
 * FNV-1a. An identity is a ticket of ours that has been opened: nobody can make
 * one that meets another's place.
 */
static uint64_t
digest(struct slice identity)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < identity.len; i++)
		hash = (hash ^ identity.data[i]) * 0x100000001b3;
	return hash;
}

static uint64_t
word_of(uint64_t hash, uint64_t now)
{
	return (hash & ~(((uint64_t)1 << TIME_BITS) - 1)) |
	       (now & (((uint64_t)1 << TIME_BITS) - 1));
}

static bool
same_identity(uint64_t word, uint64_t other)
{
	return word >> TIME_BITS == other >> TIME_BITS;
}

/* Free places, which are zero, are as old. */
static bool
is_old(uint64_t word, uint64_t now)
{
	uint64_t mask = ((uint64_t)1 << TIME_BITS) - 1;

	return word == 0 || ((now - word) & mask) > WINDOW;
}

/* Whether the identity stands in the bucket, but for one place. */
static bool
stands(_Atomic uint64_t *bucket, uint64_t word, uint64_t now, size_t except)
{
	uint64_t other;

	for (size_t i = 0; i < PLACES; i++) {
		other = atomic_load(&bucket[i]);
		if (i != except && same_identity(other, word) &&
		    !is_old(other, now))
			return true;
	}
	return false;
}

bool
replay_first(struct replay *replay, struct slice identity)
{
	uint64_t hash = digest(identity), now = now_seconds();
	uint64_t word = word_of(hash, now), old;
	_Atomic uint64_t *bucket = replay->places[hash % BUCKETS];

	if (now - replay->made <= WINDOW || stands(bucket, word, now, PLACES))
		return false;
	for (size_t i = 0; i < PLACES; i++) {
		old = atomic_load(&bucket[i]);
		if (is_old(old, now) &&
		    atomic_compare_exchange_strong(&bucket[i], &old, word))
			return !stands(bucket, word, now, i);
	}
	return false; /* full: somebody sends very much of it */
}
