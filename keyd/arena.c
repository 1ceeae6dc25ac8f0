/*
 * The arena; the contract is in arena.h. Blocks are of some eighty sizes. One
 * that was released waits for the next of its size: nothing is split or joined,
 * so there is little to get wrong, and the most that is used is what each size
 * was used at its own busiest time.
 */
#include "keyd/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <openssl/crypto.h>

#define GRAIN 16
#define FINE_MAX 512 /* up to here sizes are a grain apart */
#define FINE_CLASSES (FINE_MAX / GRAIN)
#define FINE_BITS 9
#define BLOCK_BITS 18 /* of ARENA_BLOCK_MAX */
#define CLASSES (FINE_CLASSES + 4 * (BLOCK_BITS - FINE_BITS))
#define PAGE 4096
#define IN_USE 0x5e3c7a11u
#define RELEASED 0x0ddba115u

/* Before the bytes of each; as long as a grain. */
struct block {
	uint32_t state, class;
	size_t len; /* that was asked for */
};

static uint8_t *region;
static size_t region_size, used;
/* A released block's first bytes are the next one. */
static void *waiting[CLASSES];

/* ---- the region ---- */

static void *
map(int flags, int fd, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return at != MAP_FAILED ? at : NULL;
}

/* The kernel may have none, or have it switched off: ENOSYS. */
static void *
map_secret(size_t size)
{
	void *at = NULL;
	int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC), error;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)size) == 0)
		at = map(MAP_SHARED, fd, size);
	error = errno;
	close(fd);
	errno = error;
	return at;
}

/* Pages that are not there when they are needed would end the process. */
static void
touch_all(void)
{
	for (size_t at = 0; at < region_size; at += PAGE)
		((volatile uint8_t *)region)[at] = 0;
}

static enum level
map_ordinary(size_t size, enum level most, int *reason)
{
	if ((region = map(MAP_PRIVATE | MAP_ANONYMOUS, -1, size)) == NULL)
		return LEVEL_MISSING;
	if (madvise(region, size, MADV_DONTDUMP) != 0)
		*reason = errno;
	if (most == LEVEL_MISSING)
		return LEVEL_MISSING;
	if (mlock(region, size) == 0)
		return LEVEL_PARTIAL;
	*reason = errno;
	return LEVEL_MISSING;
}

bool
arena_open(size_t size, enum level most, enum level *kind, int *reason)
{
	*reason = 0;
	*kind = LEVEL_FULL;
	region = most == LEVEL_FULL ? map_secret(size) : NULL;
	if (region == NULL) {
		*reason = most == LEVEL_FULL ? errno : 0;
		*kind = map_ordinary(size, most, reason);
	}
	if (region == NULL)
		return false;
	region_size = size;
	used = 0;
	memset(waiting, 0, sizeof waiting);
	touch_all();
	return true;
}

/* ---- sizes ---- */

/* The least class that has len bytes. */
static unsigned
class_of(size_t len)
{
	unsigned bits = FINE_BITS;
	size_t step;

	if (len <= FINE_MAX)
		return (unsigned)((len - 1) / GRAIN);
	while (len > (size_t)2 << bits)
		bits++;
	step = (size_t)1 << (bits - 2);
	return FINE_CLASSES + 4 * (bits - FINE_BITS) +
	       (unsigned)((len - 1 - ((size_t)1 << bits)) / step);
}

static size_t
class_size(unsigned class)
{
	unsigned bits;

	if (class < FINE_CLASSES)
		return ((size_t) class + 1) * GRAIN;
	class -= FINE_CLASSES;
	bits = FINE_BITS + class / 4;
	return ((size_t)1 << bits) +
	       ((size_t)1 << (bits - 2)) * (class % 4 + 1);
}

/* ---- blocks ---- */

/* Somebody has written where it may not: whatever comes next is worse. */
static struct block *
block_of(void *bytes)
{
	struct block *block = (struct block *)bytes - 1;
	uint8_t *at = bytes;

	if (at < region + sizeof *block || at >= region + used ||
	    (at - region) % GRAIN != 0 || block->state != IN_USE ||
	    block->class >= CLASSES || block->len > class_size(block->class))
		abort();
	return block;
}

static struct block *
fresh(unsigned class)
{
	size_t size = sizeof(struct block) + class_size(class);
	struct block *block;

	if (size > region_size - used)
		return NULL;
	block = (struct block *)(void *)(region + used);
	used += size;
	block->class = class;
	return block;
}

static struct block *
again(unsigned class)
{
	void *bytes = waiting[class];
	struct block *block;

	if (bytes == NULL)
		return NULL;
	block = (struct block *)bytes - 1;
	if (block->state != RELEASED || block->class != class)
		abort();
	memcpy(&waiting[class], bytes, sizeof waiting[class]);
	memset(bytes, 0, sizeof waiting[class]);
	return block;
}

void *
arena_take(size_t len)
{
	struct block *block;
	unsigned class;

	if (len == 0 || len > ARENA_BLOCK_MAX)
		return NULL;
	class = class_of(len);
	if ((block = again(class)) == NULL)
		block = fresh(class);
	/* At its end a block that is too large is better than none. */
	while (block == NULL && ++class < CLASSES)
		block = again(class);
	if (block == NULL)
		return NULL;
	block->state = IN_USE;
	block->len = len;
	return block + 1;
}

void
arena_release(void *bytes)
{
	struct block *block;

	if (bytes == NULL)
		return;
	block = block_of(bytes);
	OPENSSL_cleanse(bytes, block->len);
	block->state = RELEASED;
	block->len = 0;
	memcpy(bytes, &waiting[block->class], sizeof waiting[0]);
	waiting[block->class] = bytes;
}

void *
arena_move(void *bytes, size_t len)
{
	struct block *block;
	void *moved;

	if (bytes == NULL)
		return arena_take(len);
	if (len == 0) {
		arena_release(bytes);
		return NULL;
	}
	block = block_of(bytes);
	if (len <= class_size(block->class)) {
		if (len < block->len)
			OPENSSL_cleanse(
			    (uint8_t *)bytes + len, block->len - len);
		block->len = len;
		return bytes;
	}
	if ((moved = arena_take(len)) == NULL)
		return NULL;
	memcpy(moved, bytes, block->len);
	arena_release(bytes);
	return moved;
}

size_t
arena_used(void)
{
	return used;
}

/* ---- libcrypto's ---- */

static void *
take(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return arena_take(len);
}

static void
release(void *bytes, const char *file, int line)
{
	(void)file;
	(void)line;
	arena_release(bytes);
}

static void *
move(void *bytes, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return arena_move(bytes, len);
}

bool
arena_install(size_t size, struct policy_request *ask)
{
	return arena_open(
		   size, LEVEL_FULL, &ask->secrets, &ask->secrets_reason) &&
	       CRYPTO_set_mem_functions(take, move, release) == 1;
}
