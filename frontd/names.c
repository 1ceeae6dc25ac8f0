/*
 * Host names of sites; the contract is in names.h.
 */
#include "frontd/names.h"

#include <strings.h>

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

static bool
same(struct slice pattern, const char *name)
{
	return strlen(name) == pattern.len &&
	       strncasecmp((const char *)pattern.data, name, pattern.len) == 0;
}

int
names_match(struct slice list, const char *name)
{
	const char *rest = strchr(name, '.');
	struct slice pattern;
	size_t at = 0;
	int best = 0;

	while ((pattern = names_next(list, &at)).len > 0) {
		if (same(pattern, name))
			return 2;
		if (pattern.len > 2 && pattern.data[0] == '*' && rest != NULL &&
		    rest != name &&
		    same(slice_of(pattern.data + 1, pattern.len - 1), rest))
			best = 1;
	}
	return best;
}
