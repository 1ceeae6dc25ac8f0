/*
 * Kernel TLS; the contract is in kernel.h.
 */
#include "libtls/record/kernel.h"

#include <errno.h>

#include <openssl/crypto.h>

#include "libtls/s2n.h"

/* WITHOUT_KERNEL_TLS, of CPPFLAGS, is a platform that has none. */
#if __has_include(<linux/tls.h>) && !defined WITHOUT_KERNEL_TLS

#include <linux/tls.h>
#include <netinet/in.h>
#include <sys/socket.h>

#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TCP_ULP
#define TCP_ULP 31
#endif

int
kernel_attach(int fd)
{
	static const char name[] = "tls";

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, sizeof name) != 0 &&
	    errno != EEXIST)
		return fail(ERR_KTLS_ENABLE);
	return 0;
}

static void
put_sequence(uint8_t *out, uint64_t sequence)
{
	for (int i = 8; i-- > 0; sequence >>= 8)
		out[i] = (uint8_t)sequence;
}

/*
 * The kernel has the nonce in two parts. Below TLS 1.3 the second travels with
 * each record and is counted up from where ours was: the sequence number.
 */
static void
put_nonce(uint8_t version, const uint8_t *iv, const uint8_t *sequence,
    uint8_t *salt, uint8_t *rest)
{
	memcpy(salt, iv, TLS_CIPHER_AES_GCM_128_SALT_SIZE);
	memcpy(rest,
	    version >= S2N_TLS13 ? iv + TLS_CIPHER_AES_GCM_128_SALT_SIZE
				 : sequence,
	    TLS_CIPHER_AES_GCM_128_IV_SIZE);
}

static int
set_option(int fd, enum kernel_side side, const void *info, size_t len)
{
	int r = setsockopt(fd, SOL_TLS, side == KERNEL_SENDS ? TLS_TX : TLS_RX,
	    info, (socklen_t)len);

	return r == 0 ? 0 : fail(ERR_KTLS_SOCKOPT);
}

int
kernel_set_key(int fd, enum kernel_side side, uint8_t version,
    const struct aead *aead, const uint8_t *key, const uint8_t *iv,
    uint64_t sequence)
{
	uint16_t wire =
	    version >= S2N_TLS13 ? TLS_1_3_VERSION : TLS_1_2_VERSION;
	struct tls12_crypto_info_aes_gcm_128 small = {
		.info = { wire, TLS_CIPHER_AES_GCM_128 }
	};
	struct tls12_crypto_info_aes_gcm_256 large = {
		.info = { wire, TLS_CIPHER_AES_GCM_256 }
	};
	int r;

	if (aead == &aead_aes128_gcm) {
		put_sequence(small.rec_seq, sequence);
		put_nonce(version, iv, small.rec_seq, small.salt, small.iv);
		memcpy(small.key, key, sizeof small.key);
		r = set_option(fd, side, &small, sizeof small);
	} else if (aead == &aead_aes256_gcm) {
		put_sequence(large.rec_seq, sequence);
		put_nonce(version, iv, large.rec_seq, large.salt, large.iv);
		memcpy(large.key, key, sizeof large.key);
		r = set_option(fd, side, &large, sizeof large);
	} else
		r = fail(ERR_KTLS_CONNECTION);
	OPENSSL_cleanse(&small, sizeof small);
	OPENSSL_cleanse(&large, sizeof large);
	return r;
}

ssize_t
kernel_send(int fd, enum content_type type, const void *bytes, size_t len)
{
	union {
		char room[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control = { .room = { 0 } };
	struct iovec part = { .iov_len = len };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	memcpy(&part.iov_base, &bytes, sizeof bytes); /* it is only read */
	header->cmsg_level = SOL_TLS;
	header->cmsg_type = TLS_SET_RECORD_TYPE;
	header->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(header) = (uint8_t)type;
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

ssize_t
kernel_recv(int fd, enum content_type *type, void *bytes, size_t room)
{
	union {
		char room[CMSG_SPACE(1)];
		struct cmsghdr align;
	} control = { .room = { 0 } };
	struct iovec part = { bytes, room };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *header;
	ssize_t got = recvmsg(fd, &message, 0);

	*type = CONTENT_APPLICATION_DATA; /* older kernels do not say so */
	if (got <= 0 || (header = CMSG_FIRSTHDR(&message)) == NULL)
		return got;
	if (header->cmsg_level != SOL_TLS ||
	    header->cmsg_type != TLS_GET_RECORD_TYPE ||
	    header->cmsg_len != CMSG_LEN(1)) {
		errno = EPROTO;
		return -1;
	}
	*type = *CMSG_DATA(header);
	return got;
}

#else

int
kernel_attach(int fd)
{
	(void)fd;
	return fail(ERR_KTLS_PLATFORM);
}

int
kernel_set_key(int fd, enum kernel_side side, uint8_t version,
    const struct aead *aead, const uint8_t *key, const uint8_t *iv,
    uint64_t sequence)
{
	(void)fd, (void)side, (void)version, (void)aead, (void)key, (void)iv;
	(void)sequence;
	return fail(ERR_KTLS_PLATFORM);
}

ssize_t
kernel_send(int fd, enum content_type type, const void *bytes, size_t len)
{
	(void)fd, (void)type, (void)bytes, (void)len;
	errno = ENOTSUP;
	return -1;
}

ssize_t
kernel_recv(int fd, enum content_type *type, void *bytes, size_t room)
{
	(void)fd, (void)type, (void)bytes, (void)room;
	errno = ENOTSUP;
	return -1;
}

#endif
