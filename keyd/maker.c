/*
 * Having keys made and requests signed; the contract is in maker.h.
 */
#include "keyd/maker.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/link.h"

#define JOBS_MAX 8

/* One process. */
struct job {
	bool busy;
	struct link link;
	pid_t pid;
	uint16_t type;
	uint64_t orders;                      /* that it was given */
	char path[PATH_MAX], fresh[PATH_MAX]; /* of a key to be made */
	maker_done *done;
	void *ctx;
};

static struct event_base *base;
static int program = -1;
static struct job jobs[JOBS_MAX];

bool
maker_open(struct event_base *event_base)
{
	base = event_base;
	return (program = spawn_open("keyd-maker")) >= 0;
}

bool
maker_lacks(const struct config_key *key)
{
	struct stat about;

	return key->generate.algorithm != 0 && lstat(key->path, &about) != 0 &&
	       errno == ENOENT;
}

const char *
maker_fault(enum keyproto_status status)
{
	switch (status) {
	case KEYPROTO_OK:
		return NULL;
	case KEYPROTO_NOKEY:
		return "the key cannot be read";
	case KEYPROTO_DENIED:
		return "its passphrase is not one line of a fair length";
	case KEYPROTO_UNSUPPORTED:
		return "libcrypto cannot make such a key";
	case KEYPROTO_BACKEND:
		return "the token does not sign";
	default:
		return "it failed: see the log of keyd";
	}
}

/* ---- the end ---- */

/* The name in its directory is on the disk, too, before anyone uses it. */
static const char *
give_name(struct job *job)
{
	char directory[PATH_MAX];
	int fd;

	if (link(job->fresh, job->path) != 0)
		return errno == EEXIST ? "its file is there already"
				       : strerror(errno);
	snprintf(directory, sizeof directory, "%s", job->path);
	fd = open(dirname(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	(void)!fdatasync(fd);
	close(fd);
	return NULL;
}

static void
finish(struct job *job, const char *fault, struct slice request)
{
	maker_done *done = job->done;
	void *ctx = job->ctx;

	if (job->type == KEYPROTO_GENERATE && fault == NULL)
		fault = give_name(job);
	if (job->fresh[0] != '\0')
		unlink(job->fresh);
	link_close(&job->link);
	/* It ends at once; keyd's own loop may have seen that before. */
	if (job->pid > 0)
		(void)waitpid(job->pid, NULL, WNOHANG);
	*job = (struct job){ 0 };
	done(ctx, fault, request);
}

static void
told(void *ctx, struct slice packet)
{
	struct job *job = ctx;
	struct keyproto_header header;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK ||
	    header.type != job->type)
		finish(job, "keyd-maker says what it may not", NO_BYTES);
	else
		finish(job, maker_fault(header.status), payload);
}

static void
ready(evutil_socket_t fd, short what, void *ctx)
{
	struct job *job = ctx;

	(void)fd;
	(void)what;
	if (link_receive(&job->link, told, job) != CHANNEL_EMPTY)
		finish(job, "keyd-maker ended: see the log of keyd", NO_BYTES);
}

/* ---- the beginning ---- */

static bool
start(struct job *job, enum strictness strictness)
{
	struct spawn spawn = { .program = program,
		.name = "keyd-maker",
		.word = strictness == SANDBOX_REQUIRE ? SPAWN_REQUIRE : NULL,
		.environment = log_environment() };
	int ends[2];

	if (channel_pair(ends) != 0)
		return false;
	spawn.control = ends[1];
	job->pid = spawn_child(&spawn);
	close(ends[1]);
	return link_open(&job->link, base, ends[0], ready, job) && job->pid > 0;
}

static bool
say(struct job *job, uint16_t type, struct slice payload, int fd)
{
	struct keyproto_header header = { .type = type, .id = ++job->orders };

	return link_say(&job->link, &header, payload, fd);
}

/* NULL: all that it needs was passed. */
static const char *
pass(
    struct job *job, const struct config_key *key, struct slice payload, int fd)
{
	struct keyproto_keypart part = { key->slot, KEYPROTO_PART_PASSPHRASE };
	uint8_t what[8];
	size_t len = keyproto_keypart_build(&part, what, sizeof what);
	bool passed = true;
	int secret;

	if (key->passphrase[0] != '\0') {
		secret = key->credential
			     ? config_open_credential(key->passphrase)
			     : config_open_secret(key->passphrase);
		if (secret < 0)
			return "its passphrase cannot be read";
		passed =
		    say(job, KEYPROTO_KEYPART, slice_of(what, len), secret);
		close(secret);
	}
	return passed && say(job, job->type, payload, fd)
		   ? NULL
		   : "keyd-maker takes no orders";
}

/* Takes fd. */
static void
begin(const struct config_key *key, enum strictness strictness,
    struct job *wanted, struct slice payload, int fd)
{
	struct job *job = NULL;
	const char *fault = NULL;

	for (size_t i = 0; i < JOBS_MAX && job == NULL; i++)
		if (!jobs[i].busy)
			job = &jobs[i];
	if (job == NULL) {
		close(fd);
		wanted->done(wanted->ctx, "too much at once", NO_BYTES);
		return;
	}
	*job = *wanted;
	job->busy = true;
	if (!start(job, strictness))
		fault = "keyd-maker cannot be started";
	else
		fault = pass(job, key, payload, fd);
	close(fd);
	if (fault != NULL)
		finish(job, fault, NO_BYTES);
}

/* "keys/www.pem" has "keys/.www.pem.new". */
static bool
fresh_path(const char *path, char out[PATH_MAX])
{
	const char *name = strrchr(path, '/');
	int len;

	name = name != NULL ? name + 1 : path;
	len = snprintf(
	    out, PATH_MAX, "%.*s.%s.new", (int)(name - path), path, name);
	return len > 0 && len < PATH_MAX;
}

/* No other key will fit a certificate that there is. */
static const char *
may_not(const struct config_key *key)
{
	struct stat about;

	if (!maker_lacks(key))
		return "its file is there already";
	return key->certificate[0] != '\0' &&
		       lstat(key->certificate, &about) == 0
		   ? "its certificate is there: a key that was lost comes back "
		     "from its copy"
		   : NULL;
}

void
maker_generate(const struct config_key *key, enum strictness strictness,
    maker_done *done, void *ctx)
{
	struct job job = {
		.type = KEYPROTO_GENERATE, .done = done, .ctx = ctx
	};
	uint8_t payload[8];
	size_t len =
	    keyproto_generate_build(&key->generate, payload, sizeof payload);
	const char *fault;
	int fd = -1;

	snprintf(job.path, sizeof job.path, "%s", key->path);
	if ((fault = may_not(key)) != NULL) {
		done(ctx, fault, NO_BYTES);
		return;
	}
	if (fresh_path(key->path, job.fresh)) {
		/* Of an attempt that was cut short. */
		unlink(job.fresh);
		fd = open(job.fresh,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	}
	if (fd < 0)
		done(ctx, strerror(errno), NO_BYTES);
	else
		begin(key, strictness, &job, slice_of(payload, len), fd);
}

void
maker_request(const struct config_key *key, enum strictness strictness,
    maker_done *done, void *ctx)
{
	struct job job = { .type = KEYPROTO_REQUEST, .done = done, .ctx = ctx };
	uint8_t payload[KEYPROTO_PACKET_MAX];
	size_t len = config_request(key, payload, sizeof payload);
	int fd = config_open_secret(key->path);

	if (fd < 0)
		done(ctx, "its file cannot be read", NO_BYTES);
	else
		begin(key, strictness, &job, slice_of(payload, len), fd);
}
