/*
 * Key files that stay open; the contract is in keyfiles.h.
 */
#include "keyd/keyfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static int held[KEYPROTO_SLOTS]; /* by index into config.keys */

bool
keyfiles_open(const struct config *config)
{
	bool sound = true;

	for (unsigned i = 0; i < config->key_count; i++) {
		held[i] = config_open_key(&config->keys[i]);
		sound = sound && held[i] >= 0;
	}
	return sound;
}

/* NULL: the path still leads to the file that is held. */
static const char *
what_became(const struct config_key *key, int fd)
{
	struct stat then, now;
	int again = config_open_key(key);
	bool same;

	if (again < 0)
		return "unreadable";
	same = fstat(fd, &then) == 0 && fstat(again, &now) == 0 &&
	       then.st_dev == now.st_dev && then.st_ino == now.st_ino;
	close(again);
	return same ? NULL : "replaced";
}

int
keyfiles_rewound(const struct config *config, unsigned index)
{
	const struct config_key *key = &config->keys[index];
	const char *reason = what_became(key, held[index]);

	if (reason != NULL)
		log_event(LOG_LEVEL_WARN, "key",
		    "name=%s file=\"%s\" reason=%s action=kept", key->name,
		    key->path, reason);
	/* The signer before read it to its end. */
	return lseek(held[index], 0, SEEK_SET) == 0 ? held[index] : -1;
}
