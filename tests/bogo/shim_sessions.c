/*
 * Sessions between connections; the contract is in shim_sessions.h.
 */
#include "tests/bogo/shim_sessions.h"

#include <string.h>
#include <time.h>

#define SESSION_MAX 70000
#define ENTRY_MAX 256
#define ENTRIES 8
#define SECOND 1000000000u
#define NOT_YET (-2)

struct entry {
	uint8_t key[32], value[ENTRY_MAX];
	uint64_t key_len, value_len;
};

static struct {
	uint8_t session[SESSION_MAX];
	size_t len;
	bool came; /* by this connection */
	struct entry entries[ENTRIES];
	size_t stored;
	uint64_t clock, ahead; /* nanoseconds */
	bool async, waits;     /* the cache has answered "not yet" */
} sessions;

/* It stands still but for what it is set forward. */
static int
read_clock(void *ctx, uint64_t *now)
{
	(void)ctx;
	if (sessions.clock == 0)
		sessions.clock = (uint64_t)time(NULL) * SECOND;
	*now = sessions.clock + sessions.ahead;
	return 0;
}

bool
sessions_waited(void)
{
	return sessions.waits;
}

void
sessions_wait(long seconds)
{
	sessions.ahead += (uint64_t)seconds * SECOND;
}

/* ---- a client's ---- */

static int
keep(struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket)
{
	(void)conn;
	(void)ctx;
	if (s2n_session_ticket_get_data_len(ticket, &sessions.len) != 0 ||
	    s2n_session_ticket_get_data(
		ticket, sizeof sessions.session, sessions.session) != 0)
		return -1;
	sessions.came = true;
	return 0;
}

bool
sessions_offer(struct s2n_connection *conn)
{
	sessions.came = false;
	return sessions.len == 0 || s2n_connection_set_session(conn,
					sessions.session, sessions.len) == 0;
}

bool
sessions_take(struct s2n_connection *conn)
{
	int len = s2n_connection_get_session(
	    conn, sessions.session, sizeof sessions.session);

	sessions.len = len > 0 ? (size_t)len : 0;
	/* Below TLS 1.3 a session id comes without a ticket. */
	return sessions.came ||
	       (sessions.len > 0 &&
		   s2n_connection_is_session_resumed(conn) == 0);
}

/* ---- a server's ---- */

static int
store(struct s2n_connection *conn, void *ctx, uint64_t seconds, const void *key,
    uint64_t key_len, const void *value, uint64_t value_len)
{
	struct entry *entry = &sessions.entries[sessions.stored++ % ENTRIES];

	(void)conn;
	(void)ctx;
	(void)seconds;
	if (key_len > sizeof entry->key || value_len > sizeof entry->value)
		return -1;
	memcpy(entry->key, key, key_len);
	memcpy(entry->value, value, value_len);
	entry->key_len = key_len;
	entry->value_len = value_len;
	return 0;
}

static struct entry *
find(const void *key, uint64_t len)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (sessions.entries[i].key_len == len &&
		    memcmp(sessions.entries[i].key, key, len) == 0)
			return &sessions.entries[i];
	return NULL;
}

static int
retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_len, void *value, uint64_t *value_len)
{
	struct entry *entry = find(key, key_len);

	(void)conn;
	(void)ctx;
	sessions.waits = sessions.async && !sessions.waits;
	if (sessions.waits)
		return NOT_YET;
	if (entry == NULL || *value_len < entry->value_len)
		return -1;
	memcpy(value, entry->value, entry->value_len);
	*value_len = entry->value_len;
	return 0;
}

static int
forget(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_len)
{
	struct entry *entry = find(key, key_len);

	(void)conn;
	(void)ctx;
	if (entry != NULL)
		entry->key_len = 0;
	return 0;
}

static bool
use_cache(struct s2n_config *config)
{
	return s2n_config_set_cache_store_callback(config, store, NULL) == 0 &&
	       s2n_config_set_cache_retrieve_callback(config, retrieve, NULL) ==
		   0 &&
	       s2n_config_set_cache_delete_callback(config, forget, NULL) ==
		   0 &&
	       s2n_config_set_session_cache_onoff(config, 1) == 0;
}

bool
sessions_configure(struct s2n_config *config, const struct options *options)
{
	static const uint8_t name[] = "the shim's";
	uint8_t key[32] = { 1 };

	sessions.async = options->async;
	if (s2n_config_set_wall_clock(config, read_clock, NULL) != 0 ||
	    s2n_config_set_session_ticket_cb(config, keep, NULL) != 0 ||
	    s2n_config_set_session_tickets_onoff(
		config, !options->no_tickets) != 0)
		return false;
	return !options->server ||
	       (use_cache(config) &&
		   s2n_config_add_ticket_crypto_key(
		       config, name, sizeof name - 1, key, sizeof key, 0) == 0);
}
