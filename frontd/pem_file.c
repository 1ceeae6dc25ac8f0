/*
 * Files of certificates; the contract is in pem_file.h.
 */
#include "frontd/pem_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>

/* With one byte too many. */
#define ROOM (PEM_FILE_MAX + 1)

/*
 * The whole file into room for ROOM bytes; false with errno. It may turn out to
 * hold a key, so there is no other copy. A FIFO is not waited for: it is empty.
 */
static bool
read_whole(const char *path, struct pem_file *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	bool good;

	if (file == NULL && fd >= 0)
		close(fd);
	if (file == NULL)
		return false;
	setvbuf(file, NULL, _IONBF, 0);
	errno = 0;
	out->len = fread(out->text, 1, ROOM, file);
	good = ferror(file) == 0;
	fclose(file);
	return good;
}

static bool
holds(const struct pem_file *file, const char *word)
{
	return memmem(file->text, file->len, word, strlen(word)) != NULL;
}

/* NULL, or why it is not taken. */
static const char *
judge(const struct pem_file *file)
{
	if (file->len > PEM_FILE_MAX)
		return "larger than 128 KiB";
	if (holds(file, "PRIVATE KEY-----"))
		return "holds a private key: keys belong to keyd alone";
	return NULL;
}

/* What is kept is public, and as large as it is: there may be thousands. */
const char *
pem_file_read(const char *path, struct pem_file *out)
{
	struct pem_file file = { .text = malloc(ROOM) };
	const char *reason = NULL;

	*out = (struct pem_file){ 0 };
	if (file.text == NULL)
		return strerror(errno);
	if (!read_whole(path, &file))
		reason = strerror(errno);
	else
		reason = judge(&file);
	if (reason == NULL && (out->text = calloc(1, file.len + 1)) == NULL)
		reason = strerror(errno);
	if (reason == NULL) {
		memcpy(out->text, file.text, file.len);
		out->len = file.len;
	}
	OPENSSL_cleanse(file.text, file.len);
	free(file.text);
	return reason;
}

void
pem_file_free(struct pem_file *file)
{
	free(file->text);
	*file = (struct pem_file){ 0 };
}
