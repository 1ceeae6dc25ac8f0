/*
 * keyd-p11: a signer whose keys are in the tokens of one PKCS#11 library. It
 * loads and initialises the library first, so that its seal, which is a wide
 * one, can still keep new code out.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/csr.h"
#include "keyd/p11.h"
#include "keyd/readall.h"
#include "keyd/serve.h"
#include "keyd/signer.h"
#include "keyd/start.h"
#include "policy/profiles.h"

/* keyd's first order, which has no answer. */
static bool
await_module(struct keyproto_module *module)
{
	struct pollfd wait = { channel_fd(serve_control()), POLLIN, 0 };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event;
	struct keyproto_header header;
	struct slice payload;
	size_t len;

	while ((event = channel_receive(serve_control(), packet, sizeof packet,
		    &len, NULL)) == CHANNEL_EMPTY)
		if (poll(&wait, 1, -1) < 0)
			return false;
	return event == CHANNEL_PACKET &&
	       keyproto_parse(slice_of(packet, len), &header, &payload) ==
		   KEYPROTO_OK &&
	       header.type == KEYPROTO_MODULE &&
	       keyproto_module_parse(payload, module);
}

/* One line, as a passphrase is. */
static bool
read_pin(int fd, char *pin, size_t room, size_t *len)
{
	size_t got = readall(fd, (uint8_t *)pin, room);
	struct passphrase line = keyread_passphrase(slice_of(pin, got));

	*len = (size_t)line.len;
	return line.data != NULL;
}

/* What a token decrypts would tell whether it was padded well. */
static enum keyproto_verdict
find_key(const struct keyproto_keytoken *what, const struct keysource *source,
    EVP_PKEY **key, uint64_t *expires)
{
	char pin[KEYREAD_PASSPHRASE_MAX + 3];
	size_t len = 0;
	enum keyproto_verdict verdict;

	if ((what->file.operations & keyproto_operation(KEYPROTO_PREMASTER)) !=
	    0)
		return KEYPROTO_OPERATIONS;
	if (source->passphrase >= 0 &&
	    !read_pin(source->passphrase, pin, sizeof pin, &len))
		return KEYPROTO_NO_PASSPHRASE;
	verdict = p11_find(what, slice_of(pin, len), key);
	OPENSSL_cleanse(pin, sizeof pin);
	if (verdict == KEYPROTO_SERVED && source->certificate >= 0)
		verdict =
		    keyread_certificate(source->certificate, *key, expires);
	return verdict;
}

/* A key whose private half stays where it is. */
static enum keyproto_status
take_key(struct order *order)
{
	struct keyproto_keytold told = { 0 };
	struct keyproto_keytoken what;
	struct keysource source;
	EVP_PKEY *key = NULL;
	uint64_t expires = 0;
	enum keyproto_verdict verdict;

	if (!keyproto_keytoken_parse(order->payload, &what))
		return KEYPROTO_BADMSG;
	source = serve_source(what.file.slot, -1);
	verdict = find_key(&what, &source, &key, &expires);
	told.verdict = (uint16_t)verdict;
	if (verdict == KEYPROTO_SERVED)
		(void)!keystore_put(
		    serve_keys(), &what.file, key, expires, &told);
	else
		EVP_PKEY_free(key);
	serve_verdict(order, &told);
	return KEYPROTO_OK;
}

static bool
sign_request(EVP_PKEY *key, const char *digest, struct slice content,
    uint8_t *signature, size_t *len)
{
	return p11_sign(key, digest, false, content, signature, len);
}

/* Only keyd asks for it, and what is signed is made here. */
static enum keyproto_status
make_request(struct order *order)
{
	struct keyproto_request what;
	EVP_PKEY *key;

	if (!keyproto_request_parse(order->payload, &what))
		return KEYPROTO_BADMSG;
	if ((key = keystore_key(serve_keys(), what.slot)) == NULL)
		return KEYPROTO_NOKEY;
	order->len = csr_sign(
	    key, &what, sign_request, order->answer, sizeof order->answer);
	return order->len > 0 ? KEYPROTO_OK : KEYPROTO_BACKEND;
}

static enum keyproto_status
take_order(struct order *order)
{
	return order->type == KEYPROTO_KEYTOKEN  ? take_key(order)
	       : order->type == KEYPROTO_REQUEST ? make_request(order)
						 : KEYPROTO_UNSUPPORTED;
}

int
main(int argc, char **argv)
{
	struct start start = start_of(argc, argv, "keyd-p11");
	struct confinement reached = { 0 };
	static struct keyproto_module module;

	start.ask.keep_below = 0; /* what its library opens */
	if (!serve_open("keyd-p11", start.keys, NULL) ||
	    !await_module(&module) || !p11_load(&module))
		return EXIT_FAILURE;
	signer_use(p11_sign);
	policy_enter(&keyd_p11_profile, &start.ask, &reached);
	serve(&reached, take_order);
}
