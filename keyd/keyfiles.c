/*
 * Key files that stay open; the contract is in keyfiles.h.
 */
#include "keyd/keyfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

bool
keyfiles_open(struct keyfiles *files, const struct config *config)
{
	bool sound = true;

	files->root = -1;
	for (; files->count < config->key_count; files->count++) {
		int fd = config_open_secret(config->keys[files->count].path);

		files->held[files->count] = fd;
		sound = sound && fd >= 0;
	}
	if (config->tickets.wanted && config->tickets.root[0] != '\0') {
		files->root = config_open_secret(config->tickets.root);
		sound = sound && files->root >= 0;
	}
	return sound;
}

void
keyfiles_close(struct keyfiles *files)
{
	for (unsigned i = 0; i < files->count; i++)
		if (files->held[i] >= 0)
			close(files->held[i]);
	if (files->root >= 0)
		close(files->root);
	*files = (struct keyfiles){ .root = -1 };
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
keyfiles_rewound(
    const struct keyfiles *files, const struct config *config, unsigned index)
{
	const struct config_key *key = &config->keys[index];

	return rewound(key->name, key->path, files->held[index]);
}

int
keyfiles_root(const struct keyfiles *files, const struct config *config)
{
	return files->root < 0
		   ? -1
		   : rewound("root", config->tickets.root, files->root);
}
