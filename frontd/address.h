/*
 * Addresses as the configuration writes them: numeric, so that nothing is
 * looked up; or a name, for whoever looks it up.
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

/*
 * "app.example.org:80": a name of letters, digits, "-", "_" and ".", which is
 * no number. It is copied to host.
 */
#define ADDRESS_HOST_MAX 256
must_check bool address_parse_name(
    const char *text, char host[ADDRESS_HOST_MAX], uint16_t *port);

#endif
