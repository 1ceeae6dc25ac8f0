/*
 * The access log; the contract is in access.h.
 */
#include "frontd/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/clock.h"
#include "frontd/agreed.h"

const char *
access_peer(const struct sockaddr_storage *address, char *out, size_t room)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	const char *text =
	    address->ss_family == AF_INET
		? inet_ntop(AF_INET, &v4->sin_addr, out, (socklen_t)room)
		: inet_ntop(AF_INET6, &v6->sin6_addr, out, (socklen_t)room);

	return text != NULL ? text : "unknown";
}

/* What a peer, or a configuration, could have put spaces in; "-" for none. */
static const char *
escaped(const char *text, char *out, size_t room)
{
	if (text == NULL || text[0] == '\0')
		return "-";
	return log_escaped(slice_of_string(text), out, room);
}

void
access_begin(struct access_times *times)
{
	*times = (struct access_times){ .began_us = clock_us() };
	clock_gettime(CLOCK_REALTIME, &times->began);
}

/* The group is that of a handshake that came so far. */
static const char *
group_of(struct s2n_connection *conn, const char *version)
{
	const char *group = NULL;

	if (version[0] == '\0' ||
	    s2n_connection_get_key_exchange_group(conn, &group) !=
		S2N_SUCCESS ||
	    group == NULL)
		return "-";
	return group;
}

void
access_log(enum log_level level, const struct access_line *line)
{
	const struct access_times *times = line->times;
	const struct identity *client = line->client;
	const char *version = agreed_version(line->conn);
	/* One that was not complete took until now. */
	uint64_t now = clock_us(), total = now - times->began_us;
	uint64_t handshake =
	    (times->agreed_us != 0 ? times->agreed_us : now) - times->began_us;
	char sni[256], site[192], name[128], peer[INET6_ADDRSTRLEN];
	char began[LOG_TIME_ROOM];

	log_event(level, "session",
	    "start=%s handshake_ms=%llu.%03llu total_ms=%llu.%03llu key_ms=%llu.%03llu peer=%s sni=%s site=%s version=%s cipher=%s group=%s resumed=%s policy=%s client=%s fingerprint=%s early=%s in=%llu out=%llu end=\"%s\"",
	    log_time(&times->began, began),
	    (unsigned long long)handshake / 1000,
	    (unsigned long long)handshake % 1000,
	    (unsigned long long)total / 1000, (unsigned long long)total % 1000,
	    (unsigned long long)times->key_us / 1000,
	    (unsigned long long)times->key_us % 1000,
	    access_peer(line->peer, peer, sizeof peer),
	    escaped(s2n_get_server_name(line->conn), sni, sizeof sni),
	    escaped(line->site, site, sizeof site),
	    version[0] != '\0' ? version : "-",
	    s2n_connection_get_cipher(line->conn),
	    group_of(line->conn, version),
	    s2n_connection_is_session_resumed(line->conn) == 1 ? "yes" : "no",
	    line->policy,
	    escaped(
		client != NULL ? client->common_name : NULL, name, sizeof name),
	    client != NULL ? client->fingerprint : "-", line->early,
	    (unsigned long long)s2n_connection_get_wire_bytes_in(line->conn),
	    (unsigned long long)s2n_connection_get_wire_bytes_out(line->conn),
	    line->end);
}
