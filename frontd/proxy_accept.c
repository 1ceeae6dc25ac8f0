/*
 * Accepted PROXY headers; the contract is in proxy_accept.h. The protocol:
 * https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
 */
#include "frontd/proxy_accept.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/reader.h"
#include "frontd/proxy.h"

#define SIGNATURE 12
#define VERSION_LOCAL 0x20
#define VERSION_PROXY 0x21
#define FAMILY_TCP4 0x11
#define FAMILY_TCP6 0x21

static const char line_begin[] = "PROXY ";

/* ---- how much of it ---- */

/* The shortest lines of each kind, with their ends. */
static const struct {
	const char *begin;
	size_t least;
} kinds[] = {
	{ "PROXY TCP4 ", sizeof "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n" - 1 },
	{ "PROXY TCP6 ", sizeof "PROXY TCP6 :: :: 1 1\r\n" - 1 },
	{ "PROXY UNKNOWN", sizeof "PROXY UNKNOWN\r\n" - 1 },
};

static bool
begins_with(struct slice bytes, const char *text)
{
	size_t len = strlen(text);

	len = len < bytes.len ? len : bytes.len;
	return memcmp(bytes.data, text, len) == 0;
}

static enum proxy_accept
look_at_line(struct slice come, size_t *want)
{
	size_t least = 0;

	if (memchr(come.data, '\n', come.len) != NULL)
		return PROXY_ACCEPT_WHOLE;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (begins_with(come, kinds[i].begin) &&
		    (least == 0 || kinds[i].least < least))
			least = kinds[i].least;
	if (least == 0 || come.len >= PROXY_LINE_MAX)
		return PROXY_ACCEPT_BAD;
	*want = come.len < least ? least - come.len : 1;
	return PROXY_ACCEPT_MORE;
}

enum proxy_accept
proxy_accept_look(struct slice come, size_t *want)
{
	size_t whole;

	*want = SIGNATURE - come.len;
	if (come.len < SIGNATURE)
		return PROXY_ACCEPT_MORE;
	if (begins_with(come, line_begin))
		return look_at_line(come, want);
	*want = PROXY_FIXED - come.len;
	if (come.len < PROXY_FIXED)
		return PROXY_ACCEPT_MORE;
	whole = proxy_length(come.data);
	if (whole == 0 || whole > PROXY_ACCEPT_MAX || come.len > whole)
		return PROXY_ACCEPT_BAD;
	*want = whole - come.len;
	return *want > 0 ? PROXY_ACCEPT_MORE : PROXY_ACCEPT_WHOLE;
}

enum proxy_accept
proxy_accept_read(struct proxy_coming *coming, int fd)
{
	enum proxy_accept state;
	size_t want;
	ssize_t got;

	for (;;) {
		state = proxy_accept_look(
		    slice_of(coming->bytes, coming->len), &want);
		if (state != PROXY_ACCEPT_MORE)
			return state;
		if (want > sizeof coming->bytes - coming->len)
			return PROXY_ACCEPT_BAD;
		got = recv(fd, coming->bytes + coming->len, want, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return PROXY_ACCEPT_MORE;
		if (got <= 0)
			return PROXY_ACCEPT_GONE;
		coming->len += (size_t)got;
	}
}

/* ---- what it says ---- */

static bool
take_address(int family, const char *text, const char *port,
    struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;
	unsigned long number = strtoul(port, NULL, 10);

	if (port[0] == '\0' || strspn(port, "0123456789") != strlen(port) ||
	    strlen(port) > 5 || number > 65535)
		return false;
	out->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		v4->sin_port = htons((in_port_t)number);
		return inet_pton(AF_INET, text, &v4->sin_addr) == 1;
	}
	v6->sin6_port = htons((in_port_t)number);
	return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
}

/* "PROXY TCP4 FROM TO PORT PORT", with single spaces. */
static bool
take_line(struct slice header, struct sockaddr_storage *peer,
    struct sockaddr_storage *local)
{
	char line[PROXY_LINE_MAX + 1], *words[6], *at = line;
	size_t count = 0;
	int family;

	if (header.len < 3 || header.len > PROXY_LINE_MAX ||
	    memcmp(header.data + header.len - 2, "\r\n", 2) != 0 ||
	    memchr(header.data, '\0', header.len) != NULL)
		return false;
	memcpy(line, header.data, header.len - 2);
	line[header.len - 2] = '\0';
	if (strncmp(line, "PROXY UNKNOWN", strlen("PROXY UNKNOWN")) == 0)
		return true;
	while (count < COUNT(words) && at != NULL)
		words[count++] = strsep(&at, " ");
	if (count != COUNT(words) || at != NULL ||
	    (strcmp(words[1], "TCP4") != 0 && strcmp(words[1], "TCP6") != 0))
		return false;
	family = strcmp(words[1], "TCP4") == 0 ? AF_INET : AF_INET6;
	return take_address(family, words[2], words[4], peer) &&
	       take_address(family, words[3], words[5], local);
}

static void
take_ends(struct reader *reader, size_t len, struct sockaddr_storage *ends[2])
{
	for (int i = 0; i < 2; i++) {
		struct slice bytes = reader_bytes(reader, len);

		if (bytes.len != len)
			return;
		if (len == 4)
			memcpy(
			    &((struct sockaddr_in *)(void *)ends[i])->sin_addr,
			    bytes.data, len);
		else
			memcpy(&((struct sockaddr_in6 *)(void *)ends[i])
				    ->sin6_addr,
			    bytes.data, len);
	}
	for (int i = 0; i < 2; i++) {
		in_port_t port = htons(reader_u16(reader));

		if (len == 4)
			((struct sockaddr_in *)(void *)ends[i])->sin_port =
			    port;
		else
			((struct sockaddr_in6 *)(void *)ends[i])->sin6_port =
			    port;
		ends[i]->ss_family = len == 4 ? AF_INET : AF_INET6;
	}
}

/* Of a family that is none of these nothing is taken: the protocol has it
 * "as if" the proxy spoke for itself. */
static bool
take_binary(struct slice header, struct sockaddr_storage *peer,
    struct sockaddr_storage *local)
{
	struct sockaddr_storage *ends[2] = { peer, local };
	struct reader reader;
	uint8_t command = header.data[SIGNATURE];
	uint8_t family = header.data[SIGNATURE + 1];

	if (command == VERSION_LOCAL)
		return true;
	if (command != VERSION_PROXY)
		return false;
	reader = reader_of(
	    slice_of(header.data + PROXY_FIXED, header.len - PROXY_FIXED));
	if (family == FAMILY_TCP4)
		take_ends(&reader, 4, ends);
	else if (family == FAMILY_TCP6)
		take_ends(&reader, 16, ends);
	return !reader.failed;
}

bool
proxy_accept_take(struct slice header, struct sockaddr_storage *peer,
    struct sockaddr_storage *local)
{
	*peer = *local = (struct sockaddr_storage){ 0 };
	return begins_with(header, line_begin)
		   ? take_line(header, peer, local)
		   : take_binary(header, peer, local);
}

/* ---- whom to believe ---- */

bool
proxy_network_parse(const char *text, struct control_network *out)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char address[INET6_ADDRSTRLEN];
	long bits, most;

	*out = (struct control_network){ 0 };
	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, out->bytes) == 1)
		out->family = AF_INET;
	else if (inet_pton(AF_INET6, address, out->bytes) == 1)
		out->family = AF_INET6;
	else
		return false;
	bits = most = out->family == AF_INET ? 32 : 128;
	if (slash != NULL) {
		slash++;
		if (slash[0] == '\0' || strlen(slash) > 3 ||
		    strspn(slash, "0123456789") != strlen(slash))
			return false;
		bits = strtol(slash, NULL, 10);
	}
	out->bits = (uint8_t)bits;
	return bits <= most;
}

bool
proxy_network_has(const struct control_network *network,
    const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	const uint8_t *bytes = address->ss_family == AF_INET
				   ? (const uint8_t *)&v4->sin_addr
				   : (const uint8_t *)&v6->sin6_addr;
	unsigned whole = network->bits / 8u, rest = network->bits % 8u;

	if (address->ss_family != network->family ||
	    memcmp(bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       (bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}
