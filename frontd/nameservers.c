/*
 * Name servers; the contract is in nameservers.h.
 */
#include "frontd/nameservers.h"

#include <stdio.h>
#include <string.h>

#include "frontd/address.h"

#define LINE_MAX_BYTES 512
#define WORD "nameserver"
#define OWN "127.0.0.1"

bool
nameservers_parse(const char *text, struct nameserver *out)
{
	/* Before and after it, until there is a port. */
	static const struct {
		const char *before, *after;
	} forms[] = { { "", "" }, { "", ":53" }, { "[", "]:53" } };
	char full[LINE_MAX_BYTES];

	for (size_t i = 0; i < COUNT(forms); i++)
		if (snprintf(full, sizeof full, "%s%s%s", forms[i].before, text,
			forms[i].after) < (int)sizeof full &&
		    address_parse(full, &out->address, &out->address_len))
			return true;
	return false;
}

size_t
nameservers_read(const char *path, struct nameserver out[NAMESERVERS_MAX])
{
	FILE *file = fopen(path, "re");
	char line[LINE_MAX_BYTES], *word, *value, *rest;
	size_t count = 0;

	while (file != NULL && count < NAMESERVERS_MAX &&
	       fgets(line, sizeof line, file) != NULL) {
		word = strtok_r(line, " \t\r\n", &rest);
		value = strtok_r(NULL, " \t\r\n", &rest);
		if (word != NULL && value != NULL && strcmp(word, WORD) == 0 &&
		    nameservers_parse(value, &out[count]))
			count++;
	}
	if (file != NULL)
		fclose(file);
	if (count == 0 && nameservers_parse(OWN, &out[0]))
		count = 1;
	return count;
}
