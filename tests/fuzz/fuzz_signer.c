/*
 * keyd/serve.c in this process, as it is but for two calls: where it would wait
 * the input says what keyd and clients do next, and where it would exit the run
 * is over. keyd is believed, so what it says may be nonsense, and even end the
 * signer; nothing that a client does may, nor keep another from its answers.
 */
#include "tests/fuzz/fuzz_signer.h"

#include <poll.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "base/writer.h"
#include "tests/fuzz/target.h"
#include "tests/unit/certs.h"

static int next_poll(struct pollfd *, nfds_t, int timeout);
static _Noreturn void ended(int status);

#define poll next_poll
#define exit ended
#include "keyd/serve.c"
#undef exit
#undef poll

#define STEPS_MAX 200
#define ENDS 4 /* of clients; the first is never touched by the input */

static struct slice pem; /* of the key in slot 0 */

static struct reader *input;
static jmp_buf out;
static int keyds, ends[ENDS];
static uint64_t ids[ENDS], answered[ENDS];
static unsigned steps;
/* What the run may end with: keyd has gone, or said what is no packet. */
static bool may_end, may_fail;
static enum { BEGINNING, RUNNING, WITNESSING, ENDING } stage;

static int
file_of(struct slice bytes)
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	must_hold(fd >= 0 &&
		      write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len &&
		      lseek(fd, 0, SEEK_SET) == 0,
	    "a file in memory");
	return fd;
}

void
fuzz_signer_set_up(void)
{
	static BIO *bio; /* kept, with its bytes */
	char *text;
	long len;

	if (bio != NULL)
		return;
	bio = BIO_new(BIO_s_mem());
	must_hold(PEM_write_bio_PKCS8PrivateKey(bio, certs_key(CERTS_P256, 0),
		      NULL, NULL, 0, NULL, NULL) == 1,
	    "a key as PEM");
	len = BIO_get_mem_data(bio, &text);
	pem = slice_of(text, (size_t)len);
}

/* ---- what is said to it ---- */

/* Whatever it does not take is lost, as if it had not been said. Closes fd. */
static void
say(int end, struct slice packet, int fd)
{
	struct channel *channel;
	int copy = dup(end);

	must_hold(copy >= 0, "descriptors");
	channel = channel_new(copy, 1);
	if (packet.len > 0 && packet.len <= CHANNEL_PACKET_MAX &&
	    channel_send(channel, packet, fd))
		channel_flush(channel);
	else if (fd >= 0)
		close(fd);
	channel_free(channel);
}

/* A packet whose frame is as it should be, whatever the payload. */
static struct slice
frame(uint16_t type, uint64_t id, uint32_t micros, struct slice payload)
{
	static struct writer packet;

	if (packet.limit == 0)
		writer_init(&packet, CHANNEL_PACKET_MAX);
	writer_clear(&packet);
	writer_bytes(&packet, slice_of("SPK1\1", 6));
	writer_u8(&packet, (uint8_t)type);
	writer_u8(&packet, (uint8_t)(type >> 8));
	for (int i = 0; i < 4; i++)
		writer_u8(&packet, (uint8_t)(payload.len >> 8 * i));
	writer_u32(&packet, 0);
	for (int i = 0; i < 8; i++)
		writer_u8(&packet, (uint8_t)(id >> 8 * i));
	for (int i = 0; i < 4; i++)
		writer_u8(&packet, (uint8_t)(micros >> 8 * i));
	writer_u32(&packet, 0);
	if (payload.len > CHANNEL_PACKET_MAX - KEYPROTO_HEADER)
		payload.len = CHANNEL_PACKET_MAX - KEYPROTO_HEADER;
	writer_bytes(&packet, payload);
	return slice_of(packet.data, packet.len);
}

/* keyd says; what is no packet may end it. */
static void
order(struct slice packet, int fd)
{
	struct keyproto_header header;
	struct slice payload;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		may_fail = true;
	say(keyds, packet, fd);
}

static void
give_key(void)
{
	const struct keyproto_keyfile file = {
		.operations = keyproto_operation(KEYPROTO_SIGN13) |
			      keyproto_operation(KEYPROTO_SIGN12) |
			      keyproto_operation(KEYPROTO_SIGN10),
		.name = "key",
	};
	uint8_t bytes[256];
	size_t len = keyproto_keyfile_build(&file, bytes, sizeof bytes);

	order(
	    frame(KEYPROTO_KEYFILE, 1, 0, slice_of(bytes, len)), file_of(pem));
}

static void
give_channel(unsigned which, uint16_t role, struct keyproto_rate rate)
{
	const struct keyproto_grant grant = {
		.role = role, .rate = rate, .slots = { 3 }, .client = "c"
	};
	uint8_t bytes[256];
	size_t len = keyproto_grant_build(&grant, bytes, sizeof bytes);
	int pair[2];

	if (ends[which] >= 0)
		close(ends[which]);
	must_hold(channel_pair(pair) == 0, "a pair");
	ends[which] = pair[0];
	ids[which] = answered[which] = 0;
	order(frame(KEYPROTO_GRANT, 2, 0, slice_of(bytes, len)), pair[1]);
}

/* ---- what it answers ---- */

static bool
hear(unsigned which, uint32_t *status)
{
	static uint8_t packet[CHANNEL_PACKET_MAX];
	struct keyproto_header header;
	struct slice payload;
	enum keyproto_status parsed;
	ssize_t len = ends[which] < 0 ? -1
				      : recv(ends[which], packet, sizeof packet,
					    MSG_DONTWAIT);

	if (len <= 0)
		return false;
	parsed =
	    keyproto_parse(slice_of(packet, (size_t)len), &header, &payload);
	must_hold(parsed == KEYPROTO_OK || parsed == KEYPROTO_UNSUPPORTED,
	    "an answer that is none");
	if (header.type == KEYPROTO_GOAWAY && header.id == 0)
		return true;
	must_hold(header.flags == KEYPROTO_ANSWER &&
		      header.status < KEYPROTO_STATUS_COUNT &&
		      header.id > answered[which],
	    "answer %u", header.status);
	must_hold(header.status == KEYPROTO_OK || payload.len == 0,
	    "a refusal of %zu bytes", payload.len);
	answered[which] = header.id;
	*status = header.status;
	return true;
}

static void
drain_keyds(void)
{
	static uint8_t packet[CHANNEL_PACKET_MAX];

	while (recv(keyds, packet, sizeof packet, MSG_DONTWAIT) > 0)
		;
}

/* ---- the input's words ---- */

static void
client_says(unsigned which, bool framed)
{
	uint16_t type = framed ? reader_u16(input) : 0;
	uint8_t more = reader_u8(input);
	struct slice bytes = reader_vec16(input);
	int fd = (more & 7) == 7 ? dup(STDERR_FILENO) : -1;

	if (ends[which] < 0) {
		if (fd >= 0)
			close(fd);
		return;
	}
	/* Some many times, and no answer taken. */
	for (unsigned i = 0; framed && i < (more & 0x30u); i++)
		say(ends[which], frame(type, ++ids[which], 0, bytes), -1);
	if (framed)
		bytes = frame(type, ++ids[which], more & 0x80, bytes);
	say(ends[which], bytes, fd);
}

static void
keyd_says(bool framed)
{
	uint16_t type = framed ? reader_u16(input) : 0;
	struct slice bytes = reader_vec16(input), file = reader_vec16(input);

	if (framed)
		bytes = frame(type, 9, 0, bytes);
	order(bytes, file.len > 0 ? file_of(file) : -1);
}

/* False: now the signer has its turn. */
static bool
one_step(void)
{
	uint8_t word = reader_u8(input);
	unsigned which = 1 + (word >> 4) % (ENDS - 1);
	uint32_t status;

	switch (word & 7) {
	case 0:
		return false;
	case 1:
		client_says(which, true);
		break;
	case 2:
		client_says(which, false);
		break;
	case 3:
		keyd_says(true);
		break;
	case 4:
		if ((word & 8) != 0)
			keyd_says(false);
		else if (ends[which] >= 0) {
			close(ends[which]);
			ends[which] = -1;
		}
		break;
	case 5:
		while (hear(which, &status))
			;
		break;
	default:
		give_channel(which, (word & 8) != 0 ? 2 : 1,
		    (struct keyproto_rate){ reader_u8(input), 1 });
	}
	return true;
}

static void
ask_witness(void)
{
	say(ends[0], frame(KEYPROTO_PING, ++ids[0], 0, NO_BYTES), -1);
}

static void
check_witness(void)
{
	uint32_t status = KEYPROTO_INTERNAL;

	while (hear(0, &status))
		;
	must_hold(answered[0] == ids[0] && status == KEYPROTO_OK,
	    "the witness has no answer, but %s", keyproto_status_name(status));
}

static int
next_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	static const uint8_t hello[8] = { 1, 0, 1 };

	must_hold(timeout == -1 && count >= 1, "it waits for something else");
	drain_keyds();
	if (stage == BEGINNING) {
		give_key();
		give_channel(0, 1, (struct keyproto_rate){ 0, 0 });
		say(ends[0],
		    frame(KEYPROTO_HELLO, ++ids[0], 0, slice_of(hello, 8)), -1);
		stage = RUNNING;
	} else if (stage == RUNNING) {
		while (steps++ < STEPS_MAX && reader_more(input))
			if (!one_step())
				return poll(fds, count, 0);
		ask_witness();
		stage = WITNESSING;
	} else if (stage == WITNESSING) {
		check_witness();
		may_end = true;
		close(keyds);
		keyds = -1;
		stage = ENDING;
	}
	return poll(fds, count, 0);
}

static _Noreturn void
ended(int status)
{
	must_hold(status == EXIT_SUCCESS ? may_end : may_fail,
	    "it ended with %d", status);
	longjmp(out, 1);
}

/* ---- a run ---- */

static void
begin_run(void)
{
	int pair[2];

	must_hold(channel_pair(pair) == 0, "a pair");
	keyds = pair[0];
	control = channel_new(pair[1], ORDERS_MAX);
	keys = keystore_new(256);
	must_hold(control != NULL && keys != NULL, "memory");
	name = "keyd-signer";
	audit = audit_of(1);
	free(counts.rows);
	memset(&counts, 0, sizeof counts);
	must_hold(counts_open(&counts, 256), "memory");
	channels = 0;
	for (unsigned i = 0; i < ENDS; i++)
		ends[i] = -1;
	memset(ids, 0, sizeof ids);
	memset(answered, 0, sizeof answered);
	steps = 0;
	may_end = may_fail = false;
	stage = BEGINNING;
}

static void
end_run(int first_fd)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (lines[i].channel != NULL)
			line_close(&lines[i]);
	channel_free(audit.channel);
	audit.channel = NULL;
	channel_free(control);
	drop_parts();
	keystore_free(keys);
	/* Ends of ours; what came with a packet that ended it, and stayed. */
	close_range((unsigned)first_fd, ~0u, 0);
}

/* Words of one_step(). */
void
fuzz_signer(struct reader *bytes)
{
	static const struct confinement reached;
	int first_fd = dup(STDERR_FILENO);

	must_hold(first_fd >= 0, "descriptors");
	close(first_fd);
	input = bytes;
	begin_run();
	if (setjmp(out) == 0)
		serve(&reached, NULL);
	end_run(first_fd);
}
