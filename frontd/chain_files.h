/*
 * The chains that a directory has: which of its entries are some, by their
 * names alone. What is in them site.h reads.
 */
#ifndef FRONTD_CHAIN_FILES_H
#define FRONTD_CHAIN_FILES_H

#include <stddef.h>

struct chain_file {
	char *path;
	char *name; /* NAME.pem and NAME/fullchain.pem: NAME */
};

/* Zeroed means none. */
struct chain_files {
	struct chain_file *at;
	size_t count;
};

/*
 * NULL, or why the directory cannot be listed, an errno's text. Chains are
 * NAME.pem and, of directories, NAME/fullchain.pem where there is such a file;
 * a name that begins with a dot is of none. They come in the order of their
 * names, as bytes. Freed by chain_files_free() either way.
 */
const char *chain_files_list(const char *directory, struct chain_files *);
void chain_files_free(struct chain_files *);

#endif
