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
#include <sys/stat.h>
#include <unistd.h>

#define BUCKETS 16384
#define PLACES 8
/*
 * How long a recorded ClientHello can be of use: libtls takes early data if the
 * age that the client tells is right by ten seconds, too old or too young, by
 * the same clock. Some more, since times are in whole seconds, and since the
 * clock may be set back by as much as nobody would notice.
 */
#define WINDOW 25
#define SET_BACK_MAX 4
#define TIME_BITS 24
#define TIME_MASK (((uint64_t)1 << TIME_BITS) - 1)

/* Times are seconds of the wall clock. */
struct replay {
	_Atomic uint64_t made;
	_Atomic uint64_t latest; /* that anybody saw */
	_Atomic uint64_t places[BUCKETS][PLACES];
};

int
replay_make(uint64_t now)
{
	int fd = memfd_create("replay", MFD_CLOEXEC);
	struct replay *replay;

	if (fd >= 0 && ftruncate(fd, sizeof *replay) == 0 &&
	    (replay = replay_map(fd)) != NULL) {
		atomic_store(&replay->made, now);
		munmap(replay, sizeof *replay);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

bool
replay_fits(int fd)
{
	struct stat about;

	return fstat(fd, &about) == 0 &&
	       about.st_size == (off_t)sizeof(struct replay);
}

/* It is always too young. */
void
replay_end(int fd)
{
	struct replay *replay = replay_map(fd);

	if (replay == NULL)
		return;
	atomic_store(&replay->made, UINT64_MAX - WINDOW);
	munmap(replay, sizeof *replay);
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
	return (hash & ~TIME_MASK) | (now & TIME_MASK);
}

static bool
same_identity(uint64_t word, uint64_t other)
{
	return word >> TIME_BITS == other >> TIME_BITS;
}

/* Free places, which are zero, are as old. What is a little ahead is not. */
static bool
is_old(uint64_t word, uint64_t now)
{
	return word == 0 || ((now + SET_BACK_MAX - word) & TIME_MASK) >
				WINDOW + SET_BACK_MAX;
}

/* Whether the clock is where it has not been before, or almost. */
static bool
goes_on(struct replay *replay, uint64_t now)
{
	uint64_t latest = atomic_load(&replay->latest);

	while (latest < now &&
	       !atomic_compare_exchange_weak(&replay->latest, &latest, now))
		;
	return latest <= now + SET_BACK_MAX;
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
replay_first(struct replay *replay, struct slice identity, uint64_t now)
{
	uint64_t hash = digest(identity);
	uint64_t word = word_of(hash, now), old;
	_Atomic uint64_t *bucket = replay->places[hash % BUCKETS];

	if (!goes_on(replay, now) ||
	    now <= atomic_load(&replay->made) + WINDOW ||
	    stands(bucket, word, now, PLACES))
		return false;
	for (size_t i = 0; i < PLACES; i++) {
		old = atomic_load(&bucket[i]);
		if (is_old(old, now) &&
		    atomic_compare_exchange_strong(&bucket[i], &old, word))
			return !stands(bucket, word, now, i);
	}
	return false; /* full: somebody sends very much of it */
}
