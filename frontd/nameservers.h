/*
 * Who is asked for the address of a name. A child that looks names up is told,
 * since it reads no file.
 */
#ifndef FRONTD_NAMESERVERS_H
#define FRONTD_NAMESERVERS_H

#include <sys/socket.h>

#include "base/slice.h"

#define NAMESERVERS_MAX 3 /* as many as the C library asks */

struct nameserver {
	struct sockaddr_storage address;
	socklen_t address_len;
};

/* "192.0.2.1", "2001:db8::1", or with a port as address.h has it; else 53. */
must_check bool nameservers_parse(const char *text, struct nameserver *out);
/* Those of a resolv.conf(5), in their order; else the machine's own address.
 * How many: at least one. */
size_t nameservers_read(
    const char *path, struct nameserver out[NAMESERVERS_MAX]);

#endif
