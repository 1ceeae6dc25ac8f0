/*
 * The sockets that frontd's children inherit: for each address that is listened
 * on as many as workers share it, and frontd-page's. They are kept from one
 * configuration to the next, with the connections that wait in them.
 */
#ifndef FRONTD_BIND_H
#define FRONTD_BIND_H

#include "frontd/options.h"

/* An address, and its sockets. */
struct binding {
	struct binding *next;
	char text[OPTIONS_ADDRESS_TEXT]; /* for messages */
	struct sockaddr_storage address;
	socklen_t address_len;
	int sockets[CONTROL_WORKERS_MAX];
	unsigned count, listening; /* the first so many of count listen */
	unsigned inherited; /* the listener of who passed it on, from 1 */
	bool used;          /* while bind_keep() looks for those that are not */
};

/*
 * In each place of out the binding of this listener, with a socket for each
 * worker at least: one of the list, or a new one, which joins it. An address
 * that a socket of somebody else's has is refused although SO_REUSEPORT would
 * share it with a process of the same account. False after a message on
 * standard error; what was bound by then bind_keep() finds.
 */
must_check bool bind_listeners(struct binding **list, const struct options *,
    struct binding *out[CONTROL_LISTENERS_MAX]);
/*
 * A socket that listens already, of a frontd that passes it on, where it was
 * listener's: joins the list. Takes fd. False with errno.
 */
must_check bool bind_inherit(struct binding **list, int fd, unsigned listener);
/* Connections come to all sockets of these from now on: not before somebody is
 * sure to accept them. False after a message. */
must_check bool bind_listen(struct binding *const *, size_t count);
/*
 * Closes, and takes from the list, what none of these has, and sockets of these
 * that do not listen. count may be 0.
 */
void bind_keep(
    struct binding **list, struct binding *const *kept, size_t count);
/* frontd-page's; -1 after a message. */
int bind_page(const char *path);

#endif
