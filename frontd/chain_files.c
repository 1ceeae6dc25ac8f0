/*
 * Directories of chains; the contract is in chain_files.h.
 */
#include "frontd/chain_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".pem"
#define INSIDE "fullchain.pem" /* as certbot has it below live */

/* At the powers of two there is room for twice as many. */
static bool
make_place(struct chain_files *files)
{
	size_t count = files->count;
	struct chain_file *grown;

	if ((count & (count - 1)) != 0)
		return true;
	grown = realloc(files->at, (count > 0 ? 2 * count : 1) * sizeof *grown);
	if (grown == NULL)
		return false;
	files->at = grown;
	return true;
}

/* Takes both texts, which may be lacking. */
static bool
add(struct chain_files *files, char *path, char *name)
{
	if (path == NULL || name == NULL || !make_place(files)) {
		free(path);
		free(name);
		return false;
	}
	files->at[files->count++] = (struct chain_file){ path, name };
	return true;
}

static bool
is_directory(const char *path)
{
	struct stat what;

	return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

/* What cannot be looked at is there, and for the one who reads it to name. */
static bool
is_absent(const char *path)
{
	struct stat what;

	return lstat(path, &what) != 0 && errno == ENOENT;
}

static bool
ends_so(const char *name)
{
	size_t len = strlen(name), suffix = strlen(SUFFIX);

	return len > suffix && strcmp(name + len - suffix, SUFFIX) == 0;
}

/* False when out of memory. */
static bool
look_at(struct chain_files *files, const char *directory, const char *name)
{
	char *path, *inside;
	size_t len = strlen(name);

	if (name[0] == '.')
		return true;
	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return false;
	if (is_directory(path)) {
		if (asprintf(&inside, "%s/" INSIDE, path) < 0)
			inside = NULL;
		free(path);
		if (inside == NULL || !is_absent(inside))
			return add(files, inside, strdup(name));
		free(inside);
		return true;
	}
	if (ends_so(name))
		return add(files, path, strndup(name, len - strlen(SUFFIX)));
	free(path);
	return true;
}

static int
compare(const void *one, const void *other)
{
	const struct chain_file *a = one, *b = other;
	int order = strcmp(a->name, b->name);

	return order != 0 ? order : strcmp(a->path, b->path);
}

const char *
chain_files_list(const char *directory, struct chain_files *files)
{
	DIR *listing = opendir(directory);
	const struct dirent *entry;

	*files = (struct chain_files){ 0 };
	if (listing == NULL)
		return strerror(errno);
	errno = 0;
	while ((entry = readdir(listing)) != NULL) {
		if (!look_at(files, directory, entry->d_name)) {
			errno = ENOMEM;
			break;
		}
		errno = 0;
	}
	if (errno != 0) {
		const char *reason = strerror(errno);

		closedir(listing);
		return reason;
	}
	closedir(listing);
	if (files->count > 0)
		qsort(files->at, files->count, sizeof *files->at, compare);
	return NULL;
}

void
chain_files_free(struct chain_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->at[i].path);
		free(files->at[i].name);
	}
	free(files->at);
	*files = (struct chain_files){ 0 };
}
