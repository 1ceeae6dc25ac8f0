/*
 * Listening at a path; the contract is in endpoint.h.
 */
#include "ipc/endpoint.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int
open_socket(int type)
{
	return socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Why the path may not be taken over; NULL: it may, or nothing is there. */
static const char *
find_obstacle(const struct endpoint *endpoint, const struct sockaddr_un *at)
{
	const char *obstacle = NULL;
	struct stat about;
	int fd;

	if (lstat(endpoint->path, &about) != 0)
		return errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISSOCK(about.st_mode))
		return "it is there already and is no socket";
	if ((fd = open_socket(endpoint->type)) < 0)
		return strerror(errno);
	/* EAGAIN: it is served, and by someone busy; so it is where the socket
	 * is of another type. */
	if (connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 ||
	    errno == EAGAIN || errno == EPROTOTYPE)
		obstacle = "another process is serving it";
	else if (errno != ECONNREFUSED)
		obstacle = strerror(errno);
	close(fd);
	return obstacle;
}

/* NULL, or why there is none. */
static const char *
take_place(const struct endpoint *endpoint, int *fd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *obstacle;

	if (strlen(endpoint->path) >= sizeof at.sun_path)
		return strerror(ENAMETOOLONG);
	strcpy(at.sun_path, endpoint->path);
	if ((obstacle = find_obstacle(endpoint, &at)) != NULL)
		return obstacle;
	unlink(endpoint->path);
	if ((*fd = open_socket(endpoint->type)) >= 0 &&
	    bind(*fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
	    chmod(endpoint->path, endpoint->mode) == 0 &&
	    listen(*fd, endpoint->backlog) == 0)
		return NULL;
	return strerror(errno);
}

int
endpoint_listen(const struct endpoint *endpoint)
{
	int fd = -1;
	const char *obstacle = take_place(endpoint, &fd);

	if (obstacle == NULL)
		return fd;
	fprintf(stderr, "%s: %s: %s\n", endpoint->program, endpoint->path,
	    obstacle);
	if (fd >= 0)
		close(fd);
	return -1;
}
