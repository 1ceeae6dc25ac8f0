/*
 * Asks a running keyd, as frontd and its workers would:
 *
 *	keyask SOCKET pid NAME           the pid of keyd's process NAME
 *	keyask SOCKET sign PUBLIC.pem N  N signatures, verified
 *	keyask SOCKET digest PUBLIC.pem HEX
 *	                                 has this SHA-256 signed by a P-256 key
 *	keyask SOCKET recover PUBLIC.pem signs, kills the signer, signs again
 *	keyask SOCKET attack PUBLIC.pem  asks for what must be refused
 *	keyask SOCKET tickets EPOCH      tells the ticket keys of an epoch (0:
 *now)
 *
 * Exits 0 only when all went as it must.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/keyattack.h"
#include "tests/tools/keyline.h"

#define TAG 5

static void
sign_times(struct keyline *line, EVP_PKEY *key, long times)
{
	uint32_t status;

	for (long i = 0; i < times; i++)
		if ((status = keyline_sign(line, key)) != KEYPROTO_OK)
			keyline_die("signature %ld: %s", i,
			    keyproto_status_name(status));
}

/* On a channel that has nothing else. */
static void
sign_digest(struct keyline *line, EVP_PKEY *key, const char *hex)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	struct keyproto_header header;
	struct slice payload;
	uint8_t digest[32], bytes[64];
	struct keyproto_sign asked = { .slot = line->key.slot,
		.scheme = 0x0403,
		.generation = line->key.generation,
		.digest = slice_of(digest, sizeof digest) };
	size_t len;

	if (OPENSSL_hexstr2buf_ex(digest, sizeof digest, &len, hex, '\0') !=
		1 ||
	    len != sizeof digest)
		keyline_die("%s: no SHA-256", hex);
	len = keyproto_signdigest_build(&asked, bytes, sizeof bytes);
	if (!keyline_request(line, KEYPROTO_SIGNDIGEST, slice_of(bytes, len)) ||
	    !keyline_answer(line, &header, &payload))
		keyline_die("the channel is closed");
	if (header.status != KEYPROTO_OK)
		keyline_die("%s", keyproto_status_name(header.status));
	if (EVP_PKEY_verify_init(ctx) != 1 ||
	    EVP_PKEY_verify(
		ctx, payload.data, payload.len, digest, sizeof digest) != 1)
		keyline_die("the signature does not verify");
	EVP_PKEY_CTX_free(ctx);
}

/* The old channel ends; a new one comes unasked, from another signer. */
static void
recover(struct keymaster *master, EVP_PKEY *key)
{
	struct keyproto_header header;
	struct keyline line, next;
	struct slice payload;
	pid_t before, after;

	keyline_open(master, TAG, &line);
	sign_times(&line, key, 1);
	before = keyline_pid(master, "keyd-signer");
	if (kill(before, SIGKILL) != 0)
		keyline_die("cannot kill the signer");
	if (keyline_answer(&line, &header, &payload))
		keyline_die("a dead signer answered");
	keyline_await(master, TAG, &next);
	sign_times(&next, key, 3);
	after = keyline_pid(master, "keyd-signer");
	if (after == before)
		keyline_die("the dead signer is still listed");
	printf("signer %d was killed, %d signs\n", (int)before, (int)after);
	keyline_close(&line);
	keyline_close(&next);
}

/* Each key on a line: epoch, begins, ends, dies, name, secret. */
static void
tell_tickets(struct keymaster *master, uint64_t epoch)
{
	struct keyproto_header header;
	struct keyproto_ticketkeys keys;
	struct keyline line;
	struct slice payload;
	uint8_t bytes[8];
	size_t len = keyproto_long_build(epoch, bytes, sizeof bytes);

	keyline_open_last(master, TAG, &line);
	if (!keyline_request(
		&line, KEYPROTO_TICKETKEYS, slice_of(bytes, len)) ||
	    !keyline_answer(&line, &header, &payload))
		keyline_die("no answer");
	if (header.status != KEYPROTO_OK)
		keyline_die("%s", keyproto_status_name(header.status));
	if (!keyproto_ticketkeys_parse(payload, &keys))
		keyline_die("ticket keys that are none");
	for (size_t i = 0; i < KEYPROTO_TICKETS; i++) {
		const struct keyproto_ticket *key = &keys.key[i];

		printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ",
		    key->epoch, key->begins, key->ends, key->dies);
		for (size_t b = 0; b < sizeof key->name; b++)
			printf("%02x", key->name[b]);
		putchar(' ');
		for (size_t b = 0; b < sizeof key->secret; b++)
			printf("%02x", key->secret[b]);
		putchar('\n');
	}
	keyline_close(&line);
}

int
main(int argc, char **argv)
{
	struct keymaster *master;
	struct keyline line;
	EVP_PKEY *key;

	if (argc < 4)
		keyline_die("SOCKET pid NAME | "
			    "SOCKET sign|recover|attack PUBLIC.pem [N] | "
			    "SOCKET digest PUBLIC.pem HEX | "
			    "SOCKET tickets EPOCH");
	master = keyline_master(argv[1]);
	if (strcmp(argv[2], "pid") == 0) {
		printf("%d\n", (int)keyline_pid(master, argv[3]));
		keymaster_free(master);
		return 0;
	}
	if (strcmp(argv[2], "tickets") == 0) {
		tell_tickets(master, strtoull(argv[3], NULL, 10));
		keymaster_free(master);
		return 0;
	}
	key = keyline_public(argv[3]);
	if (strcmp(argv[2], "sign") == 0) {
		keyline_find(master, TAG, key, &line);
		sign_times(&line, key, argc > 4 ? atol(argv[4]) : 1);
		keyline_close(&line);
	} else if (strcmp(argv[2], "digest") == 0 && argc > 4) {
		keyline_find(master, TAG, key, &line);
		sign_digest(&line, key, argv[4]);
		keyline_close(&line);
	} else if (strcmp(argv[2], "recover") == 0) {
		recover(master, key);
	} else if (strcmp(argv[2], "attack") == 0) {
		keyattack_run(argv[1], master, key);
	} else {
		keyline_die("unknown mode %s", argv[2]);
	}
	EVP_PKEY_free(key);
	keymaster_free(master);
	return 0;
}
