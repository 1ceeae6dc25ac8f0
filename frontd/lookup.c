/*
 * The search for a name; the contract is in lookup.h.
 */
#include "frontd/lookup.h"

#include <stdlib.h>
#include <strings.h>

#include "frontd/names.h"

static int
compare_names(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order =
	    strncasecmp((const char *)a.data, (const char *)b.data, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare(const void *one, const void *other)
{
	const struct lookup_name *a = one, *b = other;
	int order = compare_names(a->name, b->name);

	return order != 0 ? order : (a->site > b->site) - (a->site < b->site);
}

bool
lookup_add(struct lookup *lookup, struct slice names, uint16_t site)
{
	struct lookup_name *grown;
	struct slice name;
	size_t at = 0, room;

	while ((name = names_next(names, &at)).len > 0) {
		if (lookup->count == lookup->room) {
			room = lookup->room > 0 ? 2 * lookup->room : 16;
			grown = realloc(lookup->names, room * sizeof *grown);
			if (grown == NULL)
				return false;
			lookup->names = grown;
			lookup->room = room;
		}
		lookup->names[lookup->count++] =
		    (struct lookup_name){ name, site };
	}
	return true;
}

void
lookup_sort(struct lookup *lookup)
{
	if (lookup->count > 0)
		qsort(lookup->names, lookup->count, sizeof *lookup->names,
		    compare);
}

void
lookup_free(struct lookup *lookup)
{
	free(lookup->names);
	*lookup = (struct lookup){ 0 };
}

int
lookup_owner(const struct lookup *lookup, struct slice name)
{
	size_t low = 0, high = lookup->count, middle;

	/* The first that is not before it. */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_names(lookup->names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < lookup->count &&
		       compare_names(lookup->names[low].name, name) == 0
		   ? lookup->names[low].site
		   : LOOKUP_NONE;
}

int
lookup_find(const struct lookup *lookup, const char *name)
{
	struct slice asked = slice_of_string(name), rest;
	char wildcard[256] = "*";
	const uint8_t *dot;
	int site;

	if (asked.len > 1 && asked.data[asked.len - 1] == '.')
		asked.len--;
	if ((site = lookup_owner(lookup, asked)) != LOOKUP_NONE)
		return site;
	if (asked.len == 0 ||
	    (dot = memchr(asked.data, '.', asked.len)) == NULL ||
	    dot == asked.data)
		return LOOKUP_NONE;
	rest = slice_of(dot, asked.len - (size_t)(dot - asked.data));
	if (rest.len < 2 || rest.len >= sizeof wildcard)
		return LOOKUP_NONE;
	memcpy(wildcard + 1, rest.data, rest.len);
	return lookup_owner(lookup, slice_of(wildcard, rest.len + 1));
}
