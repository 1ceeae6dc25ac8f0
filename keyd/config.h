/*
 * keyd.conf (keyd.conf(5)), read by libconfuse into plain structs.
 */
#ifndef KEYD_CONFIG_H
#define KEYD_CONFIG_H

#include <limits.h>
#include <sys/types.h>

#include "ipc/keyproto.h"
#include "keyd/csr.h"
#include "policy/policy.h"

#define CONFIG_GROUPS_MAX 16
#define CONFIG_CLIENTS_MAX 16
#define CONFIG_NAME_MAX KEYPROTO_CLIENT_NAME
/* A lifetime in rotations: a library config holds 48 ticket keys. */
#define CONFIG_TICKET_EPOCHS_MAX 40

/* There may be thousands: texts are as long as they are, and the config's. */
struct config_key {
	char name[CONFIG_NAME_MAX];
	const char *path;
	const char *uri;                 /* in a token; empty: in a file */
	struct keyproto_keytoken *token; /* NULL likewise */
	const char *passphrase;          /* or PIN; empty: none */
	bool credential;                 /* a service manager wrote that one */
	const char *certificate;         /* empty: none */
	struct keyproto_generate
	    generate;               /* algorithm 0: it is not made here */
	struct csr_wanted *request; /* NULL: none */
	uint32_t operations;        /* as keyproto_operation() */
	struct keyproto_rate rate;
	unsigned group;
	uint16_t slot; /* in its group's signer */
};

struct config_client {
	char name[CONFIG_NAME_MAX];
	char account[CONFIG_NAME_MAX]; /* as it is written; empty: our own */
	uid_t uid;
	uint32_t role;             /* enum keyproto_role */
	bool *keys;                /* by index into config.keys: may use */
	bool tickets;              /* gets ticket keys */
	struct keyproto_rate rate; /* of each channel */
};

struct config_tickets {
	bool wanted; /* by some client */
	struct keyproto_ticketroot times;
	char root[PATH_MAX]; /* empty: made at random */
};

#define CONFIG_READERS_MAX 8

struct config_audit {
	bool wanted;
	char file[PATH_MAX];
	char key[PATH_MAX];
	uint32_t checkpoint; /* records from one to the next */
	bool stop;    /* when the file is full; else what is lost is counted */
	bool require; /* sandbox = require */
};

struct config_module {
	char name[CONFIG_NAME_MAX];
	struct keyproto_module what;
};

struct config {
	char socket[108];
	char admin_socket[108];            /* empty: none */
	uid_t readers[CONFIG_READERS_MAX]; /* of metrics and the like */
	unsigned reader_count;
	enum strictness strictness;
	uint32_t log_format; /* enum log_format */
	char groups[CONFIG_GROUPS_MAX][CONFIG_NAME_MAX];
	/* Of each group: where its keys begin among all, and how many it has.
	 */
	unsigned group_first[CONFIG_GROUPS_MAX], group_keys[CONFIG_GROUPS_MAX];
	unsigned group_count;
	struct config_module modules[CONFIG_GROUPS_MAX];
	unsigned module_count;
	/* By group: the library of its tokens; NULL: its keys are in files. */
	const struct config_module *group_modules[CONFIG_GROUPS_MAX];
	struct config_key *keys; /* a group's after the other's, by slot */
	unsigned key_count;
	void *by_name; /* they, as tsearch() has them */
	struct config_client clients[CONFIG_CLIENTS_MAX];
	unsigned client_count;
	struct config_tickets tickets;
	struct config_audit audit;
};

/*
 * False after a message "file:line: reason" (or "file: reason") on standard
 * error; to be freed all the same. What was in it is overwritten. Key files are
 * named relative to the directory of the configuration. before is NULL, or what
 * was read at the start: a sealed process cannot ask a name service, so
 * accounts are those of then, or stand in /etc/passwd.
 */
must_check bool config_read(
    const char *path, struct config *, const struct config *before);
/* What belongs to it; zeroes are fine. */
void config_free(struct config *);

/* NULL: there is no key of that name; the group has no such slot. */
const struct config_key *config_key_named(const struct config *, const char *);
const struct config_key *config_key_at(
    const struct config *, unsigned group, uint16_t slot);
/* Whether a key has a certificate request; the payload that asks for it. */
must_check bool config_has_request(const struct config_key *);
size_t config_request(const struct config_key *, uint8_t *payload, size_t room);

/*
 * Opens the file of a key, of a root or of a passphrase for its signer, without
 * reading it. -1 after saying why, file named: it cannot be opened, is a link
 * or no file, is not owned by root or us, or is open to group or others.
 */
int config_open_secret(const char *path);
/*
 * The same for a credential of systemd's, which lies in a directory of ours
 * alone, and which an access list may open to us: the group's bits then are its
 * mask, and may be set for reading.
 */
int config_open_credential(const char *path);
/*
 * Opens an audit log to read it and to write at its end; makes it if that is
 * wanted. -1 likewise, errno is ENOENT when it is not there; others may read it
 * if they are of its group, and nobody else may write to it.
 */
int config_open_log(const char *path, bool make);
/* And for a certificate, which may be a link, of anyone, and open to all. */
int config_open_public(const char *path);

#endif
