/*
 * Memory; the contract is in memory.h.
 */
#include "libtls/core/memory.h"

#include <stddef.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "base/writer.h"

/* In front of every piece: how it is freed, whatever was set since. */
union header {
	struct {
		s2n_mem_free_callback give; /* NULL: free() */
		uint32_t size;              /* header included */
	};
	max_align_t align;
};

static struct memory_callbacks callbacks;

void
memory_use(const struct memory_callbacks *wanted)
{
	callbacks = *wanted;
	/* A writer's bytes are a peer's or ours, too. */
	writer_use(memory_new, memory_free);
}

int
memory_init(void)
{
	if (callbacks.init == NULL || callbacks.init() >= 0)
		return 0;
	return fail(ERR_CANCELLED);
}

int
memory_cleanup(void)
{
	s2n_mem_cleanup_callback cleanup = callbacks.cleanup;

	callbacks = (struct memory_callbacks){ 0 };
	if (cleanup == NULL || cleanup() >= 0)
		return 0;
	return fail(ERR_CANCELLED);
}

/* From the application; it may give more than was asked for, but not less. */
static union header *
take(uint32_t size, uint32_t *given)
{
	void *piece = NULL;

	*given = 0;
	if (callbacks.take(&piece, size, given) < 0)
		return NULL;
	if (piece == NULL || *given >= size)
		return piece;
	(void)!callbacks.give(piece, *given);
	return NULL;
}

void *
memory_new(size_t size)
{
	uint32_t whole = (uint32_t)(sizeof(union header) + size), given = whole;
	union header *header;

	if (size > UINT32_MAX - sizeof(union header))
		return NULL;
	header = callbacks.take != NULL ? take(whole, &given) : malloc(whole);
	if (header == NULL)
		return NULL;
	memset(header, 0, given);
	header->give = callbacks.take != NULL ? callbacks.give : NULL;
	header->size = given;
	return header + 1;
}

void
memory_free(void *piece)
{
	union header *header = piece;
	s2n_mem_free_callback give;
	uint32_t size;

	if (header == NULL)
		return;
	header--;
	give = header->give;
	size = header->size;
	OPENSSL_cleanse(header, size);
	if (give == NULL)
		free(header);
	else
		(void)!give(header, size);
}
