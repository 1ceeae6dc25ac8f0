/*
 * keyd's administration: what keydctl asks for, and who waits for an answer.
 */
#ifndef KEYD_CONSOLE_H
#define KEYD_CONSOLE_H

#include <event2/event.h>

#include "keyd/daemon.h"

/* What keyd does when it is told to. */
struct console_events {
	void (*describe)(struct daemon *);
	/*
	 * The number of the reload that will have seen what is there now. It
	 * begins at once or after the one that goes on: console_reloaded()
	 * then tells its end.
	 */
	unsigned (*next_reload)(void);
	void (*reload)(void);
	/* Of the fleet that serves now; console_counted() tells. */
	void (*count)(void);
	/* fleet_request() of the fleet that serves now. */
	uint64_t (*request)(unsigned key);
	/* False: there is no random root. */
	bool (*new_root)(void);
};

/* Before the seal. listener: one that was passed, or 0. False after saying why;
 * an empty path is no socket. */
must_check bool console_open(struct event_base *, const struct config *,
    int listener, const struct console_events *);
/* Whom the configuration names as readers now. */
void console_readers(const struct config *);
/* A reload was done, or refused for these reasons (NULL: done). */
void console_reloaded(unsigned number, const char *reasons);
/* A token's process has answered fleet_request(). */
void console_requested(
    uint64_t order, enum keyproto_status, struct slice request);
/* One was started anew: what the one before it was asked has no answer. */
void console_restarted(void);
void console_counted(void);
void console_close(void);

#endif
