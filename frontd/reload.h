/*
 * The master's fleets: the first, those that take over from it at a reload, and
 * the end of all. A reload is all or nothing: until every child of the new
 * fleet is sealed nothing has changed for anybody.
 */
#ifndef FRONTD_RELOAD_H
#define FRONTD_RELOAD_H

#include "frontd/master.h"

/* Reads the configuration of the first fleet, which binds its sockets; each
 * false after a message. */
must_check bool reload_first(struct master *, const char *config);
must_check bool reload_bind(struct master *);
/* Starts it. False when there is not the memory for it. */
must_check bool reload_start(struct master *);

/* The configuration is read again, now or when it can be. */
void reload(struct master *);
/* Nothing is accepted any more; the loop ends with the last connection, or when
 * the drain timeout has passed. */
void reload_drain(struct master *);
/* Another frontd serves what has a bit in taken, by listener, and all that
 * comes: this one ends as when it drains. */
void reload_pass_on(struct master *, uint64_t taken);
/* The first fleet of an heir (heir.h) serves, which could so far have been for
 * nothing; then it is the only one; then those before it have ended. */
void reload_take_place(struct master *);
void reload_alone(struct master *);
void reload_before_ended(struct master *);
/* After SIGCHLD: who died is logged, and started again after a while. */
void reload_reap(struct master *);
/* Ends all and waits for them. */
void reload_end(struct master *);

/* A starting fleet: all of it are sealed, or one of it has died. */
void reload_settled(struct fleet *, bool good);
/* A worker of a fleet has told which keys there are. */
void reload_keyed(struct fleet *);
/* A draining fleet: no worker of it accepts any more. */
void reload_stopped(struct fleet *);

#endif
