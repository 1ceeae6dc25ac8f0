/*
 * keyd's socket; the contract is in endpoint.h.
 */
#include "keyd/endpoint.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int
refuse(const char *path, const char *reason)
{
	fprintf(stderr, "keyd: %s: %s\n", path, reason);
	return -1;
}

static int
open_socket(void)
{
	return socket(
	    AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Why path may not be taken over; NULL: it may, or nothing is there. */
static const char *
find_obstacle(const char *path, const struct sockaddr_un *address)
{
	const char *obstacle = NULL;
	struct stat about;
	int fd;

	if (lstat(path, &about) != 0)
		return errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISSOCK(about.st_mode))
		return "it is there already and is no socket";
	if ((fd = open_socket()) < 0)
		return strerror(errno);
	/* EAGAIN: it is served, and by someone busy. */
	if (connect(fd, (const struct sockaddr *)address, sizeof *address) ==
		0 ||
	    errno == EAGAIN)
		obstacle = "another keyd is serving it";
	else if (errno != ECONNREFUSED)
		obstacle = strerror(errno);
	close(fd);
	return obstacle;
}

int
endpoint_listen(const char *path, int backlog)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *obstacle;
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		return refuse(path, strerror(ENAMETOOLONG));
	strcpy(address.sun_path, path);
	if ((obstacle = find_obstacle(path, &address)) != NULL)
		return refuse(path, obstacle);
	unlink(path);
	if ((fd = open_socket()) < 0)
		return refuse(path, strerror(errno));
	/* Who may talk is decided by uid, not by the file's mode. */
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(path, 0666) != 0 || listen(fd, backlog) != 0) {
		obstacle = strerror(errno);
		close(fd);
		return refuse(path, obstacle);
	}
	return fd;
}
