/*
 * The command line of s2nc and s2nd as tables: a row an option, with the place
 * that its value goes to.
 */
#ifndef EXAMPLES_WORDS_H
#define EXAMPLES_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define TEXTS_MAX 10

/* Of an option that can be given several times. */
struct texts {
	const char *item[TEXTS_MAX];
	size_t count;
};

enum word_kind {
	FLAG,   /* bool */
	TEXT,   /* const char * */
	NUMBER, /* long, not negative */
	TEXTS   /* struct texts */
};

struct word {
	const char *name; /* long: without its dashes */
	char letter;      /* 0: none */
	enum word_kind kind;
	const char *argument; /* what it is called in the help; NULL: none */
	size_t offset;        /* of its value in the struct of options */
	const char *meaning;
};

/*
 * Fills options from the arguments, by rows up to one without a name. Gives the
 * index of the first argument that is no option. Ends the program: with 0 after
 * --help, with 2 after a mistake.
 */
int words_parse(const struct word *, const char *synopsis, void *options,
    int argc, char **argv);
/* Says how the program is called, and ends it with 2. */
_Noreturn void words_usage(const struct word *, const char *synopsis);

#endif
