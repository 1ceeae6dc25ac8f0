/*
 * frontd, the master: reads its configuration and the public chains, binds,
 * starts its children and keeps them running until it is told to end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "frontd/agreed.h"
#include "frontd/bind.h"
#include "frontd/children.h"
#include "frontd/keylink.h"
#include "frontd/replay.h"
#include "policy/profiles.h"

static struct master master = { .page_socket = -1, .replay = -1 };

static void
stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(ctx);
}

static void
child_died(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	children_reap(ctx);
}

static bool
watch_signals(void)
{
	const struct {
		int number;
		event_callback_fn callback;
		void *ctx;
	} signals[] = { { SIGTERM, stop, master.base },
		{ SIGINT, stop, master.base },
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

static void
warn_of_old_versions(void)
{
	for (unsigned i = 0; i < master.options.old_count; i++)
		log_event(LOG_LEVEL_WARN, "old-versions", "policy=%s least=%s",
		    master.options.old[i].policy,
		    agreed_version_name(master.options.old[i].least));
}

static void
warn_of_stale_responses(void)
{
	for (unsigned i = 0; i < master.options.site_count; i++)
		if (master.options.sites[i]->stale != NULL)
			log_event(LOG_LEVEL_WARN, "ocsp", "site=%s reason=%s",
			    master.options.sites[i]->title,
			    master.options.sites[i]->stale);
}

/* Before the seal, which allows no more memory of this kind. */
static bool
make_replay(void)
{
	for (unsigned i = 0; i < master.options.site_count; i++) {
		if (master.options.sites[i]->what.early_data == 0)
			continue;
		if ((master.replay = replay_make()) >= 0)
			return true;
		log_event(LOG_LEVEL_ERROR, "early-data", "reason=\"%s\"",
		    strerror(errno));
		return false;
	}
	return true;
}

static int
run(void)
{
	const struct policy_request ask = { .strictness =
						master.options.strictness };

	if (!bind_all(&master) || !make_replay())
		return EXIT_FAILURE;
	if ((master.base = event_base_new()) == NULL || !watch_signals())
		return EXIT_FAILURE;
	policy_enter(&frontd_profile, &ask, &master.own);
	if (!keylink_start(&master) || !children_start(&master))
		return EXIT_FAILURE;
	log_event(LOG_LEVEL_INFO, "start",
	    "version=%s listeners=%u sites=%u workers=%u", SALLYPORT_VERSION,
	    master.options.listen_count, master.options.site_count,
	    master.options.workers);
	warn_of_old_versions();
	warn_of_stale_responses();
	event_base_dispatch(master.base);
	keylink_end(&master);
	children_end(&master);
	if (master.options.page_socket[0] != '\0')
		unlink(master.options.page_socket);
	log_event(master.failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "stop",
	    "reason=%s", master.failed ? "sandbox-required" : "signal");
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
	if (s2n_init() != S2N_SUCCESS) {
		fprintf(stderr, "frontd: %s\n", s2n_strerror(s2n_errno, NULL));
		return EXIT_FAILURE;
	}
	if (!options_read(file, &master.options))
		return EXIT_FAILURE;
	log_set_format(master.options.log_format);
	status = test ? EXIT_SUCCESS : run();
	options_free(&master.options);
	return status;
}
