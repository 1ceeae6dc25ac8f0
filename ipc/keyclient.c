/*
 * Pending private-key operations by request id; the contract is in
 * keyclient.h. An operation is parked (no link), or waits for a link's answer.
 */
#include "ipc/keyclient.h"

#include <errno.h>
#include <s2n.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>
#include <unstable/pkey_binding.h>

#include "base/clock.h"
#include "ipc/channel.h"
#include "ipc/keydoor.h"
#include "ipc/keylist.h"
#include "ipc/keyproto.h"

/* A signer's credits, and HELLO and KEYS beside them. */
#define QUEUE (KEYPROTO_CREDITS + 8)
/* How long a jump of the clock may go unnoticed. */
#define TICKET_TICK_SECONDS 30
/* Epochs that are asked for one after the other; keyd has fewer. */
#define TICKET_EPOCHS_MAX 64

/* A channel to one signer, and the keys that it announced. */
struct link {
	struct keyclient *client;
	struct channel *channel;
	struct event *readable, *writable;
	uint32_t in_flight;
	uint64_t last_id;
	bool dead;
	bool told; /* of its keys */
	bool has_tickets;
	unsigned epochs; /* asked for since the current one was */
	struct keylist keys;
	bool listing; /* asked for its keys, and not all have come */
	bool again;   /* and is to be asked anew, then */
	struct link *next;
};

/* One chain and the key that its operations go to. */
struct chain {
	struct keyclient *client;
	uint8_t spki[KEYCLIENT_SPKI_SIZE];
	struct chain *next;
};

struct pending {
	struct keyclient *client;
	struct s2n_async_pkey_op *op;
	struct s2n_connection *conn;
	const struct chain *chain;
	struct link *link; /* NULL: parked */
	uint64_t id, deadline_ms;
	struct event *timer;
	struct s2n_pkey_binding binding; /* borrowed from op */
	uint16_t scheme;                 /* 0: it decrypts */
	bool retried;
	struct pending *next;
};

struct keyclient {
	struct event_base *base;
	struct keydoor *door; /* NULL: channels are given to us */
	unsigned deadline_ms;
	keyclient_resume *resume;
	keyclient_told *told;        /* NULL: nobody asks */
	keyclient_ticket_fn *ticket; /* likewise */
	struct event *ticket_tick;
	uint64_t epoch_begins, epoch_ends;
	void *ctx;
	struct event *turn; /* runs at the end of a loop turn that queued */
	struct link *links;
	struct chain *chains;
	struct pending *pending;
	struct keyclient_stats stats;
};

/* Takes it off the list; the operation itself stays the caller's. */
static void
unlink_pending(struct pending *pending)
{
	struct pending **at = &pending->client->pending;

	while (*at != pending)
		at = &(*at)->next;
	*at = pending->next;
	pending->client->stats.pending--;
	if (pending->link != NULL)
		pending->link->in_flight--;
	if (pending->timer != NULL)
		event_free(pending->timer);
}

/* Ends an operation, well (with its output) or badly (NO_BYTES), and resumes.
 */
static void
keyclient_signed(struct pending *pending, struct slice output)
{
	struct keyclient *client = pending->client;
	struct s2n_connection *conn = pending->conn;
	struct s2n_async_pkey_op *op = pending->op;

	unlink_pending(pending);
	free(pending);
	if (output.len == 0 || s2n_async_pkey_op_set_output(op, output.data,
				   (uint32_t)output.len) != S2N_SUCCESS)
		s2n_async_pkey_op_set_error(op);
	else
		client->stats.signed_ok++;
	s2n_async_pkey_op_apply(op, conn);
	s2n_async_pkey_op_free(op);
	client->resume(conn, client->ctx);
}

static void
expired(evutil_socket_t fd, short what, void *arg)
{
	struct pending *pending = arg;

	(void)fd;
	(void)what;
	pending->client->stats.expired++;
	keyclient_signed(pending, NO_BYTES);
}

static bool
link_send(
    struct link *link, uint16_t type, uint32_t micros, struct slice payload)
{
	struct keyproto_header header = {
		.type = type, .id = link->last_id + 1, .micros = micros
	};
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&header, payload, packet, sizeof packet);

	if (len == 0 || !channel_send(link->channel, slice_of(packet, len), -1))
		return false;
	link->last_id++;
	event_active(link->client->turn, EV_TIMEOUT, 0);
	return true;
}

static bool
ask_for_more_keys(struct link *link)
{
	uint8_t payload[4];
	size_t len = keyproto_number_build(
	    keylist_next(&link->keys), payload, sizeof payload);

	return link_send(link, KEYPROTO_KEYS, 0, slice_of(payload, len));
}

/* From the first on; what is under way comes to its end before that. */
static bool
ask_for_keys(struct link *link)
{
	link->again = link->listing;
	if (link->listing)
		return true;
	link->listing = true;
	keylist_begin(&link->keys);
	return ask_for_more_keys(link);
}

/* What does not fit is asked for again when the clock is looked at. */
static void
ask_for_tickets(struct link *link, uint64_t epoch)
{
	uint8_t payload[8];
	size_t len = keyproto_long_build(epoch, payload, sizeof payload);

	link->epochs = epoch == 0 ? 0 : link->epochs + 1;
	(void)!link_send(link, KEYPROTO_TICKETKEYS, 0, slice_of(payload, len));
}

/* ---- what is asked ---- */

static struct slice
transcript_of(const struct s2n_pkey_binding *binding)
{
	return slice_of(
	    binding->transcript_hash, binding->transcript_hash_length);
}

/* The request's type; 0: it is nothing that keyd does. */
static uint16_t
request_type(const struct s2n_pkey_binding *binding)
{
	switch (binding->type) {
	case S2N_PKEY_BINDING_TLS13_SERVER:
	case S2N_PKEY_BINDING_TLS13_CLIENT:
		return binding->transcript_hash_length == 32 ||
			       binding->transcript_hash_length == 48
			   ? KEYPROTO_SIGN13
			   : 0;
	case S2N_PKEY_BINDING_TLS12_SERVER_KEY_EXCHANGE:
		return KEYPROTO_SIGN12;
	case S2N_PKEY_BINDING_TLS12_CLIENT_VERIFY:
		return KEYPROTO_SIGN12CV;
	case S2N_PKEY_BINDING_RSA_PREMASTER:
		return KEYPROTO_PREMASTER;
	case S2N_PKEY_BINDING_NONE: /* a client's signature of SSLv3 */
		return 0;
	}
	return 0;
}

/* Of a request whose type is not 0. What is too long is not built. */
static size_t
build_payload(const struct pending *pending, const struct keyproto_key *key,
    uint8_t *out, size_t room)
{
	const struct s2n_pkey_binding *what = &pending->binding;
	struct keyproto_sign sign = { .slot = key->slot,
		.scheme = pending->scheme,
		.generation = key->generation };

	switch (request_type(what)) {
	case KEYPROTO_SIGN13:
		sign.hash = what->transcript_hash_length == 32
				? KEYPROTO_SHA256
				: KEYPROTO_SHA384;
		sign.transcript = transcript_of(what);
		return keyproto_sign13_build(&sign, out, room);
	case KEYPROTO_SIGN12:
		sign.client_random =
		    slice_of(what->client_random, KEYPROTO_RANDOM);
		sign.server_random =
		    slice_of(what->server_random, KEYPROTO_RANDOM);
		sign.parameters =
		    slice_of(what->parameters, what->parameters_length);
		return keyproto_sign12_build(&sign, out, room);
	case KEYPROTO_SIGN12CV:
		sign.messages = slice_of(what->messages, what->messages_length);
		return keyproto_sign12cv_build(&sign, out, room);
	case KEYPROTO_PREMASTER:
		sign.version = what->client_version;
		sign.ciphertext =
		    slice_of(what->ciphertext, what->ciphertext_length);
		return keyproto_premaster_build(&sign, out, room);
	}
	return 0;
}

/* Sends it to a link that has its key and a credit; else it stays parked. */
static void
dispatch(struct pending *pending)
{
	uint64_t now = clock_ms();
	uint8_t payload[KEYPROTO_PACKET_MAX - KEYPROTO_HEADER];
	size_t len;

	if (now >= pending->deadline_ms)
		return; /* the timer is about to end it */
	for (struct link *link = pending->client->links; link != NULL;
	     link = link->next) {
		const struct keyproto_key *key =
		    keylist_find(&link->keys, pending->chain->spki);

		/* Three are kept for KEYS, TICKETKEYS and CANCEL. */
		if (link->dead || key == NULL ||
		    link->in_flight >= KEYPROTO_CREDITS - 3)
			continue;
		len = build_payload(pending, key, payload, sizeof payload);
		if (!link_send(link, request_type(&pending->binding),
			(uint32_t)(pending->deadline_ms - now) * 1000,
			slice_of(payload, len)))
			continue;
		pending->link = link;
		pending->id = link->last_id;
		link->in_flight++;
		return;
	}
}

static void
dispatch_parked(struct keyclient *client)
{
	for (struct pending *p = client->pending; p != NULL; p = p->next)
		if (p->link == NULL)
			dispatch(p);
}

/* Back to the parked ones, once; the second time it fails. */
static void
retry(struct pending *pending)
{
	if (pending->retried) {
		pending->client->stats.refused++;
		keyclient_signed(pending, NO_BYTES);
		return;
	}
	pending->link->in_flight--;
	pending->link = NULL;
	pending->retried = true;
	pending->client->stats.retried++;
}

static void
operation_answered(struct link *link, const struct keyproto_header *header,
    struct slice output)
{
	struct pending *pending = link->client->pending;

	while (pending != NULL &&
	       (pending->link != link || pending->id != header->id))
		pending = pending->next;
	if (pending == NULL)
		return; /* expired or forgotten meanwhile */
	if (header->status == KEYPROTO_STALE ||
	    header->status == KEYPROTO_SHUTDOWN) {
		retry(pending);
		link->dead = link->dead || !ask_for_keys(link);
		return;
	}
	if (header->status != KEYPROTO_OK)
		link->client->stats.refused++;
	keyclient_signed(pending, output);
}

/* ---- ticket keys ---- */

/* The clock is looked at so often, and no epoch is missed. */
static void
start_ticket_tick(struct keyclient *client)
{
	uint64_t seconds = (client->epoch_ends - client->epoch_begins) / 4;
	struct timeval wait = { TICKET_TICK_SECONDS, 0 };

	if (seconds < TICKET_TICK_SECONDS)
		wait.tv_sec = (time_t)(seconds > 0 ? seconds : 1);
	event_add(client->ticket_tick, &wait);
}

/* The key of the next epoch is there before that begins: in time. */
static void
ticket_tick(evutil_socket_t fd, short what, void *arg)
{
	struct keyclient *client = arg;
	uint64_t now = clock_day();
	bool current = now >= client->epoch_begins && now < client->epoch_ends;

	(void)fd;
	(void)what;
	for (struct link *link = client->links; link != NULL; link = link->next)
		if (!current && link->has_tickets)
			ask_for_tickets(link, 0);
	start_ticket_tick(client);
}

static void
give_ticket(struct keyclient *client, const struct keyproto_ticket *from)
{
	struct keyclient_ticket_key key = {
		.begins = from->begins, .ends = from->ends, .dies = from->dies
	};

	memcpy(key.name, from->name, sizeof key.name);
	memcpy(key.secret, from->secret, sizeof key.secret);
	client->ticket(&key, client->ctx);
	explicit_bzero(&key, sizeof key);
}

/* Then the epoch before it, until keyd has no more that decrypt. */
static void
take_tickets(struct link *link, const struct keyproto_ticketkeys *keys)
{
	struct keyclient *client = link->client;
	uint64_t epoch = keys->key[0].epoch;

	link->has_tickets = true;
	if (epoch == keys->current) {
		client->epoch_begins = keys->key[0].begins;
		client->epoch_ends = keys->key[0].ends;
		give_ticket(client, &keys->key[1]);
		start_ticket_tick(client);
	}
	give_ticket(client, &keys->key[0]);
	if (epoch >= 2 && link->epochs < TICKET_EPOCHS_MAX)
		ask_for_tickets(link, epoch - 1);
}

/* A refusal: there are none here, or none of so long ago. */
static bool
tickets_answered(struct link *link, uint32_t status, struct slice payload)
{
	struct keyproto_ticketkeys keys;
	bool sound;

	if (status != KEYPROTO_OK || link->client->ticket == NULL)
		return true;
	if ((sound = keyproto_ticketkeys_parse(payload, &keys)))
		take_tickets(link, &keys);
	explicit_bzero(&keys, sizeof keys);
	return sound;
}

/* Those who wait for a key hear of it when all are there. */
static bool
take_keys(struct link *link, struct slice payload)
{
	struct keyproto_keys keys;
	enum keylist_step step;

	if (!keyproto_keys_parse(payload, &keys))
		return false;
	if ((step = keylist_add(&link->keys, &keys)) != KEYLIST_WHOLE)
		return step == KEYLIST_MORE && ask_for_more_keys(link);
	link->told = true;
	link->listing = false;
	if (link->again && !ask_for_keys(link))
		return false;
	dispatch_parked(link->client);
	if (link->client->told != NULL)
		link->client->told(link->client->ctx);
	return true;
}

/* One packet of a signer's; false when it makes no sense. */
static bool
take_packet(struct link *link, struct slice packet)
{
	struct keyproto_header header;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		return false;
	if ((header.flags & KEYPROTO_ANSWER) == 0) {
		if (header.type == KEYPROTO_KEYCHANGED)
			return ask_for_keys(link);
		return header.type == KEYPROTO_GOAWAY;
	}
	if (header.type >= KEYPROTO_SIGN13 &&
	    header.type <= KEYPROTO_PREMASTER) {
		operation_answered(link, &header, payload);
		return true;
	}
	if (header.type == KEYPROTO_TICKETKEYS)
		return tickets_answered(link, header.status, payload);
	if (header.status != KEYPROTO_OK)
		return false;
	return header.type != KEYPROTO_KEYS || take_keys(link, payload);
}

static void
free_link(struct link *link)
{
	if (link->readable != NULL)
		event_free(link->readable);
	if (link->writable != NULL)
		event_free(link->writable);
	channel_free(link->channel);
	keylist_free(&link->keys);
	free(link);
}

/* Parks what waited for it. A resumption may change the list: start over. */
static void
end_link(struct link *link)
{
	struct keyclient *client = link->client;
	struct link **at = &client->links;
	struct pending *pending = client->pending;

	link->dead = true;
	while (pending != NULL) {
		if (pending->link == link) {
			retry(pending);
			pending = client->pending;
		} else
			pending = pending->next;
	}
	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	free_link(link);
	dispatch_parked(client);
}

static void
keyclient_ready(evutil_socket_t fd, short what, void *arg)
{
	struct link *link = arg;
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event;
	size_t len;

	(void)fd;
	(void)what;
	while (
	    !link->dead && (event = channel_receive(link->channel, packet,
				sizeof packet, &len, NULL)) != CHANNEL_EMPTY) {
		if (event != CHANNEL_PACKET ||
		    !take_packet(link, slice_of(packet, len)))
			link->dead = true;
		/* It may have been a premaster secret. */
		explicit_bzero(packet, event == CHANNEL_PACKET ? len : 0);
	}
	if (link->dead)
		end_link(link);
	else
		dispatch_parked(link->client); /* credits came back */
}

/* Sends what this turn queued. A dead link is found by its read event. */
static void
turn_ended(evutil_socket_t fd, short what, void *arg)
{
	struct keyclient *client = arg;

	(void)fd;
	(void)what;
	for (struct link *link = client->links; link != NULL; link = link->next)
		if (channel_flush(link->channel) == CHANNEL_PACKET)
			event_add(link->writable, NULL);
}

static void
writable(evutil_socket_t fd, short what, void *arg)
{
	turn_ended(fd, what, ((struct link *)arg)->client);
}

struct keyclient *
keyclient_new(struct event_base *base, unsigned deadline_ms,
    keyclient_resume *resume, void *ctx)
{
	struct keyclient *client = calloc(1, sizeof *client);

	if (client == NULL)
		return NULL;
	client->base = base;
	client->deadline_ms = deadline_ms;
	client->resume = resume;
	client->ctx = ctx;
	client->turn = event_new(base, -1, 0, turn_ended, client);
	client->ticket_tick = evtimer_new(base, ticket_tick, client);
	if (client->turn == NULL || client->ticket_tick == NULL) {
		keyclient_free(client);
		return NULL;
	}
	return client;
}

void
keyclient_free(struct keyclient *client)
{
	if (client == NULL)
		return;
	keydoor_free(client->door);
	while (client->pending != NULL)
		keyclient_forget(client, client->pending->conn);
	while (client->links != NULL) {
		struct link *link = client->links;

		client->links = link->next;
		free_link(link);
	}
	while (client->chains != NULL) {
		struct chain *chain = client->chains;

		client->chains = chain->next;
		free(chain);
	}
	if (client->turn != NULL)
		event_free(client->turn);
	if (client->ticket_tick != NULL)
		event_free(client->ticket_tick);
	free(client);
}

int
keyclient_connect(struct keyclient *client, const char *socket_path)
{
	if (client->door != NULL) {
		errno = EISCONN;
		return -1;
	}
	client->door = keydoor_new(client, client->base, socket_path);
	return client->door != NULL ? 0 : -1;
}

int
keyclient_attach(struct keyclient *client, int fd)
{
	struct keyproto_hello hello = { .least = KEYPROTO_MAJOR,
		.most = KEYPROTO_MAJOR };
	struct link *link = calloc(1, sizeof *link);
	uint8_t payload[8];
	size_t len = keyproto_hello_build(&hello, payload, sizeof payload);

	if (link == NULL) {
		close(fd);
		return -1;
	}
	link->client = client;
	if ((link->channel = channel_new(fd, QUEUE)) == NULL) {
		free(link);
		return -1;
	}
	link->readable = event_new(
	    client->base, fd, EV_READ | EV_PERSIST, keyclient_ready, link);
	link->writable = event_new(client->base, fd, EV_WRITE, writable, link);
	if (link->readable == NULL || link->writable == NULL ||
	    event_add(link->readable, NULL) != 0 ||
	    !link_send(link, KEYPROTO_HELLO, 0, slice_of(payload, len)) ||
	    !ask_for_keys(link)) {
		free_link(link);
		return -1;
	}
	if (client->ticket != NULL)
		ask_for_tickets(link, 0);
	link->next = client->links;
	client->links = link;
	return 0;
}

/* Notes what is to be done; false when it is nothing that keyd does. */
static bool
read_binding(struct pending *pending)
{
	struct s2n_pkey_binding *binding = &pending->binding;

	if (s2n_async_pkey_op_get_binding(pending->op, binding) !=
		S2N_SUCCESS ||
	    request_type(binding) == 0)
		return false;
	if (binding->type == S2N_PKEY_BINDING_RSA_PREMASTER)
		return binding->ciphertext_length <= KEYPROTO_CIPHERTEXT_MAX;
	return s2n_async_pkey_op_get_signature_scheme(
		   pending->op, &pending->scheme) == S2N_SUCCESS &&
	       binding->parameters_length <= KEYPROTO_PARAMETERS_MAX &&
	       binding->messages_length <= KEYPROTO_MESSAGES_MAX;
}

/* The library's callback: op is ours to free, also when this fails. */
static int
keyclient_sign(struct s2n_connection *conn, struct s2n_async_pkey_op *op)
{
	struct s2n_cert_chain_and_key *cert =
	    s2n_connection_get_selected_cert(conn);
	struct chain *chain =
	    cert == NULL ? NULL : s2n_cert_chain_and_key_get_ctx(cert);
	struct keyclient *client;
	struct pending *pending;
	struct timeval wait;

	if (chain == NULL || (pending = calloc(1, sizeof *pending)) == NULL) {
		s2n_async_pkey_op_free(op);
		return S2N_FAILURE;
	}
	client = chain->client;
	pending->client = client;
	pending->op = op;
	pending->conn = conn;
	pending->chain = chain;
	pending->deadline_ms = clock_ms() + client->deadline_ms;
	wait.tv_sec = client->deadline_ms / 1000;
	wait.tv_usec = (suseconds_t)(client->deadline_ms % 1000 * 1000);
	pending->timer = evtimer_new(client->base, expired, pending);
	if (!read_binding(pending) || pending->timer == NULL ||
	    event_add(pending->timer, &wait) != 0) {
		if (pending->timer != NULL)
			event_free(pending->timer);
		free(pending);
		s2n_async_pkey_op_free(op);
		return S2N_FAILURE;
	}
	pending->next = client->pending;
	client->pending = pending;
	client->stats.pending++;
	client->stats.requested++;
	dispatch(pending);
	return S2N_SUCCESS;
}

int
keyclient_add(struct keyclient *client, struct s2n_config *config,
    struct s2n_cert_chain_and_key *cert,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE])
{
	struct chain *chain = calloc(1, sizeof *chain);

	if (chain == NULL)
		return -1;
	chain->client = client;
	memcpy(chain->spki, spki_sha256, sizeof chain->spki);
	chain->next = client->chains;
	client->chains = chain;
	if (s2n_cert_chain_and_key_set_ctx(cert, chain) != S2N_SUCCESS ||
	    s2n_config_set_async_pkey_callback(config, keyclient_sign) !=
		S2N_SUCCESS)
		return -1;
	return 0;
}

void
keyclient_when_told(struct keyclient *client, keyclient_told *told)
{
	client->told = told;
}

void
keyclient_ticket_keys(struct keyclient *client, keyclient_ticket_fn *ticket)
{
	client->ticket = ticket;
	for (struct link *link = client->links; link != NULL; link = link->next)
		ask_for_tickets(link, 0);
}

bool
keyclient_lacks(const struct keyclient *client,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE], uint32_t needs,
    uint32_t *lacks)
{
	static const struct {
		uint32_t need;
		uint16_t operation;
	} rows[] = { { S2N_PKEY_NEED_TLS13, KEYPROTO_SIGN13 },
		{ S2N_PKEY_NEED_TLS12, KEYPROTO_SIGN12 },
		{ S2N_PKEY_NEED_SHA1, KEYPROTO_SIGN10 },
		{ S2N_PKEY_NEED_PREMASTER, KEYPROTO_PREMASTER } };
	const struct keyproto_key *key = NULL;

	for (const struct link *link = client->links;
	     link != NULL && key == NULL; link = link->next)
		key = keylist_find(&link->keys, spki_sha256);
	if (key == NULL)
		return false;
	*lacks = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		if ((needs & rows[i].need) != 0 &&
		    (key->operations & keyproto_operation(rows[i].operation)) ==
			0)
			*lacks |= rows[i].need;
	return true;
}

void
keyclient_forget(struct keyclient *client, struct s2n_connection *conn)
{
	struct pending *pending = client->pending, *next;

	for (; pending != NULL; pending = next) {
		uint8_t payload[8];
		size_t len;

		next = pending->next;
		if (pending->conn != conn)
			continue;
		len = keyproto_long_build(pending->id, payload, sizeof payload);
		/* A CANCEL that does not fit only costs the signer's time. */
		if (pending->link != NULL)
			(void)!link_send(pending->link, KEYPROTO_CANCEL, 0,
			    slice_of(payload, len));
		unlink_pending(pending);
		s2n_async_pkey_op_cancel(pending->op);
		s2n_async_pkey_op_free(pending->op);
		free(pending);
	}
}

void
keyclient_stats(const struct keyclient *client, struct keyclient_stats *stats)
{
	*stats = client->stats;
	for (const struct link *l = client->links; l != NULL; l = l->next) {
		stats->channels++;
		stats->keys_known += keylist_count(&l->keys);
		stats->told += l->told && !l->dead ? 1 : 0;
	}
}
