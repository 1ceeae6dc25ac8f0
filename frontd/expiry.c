/*
 * Certificates that expire; the contract is in expiry.h.
 */
#include "frontd/expiry.h"

#include "base/clock.h"
#include "base/log.h"
#include "frontd/master.h"

#define DAY 86400
#define NEAR_S (14 * DAY)
#define LOOK_S 3600

enum expiry
expiry_of(uint64_t expires, uint64_t now)
{
	if (expires <= now)
		return EXPIRY_PAST;
	return expires - now <= NEAR_S ? EXPIRY_NEAR : EXPIRY_FAR;
}

bool
expiry_due(uint64_t expires, uint64_t now, uint64_t told, enum expiry as)
{
	enum expiry is = expiry_of(expires, now);

	if (is == EXPIRY_FAR)
		return false;
	/* A clock that was set back owes nobody a silence. */
	return told == 0 || as != is || now >= told + DAY || now < told;
}

static void
tell(const struct option_site *site, enum expiry as, uint64_t now)
{
	const struct timespec end = { .tv_sec = site->chain.not_after };
	char text[LOG_TIME_ROOM];

	if (as == EXPIRY_PAST)
		log_event(LOG_LEVEL_ERROR, "certificate-expired",
		    "site=%s until=%s", site->title, log_time(&end, text));
	else
		log_event(LOG_LEVEL_WARN, "certificate-expires",
		    "site=%s until=%s days=%u", site->title,
		    log_time(&end, text),
		    (unsigned)(((uint64_t)site->chain.not_after - now) / DAY));
}

void
expiry_tell(struct options *options)
{
	uint64_t now = clock_day();

	for (unsigned i = 0; i < options->site_count; i++) {
		struct option_site *site = options->sites[i];
		uint64_t expires = (uint64_t)site->chain.not_after;

		if (expires == 0 || !expiry_due(expires, now, site->expiry_told,
					site->expiry_as))
			continue;
		site->expiry_told = now;
		site->expiry_as = expiry_of(expires, now);
		tell(site, site->expiry_as, now);
	}
}

static void
look(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	expiry_tell(&master->now->options);
}

bool
expiry_start(struct master *master)
{
	const struct timeval every = { LOOK_S, 0 };

	master->expiry = event_new(master->base, -1, EV_PERSIST, look, master);
	return master->expiry != NULL && event_add(master->expiry, &every) == 0;
}
