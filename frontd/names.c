/*
 * Packed names; the contract is in names.h.
 */
#include "frontd/names.h"

bool
names_append(uint8_t *list, size_t room, size_t *len, const char *name)
{
	size_t size = strlen(name);

	if (size == 0 || size > 255 || size + 1 > room - *len)
		return false;
	list[(*len)++] = (uint8_t)size;
	memcpy(list + *len, name, size);
	*len += size;
	return true;
}

struct slice
names_next(struct slice list, size_t *at)
{
	size_t size;

	if (*at >= list.len)
		return NO_BYTES;
	size = list.data[*at];
	if (size == 0 || size > list.len - *at - 1) {
		*at = list.len;
		return NO_BYTES;
	}
	*at += 1 + size;
	return slice_of(list.data + *at - size, size);
}
