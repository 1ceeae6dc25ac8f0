/*
 * Memory; the contract is in memory.h.
 */
#include "libtls/core/memory.h"

#include <stddef.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "base/writer.h"
#include "libtls/core/locked.h"

#define VARIABLE "S2N_DONT_MLOCK"

/* In front of every piece: how it is freed, whatever was set since. */
union header {
	struct {
		s2n_mem_free_callback give; /* NULL: free() */
		uint32_t size;              /* header included */
	};
	max_align_t align;
};

static const struct memory_callbacks locked = { locked_init, locked_cleanup,
	locked_take, locked_give };

static struct memory_callbacks callbacks;
static __thread int lack;

/* A writer's bytes are a peer's or ours, too; before any writer has some. */
static void __attribute__((constructor)) use_for_writers(void)
{
	writer_use(memory_room, memory_free_room);
}

void
memory_use(const struct memory_callbacks *wanted)
{
	callbacks = *wanted;
}

int
memory_init(void)
{
	if (callbacks.init != NULL && callbacks.init != locked.init)
		return callbacks.init() >= 0 ? 0 : fail(ERR_CANCELLED);
	callbacks = (struct memory_callbacks){ 0 };
	if (getenv(VARIABLE) != NULL)
		return 0;
	if (locked_init() != 0)
		return fail(locked_lack());
	callbacks = locked;
	return 0;
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
memory_room(size_t size)
{
	uint32_t whole = (uint32_t)(sizeof(union header) + size), given = whole;
	union header *header;

	lack = ERR_NOMEM;
	if (size > UINT32_MAX - sizeof(union header))
		return NULL;
	header = callbacks.take != NULL ? take(whole, &given) : malloc(whole);
	if (header == NULL) {
		if (callbacks.take == locked.take)
			lack = locked_lack();
		return NULL;
	}
	header->give = callbacks.take != NULL ? callbacks.give : NULL;
	header->size = given;
	return header + 1;
}

void *
memory_new(size_t size)
{
	union header *header = memory_room(size);

	if (header != NULL)
		memset(header, 0, header[-1].size - sizeof *header);
	return header;
}

void *
memory_resize(void *piece, size_t size)
{
	union header *header = piece;
	void *larger = memory_new(size);
	size_t old;

	if (piece == NULL || larger == NULL)
		return larger;
	old = header[-1].size - sizeof *header;
	memcpy(larger, piece, old < size ? old : size);
	memory_free(piece);
	return larger;
}

void *
memory_copy(struct slice content)
{
	uint8_t *copy = memory_new(content.len + 1);

	if (copy != NULL && content.len > 0)
		memcpy(copy, content.data, content.len);
	return copy;
}

int
memory_lack(void)
{
	return lack;
}

/* Wipes the header and so many bytes behind it; what is the application's
 * wholly. */
static void
wipe_and_give(union header *header, size_t written)
{
	s2n_mem_free_callback give = header->give;
	uint32_t size = header->size;

	OPENSSL_cleanse(header, give == NULL || give == locked.give
				    ? sizeof *header + written
				    : size);
	if (give == NULL)
		free(header);
	else
		(void)!give(header, size);
}

void
memory_free(void *piece)
{
	union header *header = piece;

	if (piece != NULL)
		wipe_and_give(header - 1, header[-1].size - sizeof *header);
}

void
memory_free_room(void *piece, size_t written)
{
	if (piece != NULL)
		wipe_and_give((union header *)piece - 1, written);
}
