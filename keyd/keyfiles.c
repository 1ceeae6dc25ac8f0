/*
 * Key files that stay open; the contract is in keyfiles.h.
 */
#include "keyd/keyfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static int held[KEYPROTO_SLOTS]; /* by index into config.keys */
static int held_root = -1;

bool
keyfiles_open(const struct config *config)
{
	bool sound = true;

	for (unsigned i = 0; i < config->key_count; i++) {
		held[i] = config_open_secret(config->keys[i].path);
		sound = sound && held[i] >= 0;
	}
	if (config->tickets.wanted && config->tickets.root[0] != '\0') {
		held_root = config_open_secret(config->tickets.root);
		sound = sound && held_root >= 0;
	}
	return sound;
}

/* NULL: the path still leads to the file that is held. */
static const char *
what_became(const char *path, int fd)
{
	struct stat then, now;
	int again = config_open_secret(path);
	bool same;

	if (again < 0)
		return "unreadable";
	same = fstat(fd, &then) == 0 && fstat(again, &now) == 0 &&
	       then.st_dev == now.st_dev && then.st_ino == now.st_ino;
	close(again);
	return same ? NULL : "replaced";
}

static int
rewound(const char *name, const char *path, int fd)
{
	const char *reason = what_became(path, fd);

	if (reason != NULL)
		log_event(LOG_LEVEL_WARN, "key",
		    "name=%s file=\"%s\" reason=%s action=kept", name, path,
		    reason);
	/* The signer before read it to its end. */
	return lseek(fd, 0, SEEK_SET) == 0 ? fd : -1;
}

int
keyfiles_rewound(const struct config *config, unsigned index)
{
	const struct config_key *key = &config->keys[index];

	return rewound(key->name, key->path, held[index]);
}

int
keyfiles_root(const struct config *config)
{
	return held_root < 0 ? -1
			     : rewound("root", config->tickets.root, held_root);
}
