/*
 * Binding; the contract is in bind.h.
 */
#include "frontd/bind.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096

static bool
set_flag(int fd, int level, int option)
{
	const int yes = 1;

	return setsockopt(fd, level, option, &yes, sizeof yes) == 0;
}

/* A bound socket, or -1 with errno. */
static int
open_bound(const struct option_listen *listen, bool share)
{
	int family = listen->address.ss_family, error;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && set_flag(fd, SOL_SOCKET, SO_REUSEADDR) &&
	    (!share || set_flag(fd, SOL_SOCKET, SO_REUSEPORT)) &&
	    (family != AF_INET6 || set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY)) &&
	    bind(fd, (const struct sockaddr *)&listen->address,
		listen->address_len) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* SO_REUSEADDR shares with no socket that listens, so the probe listens. */
static bool
is_free(const struct option_listen *address)
{
	int fd = open_bound(address, false), error;
	bool done = fd >= 0 && listen(fd, 1) == 0;

	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return done;
}

static bool
bind_listener(struct master *master, unsigned number)
{
	const struct option_listen *address = &master->options.listens[number];

	if (!is_free(address)) {
		fprintf(
		    stderr, "frontd: %s: %s\n", address->text, strerror(errno));
		return false;
	}
	for (unsigned i = 0; i < master->options.workers; i++) {
		int fd = open_bound(address, true);

		if (fd < 0 || listen(fd, BACKLOG) != 0) {
			fprintf(stderr, "frontd: %s: %s\n", address->text,
			    strerror(errno));
			return false;
		}
		master->sockets[number][i] = fd;
	}
	return true;
}

/* frontd-connect, under another account, must reach it. */
static bool
bind_page(struct master *master)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = master->options.page_socket;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	unlink(path);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(path, 0666) != 0 || listen(fd, BACKLOG) != 0) {
		fprintf(stderr, "frontd: %s: %s\n", path, strerror(errno));
		return false;
	}
	master->page_socket = fd;
	return true;
}

bool
bind_all(struct master *master)
{
	for (unsigned i = 0; i < master->options.listen_count; i++)
		if (!bind_listener(master, i))
			return false;
	return master->options.page_socket[0] == '\0' || bind_page(master);
}
