/*
 * frontd-prove: says whether OCSP responses are good for chains. It takes apart
 * what strangers have sent, so it has nothing else: no file, no network, no
 * other site's anything, and keeps nothing from one to the next.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/log.h"
#include "frontd/control.h"
#include "frontd/staple.h"
#include "ipc/spawn.h"
#include "policy/profiles.h"

static struct channel *control;
static bool started;

/* The question at hand, and what has come of it. */
static struct control_prove question;
static uint8_t bytes[PEM_FILE_MAX + STAPLE_SIZE_MAX];
static size_t have;

static void
answer(enum staple_verdict verdict, const struct staple_times *times)
{
	const struct control_proven record = { .type = CONTROL_PROVEN,
		.request = question.request,
		.verdict = verdict,
		.from = (uint64_t)times->from,
		.until = (uint64_t)times->until };

	question = (struct control_prove){ 0 };
	if (!control_send(control, &record, sizeof record, -1))
		exit(EXIT_FAILURE);
	(void)channel_flush(control);
}

static void
prove(void)
{
	struct site_chain chain = { .pem = {
					(char *)bytes, question.chain_size } };
	struct staple_times times = { 0 };
	enum staple_verdict verdict = STAPLE_OTHER;

	if (site_parse_chain(&chain) == NULL)
		verdict = staple_prove(&chain,
		    slice_of(
			bytes + question.chain_size, question.response_size),
		    &times);
	X509_free(chain.leaf);
	/* A time before 1970 is none that anybody could be within. */
	if (times.from < 0 || times.until < times.from)
		verdict = STAPLE_MALFORMED;
	answer(verdict, &times);
}

static void
take_part(const struct control_part *part)
{
	size_t size = (size_t)question.chain_size + question.response_size;

	if (part->number != question.request || part->number == 0 ||
	    part->bytes.len > size - have)
		exit(EXIT_FAILURE);
	if (part->bytes.len > 0)
		memcpy(bytes + have, part->bytes.data, part->bytes.len);
	have += part->bytes.len;
	if (have == size)
		prove();
}

static void
take_question(const struct control_prove *what)
{
	if (what->chain_size > PEM_FILE_MAX ||
	    what->response_size > STAPLE_SIZE_MAX || what->response_size == 0)
		exit(EXIT_FAILURE);
	question = *what;
	have = 0;
}

/* libcrypto reads and loads what it needs while it can. */
static void
warm_up(void)
{
	static const char *const digests[] = { "SHA1", "SHA2-256", "SHA2-384",
		"SHA2-512" };

	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG |
				    OPENSSL_INIT_ADD_ALL_CIPHERS |
				    OPENSSL_INIT_ADD_ALL_DIGESTS |
				    OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
		NULL) != 1)
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < COUNT(digests); i++)
		EVP_MD_free(EVP_MD_fetch(NULL, digests[i], NULL));
	X509_STORE_free(X509_STORE_new());
	ERR_clear_error();
}

static void
seal(const struct control_start *start)
{
	struct policy_request ask = { .strictness = start->strictness };
	struct control_confined report = { .type = CONTROL_CONFINED };

	warm_up();
	policy_enter(&frontd_prove_profile, &ask, &report.confinement);
	if (!control_send(control, &report, sizeof report, -1))
		exit(EXIT_FAILURE);
	(void)channel_flush(control);
	started = true;
}

static void
take_order(struct slice packet)
{
	static union {
		struct control_start start;
		struct control_prove prove;
		struct control_part part;
	} record;

	switch (control_type(packet)) {
	case CONTROL_START:
		if (!started &&
		    control_take(packet, &record.start, sizeof record.start))
			seal(&record.start);
		return;
	case CONTROL_PROVE:
		if (started &&
		    control_take(packet, &record.prove, sizeof record.prove))
			take_question(&record.prove);
		return;
	case CONTROL_PART:
		if (started &&
		    control_take(packet, &record.part, sizeof record.part))
			take_part(&record.part);
		return;
	}
}

int
main(void)
{
	static uint8_t packet[CHANNEL_PACKET_MAX];
	struct pollfd ready = { SPAWN_CONTROL_FD, POLLIN, 0 };
	enum channel_event event;
	size_t len;

	log_open("frontd-prove", LOG_LEVEL_INFO);
	if ((control = channel_new(SPAWN_CONTROL_FD, 16)) == NULL)
		return EXIT_FAILURE;
	for (;;) {
		ready.events = POLLIN;
		if (channel_waiting(control))
			ready.events |= POLLOUT;
		if (poll(&ready, 1, -1) < 0 && errno != EINTR)
			return EXIT_FAILURE;
		(void)channel_flush(control);
		while ((event = channel_receive(control, packet, sizeof packet,
			    &len, NULL)) == CHANNEL_PACKET)
			take_order(slice_of(packet, len));
		if (event != CHANNEL_EMPTY)
			return EXIT_SUCCESS; /* the master is gone */
	}
}
