/*
 * The rows are looked up by reading the file from its start: it is small.
 */
#include "tests/unit/vectors.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#define DIRECTORY "tests/vectors/"

/* Everything given out, to be freed together. */
static struct value {
	struct value *next;
	uint8_t bytes[];
} * values;

struct slice
vectors_hex(const char *hex)
{
	struct value *value = malloc(sizeof *value + strlen(hex) / 2 + 1);
	size_t digits = 0;
	unsigned byte = 0;

	ck_assert_ptr_nonnull(value);
	value->next = values;
	values = value;
	for (; *hex != '\0' && *hex != '\t' && *hex != '\n'; hex++) {
		if (*hex == ' ')
			continue;
		ck_assert_msg(
		    isxdigit((unsigned char)*hex), "not hex: %s", hex);
		byte =
		    byte << 4 |
		    (unsigned)(isdigit((unsigned char)*hex)
				   ? *hex - '0'
				   : tolower((unsigned char)*hex) - 'a' + 10);
		if (++digits % 2 == 0)
			value->bytes[digits / 2 - 1] = (uint8_t)byte;
	}
	ck_assert_msg(digits % 2 == 0, "half a byte of hex");
	return slice_of(value->bytes, digits / 2);
}

struct slice
vectors_find_in(const char *file_name, const char *section, const char *side,
    const char *name)
{
	char wanted[128], path[128], *line = NULL;
	size_t room = 0;
	struct slice found = NO_BYTES;
	FILE *file;

	snprintf(path, sizeof path, DIRECTORY "%s", file_name);
	ck_assert_msg(
	    (file = fopen(path, "r")) != NULL, "cannot open %s", path);
	snprintf(wanted, sizeof wanted, "%s\t%s\t%s\t", section, side, name);
	while (found.data == NULL && getline(&line, &room, file) > 0)
		if (strncmp(line, wanted, strlen(wanted)) == 0)
			found = vectors_hex(line + strlen(wanted));
	free(line);
	fclose(file);
	ck_assert_msg(found.data != NULL, "no row %s in %s", wanted, path);
	return found;
}

struct slice
vectors_find(const char *section, const char *side, const char *name)
{
	return vectors_find_in("rfc8448.tsv", section, side, name);
}

void
vectors_free(void)
{
	struct value *next;

	for (; values != NULL; values = next) {
		next = values->next;
		free(values);
	}
}
