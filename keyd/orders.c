/*
 * Orders to signers; the contract is in orders.h.
 */
#include "keyd/orders.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "keyd/auditor.h"

bool
orders_give(struct signer *signer, uint16_t type, struct slice payload, int fd)
{
	struct keyproto_header header = { .type = type,
		.id = ++signer->fleet->last_order };

	return link_say(&signer->control, &header, payload, fd);
}

void
orders_audit(struct signer *signer)
{
	struct keyproto_audit what = { .stop =
					   signer->fleet->config.audit.stop };
	uint8_t payload[128];
	int fd;

	if (!auditor_wanted())
		return;
	strcpy(what.group, signer_group(signer));
	fd = auditor_connect(what.group);
	if (!orders_give(signer, KEYPROTO_AUDIT,
		slice_of(payload,
		    keyproto_audit_build(&what, payload, sizeof payload)),
		fd))
		log_event(LOG_LEVEL_ERROR, "audit",
		    "group=%s reason=not-passed", what.group);
	if (fd >= 0)
		close(fd);
}

void
orders_module(struct signer *signer)
{
	const struct config_module *module = signer_module(signer);
	uint8_t payload[4 * KEYPROTO_MODULE_TEXT];

	if (module != NULL &&
	    !orders_give(signer, KEYPROTO_MODULE,
		slice_of(payload, keyproto_module_build(
				      &module->what, payload, sizeof payload)),
		-1))
		log_event(LOG_LEVEL_ERROR, "module",
		    "name=%s reason=not-passed", module->name);
}

/* What a key comes with, before its file. */
static bool
pass_part(struct signer *signer, unsigned i, enum keyfiles_which which)
{
	static const uint16_t parts[] = { [KEYFILES_PASSPHRASE] =
					      KEYPROTO_PART_PASSPHRASE,
		[KEYFILES_CERTIFICATE] = KEYPROTO_PART_CERTIFICATE };
	struct fleet *fleet = signer->fleet;
	const struct config_key *key = &fleet->config.keys[i];
	struct keyproto_keypart part = { key->slot, parts[which] };
	uint8_t payload[8];
	size_t len;
	int fd;

	if (keyfiles_path(key, which)[0] == '\0')
		return true;
	fd = keyfiles_rewound(&fleet->files, &fleet->config, i, which);
	len = keyproto_keypart_build(&part, payload, sizeof payload);
	return fd >= 0 && orders_give(signer, KEYPROTO_KEYPART,
			      slice_of(payload, len), fd);
}

static size_t
build_key(const struct config_key *key, uint8_t *payload, size_t room)
{
	struct keyproto_keytoken what = { .id_len = 0 };

	if (key->token != NULL)
		what = *key->token;
	what.file.slot = key->slot;
	what.file.operations = key->operations;
	what.file.rate = key->rate;
	strcpy(what.file.name, key->name);
	return key->uri[0] != '\0'
		   ? keyproto_keytoken_build(&what, payload, room)
		   : keyproto_keyfile_build(&what.file, payload, room);
}

static bool
pass_files(struct signer *signer, unsigned i)
{
	struct fleet *fleet = signer->fleet;
	const struct config_key *key = &fleet->config.keys[i];
	bool in_token = key->uri[0] != '\0';
	uint8_t payload[512];
	size_t len = build_key(key, payload, sizeof payload);
	int fd =
	    keyfiles_rewound(&fleet->files, &fleet->config, i, KEYFILES_KEY);

	if (!pass_part(signer, i, KEYFILES_PASSPHRASE) ||
	    !pass_part(signer, i, KEYFILES_CERTIFICATE))
		return false;
	return (fd >= 0 || in_token) &&
	       orders_give(signer,
		   in_token ? KEYPROTO_KEYTOKEN : KEYPROTO_KEYFILE,
		   slice_of(payload, len), fd);
}

/* A token locks itself when a wrong PIN comes again: not by our doing. */
static bool
pin_was_wrong(const struct fleet *fleet, unsigned i)
{
	return fleet->config.keys[i].uri[0] != '\0' &&
	       fleet->keys[i].told.verdict == KEYPROTO_PASSPHRASE;
}

static void
pass_key(struct signer *signer, unsigned i)
{
	const struct config_key *key = &signer->fleet->config.keys[i];

	if (!pass_files(signer, i)) {
		log_event(LOG_LEVEL_ERROR, "key",
		    "name=%s file=\"%s\" reason=not-passed", key->name,
		    key->path);
		return;
	}
	signer->awaited[signer->awaited_count].order =
	    signer->fleet->last_order;
	signer->awaited[signer->awaited_count++].key = i;
}

static bool
give_grant(struct signer *signer, const struct keyproto_grant *what, int fd)
{
	uint8_t payload[sizeof *what];

	return orders_give(signer, KEYPROTO_GRANT,
	    slice_of(
		payload, keyproto_grant_build(what, payload, sizeof payload)),
	    fd);
}

static struct grant *
take_grant(struct signer *signer)
{
	struct grant *grant = signer->grants;

	if (grant != NULL)
		signer->grants = grant->next;
	return grant;
}

static void
drop_grant(struct grant *grant)
{
	close(grant->fd);
	free(grant);
}

/* Who was held is told at once if he is not: his channel is closed. */
static void
complete(struct signer *signer)
{
	struct grant *grant;

	signer->complete = true;
	if (!orders_give(signer, KEYPROTO_STATUS, NO_BYTES, -1))
		log_event(LOG_LEVEL_ERROR, "signer", "reason=queue");
	while ((grant = take_grant(signer)) != NULL) {
		(void)!give_grant(signer, &grant->what, grant->fd);
		drop_grant(grant);
	}
}

void
orders_keys(struct signer *signer)
{
	const struct fleet *fleet = signer->fleet;
	unsigned end = signer_keys(signer);

	for (; signer->next < end; signer->next++) {
		unsigned i =
		    fleet->config.group_first[signer->group] + signer->next;

		if (fleet->keys[i].signer != signer || pin_was_wrong(fleet, i))
			continue;
		if (signer->awaited_count == FLEET_KEYS_AWAITED)
			return;
		pass_key(signer, i);
	}
	if (!signer->complete)
		complete(signer);
}

bool
orders_answered(struct signer *signer, uint64_t order, unsigned *key)
{
	unsigned i = 0;

	while (i < signer->awaited_count && signer->awaited[i].order != order)
		i++;
	if (i == signer->awaited_count)
		return false;
	*key = signer->awaited[i].key;
	signer->awaited[i] = signer->awaited[--signer->awaited_count];
	return true;
}

void
orders_again(struct signer *signer, unsigned key)
{
	unsigned slot = signer->fleet->config.keys[key].slot;

	if (slot < signer->next)
		signer->next = slot;
	signer->complete = false;
	orders_keys(signer);
}

bool
orders_grant(struct signer *signer, const struct keyproto_grant *what, int fd)
{
	struct grant *grant;

	if (signer->control.channel == NULL)
		return false;
	if (signer->complete)
		return give_grant(signer, what, fd);
	if ((grant = calloc(1, sizeof *grant)) == NULL)
		return false;
	if ((grant->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
		free(grant);
		return false;
	}
	grant->what = *what;
	grant->next = signer->grants;
	signer->grants = grant;
	return true;
}

void
orders_forget(struct signer *signer)
{
	struct grant *grant;

	while ((grant = take_grant(signer)) != NULL)
		drop_grant(grant);
	signer->next = signer->awaited_count = 0;
	signer->complete = false;
}

void
orders_root(struct signer *signer)
{
	struct fleet *fleet = signer->fleet;
	const struct config_tickets *tickets = &fleet->config.tickets;
	uint8_t payload[16];
	size_t len =
	    keyproto_ticketroot_build(&tickets->times, payload, sizeof payload);
	int fd = keyfiles_root(&fleet->files, &fleet->config);

	fleet->root_order = fleet->last_order + 1;
	if ((fd < 0 && tickets->root[0] != '\0') ||
	    !orders_give(
		signer, KEYPROTO_TICKETROOT, slice_of(payload, len), fd))
		log_event(LOG_LEVEL_ERROR, "key",
		    "name=root file=\"%s\" reason=not-passed", tickets->root);
}
