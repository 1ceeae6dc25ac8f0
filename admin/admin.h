/*
 * The socket at which a daemon is administered: in its event loop, for root and
 * its own account. A visitor says one line,
 *
 *	WORD [ARGUMENT...] [json]
 *
 * and is answered "ok" or "refused" on a line of its own, and then what is to
 * be said: a report, or why not, a reason a line. So that metrics can be had by
 * who knows HTTP alone (Prometheus, curl --unix-socket), "GET /WORD HTTP/1.x"
 * is answered too, for words that have ADMIN_HTTP. After one answer the daemon
 * closes.
 *
 * Nothing here waits, and all is bounded: visitors, lines, answers and times.
 * The process ignores SIGPIPE.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <sys/types.h>

#include <event2/event.h>

#include "admin/report.h"

#define ADMIN_VISITORS_MAX 16
#define ADMIN_LINE_MAX 256  /* with its end */
#define ADMIN_HTTP_MAX 8192 /* a request with its header lines */
#define ADMIN_ARGUMENTS_MAX 4
#define ADMIN_READERS_MAX 8
#define ADMIN_TALK_S 10   /* for a visitor to say its line; to hear all */
#define ADMIN_ANSWER_S 60 /* for the daemon to have an answer */
#define ADMIN_ANSWER_MAX (32u << 20)

/* One that waits for its answer. */
struct admin_request;

enum admin_flags {
	ADMIN_CHANGES = 1, /* readers may not */
	ADMIN_HTTP = 2     /* may be asked for by GET, and is for readers */
};

struct admin_command {
	const char *word;
	unsigned flags;          /* enum admin_flags */
	unsigned arguments_most; /* words that may follow, json left out */
	/*
	 * Sees to it that the request is answered exactly once, now or later,
	 * by one of the three functions below; it is gone then. ctx is that of
	 * admin_open().
	 */
	void (*handle)(struct admin_request *, void *ctx);
};

struct admin_options {
	const char *program; /* whose socket it is, for what is said */
	const struct admin_command *commands;
	size_t command_count;
	void *ctx;
	/* A socket that listens already, and stays when we end; 0: none. */
	int listener;
	bool ours;  /* ... or goes, with its path, as one that was made here */
	bool rests; /* nobody is let in before admin_go_on() */
	/* Accounts besides root and our own that may ask for what changes
	 * nothing. With any the socket has mode 0666, else 0600. */
	const uid_t *readers;
	size_t reader_count; /* at most ADMIN_READERS_MAX */
};

struct admin;

/*
 * Listens at path, before the process seals itself. The options are copied but
 * for the commands, which are constants. NULL after saying why on standard
 * error.
 */
struct admin *admin_open(
    struct event_base *, const char *path, const struct admin_options *);
/* Other readers from now on (a reload); the socket's mode stays. */
void admin_set_readers(struct admin *, const uid_t *, size_t count);
/* Visitors are let in from now on. */
void admin_go_on(struct admin *);
/* Another process has the socket, too, and lets visitors in from now on; those
 * that are here are answered. */
void admin_leave(struct admin *);
/* What listens; -1: it was left. */
int admin_listener(const struct admin *);
/*
 * Lets all visitors go and removes the socket. Requests without an answer are
 * still to be answered, which has no effect then.
 */
void admin_close(struct admin *);

/* What was asked. The argument by its number, from 0; "" past the last. */
const char *admin_argument(const struct admin_request *, unsigned number);
bool admin_wants_json(const struct admin_request *);

/* The answers. The report stays the caller's; one that failed is a refusal. */
void admin_tell(struct admin_request *, const struct report *);
/* Text as it is, whether json was asked for or not; of Content-Type type. */
void admin_tell_text(
    struct admin_request *, struct slice text, const char *type);
/* Why not: lines, with or without the last's end. */
void admin_refuse(struct admin_request *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
