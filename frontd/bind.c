/*
 * Binding; the contract is in bind.h.
 */
#include "frontd/bind.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/complain.h"

#define BACKLOG 4096

static bool
set_flag(int fd, int level, int option)
{
	const int yes = 1;

	return setsockopt(fd, level, option, &yes, sizeof yes) == 0;
}

/* A bound socket, or -1 with errno. */
static int
open_bound(const struct binding *binding, bool share)
{
	int family = binding->address.ss_family, error;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && set_flag(fd, SOL_SOCKET, SO_REUSEADDR) &&
	    (!share || set_flag(fd, SOL_SOCKET, SO_REUSEPORT)) &&
	    (family != AF_INET6 || set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY)) &&
	    bind(fd, (const struct sockaddr *)&binding->address,
		binding->address_len) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* SO_REUSEADDR shares with no socket that listens, so the probe listens. */
static bool
is_free(const struct binding *binding)
{
	int fd = open_bound(binding, false), error;
	bool done = fd >= 0 && listen(fd, 1) == 0;

	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return done;
}

static bool
complain_errno(const char *what)
{
	return complain("frontd: %s: %s", what, strerror(errno));
}

static bool
add_socket(struct binding *binding)
{
	int fd = open_bound(binding, true);

	if (fd < 0)
		return complain_errno(binding->text);
	binding->sockets[binding->count++] = fd;
	return true;
}

static struct binding *
find(struct binding *list, const struct option_listen *listen)
{
	while (list != NULL &&
	       !slice_equal(slice_of(&list->address, list->address_len),
		   slice_of(&listen->address, listen->address_len)))
		list = list->next;
	return list;
}

static struct binding *
add_binding(struct binding **list, const struct option_listen *listen)
{
	struct binding *binding = calloc(1, sizeof *binding);

	if (binding == NULL) {
		complain_errno(listen->text);
		return NULL;
	}
	strcpy(binding->text, listen->text);
	binding->address = listen->address;
	binding->address_len = listen->address_len;
	if (!is_free(binding)) {
		complain_errno(binding->text);
		free(binding);
		return NULL;
	}
	binding->next = *list;
	return *list = binding;
}

bool
bind_listeners(struct binding **list, const struct options *options,
    struct binding *out[CONTROL_LISTENERS_MAX])
{
	for (unsigned i = 0; i < options->listen_count; i++) {
		const struct option_listen *listen = &options->listens[i];
		struct binding *binding = find(*list, listen);

		for (unsigned j = 0; binding != NULL && j < i; j++) {
			if (out[j] != binding)
				continue;
			errno = EADDRINUSE; /* twice in one file */
			return complain_errno(listen->text);
		}
		if (binding == NULL &&
		    (binding = add_binding(list, listen)) == NULL)
			return false;
		out[i] = binding;
		while (binding->count < options->workers)
			if (!add_socket(binding))
				return false;
	}
	return true;
}

static struct binding *
find_inherited(struct binding *list, unsigned listener)
{
	while (list != NULL && list->inherited != listener + 1)
		list = list->next;
	return list;
}

bool
bind_inherit(struct binding **list, int fd, unsigned listener)
{
	struct binding *binding = find_inherited(*list, listener);

	if (binding == NULL) {
		binding = calloc(1, sizeof *binding);
		if (binding == NULL) {
			close(fd);
			return false;
		}
		binding->inherited = listener + 1;
		snprintf(
		    binding->text, sizeof binding->text, "an inherited socket");
		binding->address_len = sizeof binding->address;
		if (getsockname(fd, (struct sockaddr *)&binding->address,
			&binding->address_len) != 0)
			binding->address_len = 0;
		binding->next = *list;
		*list = binding;
	}
	if (binding->count == COUNT(binding->sockets) ||
	    listener >= CONTROL_LISTENERS_MAX) {
		close(fd);
		return true; /* more workers than we would ever have */
	}
	binding->sockets[binding->count++] = fd;
	binding->listening = binding->count;
	return true;
}

bool
bind_listen(struct binding *const *bindings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct binding *binding = bindings[i];

		while (binding->listening < binding->count) {
			if (listen(binding->sockets[binding->listening],
				BACKLOG) != 0)
				return complain_errno(binding->text);
			binding->listening++;
		}
	}
	return true;
}

static void
binding_free(struct binding *binding)
{
	while (binding->count > 0)
		close(binding->sockets[--binding->count]);
	free(binding);
}

void
bind_keep(struct binding **list, struct binding *const *kept, size_t count)
{
	struct binding *binding;

	for (binding = *list; binding != NULL; binding = binding->next)
		binding->used = false;
	for (size_t i = 0; i < count; i++)
		kept[i]->used = true;
	while ((binding = *list) != NULL) {
		if (binding->used) {
			while (binding->count > binding->listening)
				close(binding->sockets[--binding->count]);
			list = &binding->next;
			continue;
		}
		*list = binding->next;
		binding_free(binding);
	}
}

/* frontd-connect, under another account, must reach it. */
int
bind_page(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	unlink(path);
	if (fd >= 0 &&
	    bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    chmod(path, 0666) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	complain_errno(path);
	if (fd >= 0)
		close(fd);
	return -1;
}
