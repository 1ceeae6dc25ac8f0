/*
 * A PEM file of certificates as the master reads it: public or refused.
 */
#ifndef FRONTD_PEM_FILE_H
#define FRONTD_PEM_FILE_H

#include "base/slice.h"

#define PEM_FILE_MAX 131072

/* free(); terminated beyond its len */
struct pem_file {
	char *text;
	size_t len;
};

/*
 * NULL, or why the file cannot be taken: it cannot be read, is larger than 128
 * KiB, or holds a private key, of which no copy is left. Fills it only on
 * success.
 */
const char *pem_file_read(const char *path, struct pem_file *);
void pem_file_free(struct pem_file *);

#endif
