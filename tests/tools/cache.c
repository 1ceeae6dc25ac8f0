/*
 * The cache of tlsserver, which serves one client after the other: no locks.
 */
#include "tests/tools/cache.h"

#include <string.h>

#include "tests/tools/tool.h"

#define ENTRIES 16
#define KEY_MAX 32
#define VALUE_MAX 256

struct entry {
	uint8_t key[KEY_MAX], value[VALUE_MAX];
	uint64_t key_len, value_len; /* key_len 0: there is none */
};

static struct entry entries[ENTRIES];
static size_t next; /* to be written; the oldest when all are */

static struct entry *
find(const void *key, uint64_t len)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].key_len == len &&
		    memcmp(entries[i].key, key, len) == 0)
			return &entries[i];
	return NULL;
}

static int
store(struct s2n_connection *conn, void *ctx, uint64_t seconds, const void *key,
    uint64_t key_len, const void *value, uint64_t value_len)
{
	struct entry *entry = &entries[next++ % ENTRIES];

	(void)conn;
	(void)ctx;
	(void)seconds; /* tests end before */
	if (key_len == 0 || key_len > KEY_MAX || value_len > VALUE_MAX)
		return -1;
	memcpy(entry->key, key, key_len);
	memcpy(entry->value, value, value_len);
	entry->key_len = key_len;
	entry->value_len = value_len;
	return 0;
}

static int
retrieve(struct s2n_connection *conn, void *ctx, const void *key,
    uint64_t key_len, void *value, uint64_t *value_len)
{
	const struct entry *entry = find(key, key_len);

	(void)conn;
	(void)ctx;
	if (entry == NULL || entry->value_len > *value_len)
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
		memset(entry, 0, sizeof *entry);
	return 0;
}

void
cache_use(struct s2n_config *config)
{
	if (s2n_config_set_cache_store_callback(config, store, NULL) != 0 ||
	    s2n_config_set_cache_retrieve_callback(config, retrieve, NULL) !=
		0 ||
	    s2n_config_set_cache_delete_callback(config, forget, NULL) != 0 ||
	    s2n_config_set_session_cache_onoff(config, 1) != 0)
		tool_die("session cache");
}
