/*
 * Kept texts; the contract is in texts.h.
 */
#include "frontd/texts.h"

#include <stdlib.h>

/* What is longer has a block of its own. */
#define BLOCK 16384

struct texts_block {
	struct texts_block *next;
	size_t used, room;
	uint8_t bytes[];
};

static struct texts_block *
add_block(struct texts *texts, size_t len)
{
	size_t room = len > BLOCK ? len : BLOCK;
	struct texts_block *block = malloc(sizeof *block + room);

	if (block == NULL)
		return NULL;
	block->used = 0;
	block->room = room;
	block->next = texts->blocks;
	texts->blocks = block;
	return block;
}

bool
texts_keep(struct texts *texts, struct slice bytes, struct slice *kept)
{
	struct texts_block *block = texts->blocks;

	*kept = NO_BYTES;
	if (bytes.len == 0)
		return true;
	if ((block == NULL || block->room - block->used < bytes.len) &&
	    (block = add_block(texts, bytes.len)) == NULL)
		return false;
	*kept = slice_of(block->bytes + block->used, bytes.len);
	memcpy(block->bytes + block->used, bytes.data, bytes.len);
	block->used += bytes.len;
	return true;
}

void
texts_free(struct texts *texts)
{
	struct texts_block *block;

	while ((block = texts->blocks) != NULL) {
		texts->blocks = block->next;
		free(block);
	}
}
