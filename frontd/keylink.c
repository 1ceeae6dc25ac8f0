/*
 * The way to keyd; the contract is in keylink.h.
 */
#include "frontd/keylink.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* How old what frontd-page shows of keyd may be. */
#define STATUS_SECONDS 1
/* Between attempts to reach keyd, whose socket is at hand, at most: a small
 * part of what a signature may take. */
#define RETRY_MOST_MS 500

static void connect_keyd(struct master *);

/* Keyd is gone, or was never there: once said, tried again and again. */
static void
lost(struct master *master, const char *reason)
{
	struct keylink *link = &master->link;
	unsigned wait = backoff_died(&link->backoff, clock_ms());
	struct timeval when;

	/* Handshakes wait for it, and not for long. */
	if (wait > RETRY_MOST_MS)
		wait = RETRY_MOST_MS;
	when = (struct timeval){ wait / 1000, (wait % 1000) * 1000 };
	if (!link->complained)
		log_event(LOG_LEVEL_ERROR, "keyd-gone",
		    "socket=%s reason=\"%s\"", master->now->options.keyd_socket,
		    reason);
	link->complained = true;
	keylink_end(master);
	event_add(link->retry, &when);
	fleet_show(master->now);
}

static void
flush(struct master *master)
{
	struct keylink *link = &master->link;

	if (!keymaster_flush(link->keyd))
		return; /* reading finds it out */
	if (keymaster_waiting(link->keyd))
		event_add(link->writable, NULL);
}

void
keylink_ask(struct master *master, uint32_t tag)
{
	struct keymaster *keyd = master->link.keyd;

	if (!master->link.welcomed || !keymaster_newchannel(keyd, tag) ||
	    (master->tags[tag]->fleet->options.shows &&
		!keymaster_newclientchannel(keyd, tag)))
		return; /* asked for all when keyd has welcomed us */
	flush(master);
}

static void
welcomed(struct master *master)
{
	master->link.welcomed = true;
	master->link.complained = false;
	log_event(LOG_LEVEL_INFO, "keyd", "socket=%s",
	    master->now->options.keyd_socket);
	/* Who is still being told its sites asks when that is done. */
	for (uint32_t tag = 0; tag < MASTER_TAGS_MAX; tag++)
		if (master->tags[tag] != NULL && master->tags[tag]->may_join)
			keylink_ask(master, tag);
}

static void
take_news(struct master *master, enum keymaster_event event,
    const struct keymaster_news *news)
{
	switch (event) {
	case KEYMASTER_WELCOME:
		welcomed(master);
		break;
	case KEYMASTER_CHANNEL:
		if (news->of_client)
			fleet_give_backend_keys(master, news->newchannel.tag,
			    news->newchannel.groups, news->fd);
		else
			fleet_give_keys(master, news->newchannel.tag,
			    news->newchannel.groups, news->fd);
		close(news->fd);
		break;
	case KEYMASTER_STATUS:
		if (memcmp(&master->link.processes, &news->processes,
			sizeof news->processes) == 0)
			break;
		master->link.processes = news->processes;
		fleet_show(master->now);
		break;
	case KEYMASTER_REFUSED:
		log_event(LOG_LEVEL_ERROR, "keyd-refused",
		    "request=%u reason=%s", news->refused_type,
		    keyproto_status_name(news->status));
		break;
	case KEYMASTER_NOTHING:
	case KEYMASTER_DISCONNECTED:
		break;
	}
}

static void
keyd_ready(evutil_socket_t fd, short what, void *ctx)
{
	static struct keymaster_news news;
	struct master *master = ctx;
	enum keymaster_event event;

	(void)fd;
	if ((what & EV_WRITE) != 0)
		flush(master);
	while ((event = keymaster_receive(master->link.keyd, &news)) !=
	       KEYMASTER_NOTHING) {
		if (event == KEYMASTER_DISCONNECTED) {
			lost(master, "closed");
			return;
		}
		take_news(master, event, &news);
	}
}

static void
ask_status(evutil_socket_t fd, short what, void *ctx)
{
	struct master *master = ctx;

	(void)fd;
	(void)what;
	if (master->link.welcomed && keymaster_status(master->link.keyd))
		flush(master);
}

static void
retry(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	connect_keyd(ctx);
}

static void
connect_keyd(struct master *master)
{
	struct keylink *link = &master->link;
	int fd;

	backoff_started(&link->backoff, clock_ms());
	link->keyd = keymaster_connect(master->now->options.keyd_socket);
	if (link->keyd == NULL) {
		lost(master, strerror(errno));
		return;
	}
	fd = keymaster_fd(link->keyd);
	link->readable = event_new(
	    master->base, fd, EV_READ | EV_PERSIST, keyd_ready, master);
	link->writable =
	    event_new(master->base, fd, EV_WRITE, keyd_ready, master);
	if (link->readable == NULL || link->writable == NULL ||
	    event_add(link->readable, NULL) != 0) {
		lost(master, "out of memory");
		return;
	}
	flush(master);
}

bool
keylink_start(struct master *master)
{
	const struct timeval every = { STATUS_SECONDS, 0 };
	struct keylink *link = &master->link;

	link->retry = event_new(master->base, -1, 0, retry, master);
	link->ask = event_new(master->base, -1, EV_PERSIST, ask_status, master);
	if (link->retry == NULL || link->ask == NULL ||
	    event_add(link->ask, &every) != 0)
		return false;
	connect_keyd(master);
	return true;
}

void
keylink_end(struct master *master)
{
	struct keylink *link = &master->link;

	if (link->readable != NULL)
		event_free(link->readable);
	if (link->writable != NULL)
		event_free(link->writable);
	link->readable = link->writable = NULL;
	keymaster_free(link->keyd);
	link->keyd = NULL;
	link->welcomed = false;
	link->processes = (struct keyproto_processes){ 0 };
}
