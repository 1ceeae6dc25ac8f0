/*
 * Addresses; the contract is in address.h.
 */
#include "frontd/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/un.h>

/* 1 to 65535 in decimal digits alone. */
static bool
parse_port(const char *text, in_port_t *port)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (strspn(text, "0123456789") != strlen(text) || end == text ||
	    number < 1 || number > 65535)
		return false;
	*port = htons((uint16_t)number);
	return true;
}

bool
address_parse(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2] = "";
	size_t size = colon != NULL ? (size_t)(colon - text) : 0;

	*out = (struct sockaddr_storage){ 0 };
	if (size == 0 || size >= sizeof host)
		return false;
	memcpy(host, text, size);
	if (host[0] == '[' && host[size - 1] == ']') {
		host[size - 1] = '\0';
		v6->sin6_family = AF_INET6;
		*len = sizeof *v6;
		return inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1 &&
		       parse_port(colon + 1, &v6->sin6_port);
	}
	v4->sin_family = AF_INET;
	*len = sizeof *v4;
	return inet_pton(AF_INET, host, &v4->sin_addr) == 1 &&
	       parse_port(colon + 1, &v4->sin_port);
}

/* RFC 1123 2.1: a name whose last label is a number would be an address. */
static bool
is_name(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last != NULL ? last + 1 : host;
	return host[0] != '.' && strstr(host, "..") == NULL &&
	       strspn(last, "0123456789") < strlen(last);
}

bool
address_parse_name(
    const char *text, char host[ADDRESS_HOST_MAX], uint16_t *port)
{
	static const char all[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t size = strspn(text, all);
	in_port_t number;

	/* RFC 1035 2.3.4: 255 octets on the wire are 253 of text. */
	if (size == 0 || size > 253 || text[size] != ':' ||
	    !parse_port(text + size + 1, &number))
		return false;
	memcpy(host, text, size);
	host[size] = '\0';
	*port = ntohs(number);
	return is_name(host);
}

bool
address_parse_backend(
    const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_un *local = (void *)out;
	const char *path = text + strlen("unix:");

	if (strncmp(text, "unix:", strlen("unix:")) != 0)
		return address_parse(text, out, len);
	*out = (struct sockaddr_storage){ 0 };
	if (path[0] != '/' || strlen(path) >= sizeof local->sun_path)
		return false;
	local->sun_family = AF_UNIX;
	strcpy(local->sun_path, path);
	*len = sizeof *local;
	return true;
}
