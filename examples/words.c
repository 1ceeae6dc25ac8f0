/*
 * Options from tables; the contract is in words.h.
 */
#include "examples/words.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 48
#define HELP 1 /* what getopt gives for --help; rows follow */

static void
describe(const struct word *words, const char *synopsis, FILE *out)
{
	char head[64];

	fprintf(out, "usage: %s\n", synopsis);
	for (const struct word *word = words; word->name != NULL; word++) {
		if (word->letter != '\0')
			snprintf(head, sizeof head, "-%c, --%s %s",
			    word->letter, word->name,
			    word->argument != NULL ? word->argument : "");
		else
			snprintf(head, sizeof head, "    --%s %s", word->name,
			    word->argument != NULL ? word->argument : "");
		fprintf(out, "  %-36s %s\n", head, word->meaning);
	}
}

void
words_usage(const struct word *words, const char *synopsis)
{
	describe(words, synopsis, stderr);
	exit(2);
}

_Noreturn static void
refuse(const char *program, const struct word *word, const char *why)
{
	fprintf(stderr, "%s: --%s: %s\n", program, word->name, why);
	exit(2);
}

static void
put_number(const char *program, const struct word *word, long *number,
    const char *argument)
{
	char *end;

	*number = strtol(argument, &end, 10);
	if (*argument == '\0' || *end != '\0' || *number < 0)
		refuse(program, word, "is no number");
}

static void
put(const char *program, const struct word *word, void *options,
    const char *argument)
{
	void *place = (char *)options + word->offset;
	struct texts *texts;

	switch (word->kind) {
	case FLAG:
		*(bool *)place = true;
		return;
	case TEXT:
		*(const char **)place = argument;
		return;
	case NUMBER:
		put_number(program, word, place, argument);
		return;
	case TEXTS:
		texts = place;
		if (texts->count == TEXTS_MAX)
			refuse(program, word, "was given too often");
		texts->item[texts->count++] = argument;
		return;
	}
}

int
words_parse(const struct word *words, const char *synopsis, void *options,
    int argc, char **argv)
{
	struct option rows[WORDS_MAX + 2] = {
		{ "help", no_argument, NULL, HELP },
	};
	char letters[2 * WORDS_MAX + 2] = "", *letter = letters;
	int count = 0, got;

	for (; count < WORDS_MAX && words[count].name != NULL; count++) {
		bool takes = words[count].argument != NULL;

		rows[count + 1] = (struct option){ words[count].name,
			takes ? required_argument : no_argument, NULL,
			256 + count };
		if (words[count].letter == '\0')
			continue;
		*letter++ = words[count].letter;
		if (takes)
			*letter++ = ':';
	}
	while ((got = getopt_long(argc, argv, letters, rows, NULL)) != -1) {
		if (got == HELP) {
			describe(words, synopsis, stdout);
			exit(0);
		}
		if (got == '?')
			words_usage(words, synopsis);
		for (int i = 0; i < count; i++)
			if (got == 256 + i || got == words[i].letter)
				put(argv[0], &words[i], options, optarg);
	}
	return optind;
}
