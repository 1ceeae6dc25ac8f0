/*
 * Runs each target once on each file of its corpus, without libFuzzer:
 * fuzz_corpora, or fuzz_corpora TARGET FILE... for single files. The last line
 * is as Check's is: a file is a check, and so is that a target has files.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/fuzz/target.h"

#define CORPORA "tests/fuzz/corpus"
#define FILE_MAX (1 << 20)
#define SECONDS 20 /* for one file */
#define PATH_SIZE 512

static unsigned checks, failures;

/* A property that does not hold aborts: the log ends with the file's name. */
static void
run_file(const struct target *target, const char *path)
{
	static uint8_t content[FILE_MAX];
	uint8_t *copy;
	size_t len;
	FILE *in;

	printf("%s: %s\n", target->name, path);
	fflush(stdout);
	if ((in = fopen(path, "r")) == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	len = fread(content, 1, sizeof content, in);
	fclose(in);
	/* In a block of just its size, where a sanitizer sees its end. */
	if ((copy = malloc(len > 0 ? len : 1)) == NULL)
		exit(EXIT_FAILURE);
	memcpy(copy, content, len);
	alarm(SECONDS);
	target_run(target, slice_of(copy, len));
	alarm(0);
	free(copy);
	checks++;
}

static void
run_corpus(const struct target *target)
{
	char path[PATH_SIZE];
	unsigned before = checks;
	struct dirent **names;
	int count;

	snprintf(path, sizeof path, CORPORA "/%s", target->corpus);
	if ((count = scandir(path, &names, NULL, alphasort)) < 0)
		count = 0;
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, CORPORA "/%s/%s", target->corpus,
		    names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			run_file(target, path);
		free(names[i]);
	}
	if (count > 0)
		free(names);
	if (checks == before) {
		printf(
		    "%s:F: there is no corpus in " CORPORA "\n", target->name);
		checks++;
		failures++;
	}
}

int
main(int argc, char **argv)
{
	const struct target *target = argc > 1 ? target_find(argv[1]) : NULL;

	if (argc > 1 && target == NULL) {
		fprintf(stderr, "usage: %s [TARGET FILE...]\n", argv[0]);
		return EXIT_FAILURE;
	}
	target_prepare();
	for (int i = 2; i < argc; i++)
		run_file(target, argv[i]);
	for (size_t i = 0; target == NULL && i < target_count; i++)
		run_corpus(&targets[i]);
	printf("%u%%: Checks: %u, Failures: %u, Errors: 0\n",
	    checks > 0 ? (checks - failures) * 100 / checks : 0, checks,
	    failures);
	return failures == 0 && checks > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
