/*
 * The key protocol, from the side of keyd, which trusts nothing it is told: an
 * answer is lawful, and a signature comes only for a key and a use that were
 * granted.
 */
#include "tests/fuzz/fuzz_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "keyd/content.h"
#include "keyd/p11_uri.h"
#include "keyd/request.h"
#include "tests/fuzz/target.h"
#include "tests/oracle/foreign.h"
#include "tests/unit/certs.h"

#define PACKETS_MAX 40
#define SPACES 64
#define URI_MAX 1024
#define MINOR 5 /* where a packet tells its minor version */
/* Of the slots that are granted, and of one that is not. */
enum {
	SLOT_EC = 0,
	SLOT_RSA = 1,
	SLOT_RSA_PSS = 2,
	SLOT_MUTE = 3,
	SLOT_OTHERS = 4
};
#define GRANTED                                                                \
	(1u << SLOT_EC | 1u << SLOT_RSA | 1u << SLOT_RSA_PSS | 1u << SLOT_MUTE)

static struct keystore *store;
static struct tickets *tickets; /* of a root of its own */
static const uint8_t boot_id[16] = { 1, 2, 3 };

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

static void
load(uint16_t slot, uint32_t operations, enum certs_key kind, int number)
{
	struct keyproto_keyfile file = { .slot = slot,
		.operations = operations };
	struct keyproto_keytold told;
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;
	int fd;

	must_hold(PEM_write_bio_PKCS8PrivateKey(bio, certs_key(kind, number),
		      NULL, NULL, 0, NULL, NULL) == 1,
	    "a key as PEM");
	len = BIO_get_mem_data(bio, &text);
	fd = file_of(slice_of(text, (size_t)len));
	must_hold(keystore_load(store, &file, &(struct keysource){ fd, -1, -1 },
		      &told) == KEYPROTO_SERVED,
	    "a key");
	close(fd);
	BIO_free(bio);
}

void
fuzz_key_set_up(void)
{
	const uint32_t signs = keyproto_operation(KEYPROTO_SIGN13) |
			       keyproto_operation(KEYPROTO_SIGN12) |
			       keyproto_operation(KEYPROTO_SIGN10);

	const struct keyproto_ticketroot times = { 5400, 21600 };

	if (store != NULL)
		return;
	must_hold((store = keystore_new(256)) != NULL &&
		      (tickets = tickets_new()) != NULL,
	    "memory");
	must_hold(
	    tickets_load(tickets, &times, -1, 0) == KEYPROTO_OK, "ticket keys");
	load(SLOT_EC, signs, CERTS_P256, 0);
	load(SLOT_RSA, signs | keyproto_operation(KEYPROTO_PREMASTER),
	    CERTS_RSA, 0);
	load(SLOT_RSA_PSS, keyproto_operation(KEYPROTO_SIGN13), CERTS_RSA_PSS,
	    0);
	load(SLOT_MUTE, 0, CERTS_P384, 0);
	load(SLOT_OTHERS, signs, CERTS_P256, 1);
}

/* ---- the words ---- */

/* Once taken apart it is put together to the same bytes. */
#define SAME_AGAIN_AS(name, type, payload)                                     \
	do {                                                                   \
		static struct keyproto_##type value;                           \
		if (keyproto_##name##_parse(payload, &value))                  \
			must_hold(keyproto_##name##_build(&value, again,       \
				      sizeof again) == (payload).len &&        \
				      memcmp(again, (payload).data,            \
					  (payload).len) == 0,                 \
			    #name " is another");                              \
	} while (0)
#define SAME_AGAIN(name, payload) SAME_AGAIN_AS(name, name, payload)

static void
each_payload(struct slice payload)
{
	static uint8_t again[KEYPROTO_PACKET_MAX];
	uint32_t number;
	uint64_t id;

	/* No packet brings more. */
	if (payload.len > sizeof again)
		return;
	SAME_AGAIN(hello, payload);
	SAME_AGAIN(welcome, payload);
	SAME_AGAIN(keys, payload);
	SAME_AGAIN_AS(sign13, sign, payload);
	SAME_AGAIN_AS(sign12, sign, payload);
	SAME_AGAIN_AS(sign12cv, sign, payload);
	SAME_AGAIN_AS(premaster, sign, payload);
	SAME_AGAIN_AS(signdigest, sign, payload);
	SAME_AGAIN(stats, payload);
	SAME_AGAIN(newchannel, payload);
	SAME_AGAIN(keyfile, payload);
	SAME_AGAIN(keypart, payload);
	SAME_AGAIN(keytold, payload);
	SAME_AGAIN(module, payload);
	SAME_AGAIN(generate, payload);
	SAME_AGAIN(request, payload);
	SAME_AGAIN(keytoken, payload);
	SAME_AGAIN(record, payload);
	SAME_AGAIN(audit, payload);
	SAME_AGAIN(auditlog, payload);
	SAME_AGAIN(grant, payload);
	SAME_AGAIN(ticketkeys, payload);
	SAME_AGAIN(ticketroot, payload);
	if (keyproto_number_parse(payload, &number))
		must_hold(keyproto_number_build(number, again, sizeof again) ==
			      payload.len,
		    "number");
	if (keyproto_long_parse(payload, &id))
		must_hold(
		    keyproto_long_build(id, again, sizeof again) == payload.len,
		    "long");
}

static void
processes(struct slice payload)
{
	static struct keyproto_processes all;

	if (!keyproto_processes_parse(payload, &all))
		return;
	must_hold(all.count <= KEYPROTO_STATUS_MAX, "%u", all.count);
	for (uint32_t i = 0; i < all.count; i++)
		must_hold(
		    memchr(all.process[i].name, '\0', KEYPROTO_NAME) != NULL,
		    "a name without an end");
}

void
fuzz_keyproto(struct reader *input)
{
	static uint8_t again[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	struct slice packet = reader_rest(input), payload;
	enum keyproto_status status = keyproto_parse(packet, &header, &payload);

	must_hold(status == KEYPROTO_OK || status == KEYPROTO_BADMSG ||
		      status == KEYPROTO_VERSION ||
		      status == KEYPROTO_UNSUPPORTED,
	    "status %u", (unsigned)status);
	if (status == KEYPROTO_OK) {
		must_hold(payload.len == packet.len - KEYPROTO_HEADER,
		    "%zu bytes", payload.len);
		must_hold(keyproto_build(&header, payload, again,
			      sizeof again) == packet.len,
		    "another length");
		/* What is newer adds types and changes none. */
		again[MINOR] = packet.data[MINOR];
		must_hold(memcmp(again, packet.data, packet.len) == 0,
		    "another packet");
	}
	/* As it is, too: nobody checks a payload but its parser. */
	each_payload(packet);
	processes(packet);
	if (packet.len >= KEYPROTO_HEADER) {
		payload = slice_of(packet.data + KEYPROTO_HEADER,
		    packet.len - KEYPROTO_HEADER);
		each_payload(payload);
		processes(payload);
	}
}

/* ---- a client of keyd ---- */

/* The slot stands first in what asks for a key's use. */
static void
judge_use(const struct client *client, uint16_t type, struct slice payload)
{
	uint16_t slot;

	if (type != KEYPROTO_SIGN13 && type != KEYPROTO_SIGN12 &&
	    type != KEYPROTO_SIGN12CV && type != KEYPROTO_PREMASTER)
		return;
	must_hold(payload.len > 2, "no slot");
	slot = (uint16_t)(payload.data[0] | payload.data[1] << 8);
	must_hold(slot <= SLOT_RSA ||
		      (slot == SLOT_RSA_PSS && type == KEYPROTO_SIGN13),
	    "the key of slot %u", slot);
	must_hold(type != KEYPROTO_PREMASTER || slot == SLOT_RSA,
	    "a premaster secret with the key of slot %u", slot);
	must_hold((type == KEYPROTO_SIGN12CV) ==
			  (client->grant.role == KEYPROTO_CLIENT) ||
		      type == KEYPROTO_SIGN13,
	    "type %u by role %u", type, client->grant.role);
}

/* Gives whether the channel is closed. */
static bool
ask(struct client *client, struct slice packet, uint64_t waited)
{
	static uint8_t answer[KEYPROTO_PACKET_MAX];
	struct keyproto_header header, asked;
	struct slice payload, body;
	struct client before = *client;
	enum keyproto_status status = keyproto_parse(packet, &asked, &payload);
	bool closes;
	size_t len = request_dispatch(client, packet, waited, answer, &closes);

	must_hold(
	    memcmp(&before.grant, &client->grant, sizeof before.grant) == 0,
	    "a grant that changed");
	if (len == 0) {
		must_hold(closes, "no answer and yet open");
		return true;
	}
	must_hold(status != KEYPROTO_BADMSG, "an answer to a broken packet");
	must_hold(len <= sizeof answer, "%zu bytes", len);
	status = keyproto_parse(slice_of(answer, len), &header, &body);
	must_hold(status == KEYPROTO_OK || status == KEYPROTO_UNSUPPORTED,
	    "an answer that is none: %s", keyproto_status_name(status));
	must_hold(header.flags == KEYPROTO_ANSWER && header.id == asked.id &&
		      header.type == asked.type &&
		      header.status < KEYPROTO_STATUS_COUNT,
	    "an answer to something else");
	must_hold(asked.id > before.last_id, "an id again");
	must_hold(closes == keyproto_status_closes(
				(enum keyproto_status)header.status),
	    "closing");
	if (header.status != KEYPROTO_OK) {
		must_hold(body.len == 0, "%zu bytes refused", body.len);
		return closes;
	}
	must_hold(client->greeted, "an answer before HELLO");
	judge_use(client, header.type, payload);
	return closes;
}

/* u8 role; packets: u8 how long it waited, vec16. */
void
fuzz_request(struct reader *input)
{
	struct client client = { .keys = store,
		.boot_id = boot_id,
		.grant = { .role = (reader_u8(input) & 1) != 0
				       ? KEYPROTO_CLIENT
				       : KEYPROTO_SERVER,
		    .slots = { GRANTED } },
		.tickets = tickets };
	uint64_t waited;

	for (int i = 0; i < PACKETS_MAX && reader_more(input); i++) {
		waited = reader_u8(input);
		if (ask(&client, reader_vec16(input), waited))
			break;
	}
}

/* ---- what is signed ---- */

static void
must_be_no_other(struct slice content)
{
	size_t i = 0;

	while (i < content.len && content.data[i] == ' ')
		i++;
	must_hold(i < SPACES, "it could be TLS 1.3's");
	must_hold(content_client_version(content) == 0,
	    "it could be a client's messages");
	must_hold(foreign_told(content) == NULL, "it could be %s",
	    foreign_told(content));
}

/* u8 what it is to be; then that. */
void
fuzz_content(struct reader *input)
{
	struct keyproto_sign sign = { 0 };
	bool exchange = (reader_u8(input) & 1) != 0;
	struct slice messages, content;
	struct writer out;

	if (!exchange) {
		messages = reader_rest(input);
		if (content_client_version(messages) != 0)
			must_hold(messages.len > 4 && messages.data[0] == 1,
			    "no ClientHello");
		return;
	}
	sign.client_random = reader_bytes(input, KEYPROTO_RANDOM);
	sign.server_random = reader_bytes(input, KEYPROTO_RANDOM);
	sign.parameters = reader_rest(input);
	if (input->failed || sign.parameters.len > KEYPROTO_PARAMETERS_MAX)
		return;
	writer_init(&out, CONTENT_MAX);
	if (content_key_exchange(&sign, &out) && writer_result(&out, &content))
		must_be_no_other(content);
	writer_free(&out);
}

/* ---- key files ---- */

void
fuzz_keyfile(struct reader *input)
{
	struct keystore *keys = keystore_new(256);
	struct keyproto_keyfile file = { .slot = reader_u16(input),
		.operations = keyproto_operation(KEYPROTO_SIGN13) };
	const struct keyproto_key *described;
	/* What is encrypted was so with this. */
	int passphrase =
	    (file.slot & 1) == 0 ? file_of(slice_of("warm", 4)) : -1;
	struct keysource source = { file_of(reader_rest(input)), passphrase,
		-1 };
	struct keyproto_keytold told;
	enum keyproto_verdict status;
	bool there;

	must_hold(keys != NULL, "memory");
	status = keystore_load(keys, &file, &source, &told);
	described = keystore_describe(keys, file.slot);
	there = described != NULL;
	must_hold(there == (status == KEYPROTO_SERVED) &&
		      keystore_count(keys) == (there ? 1 : 0) &&
		      (keystore_key(keys, file.slot) != NULL) == there,
	    "a slot that is %s", there ? "full" : "empty");
	must_hold(!there || (described->generation == 1 && described->bits > 0),
	    "a key");
	must_hold(told.verdict == status &&
		      told.bits == (there ? described->bits : 0),
	    "what is told");
	keystore_free(keys);
	close(source.key);
	if (passphrase >= 0)
		close(passphrase);
}

/* ---- ticket keys ---- */

static void
judge_keys(const struct keyproto_ticketkeys *keys,
    const struct keyproto_ticketroot *times, uint64_t epoch, uint64_t now)
{
	must_hold(keys->current == now / times->rotate, "current");
	must_hold(keys->key[0].epoch == (epoch == 0 ? keys->current : epoch),
	    "another epoch");
	/* Those that have begun still decrypt; one has not begun. */
	must_hold(keys->key[0].begins <= now && keys->key[0].dies > now &&
		      keys->key[0].ends == keys->key[1].begins,
	    "a key of another time");
	must_hold(keys->key[1].epoch == keys->key[0].epoch + 1 &&
		      keys->key[1].epoch <= keys->current + 1,
	    "a key of the future");
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++)
		must_hold(keys->key[i].begins < keys->key[i].ends &&
			      keys->key[i].ends <= keys->key[i].dies,
		    "times");
}

/* u32 rotate, lifetime; u64 now, epochs; the rest is the root's file. */
void
fuzz_tickets(struct reader *input)
{
	struct keyproto_ticketroot times = { .rotate = reader_u32(input),
		.lifetime = reader_u32(input) };
	uint64_t now = reader_u64(input) >> 16, epoch = reader_u64(input);
	struct slice text = reader_rest(input);
	struct tickets *some = tickets_new();
	struct keyproto_ticketkeys keys, again;
	uint8_t payload[8];
	enum keyproto_status status;
	int fd = file_of(text);

	must_hold(some != NULL, "memory");
	must_hold(keyproto_ticketroot_build(&times, payload, 8) == 8, "build");
	if (keyproto_ticketroot_parse(slice_of(payload, 8), &times) &&
	    tickets_load(some, &times, fd, now) == KEYPROTO_OK) {
		must_hold(text.len >= TICKETS_ROOT_MIN &&
			      text.len <= TICKETS_ROOT_MAX,
		    "a root of %zu bytes", text.len);
		status = tickets_keys(some, "c", 0, now, &keys);
		must_hold(status == KEYPROTO_OK, "no keys now");
		judge_keys(&keys, &times, 0, now);
		status = tickets_keys(some, "c", epoch, now, &again);
		must_hold(status == KEYPROTO_OK || status == KEYPROTO_STALE,
		    "status");
		if (status == KEYPROTO_OK)
			judge_keys(&again, &times, epoch, now);
	}
	tickets_free(some);
	close(fd);
}

/* ---- keys in tokens ---- */

/* Each byte as %XX. */
static void
write_escaped(
    struct writer *out, const char *name, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	const uint8_t *at = bytes;

	if (len == 0)
		return;
	writer_bytes(out, slice_of_string(name));
	for (size_t i = 0; i < len; i++) {
		writer_u8(out, '%');
		writer_u8(out, (uint8_t)digits[at[i] >> 4]);
		writer_u8(out, (uint8_t)digits[at[i] & 15]);
	}
}

/* RFC 7512 2.3: what stands in a path, and the signs that keep it apart. */
static bool
is_path(const char *text)
{
	for (; *text != '\0'; text++)
		if (!isalnum((unsigned char)*text) &&
		    strchr("-._~%:[]@!$'()*+,=&;", *text) == NULL)
			return false;
	return true;
}

/* The rest is a URI, to its first zero. */
void
fuzz_p11_uri(struct reader *input)
{
	struct slice rest = reader_rest(input);
	char *text =
	    strndup(rest.len > 0 ? (const char *)rest.data : "", rest.len);
	struct keyproto_keytoken key = { 0 }, again = { 0 };
	struct writer out;
	struct slice escaped;

	must_hold(text != NULL, "memory");
	if (p11_uri_parse(text, &key) == NULL) {
		must_hold(is_path(text), "it is no path");
		must_hold(
		    memchr(key.token, 0, sizeof key.token) != NULL &&
			memchr(key.object, 0, sizeof key.object) != NULL &&
			key.id_len <= sizeof key.id,
		    "no end");
		must_hold(key.token[0] != '\0' &&
			      (key.object[0] != '\0' || key.id_len > 0),
		    "nothing is named");
		writer_init(&out, URI_MAX);
		writer_bytes(&out, slice_of_string("pkcs11:"));
		write_escaped(&out, "token=", key.token, strlen(key.token));
		write_escaped(&out, ";object=", key.object, strlen(key.object));
		write_escaped(&out, ";id=", key.id, key.id_len);
		writer_u8(&out, 0);
		must_hold(writer_result(&out, &escaped), "room");
		must_hold(
		    p11_uri_parse((const char *)escaped.data, &again) == NULL &&
			memcmp(&key, &again, sizeof key) == 0,
		    "another key by the same name");
		writer_free(&out);
	}
	free(text);
}
