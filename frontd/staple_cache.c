/*
 * Responses on disk; the contract is in staple_cache.h.
 */
#include "frontd/staple_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".der"
#define NEW ".new"
#define NAME_ROOM (2 * STAPLE_CACHE_ID + sizeof SUFFIX + sizeof NEW)

static void
name_file(
    const uint8_t id[STAPLE_CACHE_ID], const char *more, char out[NAME_ROOM])
{
	for (size_t i = 0; i < STAPLE_CACHE_ID; i++)
		snprintf(out + 2 * i, 3, "%02x", id[i]);
	snprintf(out + (size_t)2 * STAPLE_CACHE_ID,
	    NAME_ROOM - (size_t)2 * STAPLE_CACHE_ID, SUFFIX "%s", more);
}

int
staple_cache_open(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

uint8_t *
staple_cache_read(
    int dir, const uint8_t id[STAPLE_CACHE_ID], size_t room, size_t *len)
{
	uint8_t *bytes = NULL;
	char name[NAME_ROOM];
	struct stat status;
	ssize_t got = 0;
	int fd;

	name_file(id, "", name);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size > 0 && (uint64_t)status.st_size <= room &&
	    (bytes = malloc((size_t)status.st_size)) != NULL)
		got = read(fd, bytes, (size_t)status.st_size);
	close(fd);
	if (bytes != NULL && got == status.st_size) {
		*len = (size_t)got;
		return bytes;
	}
	free(bytes);
	return NULL;
}

static bool
write_whole(int fd, struct slice bytes)
{
	ssize_t written = write(fd, bytes.data, bytes.len);

	if (written >= 0 && (size_t)written < bytes.len)
		errno = ENOSPC;
	return written >= 0 && (size_t)written == bytes.len && fsync(fd) == 0;
}

bool
staple_cache_write(
    int dir, const uint8_t id[STAPLE_CACHE_ID], struct slice response)
{
	char name[NAME_ROOM], fresh[NAME_ROOM];
	bool done;
	int fd, reason;

	name_file(id, "", name);
	name_file(id, NEW, fresh);
	unlinkat(dir, fresh, 0);
	fd = openat(dir, fresh,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	done = write_whole(fd, response);
	reason = errno;
	close(fd);
	if (done && renameat(dir, fresh, dir, name) == 0)
		return true;
	if (done)
		reason = errno;
	unlinkat(dir, fresh, 0);
	errno = reason;
	return false;
}

void
staple_cache_remove(int dir, const uint8_t id[STAPLE_CACHE_ID])
{
	char name[NAME_ROOM];

	name_file(id, "", name);
	unlinkat(dir, name, 0);
}
