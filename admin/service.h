/*
 * The service manager's side of a daemon, as sd_notify(3) and sd_listen_fds(3)
 * have it, without their library: what is told at NOTIFY_SOCKET, the watchdog,
 * and sockets that were passed. Without a manager nothing here does anything.
 *
 * Told through one socket that is connected before the process seals itself,
 * so that nothing but write(2) is needed afterwards. A manager that does not
 * listen can keep the process waiting for a second, no longer.
 */
#ifndef ADMIN_SERVICE_H
#define ADMIN_SERVICE_H

#include <sys/types.h>

#include <event2/event.h>

#include "base/slice.h"

/*
 * Reads the environment, then takes out of it what was meant for this process
 * alone. Before the seal, once.
 */
void service_open(void);

/*
 * The listening Unix socket of this type (SOCK_STREAM, SOCK_SEQPACKET) that was
 * passed under the name (FileDescriptorName= of a socket unit), or without one;
 * non-blocking, closed on exec, and the caller's. -1: there is none.
 */
int service_socket(const char *name, int type);

/* Tells the manager half as often as it would lose patience that the loop goes
 * round. False: no memory. */
must_check bool service_watch(struct event_base *);

/* Ready, at the start and after each reload; status is a line for people. */
void service_ready(const char *status);
/* A reload begins. */
void service_reloading(void);
void service_stopping(void);
void service_status(const char *status);
/* Another process of the service is the main one from now on, and tells what
 * there is to tell. */
void service_pass_on(pid_t);

/* Nothing is told any more; the loop may go. */
void service_close(void);

#endif
