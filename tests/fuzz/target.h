/*
 * Fuzz targets: one table of them, for libFuzzer (libfuzzer.c) and for the run
 * of the corpora that `make check` makes (replay.c). A target gets bytes and
 * checks that properties hold; what it does depends on nothing but the bytes.
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include "base/reader.h"

struct target {
	const char *name;
	const char *corpus;   /* in tests/fuzz/corpus; several may share one */
	void (*set_up)(void); /* once, before the first run; NULL: nothing */
	void (*run)(struct reader *input);
};

extern const struct target targets[];
extern const size_t target_count;
/* NULL: there is none. */
const struct target *target_find(const char *name);

/* For the whole process, first of all. */
void target_prepare(void);
void target_run(const struct target *, struct slice input);

/* Aborts, saying what does not hold and in which target. */
#define must_hold(condition, ...)                                              \
	((condition)                                                           \
		? (void)0                                                      \
		: target_broken(__FILE__, __LINE__, #condition, __VA_ARGS__))
_Noreturn void target_broken(const char *file, int line, const char *condition,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
