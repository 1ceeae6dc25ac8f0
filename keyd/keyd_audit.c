/*
 * keyd-audit: writes down what signers tell that they have done. It seals
 * itself, then is passed the key that signs checkpoints, the file and a channel
 * from each signer. While the file takes nothing, nothing is read from them
 * either, unless what cannot be written is to be counted.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/arena.h"
#include "keyd/audit_log.h"
#include "keyd/keyread.h"
#include "keyd/start.h"
#include "keyd/telling.h"
#include "policy/policy.h"
#include "policy/profiles.h"

#define SOURCES_MAX 192
/* Without a new record, or while the file is full. */
#define PAUSE_MS 1000

struct source {
	struct channel *channel; /* NULL: free */
	char group[KEYPROTO_CLIENT_NAME];
};

static struct channel *control;
static struct source sources[SOURCES_MAX];
static struct audit_log audit_log = { .fd = -1 };
static bool stop, full;

/* ---- the log ---- */

/* Said once, when it begins and when it is over. */
static void
write_log(void)
{
	int reason;
	bool done = audit_log.fd < 0 || audit_log_write(&audit_log, &reason);

	if (!done && !full)
		log_event(LOG_LEVEL_ERROR, "audit-stopped",
		    "reason=\"%s\" operations=%s", strerror(reason),
		    stop ? "refused" : "not-written-down");
	if (done && full)
		log_event(LOG_LEVEL_INFO, "audit-resumed", "lost=%" PRIu64,
		    audit_log.lost);
	full = !done;
}

static void
take_record(const struct source *source, struct slice packet)
{
	struct keyproto_header header;
	struct keyproto_record record;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK ||
	    header.type != KEYPROTO_RECORD ||
	    !keyproto_record_parse(payload, &record))
		return;
	if (full || !audit_log_has_room(&audit_log))
		audit_log.lost += 1 + (uint64_t)record.lost;
	else
		audit_log_add(&audit_log, source->group, header.id, &record);
}

/* What is not taken waits in the socket, and makes its signer stop. */
static bool
may_take(void)
{
	return audit_log.fd >= 0 &&
	       (stop ? !full && audit_log_has_room(&audit_log) : true);
}

static void
source_ready(struct source *source)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;

	while (may_take()) {
		switch (channel_receive(
		    source->channel, packet, sizeof packet, &len, NULL)) {
		case CHANNEL_EMPTY:
			return;
		case CHANNEL_PACKET:
			take_record(source, slice_of(packet, len));
			if (!audit_log_has_room(&audit_log))
				write_log();
			break;
		case CHANNEL_CLOSED:
		case CHANNEL_BROKEN:
			channel_free(source->channel);
			source->channel = NULL;
			return;
		}
	}
}

/* ---- keyd's orders ---- */

/* Only Ed25519: the signature is of the message, and always as long. */
static void
take_key(uint64_t id, int fd)
{
	const struct keysource source = { fd, -1, -1 };
	struct keyproto_keytold told = { 0 };
	uint8_t answer[64];
	EVP_PKEY *key;

	told.verdict = (uint16_t)keyread(&source, &key, &told.expires);
	if (key != NULL && !EVP_PKEY_is_a(key, "ED25519"))
		told.verdict = KEYPROTO_KIND;
	if (told.verdict == KEYPROTO_SERVED) {
		EVP_PKEY_free(audit_log.key);
		audit_log.key = key;
		told.algorithm = KEYPROTO_ED25519;
		told.bits = 256;
	} else {
		EVP_PKEY_free(key);
	}
	telling(control, KEYPROTO_KEYFILE, id, KEYPROTO_OK,
	    slice_of(
		answer, keyproto_keytold_build(&told, answer, sizeof answer)));
}

/* Takes fd when it is OK. */
static enum keyproto_status
take_log(struct slice payload, int fd)
{
	struct keyproto_auditlog what;

	if (fd < 0 || audit_log.key == NULL ||
	    !keyproto_auditlog_parse(payload, &what))
		return KEYPROTO_BADMSG;
	/* As far as the file before can still take it. */
	if (audit_log.fd >= 0) {
		audit_log_sign(&audit_log);
		write_log();
	}
	if (!audit_log_open(&audit_log, fd))
		return errno == EBADMSG ? KEYPROTO_CRYPTO : KEYPROTO_BACKEND;
	audit_log.checkpoint = what.checkpoint;
	stop = what.stop != 0;
	write_log();
	return KEYPROTO_OK;
}

/* Takes fd when it is OK. */
static enum keyproto_status
take_source(struct slice payload, int fd)
{
	struct keyproto_audit what;

	if (fd < 0 || !keyproto_audit_parse(payload, &what))
		return KEYPROTO_BADMSG;
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		if (sources[i].channel != NULL)
			continue;
		sources[i].channel = channel_new(fd, 1);
		memcpy(sources[i].group, what.group, sizeof what.group);
		return KEYPROTO_OK;
	}
	return KEYPROTO_RATE;
}

/* keyd is trusted to mean well; a packet that is not sound ends us. */
static void
take_order(struct slice packet, int fd, const struct confinement *reached)
{
	struct keyproto_header header;
	struct slice payload;
	uint8_t answer[256];
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);

	if (status != KEYPROTO_OK)
		exit(EXIT_FAILURE);
	switch (header.type) {
	case KEYPROTO_KEYFILE:
		take_key(header.id, fd);
		break;
	case KEYPROTO_STATUS:
		telling(control, header.type, header.id, KEYPROTO_OK,
		    slice_of(answer, telling_confinement("keyd-audit", 0,
					 reached, answer, sizeof answer)));
		break;
	case KEYPROTO_AUDITLOG:
		status = take_log(payload, fd);
		fd = status == KEYPROTO_OK ? -1 : fd;
		telling(control, header.type, header.id, status, NO_BYTES);
		break;
	case KEYPROTO_AUDIT:
		status = take_source(payload, fd);
		fd = status == KEYPROTO_OK ? -1 : fd;
		telling(control, header.type, header.id, status, NO_BYTES);
		break;
	default:
		telling(control, header.type, header.id, KEYPROTO_UNSUPPORTED,
		    NO_BYTES);
	}
	if (fd >= 0)
		close(fd);
}

/* What signers told before keyd ended is written, and signed. */
static void
finish(void)
{
	for (size_t i = 0; i < SOURCES_MAX; i++)
		if (sources[i].channel != NULL)
			source_ready(&sources[i]);
	if (audit_log.fd >= 0 && audit_log_has_room(&audit_log))
		audit_log_sign(&audit_log);
	write_log();
	exit(full ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void
control_ready(const struct confinement *reached)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;
	int fd;

	for (;;) {
		switch (channel_receive(
		    control, packet, sizeof packet, &len, &fd)) {
		case CHANNEL_EMPTY:
			return;
		case CHANNEL_PACKET:
			take_order(slice_of(packet, len), fd, reached);
			break;
		case CHANNEL_CLOSED: /* keyd is gone, and so are we */
			finish();
			break;
		case CHANNEL_BROKEN:
			exit(EXIT_FAILURE);
		}
	}
}

/* ---- the loop ---- */

static int
wait_at_most(void)
{
	return full || audit_log.unsigned_lines > 0 || audit_log.lost > 0
		   ? PAUSE_MS
		   : -1;
}

static nfds_t
watch(struct pollfd fds[1 + SOURCES_MAX], struct source *of[1 + SOURCES_MAX])
{
	short events = channel_waiting(control) ? POLLIN | POLLOUT : POLLIN;
	nfds_t count = 0;

	fds[count++] = (struct pollfd){ channel_fd(control), events, 0 };
	for (size_t i = 0; i < SOURCES_MAX && may_take(); i++) {
		if (sources[i].channel == NULL)
			continue;
		of[count] = &sources[i];
		fds[count++] = (struct pollfd){ channel_fd(sources[i].channel),
			POLLIN, 0 };
	}
	return count;
}

static void
serve(const struct confinement *reached)
{
	struct pollfd fds[1 + SOURCES_MAX];
	struct source *of[1 + SOURCES_MAX];
	nfds_t count;
	int ready;

	for (;;) {
		count = watch(fds, of);
		ready = poll(fds, count, wait_at_most());
		if (ready < 0 && errno != EINTR)
			exit(EXIT_FAILURE);
		for (nfds_t i = 1; ready > 0 && i < count; i++)
			if (fds[i].revents != 0)
				source_ready(of[i]);
		if (ready == 0 && !full)
			audit_log_sign(&audit_log);
		write_log();
		if (ready > 0 && fds[0].revents != 0)
			control_ready(reached);
		channel_flush(control);
	}
}

/* libcrypto opens and fetches nothing when it does this again. */
static bool
warm_up(void)
{
	struct audit_log *throwaway = calloc(1, sizeof *throwaway);
	bool done = throwaway != NULL && (throwaway->key = EVP_PKEY_Q_keygen(
					      NULL, NULL, "ED25519")) != NULL;

	if (done) {
		throwaway->unsigned_lines = 1;
		audit_log_sign(throwaway);
		EVP_PKEY_free(throwaway->key);
	}
	free(throwaway);
	return done;
}

int
main(int argc, char **argv)
{
	struct start start = start_of(argc, argv, "keyd-audit");
	struct confinement reached = { 0 };

	char stamp[LOG_TIME_ROOM];
	const struct timespec epoch = { 0, 0 };

	log_time(&epoch, stamp); /* libc looks for time zones once */
	/* A limit on the file's size is a full disk like any other. */
	signal(SIGXFSZ, SIG_IGN);
	if (!arena_install(ARENA_SIZE, &start.ask) ||
	    (control = channel_new(SPAWN_CONTROL_FD, SOURCES_MAX)) == NULL ||
	    !warm_up())
		return EXIT_FAILURE;
	policy_enter(&keyd_audit_profile, &start.ask, &reached);
	serve(&reached);
}
