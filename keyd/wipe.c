/*
 * Wiping what libcrypto frees; the contract is in wipe.h.
 */
#include "keyd/wipe.h"

#include <malloc.h>
#include <stdlib.h>

#include <openssl/crypto.h>

static void *
take(size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(len);
}

/* All that malloc gave, which may be more than was asked for. */
static void
release(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	if (memory != NULL)
		OPENSSL_cleanse(memory, malloc_usable_size(memory));
	free(memory);
}

/* realloc would leave the old place as it was. */
static void *
move(void *memory, size_t len, const char *file, int line)
{
	size_t had = memory != NULL ? malloc_usable_size(memory) : 0;
	void *moved;

	if (len == 0) {
		release(memory, file, line);
		return NULL;
	}
	if ((moved = malloc(len)) == NULL)
		return NULL;
	if (memory != NULL)
		memcpy(moved, memory, had < len ? had : len);
	release(memory, file, line);
	return moved;
}

bool
wipe_install(void)
{
	return CRYPTO_set_mem_functions(take, move, release) == 1;
}
