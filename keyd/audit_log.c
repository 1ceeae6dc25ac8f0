/*
 * Writing an audit log; the contract is in audit_log.h. Lines are made whole in
 * memory, so that a file that is full in their midst has the rest later.
 */
#include "keyd/audit_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "keyd/vocabulary.h"

#define TAIL (4 * AUDIT_LINE_MAX)
#define NUMBER_WORD "seq="

/* ---- lines ---- */

static struct timespec
time_of(uint64_t microseconds)
{
	struct timespec when = { (time_t)(microseconds / 1000000),
		(long)(microseconds % 1000000 * 1000) };

	return when;
}

/* The next line: its number and text are chained, and wait to be written. */
static void
append(struct audit_log *log, const char *text)
{
	char line[AUDIT_LINE_MAX], hash[2 * AUDIT_HASH + 1];
	size_t room = sizeof line - sizeof hash - sizeof AUDIT_HASH_WORD;
	int len = snprintf(
	    line, room, NUMBER_WORD "%" PRIu64 " %s", log->number, text);

	/* Each part is bounded, and there is room for all of them: else a chain
	 * that nobody can follow would be written. */
	if (len < 0 || (size_t)len >= room ||
	    sizeof line > sizeof log->held - log->len ||
	    !audit_chain_next(
		log->before, slice_of(line, (size_t)len), log->before))
		abort();
	audit_chain_hex(log->before, AUDIT_HASH, hash);
	log->len +=
	    (size_t)snprintf(log->held + log->len, sizeof log->held - log->len,
		"%s" AUDIT_HASH_WORD "%s\n", line, hash);
	log->number++;
	log->unsigned_lines++;
}

static void __attribute__((format(printf, 4, 5))) line(struct audit_log *log,
    struct timespec when, const char *event, const char *format, ...)
{
	char text[AUDIT_LINE_MAX], stamp[LOG_TIME_ROOM];
	va_list args;
	int len = snprintf(text, sizeof text, "time=%s event=%s ",
	    log_time(&when, stamp), event);

	va_start(args, format);
	vsnprintf(text + len, sizeof text - (size_t)len, format, args);
	va_end(args);
	append(log, text);
}

static struct timespec
now(void)
{
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	return when;
}

/* A checkpoint, and one line beside it. */
bool
audit_log_has_room(const struct audit_log *log)
{
	return sizeof log->held - log->len >= (size_t)4 * AUDIT_LINE_MAX;
}

/* What nobody could write down is said where the next thing is. */
static void
add_lost(struct audit_log *log)
{
	if (log->lost == 0)
		return;
	line(log, now(), "lost", "count=%" PRIu64, log->lost);
	log->lost = 0;
}

void
audit_log_add(struct audit_log *log, const char *group, uint64_t told,
    const struct keyproto_record *record)
{
	char content[2 * KEYPROTO_HASH_MAX + 1];

	log->lost += record->lost;
	add_lost(log);
	audit_chain_hex(record->content, record->content_len, content);
	line(log, time_of(record->time), "operation",
	    "client=%s channel=%" PRIu32 " group=%s key=%s operation=%s "
	    "scheme=%04x content=%s status=%s skipped=%" PRIu32
	    " signer=%08" PRIx32 " told=%" PRIu64,
	    record->client, record->channel, group,
	    record->key[0] != '\0' ? record->key : "-",
	    vocabulary_type(record->operation), record->scheme, content,
	    keyproto_status_name(record->status), record->skipped,
	    record->signer, told);
	if (log->unsigned_lines >= log->checkpoint)
		audit_log_sign(log);
}

void
audit_log_sign(struct audit_log *log)
{
	uint8_t message[AUDIT_MESSAGE], signature[AUDIT_SIGNATURE];
	size_t len, signature_len = sizeof signature;
	char text[2 * AUDIT_SIGNATURE + 1];
	EVP_MD_CTX *ctx;
	bool done;

	if (log->unsigned_lines == 0)
		return;
	len = audit_chain_message(log->number, log->before, message);
	ctx = EVP_MD_CTX_new();
	done =
	    ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, log->key) == 1 &&
	    EVP_DigestSign(ctx, signature, &signature_len, message, len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!done)
		abort();
	audit_chain_hex(signature, sizeof signature, text);
	line(log, now(), "checkpoint", "signature=%s", text);
	log->unsigned_lines = 0;
}

/* ---- the file ---- */

/* The last whole line in the tail; NULL: there is none. */
static const char *
last_line(char *tail, size_t *len)
{
	char *at = tail + *len;

	while (at > tail && at[-1] != '\n')
		at--;
	if (at == tail)
		return NULL;
	*--at = '\0'; /* what follows was cut off in the midst */
	*len = (size_t)(at - tail);
	while (at > tail && at[-1] != '\n')
		at--;
	return at;
}

static bool
parse_line(struct audit_log *log, const char *text)
{
	const char *hash = strstr(text, AUDIT_HASH_WORD);
	uint64_t number;
	char *end;

	if (strncmp(text, NUMBER_WORD, sizeof NUMBER_WORD - 1) != 0 ||
	    hash == NULL)
		return false;
	number = strtoull(text + sizeof NUMBER_WORD - 1, &end, 10);
	hash += sizeof AUDIT_HASH_WORD - 1;
	if (*end != ' ' || strlen(hash) != (size_t)2 * AUDIT_HASH ||
	    !audit_chain_unhex(hash, log->before, AUDIT_HASH))
		return false;
	log->number = number + 1;
	return true;
}

/* Where a line was cut off, by a machine that stopped for instance, the end of
 * the line before counts. */
static bool
read_tail(struct audit_log *log, int fd, off_t size)
{
	char tail[TAIL + 1];
	off_t from = size > TAIL ? size - TAIL : 0;
	size_t len = 0;
	const char *last;
	ssize_t got;

	if (lseek(fd, from, SEEK_SET) != from)
		return false;
	while (len < TAIL && (got = read(fd, tail + len, TAIL - len)) != 0) {
		if (got < 0 && errno != EINTR)
			return false;
		len += got > 0 ? (size_t)got : 0;
	}
	tail[len] = '\0';
	if (len > 0 && tail[len - 1] != '\n')
		log->held[log->len++] = '\n';
	last = last_line(tail, &len);
	errno = EBADMSG;
	/* All of a short file may be one line that was cut off. */
	return last != NULL ? parse_line(log, last)
			    : from == 0 && strncmp(tail, NUMBER_WORD "1 ",
					       sizeof NUMBER_WORD + 1) == 0;
}

/*
 * What the file before did not take whole, as text to be freed; the chain is
 * then where it was before that. NULL: it took all.
 */
static char *
take_back(struct audit_log *log)
{
	size_t from = log->sent;
	char *text;

	if (log->sent == log->len)
		return NULL;
	while (from > 0 && log->held[from - 1] != '\n')
		from--;
	if ((text = strndup(log->held + from, log->len - from)) == NULL)
		abort();
	log->number = strtoull(text + sizeof NUMBER_WORD - 1, NULL, 10);
	if (from < 2 * AUDIT_HASH + 1)
		memcpy(log->before, log->held_before, AUDIT_HASH);
	else if (!audit_chain_unhex(log->held + from - 2 * AUDIT_HASH - 1,
		     log->before, AUDIT_HASH))
		abort();
	return text;
}

/* The lines get other numbers and hashes; there is a new start, and there will
 * be new checkpoints. */
static void
put_again(struct audit_log *log, char *text)
{
	char *rest = text, *one, *hash;

	while ((one = strsep(&rest, "\n")) != NULL) {
		if ((hash = strstr(one, AUDIT_HASH_WORD)) == NULL ||
		    strstr(one, " event=checkpoint ") != NULL ||
		    strstr(one, " event=start ") != NULL)
			continue;
		*hash = '\0';
		append(log, strchr(one, ' ') + 1);
	}
}

bool
audit_log_open(struct audit_log *log, int fd)
{
	char before[2 * AUDIT_HASH + 1];
	off_t size = lseek(fd, 0, SEEK_END);
	char *pending;

	if (size < 0)
		return false;
	pending = take_back(log);
	log->len = log->sent = 0;
	if (size > 0 && !read_tail(log, fd, size)) {
		free(pending);
		return false;
	}
	if (log->fd >= 0)
		close(log->fd);
	log->fd = fd;
	if (log->number == 0)
		log->number = 1;
	memcpy(log->held_before, log->before, AUDIT_HASH);
	audit_chain_hex(log->before, AUDIT_HASH, before);
	line(log, now(), "start", "version=%s previous=%s", SALLYPORT_VERSION,
	    before);
	if (pending != NULL)
		put_again(log, pending);
	free(pending);
	audit_log_sign(log);
	return true;
}

/* Whatever the reason, it may be over in a second. */
bool
audit_log_write(struct audit_log *log, int *reason)
{
	ssize_t wrote;

	while (log->sent < log->len) {
		wrote =
		    write(log->fd, log->held + log->sent, log->len - log->sent);
		if (wrote < 0 && errno == EINTR)
			continue;
		*reason = wrote < 0 ? errno : ENOSPC;
		if (wrote <= 0)
			return false;
		log->sent += (size_t)wrote;
	}
	if (log->len > 0 && log->unsigned_lines == 0 &&
	    fdatasync(log->fd) != 0) {
		*reason = errno;
		return false;
	}
	log->len = log->sent = 0;
	memcpy(log->held_before, log->before, AUDIT_HASH);
	return true;
}
