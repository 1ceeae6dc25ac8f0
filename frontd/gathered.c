/*
 * What comes in parts; the contract is in gathered.h.
 */
#include "frontd/gathered.h"

#include <stdlib.h>

bool
gathered_begin(struct gathered *all, size_t size)
{
	gathered_free(all);
	if ((all->bytes = calloc(1, size + 1)) == NULL)
		return false;
	all->size = size;
	return true;
}

bool
gathered_take(struct gathered *all, struct slice part)
{
	if (part.len > all->size - all->len)
		return false;
	if (part.len > 0)
		memcpy(all->bytes + all->len, part.data, part.len);
	all->len += part.len;
	return true;
}

bool
gathered_whole(const struct gathered *all)
{
	return all->len == all->size;
}

struct slice
gathered_slice(const struct gathered *all)
{
	return slice_of(all->bytes, all->len);
}

void
gathered_free(struct gathered *all)
{
	free(all->bytes);
	*all = (struct gathered){ 0 };
}
