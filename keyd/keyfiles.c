/*
 * Key files that stay open; the contract is in keyfiles.h.
 */
#include "keyd/keyfiles.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/complain.h"
#include "base/log.h"
#include "keyd/keyread.h"

const char *
keyfiles_path(const struct config_key *key, enum keyfiles_which which)
{
	return which == KEYFILES_KEY          ? key->path
	       : which == KEYFILES_PASSPHRASE ? key->passphrase
					      : key->certificate;
}

typedef int opener(const char *path);

static opener *
opener_of(const struct config_key *key, enum keyfiles_which which)
{
	if (which == KEYFILES_CERTIFICATE)
		return config_open_public;
	return which == KEYFILES_PASSPHRASE && key->credential
		   ? config_open_credential
		   : config_open_secret;
}

static bool
hold(const struct config_key *key, int held[KEYFILES_COUNT])
{
	bool sound = true;

	for (unsigned i = 0; i < KEYFILES_COUNT; i++) {
		const char *path = keyfiles_path(key, i);

		held[i] = path[0] != '\0' ? opener_of(key, i)(path) : -1;
		sound = sound && (held[i] >= 0 || path[0] == '\0');
	}
	return sound;
}

bool
keyfiles_open(struct keyfiles *files, const struct config *config)
{
	bool sound = true;

	files->root = -1;
	files->held = calloc(config->key_count, sizeof *files->held);
	if (files->held == NULL)
		return complain("keys: out of memory");
	for (; files->count < config->key_count; files->count++)
		if (!hold(
			&config->keys[files->count], files->held[files->count]))
			sound = false;
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
		for (unsigned which = 0; which < KEYFILES_COUNT; which++)
			if (files->held[i][which] >= 0)
				close(files->held[i][which]);
	if (files->root >= 0)
		close(files->root);
	free(files->held);
	*files = (struct keyfiles){ .root = -1 };
}

/* NULL: the path still leads to the file that is held. */
static const char *
what_became(const char *path, int fd, opener *reopen)
{
	struct stat then, now;
	int again = reopen(path);
	bool same;

	if (again < 0)
		return "unreadable";
	same = fstat(fd, &then) == 0 && fstat(again, &now) == 0 &&
	       then.st_dev == now.st_dev && then.st_ino == now.st_ino;
	close(again);
	return same ? NULL : "replaced";
}

static int
rewound(const char *name, const char *path, int fd, opener *reopen)
{
	const char *reason = what_became(path, fd, reopen);

	if (reason != NULL)
		log_event(LOG_LEVEL_WARN, "key",
		    "name=%s file=\"%s\" reason=%s action=kept", name, path,
		    reason);
	/* The signer before read it to its end. */
	return lseek(fd, 0, SEEK_SET) == 0 ? fd : -1;
}

int
keyfiles_rewound(const struct keyfiles *files, const struct config *config,
    unsigned index, enum keyfiles_which which)
{
	const struct config_key *key = &config->keys[index];
	int fd = files->held[index][which];

	return fd < 0 ? -1
		      : rewound(key->name, keyfiles_path(key, which), fd,
			    opener_of(key, which));
}

/* As measured: a key on P-256 has 241 bytes as PEM and takes 2.6 KiB, RSA of
 * 2048 bits 1.7 KiB and 5.6, of 8192 bits 6.3 and 16.9. */
size_t
keyfiles_room(const struct keyfiles *files, unsigned index)
{
	struct stat about;
	size_t len = 0;

	if (fstat(files->held[index][KEYFILES_KEY], &about) == 0)
		len = about.st_size < KEYREAD_FILE_MAX ? (size_t)about.st_size
						       : KEYREAD_FILE_MAX;
	return (1024 + len) * 5 / 2;
}

int
keyfiles_root(const struct keyfiles *files, const struct config *config)
{
	return files->root < 0 ? -1
			       : rewound("root", config->tickets.root,
				     files->root, config_open_secret);
}
