/*
 * What there is to tell of a running keyd, for who tells it (reports,
 * exposition): taken together by keyd.c when somebody asks, all borrowed.
 */
#ifndef KEYD_DAEMON_H
#define KEYD_DAEMON_H

#include "keyd/fleet.h"
#include "policy/policy.h"

#define DAEMON_MASTERS_MAX 64

struct daemon_master {
	const char *client;
	uint32_t role; /* enum keyproto_role */
	pid_t pid;
	unsigned workers; /* that have channels */
};

struct daemon {
	const char *state; /* "starting", "serving", "reloading", "stopping" */
	const char *config_path;
	const struct config *config;
	const struct fleet *fleet;
	const struct confinement *own;
	struct keyproto_processes others; /* of no group: keyd-audit */
	uint64_t now_ms, started_ms;      /* by clock_ms() */
	unsigned reloads_done, reloads_refused;
	struct daemon_master masters[DAEMON_MASTERS_MAX];
	unsigned master_count;
};

#endif
