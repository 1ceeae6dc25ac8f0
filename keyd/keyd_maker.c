/*
 * keyd-maker: does one thing for keyd with one key, and ends. It makes a key
 * and writes it to a new file, or signs the certificate request of a key in a
 * file. What it is given are descriptors, and it reads them after its seal.
 * Signers have no code for either.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/spawn.h"
#include "keyd/arena.h"
#include "keyd/csr.h"
#include "keyd/keyread.h"
#include "keyd/readall.h"
#include "keyd/start.h"
#include "keyd/telling.h"
#include "policy/profiles.h"

static struct channel *control;
static int passphrase_fd = -1; /* of the key */

/* ---- making a key ---- */

static EVP_PKEY *
make_key(const struct keyproto_generate *what)
{
	static const struct {
		uint16_t bits;
		const char *name;
	} curves[] = { { 256, "P-256" }, { 384, "P-384" }, { 521, "P-521" } };

	if (what->algorithm == KEYPROTO_RSA && what->bits >= 2048 &&
	    what->bits <= 8192)
		return EVP_RSA_gen(what->bits);
	if (what->algorithm == KEYPROTO_ED25519)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	for (size_t i = 0; i < COUNT(curves); i++)
		if (what->algorithm == KEYPROTO_EC &&
		    curves[i].bits == what->bits)
			return EVP_EC_gen(curves[i].name);
	return NULL;
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t done;

	while (len > 0) {
		done = write(fd, bytes, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		len -= (size_t)done;
	}
	return fdatasync(fd) == 0;
}

/* PKCS#8 in PEM, encrypted where there is a passphrase. libcrypto's memory is
 * the arena: so is what is written from. */
static bool
write_key(EVP_PKEY *key, struct passphrase passphrase, int fd)
{
	const EVP_CIPHER *cipher =
	    passphrase.data != NULL ? EVP_aes_256_cbc() : NULL;
	BIO *out = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	long len;
	bool done = false;

	if (out != NULL &&
	    PEM_write_bio_PKCS8PrivateKey(out, key, cipher, passphrase.data,
		passphrase.len, NULL, NULL) == 1) {
		len = BIO_get_mem_data(out, &bytes);
		done = len > 0 && write_all(fd, bytes, (size_t)len);
	}
	BIO_free(out);
	return done;
}

static enum keyproto_status
generate(struct slice payload, int fd)
{
	size_t room = KEYREAD_PASSPHRASE_MAX + 3;
	struct keyproto_generate what;
	struct passphrase passphrase = { 0 };
	uint8_t *line = OPENSSL_zalloc(room);
	EVP_PKEY *key = NULL;
	bool done;

	if (line == NULL || fd < 0 || !keyproto_generate_parse(payload, &what))
		return KEYPROTO_BADMSG;
	if (passphrase_fd >= 0)
		passphrase = keyread_passphrase(
		    slice_of(line, readall(passphrase_fd, line, room)));
	if (passphrase_fd >= 0 && passphrase.data == NULL)
		return KEYPROTO_DENIED;
	key = make_key(&what);
	done = key != NULL && write_key(key, passphrase, fd);
	EVP_PKEY_free(key);
	OPENSSL_clear_free(line, room);
	if (done)
		return KEYPROTO_OK;
	return key == NULL ? KEYPROTO_UNSUPPORTED : KEYPROTO_INTERNAL;
}

/* ---- a certificate request ---- */

static enum keyproto_status
request(struct slice payload, int fd, uint8_t *out, size_t room, size_t *len)
{
	const struct keysource source = { fd, passphrase_fd, -1 };
	struct keyproto_request what;
	EVP_PKEY *key = NULL;
	uint64_t expires;

	if (!keyproto_request_parse(payload, &what))
		return KEYPROTO_BADMSG;
	if (keyread(&source, &key, &expires) != KEYPROTO_SERVED)
		return KEYPROTO_NOKEY;
	*len = csr_sign(key, &what, NULL, out, room);
	EVP_PKEY_free(key);
	return *len > 0 ? KEYPROTO_OK : KEYPROTO_CRYPTO;
}

/* ---- orders ---- */

/* keyd is trusted to mean well; a packet that is not sound ends us. */
static void
take_order(struct slice packet, int fd)
{
	uint8_t answer[KEYPROTO_PACKET_MAX - KEYPROTO_HEADER];
	enum keyproto_status status;
	struct keyproto_header header;
	struct slice payload;
	size_t len = 0;

	if (keyproto_parse(packet, &header, &payload) != KEYPROTO_OK)
		exit(EXIT_FAILURE);
	status = KEYPROTO_UNSUPPORTED;
	if (header.type == KEYPROTO_KEYPART) {
		passphrase_fd = fd;
		return;
	}
	if (header.type == KEYPROTO_GENERATE)
		status = generate(payload, fd);
	else if (header.type == KEYPROTO_REQUEST)
		status = request(payload, fd, answer, sizeof answer, &len);
	if (fd >= 0)
		close(fd);
	telling(control, header.type, header.id, status, slice_of(answer, len));
}

__attribute__((noreturn)) static void
serve(void)
{
	struct pollfd wait = { SPAWN_CONTROL_FD, POLLIN, 0 };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event;
	size_t len;
	int fd;

	for (;;) {
		event =
		    channel_receive(control, packet, sizeof packet, &len, &fd);
		if (event == CHANNEL_PACKET)
			take_order(slice_of(packet, len), fd);
		else if (event != CHANNEL_EMPTY)
			exit(event == CHANNEL_CLOSED ? EXIT_SUCCESS
						     : EXIT_FAILURE);
		else if (poll(&wait, 1, -1) < 0 && errno != EINTR)
			exit(EXIT_FAILURE);
		channel_flush(control);
	}
}

static bool
warm_key(EVP_PKEY *key, int out)
{
	static const struct passphrase any = { "warm", 4 };
	const struct keyproto_request what = { 0 };
	uint8_t request[CSR_MAX];
	bool sound = key != NULL &&
		     csr_sign(key, &what, NULL, request, sizeof request) > 0;

	/* That there is nothing to be synchronised is no matter. */
	if (sound)
		(void)write_key(key, any, out);
	EVP_PKEY_free(key);
	return sound;
}

/* libcrypto opens and fetches nothing when it does this again; a short RSA key
 * takes as long as one can wait for. */
static bool
warm_up(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool sound = null >= 0 && warm_key(EVP_RSA_gen(1024), null) &&
		     warm_key(EVP_EC_gen("P-256"), null) &&
		     warm_key(EVP_EC_gen("P-384"), null) &&
		     warm_key(EVP_EC_gen("P-521"), null) &&
		     warm_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), null);

	if (null >= 0)
		close(null);
	ERR_clear_error();
	return sound;
}

int
main(int argc, char **argv)
{
	struct start start = start_of(argc, argv, "keyd-maker");
	struct confinement reached = { 0 };

	if (!arena_install(ARENA_SIZE, &start.ask) ||
	    (control = channel_new(SPAWN_CONTROL_FD, 8)) == NULL || !warm_up())
		return EXIT_FAILURE;
	policy_enter(&keyd_maker_profile, &start.ask, &reached);
	serve();
}
