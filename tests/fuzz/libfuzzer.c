/*
 * libFuzzer's entry points: fuzz TARGET [OPTION...] [CORPUS...]
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct target *target;

/* Takes the target's name out of the arguments; libFuzzer has the others. */
__attribute__((visibility("default"))) int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (*argc < 2 || (target = target_find((*argv)[1])) == NULL) {
		fprintf(stderr, "usage: %s TARGET [ARGUMENT...]\n", (*argv)[0]);
		for (size_t i = 0; i < target_count; i++)
			fprintf(stderr, "%s %s\n", targets[i].name,
			    targets[i].corpus);
		exit(2);
	}
	for (int i = 1; i < *argc; i++)
		(*argv)[i] = (*argv)[i + 1];
	--*argc;
	target_prepare();
	return 0;
}

__attribute__((visibility("default"))) int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	target_run(target, slice_of(data, len));
	return 0;
}
