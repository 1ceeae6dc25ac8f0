/*
 * frontd, the master: reads its configuration and the public chains, binds,
 * starts its children and keeps them running until it is told to end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/service.h"
#include "base/clock.h"
#include "base/log.h"
#include "frontd/console.h"
#include "frontd/crowd.h"
#include "frontd/keylink.h"
#include "frontd/reload.h"
#include "frontd/replay.h"
#include "libtls/s2n.h"
#include "policy/profiles.h"

static struct master master = {
	.page_socket = -1, .replay = -1, .crowd_file = -1
};

static bool
passed_on(void)
{
	return master.upgrade.state == UPGRADE_DONE;
}

static void
stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	upgrade_give_up(ctx, "frontd ends");
	service_stopping();
	event_base_loopbreak(master.base);
}

static void
child_died(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	reload_reap(ctx);
}

static void
drain(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	reload_drain(ctx);
}

static void
hang_up(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	reload(ctx);
}

static void
renew(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	upgrade(ctx);
}

static bool
watch_signals(void)
{
	const struct {
		int number;
		event_callback_fn callback;
		void *ctx;
	} signals[] = { { SIGTERM, drain, &master }, { SIGINT, stop, &master },
		{ SIGHUP, hang_up, &master }, { SIGUSR2, renew, &master },
		{ SIGCHLD, child_died, &master } };

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct event *event = evsignal_new(master.base,
		    signals[i].number, signals[i].callback, signals[i].ctx);

		if (event == NULL || event_add(event, NULL) != 0)
			return false;
	}
	return true;
}

static int
run(void)
{
	const struct policy_request ask = {
		.strictness = master.now->options.strictness
	};

	if (!fleet_open_programs() || !reload_bind(&master))
		return EXIT_FAILURE;
	/* Sealed, it makes no more memory of the register's kind. */
	if (master.replay < 0 &&
	    (master.replay = replay_make(clock_day())) < 0) {
		log_event(LOG_LEVEL_ERROR, "early-data", "reason=\"%s\"",
		    strerror(errno));
		return EXIT_FAILURE;
	}
	if ((master.crowd_file = crowd_make()) < 0 ||
	    (master.crowd = crowd_map(master.crowd_file, CROWD_NOBODY)) ==
		NULL) {
		log_event(LOG_LEVEL_ERROR, "sources", "reason=\"%s\"",
		    strerror(errno));
		return EXIT_FAILURE;
	}
	if ((master.base = event_base_new()) == NULL || !watch_signals() ||
	    !console_open(&master) || !upgrade_watch(&master) ||
	    !heir_watch(&master) ||
	    (!heir_waits(&master) && !service_watch(master.base)))
		return EXIT_FAILURE;
	policy_enter(&frontd_profile, &ask, &master.own);
	master.started_ms = clock_ms();
	if (!keylink_start(&master) || !reload_start(&master))
		return EXIT_FAILURE;
	if (!master.failed)
		event_base_dispatch(master.base);
	console_close(&master);
	service_close();
	keylink_end(&master);
	/* Another's, before and after. */
	if (master.now->options.page_socket[0] != '\0' && !passed_on() &&
	    !heir_waits(&master))
		unlink(master.now->options.page_socket);
	reload_end(&master);
	log_event(master.failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "stop",
	    "reason=%s",
	    heir_waits(&master) ? "upgrade"
	    : master.failed     ? "sandbox-required"
	    : passed_on()       ? "upgraded"
				: "signal");
	return master.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	const char *file = SALLYPORT_SYSCONF "/frontd.conf";
	bool test = false;
	int option, status;

	while ((option = getopt(argc, argv, "df:t")) != -1) {
		if (option == 'f') {
			file = optarg;
		} else if (option == 't') {
			test = true;
		} else if (option == 'd') {
			master.debug = true;
		} else {
			fprintf(stderr, "usage: frontd [-dt] [-f file]\n");
			return EXIT_FAILURE;
		}
	}
	log_open("frontd", master.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	if (!test && (!heir_open(&master) || !upgrade_open(&master, argv))) {
		heir_close(&master);
		return EXIT_FAILURE;
	}
	/* The master has no secret that would have to be locked. */
	if (setenv("S2N_DONT_MLOCK", "1", 1) != 0 ||
	    s2n_init() != S2N_SUCCESS) {
		fprintf(stderr, "frontd: %s\n", s2n_strerror(s2n_errno, NULL));
		return EXIT_FAILURE;
	}
	if (test)
		return reload_first(&master, file) ? EXIT_SUCCESS
						   : EXIT_FAILURE;
	service_open();
	status = reload_first(&master, file) ? run() : EXIT_FAILURE;
	heir_close(&master);
	upgrade_close(&master);
	return status;
}
