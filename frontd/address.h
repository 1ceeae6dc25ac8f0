/*
 * Addresses as the configuration writes them: numeric, so that nothing is
 * looked up.
 */
#ifndef FRONTD_ADDRESS_H
#define FRONTD_ADDRESS_H

#include <sys/socket.h>

#include "base/slice.h"

/* "127.0.0.1:443", "[::1]:443". */
must_check bool address_parse(
    const char *text, struct sockaddr_storage *out, socklen_t *len);
/* "unix:/absolute/path" too. */
must_check bool address_parse_backend(
    const char *text, struct sockaddr_storage *out, socklen_t *len);

#endif
