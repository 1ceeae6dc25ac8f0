/*
 * Files of certificates; the contract is in pem_file.h.
 */
#include "frontd/pem_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

/* With room for one byte too many, and for the terminator. */
#define ROOM (PEM_FILE_MAX + 2)

/*
 * The whole file, or NULL with errno. It may turn out to hold a key, so the
 * buffer is wiped by whoever refuses it, and there is no other copy.
 */
static char *
read_whole(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text;

	if (file == NULL)
		return NULL;
	setvbuf(file, NULL, _IONBF, 0);
	if ((text = calloc(1, ROOM)) == NULL) {
		fclose(file);
		return NULL;
	}
	errno = 0;
	*len = fread(text, 1, PEM_FILE_MAX + 1, file);
	if (ferror(file) != 0) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static bool
holds(const struct pem_file *file, const char *word)
{
	return memmem(file->text, file->len, word, strlen(word)) != NULL;
}

const char *
pem_file_read(const char *path, struct pem_file *out)
{
	struct pem_file file = { 0 };
	const char *reason = NULL;

	*out = file;
	if ((file.text = read_whole(path, &file.len)) == NULL)
		return strerror(errno);
	if (file.len > PEM_FILE_MAX)
		reason = "larger than 128 KiB";
	else if (holds(&file, "PRIVATE KEY-----"))
		reason = "holds a private key: keys belong to keyd alone";
	if (reason == NULL)
		*out = file;
	else
		pem_file_free(&file);
	return reason;
}

void
pem_file_free(struct pem_file *file)
{
	if (file->text != NULL)
		OPENSSL_cleanse(file->text, ROOM);
	free(file->text);
	*file = (struct pem_file){ 0 };
}
