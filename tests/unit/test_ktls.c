/*
 * libtls/ktls.c and libtls/record/kernel.c. Few kernels that build this have
 * the module, so the socket calls are ours here: a kernel that seals and opens
 * records with just what it was told, and a peer that does without it.
 */
#include "unstable/ktls.h"

#include <errno.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libtls/crypto/aead.h"
#include "libtls/record/kernel.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "unstable/renegotiate.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#define ULP 31
#define RECORD_MAX (5 + 16384 + 256)

/* ---- the kernel ---- */

struct half {
	bool set;
	bool tls13;
	struct aead_key key;
	uint8_t salt[4], iv[8], sequence[8];
};

static struct {
	int fd; /* the socket that has it */
	bool attached;
	int attach_errno, key_errno, send_errno; /* what it refuses with */
	int cmsg_type;                           /* 0: as it should be */
	struct half sends, receives;
} kernel;

static void
kernel_wipe(void)
{
	aead_key_wipe(&kernel.sends.key);
	aead_key_wipe(&kernel.receives.key);
	memset(&kernel, 0, sizeof kernel);
	kernel.fd = -1;
}

static void
count_up(uint8_t number[8])
{
	for (int i = 8; i-- > 0 && ++number[i] == 0;)
		;
}

static void
take_key(struct half *half, const void *info, enum aead_use use)
{
	const struct tls12_crypto_info_aes_gcm_128 *small = info;
	const struct tls12_crypto_info_aes_gcm_256 *large = info;
	bool is_small = small->info.cipher_type == TLS_CIPHER_AES_GCM_128;

	half->set = true;
	half->tls13 = small->info.version == TLS_1_3_VERSION;
	memcpy(half->salt, is_small ? small->salt : large->salt, 4);
	memcpy(half->iv, is_small ? small->iv : large->iv, 8);
	memcpy(half->sequence, is_small ? small->rec_seq : large->rec_seq, 8);
	ck_assert_int_eq(aead_key_set(&half->key,
			     is_small ? &aead_aes128_gcm : &aead_aes256_gcm,
			     use, is_small ? small->key : large->key),
	    0);
}

static int
refuse(int error)
{
	errno = error;
	return -1;
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	if (level == IPPROTO_TCP && option == ULP) {
		if (kernel.attach_errno != 0)
			return refuse(kernel.attach_errno);
		if (kernel.attached && kernel.fd == fd)
			return refuse(EEXIST);
		ck_assert_str_eq(value, "tls");
		kernel.attached = true;
		kernel.fd = fd;
		return 0;
	}
	if (level == SOL_TLS) {
		ck_assert(kernel.attached);
		if (kernel.key_errno != 0)
			return refuse(kernel.key_errno);
		if (option == TLS_TX)
			take_key(&kernel.sends, value, AEAD_SEALS);
		else
			take_key(&kernel.receives, value, AEAD_OPENS);
		return 0;
	}
	return (int)syscall(SYS_setsockopt, fd, level, option, value, len);
}

static void
make_nonce(const struct half *half, uint8_t nonce[12])
{
	memcpy(nonce, half->salt, 4);
	memcpy(nonce + 4, half->iv, 8);
	for (int i = 0; half->tls13 && i < 8; i++)
		nonce[4 + i] ^= half->sequence[i];
}

/* RFC 5246 6.2.3.3, RFC 8446 5.2 */
static size_t
make_ad(const struct half *half, uint8_t type, size_t len, uint8_t ad[13])
{
	const uint8_t header[5] = { type, 3, 3, (uint8_t)(len >> 8),
		(uint8_t)len };

	if (half->tls13) {
		memcpy(ad, header, 5);
		return 5;
	}
	memcpy(ad, half->sequence, 8);
	memcpy(ad + 8, header, 5);
	return 13;
}

static void
seal_and_write(int fd, uint8_t type, const uint8_t *bytes, size_t len)
{
	struct half *half = &kernel.sends;
	uint8_t record[RECORD_MAX], nonce[12], ad[13];
	size_t explicit = half->tls13 ? 0 : 8;
	size_t inner = len + (half->tls13 ? 1 : 0);
	size_t whole = explicit + inner + AEAD_TAG;
	struct slice plain[] = { slice_of(bytes, len),
		slice_of(&type, half->tls13 ? 1 : 0) };
	size_t ad_len;

	record[0] = half->tls13 ? CONTENT_APPLICATION_DATA : type;
	record[1] = record[2] = 3;
	record[3] = (uint8_t)(whole >> 8);
	record[4] = (uint8_t)whole;
	make_nonce(half, nonce);
	memcpy(record + 5, half->iv, explicit);
	ad_len = make_ad(half, record[0], half->tls13 ? whole : len, ad);
	ck_assert_int_eq(aead_seal(&half->key, nonce, slice_of(ad, ad_len),
			     plain, 2, record + 5 + explicit),
	    0);
	ck_assert_int_eq(write(fd, record, 5 + whole), (ssize_t)(5 + whole));
	count_up(half->sequence);
	if (!half->tls13)
		count_up(half->iv);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t len = message->msg_iov->iov_len;

	if (fd != kernel.fd || !kernel.sends.set)
		return syscall(SYS_sendmsg, fd, message, flags);
	if (kernel.send_errno != 0)
		return refuse(kernel.send_errno);
	ck_assert_ptr_nonnull(header);
	ck_assert_int_eq(header->cmsg_level, SOL_TLS);
	ck_assert_int_eq(header->cmsg_type, TLS_SET_RECORD_TYPE);
	if (len > 16384)
		len = 16384;
	seal_and_write(fd, *CMSG_DATA(header), message->msg_iov->iov_base, len);
	return (ssize_t)len;
}

ssize_t
sendfile(int out, int in, off_t *offset, size_t count)
{
	uint8_t bytes[16384];
	ssize_t got;

	ck_assert(out == kernel.fd && kernel.sends.set);
	if (kernel.send_errno != 0)
		return refuse(kernel.send_errno);
	got = pread(
	    in, bytes, count < sizeof bytes ? count : sizeof bytes, *offset);
	if (got <= 0)
		return got;
	seal_and_write(out, CONTENT_APPLICATION_DATA, bytes, (size_t)got);
	*offset += got;
	return got;
}

static void
read_all(int fd, uint8_t *bytes, size_t len)
{
	struct pollfd ready = { fd, POLLIN, 0 };
	ssize_t got;

	while (len > 0) {
		ck_assert_int_eq(poll(&ready, 1, 5000), 1);
		got = read(fd, bytes, len);
		ck_assert_int_gt(got, 0);
		bytes += got;
		len -= (size_t)got;
	}
}

static void
tell_type(struct msghdr *message, uint8_t type)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	ck_assert_uint_ge(message->msg_controllen, CMSG_SPACE(1));
	header->cmsg_level = SOL_TLS;
	header->cmsg_type =
	    kernel.cmsg_type != 0 ? kernel.cmsg_type : TLS_GET_RECORD_TYPE;
	header->cmsg_len = CMSG_LEN(1);
	*CMSG_DATA(header) = type;
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
	struct half *half = &kernel.receives;
	struct pollfd ready = { fd, POLLIN, 0 };
	uint8_t record[RECORD_MAX], nonce[12], ad[13];
	uint8_t *at = record + 5;
	size_t len, ad_len;

	if (fd != kernel.fd || !half->set)
		return syscall(SYS_recvmsg, fd, message, flags);
	if (poll(&ready, 1, 0) == 0)
		return refuse(EAGAIN);
	read_all(fd, record, 5);
	len = (size_t)(record[3] << 8 | record[4]);
	read_all(fd, at, len);
	make_nonce(half, nonce);
	if (!half->tls13) {
		memcpy(nonce + 4, at, 8);
		at += 8;
		len -= 8;
	}
	ad_len =
	    make_ad(half, record[0], half->tls13 ? len : len - AEAD_TAG, ad);
	if (aead_open(&half->key, nonce, slice_of(ad, ad_len), at, len) != 0)
		return refuse(EBADMSG);
	len -= AEAD_TAG;
	count_up(half->sequence);
	if (half->tls13)
		record[0] = at[--len];
	ck_assert_uint_le(len, message->msg_iov->iov_len);
	memcpy(message->msg_iov->iov_base, at, len);
	tell_type(message, record[0]);
	return (ssize_t)len;
}

/* ---- connections ---- */

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

static void
setup(void)
{
	kernel_wipe();
	ck_assert_int_eq(s2n_init(), 0);
}

static void
teardown(void)
{
	kernel_wipe();
	ck_assert_int_eq(s2n_cleanup_final(), 0);
}

#define ck_error(call, name)                                                   \
	do {                                                                   \
		ck_assert_int_eq(call, -1);                                    \
		ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);          \
	} while (0)

static void
open_on_sockets(struct peers *peers, const struct peers_spec *spec, int ends[2])
{
	peers_open(peers, spec);
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(s2n_connection_set_fd(peers->client, ends[0]), 0);
	ck_assert_int_eq(s2n_connection_set_fd(peers->server, ends[1]), 0);
	ck_assert_int_eq(
	    s2n_config_ktls_enable_unsafe_tls13(peers->server_config), 0);
}

static void
open_talking(struct peers *peers, const struct peers_spec *spec, int ends[2])
{
	open_on_sockets(peers, spec, ends);
	ck_assert(peers_negotiate(peers));
	/* so many that the records' number is more than a byte */
	for (int i = 0; i < 300; i++) {
		peers_transfer(peers->client, peers->server, 1);
		peers_transfer(peers->server, peers->client, 1);
	}
}

static void
shut(struct peers *peers, int ends[2])
{
	close(ends[0]);
	close(ends[1]);
	peers_close(peers);
}

static const struct peers_spec specs[] = {
	{ .version = S2N_TLS12, .suite = 0xc02f, .key = CERTS_RSA },
	{ .version = S2N_TLS12, .suite = 0xc030, .key = CERTS_RSA },
	{ .version = S2N_TLS13, .suite = 0x1301 },
	{ .version = S2N_TLS13, .suite = 0x1302 },
};

START_TEST(the_peer_does_not_notice)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t byte;
	int ends[2];

	open_talking(&peers, &specs[_i], ends);
	ck_assert_uint_gt(s2n_connection_get_wire_bytes_out(peers.server), 0);
	ck_assert_int_eq(s2n_connection_ktls_enable_send(peers.server), 0);
	ck_assert_int_eq(s2n_connection_ktls_enable_send(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_out(peers.server), 0);
	peers_transfer(peers.server, peers.client, 50000);
	peers_transfer(peers.client, peers.server, 50000);
	ck_assert_uint_gt(s2n_connection_get_wire_bytes_in(peers.server), 0);
	ck_assert_int_eq(s2n_connection_ktls_enable_recv(peers.server), 0);
	ck_assert_int_eq(s2n_connection_ktls_enable_recv(peers.server), 0);
	ck_assert_uint_eq(s2n_connection_get_wire_bytes_in(peers.server), 0);
	peers_transfer(peers.client, peers.server, 50000);
	peers_transfer(peers.server, peers.client, 50000);
	/* nothing is left of the keys in the process */
	ck_assert_ptr_null(peers.server->records.in.key.ctx);
	ck_assert_ptr_null(peers.server->records.out.key.ctx);
	/* the goodbyes are alerts, which are told from data */
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_assert_int_eq(s2n_recv(peers.client, &byte, 1, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(peers.client, &blocked), 0);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 0);
	ck_assert_int_eq(s2n_shutdown(peers.server, &blocked), 0);
	shut(&peers, ends);
}
END_TEST

START_TEST(receiving_alone_is_fine)
{
	struct peers peers;
	int ends[2];

	open_talking(&peers, &specs[_i], ends);
	ck_assert_int_eq(s2n_connection_ktls_enable_recv(peers.server), 0);
	peers_transfer(peers.client, peers.server, 50000);
	peers_transfer(peers.server, peers.client, 50000);
	shut(&peers, ends);
}
END_TEST

START_TEST(files_are_sent_from_where_they_are)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t bytes[20000], got[20000];
	size_t sent = 0, all = 0, in = 0;
	FILE *file = tmpfile();
	ssize_t n;
	int ends[2], fd;

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	ck_assert_uint_eq(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
	ck_assert_int_eq(fflush(file), 0);
	fd = fileno(file);
	open_talking(&peers, &specs[_i], ends);
	ck_error(s2n_sendfile(peers.server, fd, 0, 10, &sent, &blocked),
	    "S2N_ERR_KTLS_UNSUPPORTED_CONN");
	ck_assert_int_eq(s2n_connection_ktls_enable_send(peers.server), 0);
	while (all < sizeof bytes - 100) {
		ck_assert_int_eq(
		    s2n_sendfile(peers.server, fd, (off_t)(100 + all),
			sizeof bytes - 100 - all, &sent, &blocked),
		    0);
		ck_assert_uint_gt(sent, 0);
		ck_assert_int_eq(blocked, S2N_NOT_BLOCKED);
		all += sent;
	}
	while (in < all) {
		n = s2n_recv(peers.client, got + in, (ssize_t)(sizeof got - in),
		    &blocked);
		ck_assert_int_gt(n, 0);
		in += (size_t)n;
	}
	ck_assert_mem_eq(got, bytes + 100, all);
	kernel.send_errno = EAGAIN;
	ck_error(s2n_sendfile(peers.server, fd, 0, 10, &sent, &blocked),
	    "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_WRITE);
	ck_assert_uint_eq(sent, 0);
	kernel.send_errno = EPIPE;
	ck_error(s2n_sendfile(peers.server, fd, 0, 10, &sent, &blocked),
	    "S2N_ERR_IO");
	kernel.send_errno = 0;
	ck_error(
	    s2n_sendfile(NULL, fd, 0, 10, &sent, &blocked), "S2N_ERR_NULL");
	ck_error(s2n_sendfile(peers.server, fd, 0, 10, NULL, &blocked),
	    "S2N_ERR_NULL");
	ck_error(
	    s2n_sendfile(peers.server, fd, 0, 10, &sent, NULL), "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_error(s2n_sendfile(peers.server, fd, 0, 10, &sent, &blocked),
	    "S2N_ERR_CLOSED");
	fclose(file);
	shut(&peers, ends);
}
END_TEST

START_TEST(what_the_kernel_refuses_goes_on_without)
{
	struct peers peers;
	int ends[2];

	open_talking(&peers, &specs[2], ends);
	kernel.attach_errno = ENOENT; /* no such module */
	ck_error(s2n_connection_ktls_enable_send(peers.server),
	    "S2N_ERR_KTLS_ENABLE");
	ck_error(s2n_connection_ktls_enable_recv(peers.server),
	    "S2N_ERR_KTLS_ENABLE");
	kernel.attach_errno = 0;
	kernel.key_errno = EINVAL;
	ck_error(s2n_connection_ktls_enable_send(peers.server),
	    "S2N_ERR_KTLS_SOCKOPT");
	ck_error(s2n_connection_ktls_enable_recv(peers.server),
	    "S2N_ERR_KTLS_SOCKOPT");
	peers_transfer(peers.client, peers.server, 1000);
	peers_transfer(peers.server, peers.client, 1000);
	shut(&peers, ends);
}
END_TEST

START_TEST(errors_of_the_kernel_are_ours)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t bytes[10];
	int ends[2];

	open_talking(&peers, &specs[0], ends);
	ck_assert_int_eq(s2n_connection_ktls_enable_recv(peers.server), 0);
	ck_error((int)s2n_recv(peers.server, bytes, 10, &blocked),
	    "S2N_ERR_IO_BLOCKED");
	ck_assert_int_eq(blocked, S2N_BLOCKED_ON_READ);
	ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
	kernel.cmsg_type = TLS_SET_RECORD_TYPE;
	ck_error((int)s2n_recv(peers.server, bytes, 10, &blocked),
	    "S2N_ERR_KTLS_BAD_CMSG");
	kernel.cmsg_type = 0;
	/* a record of nobody's key */
	ck_assert_int_eq(write(ends[0],
			     "\x17\3\3\0\x1a"
			     "12345678901234567890123456",
			     31),
	    31);
	ck_assert_int_eq(
	    s2n_config_set_max_blinding_delay(peers.server_config, 0), 0);
	ck_error((int)s2n_recv(peers.server, bytes, 10, &blocked),
	    "S2N_ERR_DECRYPT");
	shut(&peers, ends);
}
END_TEST

/* RFC 8446 4.6.3: the kernel has the key, and only its first one. */
START_TEST(a_key_update_ends_it)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t bytes[10], sent = 9, received = 9;
	int ends[2];

	open_talking(&peers, &specs[2], ends);
	ck_assert_int_eq(s2n_connection_request_key_update(
			     peers.server, S2N_KEY_UPDATE_NOT_REQUESTED),
	    0);
	ck_error(s2n_connection_ktls_enable_send(peers.server),
	    "S2N_ERR_RECORD_STUFFER_NEEDS_DRAINING");
	peers_transfer(peers.server, peers.client, 10);
	ck_assert_int_eq(s2n_connection_get_key_update_counts(
			     peers.server, &sent, &received),
	    0);
	ck_assert_uint_eq(sent, 1);
	ck_assert_uint_eq(received, 0);
	ck_assert_int_eq(s2n_connection_get_key_update_counts(
			     peers.client, &sent, &received),
	    0);
	ck_assert_uint_eq(sent, 0);
	ck_assert_uint_eq(received, 1);
	ck_assert_int_eq(s2n_connection_ktls_enable_send(peers.server), 0);
	ck_assert_int_eq(s2n_connection_ktls_enable_recv(peers.server), 0);
	peers_transfer(peers.server, peers.client, 10);
	ck_error(s2n_connection_request_key_update(
		     peers.server, S2N_KEY_UPDATE_NOT_REQUESTED),
	    "S2N_ERR_KTLS_KEYUPDATE");
	ck_assert_int_eq(
	    s2n_config_set_max_blinding_delay(peers.server_config, 0), 0);
	ck_assert_int_eq(s2n_connection_request_key_update(
			     peers.client, S2N_KEY_UPDATE_NOT_REQUESTED),
	    0);
	ck_assert_int_eq(s2n_send(peers.client, "a", 1, &blocked), 1);
	ck_error((int)s2n_recv(peers.server, bytes, 10, &blocked),
	    "S2N_ERR_KTLS_KEYUPDATE");
	/* the alert came through the kernel */
	ck_error(
	    (int)s2n_recv(peers.client, bytes, 10, &blocked), "S2N_ERR_ALERT");
	ck_assert_int_eq(s2n_connection_get_alert(peers.client), 10);
	shut(&peers, ends);
}
END_TEST

/* RFC 8446 5.5: as much as one key may protect, and no byte more. */
START_TEST(a_worn_key_sends_no_more)
{
	const uint64_t most = UINT64_C(388736040960);
	struct peers peers;
	s2n_blocked_status blocked;
	size_t sent;
	int ends[2];

	open_talking(&peers, &specs[_i == 0 ? 2 : 0], ends);
	ck_assert_int_eq(s2n_connection_ktls_enable_send(peers.server), 0);
	peers.server->records.io.kernel_sent = most - 2;
	if (_i == 0) {
		ck_error((int)s2n_send(peers.server, "abc", 3, &blocked),
		    "S2N_ERR_KTLS_KEY_LIMIT");
		ck_error(s2n_sendfile(peers.server, 0, 0, 3, &sent, &blocked),
		    "S2N_ERR_KTLS_KEY_LIMIT");
	} else /* the limit is TLS 1.3's */
		ck_assert_int_eq(s2n_send(peers.server, "abc", 3, &blocked), 3);
	ck_assert_int_eq(s2n_send(peers.server, "ab", 2, &blocked), 2);
	shut(&peers, ends);
}
END_TEST

static void
both_fail(struct s2n_connection *conn, const char *name)
{
	ck_error(s2n_connection_ktls_enable_send(conn), name);
	ck_error(s2n_connection_ktls_enable_recv(conn), name);
	ck_assert(!kernel.attached);
}

/* clang-format off */
static const struct {
	const char *what;
	struct peers_spec spec;
} unfit[] = {
	{ "ChaCha20", { .version = S2N_TLS12, .suite = 0xcca8, .key = CERTS_RSA } },
	{ "ChaCha20, TLS 1.3", { .version = S2N_TLS13, .suite = 0x1303 } },
	{ "CBC", { .version = S2N_TLS12, .suite = 0x002f, .key = CERTS_RSA } },
	{ "TLS 1.1", { .version = S2N_TLS11, .suite = 0x002f, .key = CERTS_RSA } },
};
/* clang-format on */

START_TEST(it_is_not_for_every_connection)
{
	struct peers peers;
	int ends[2];

	open_talking(&peers, &unfit[_i].spec, ends);
	both_fail(peers.server, "S2N_ERR_KTLS_UNSUPPORTED_CONN");
	peers_transfer(peers.server, peers.client, 10);
	shut(&peers, ends);
}
END_TEST

static int
never(
    struct s2n_connection *conn, void *ctx, s2n_renegotiate_response *response)
{
	(void)conn, (void)ctx, (void)response;
	return -1;
}

START_TEST(it_must_be_open_idle_and_have_descriptors)
{
	struct peers peers;
	s2n_blocked_status blocked;
	uint8_t byte;
	int ends[2];

	/* callbacks in place of descriptors */
	peers_open(&peers, &specs[0]);
	both_fail(peers.server, "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	ck_assert(peers_negotiate(&peers));
	both_fail(peers.server, "S2N_ERR_KTLS_MANAGED_IO");
	peers_close(&peers);

	open_talking(&peers, &specs[2], ends);
	/* the client's config has not opted in for TLS 1.3 */
	both_fail(peers.client, "S2N_ERR_KTLS_UNSUPPORTED_CONN");
	/* half of what came is taken */
	ck_assert_int_eq(s2n_send(peers.client, "ab", 2, &blocked), 2);
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	ck_error(s2n_connection_ktls_enable_recv(peers.server),
	    "S2N_ERR_RECORD_STUFFER_NEEDS_DRAINING");
	ck_assert_int_eq(s2n_recv(peers.server, &byte, 1, &blocked), 1);
	/* renegotiation */
	ck_assert_int_eq(s2n_config_set_renegotiate_request_cb(
			     peers.server_config, never, NULL),
	    0);
	both_fail(peers.server, "S2N_ERR_KTLS_RENEG");
	ck_assert_int_eq(s2n_config_set_renegotiate_request_cb(
			     peers.server_config, NULL, NULL),
	    0);
	/* after the goodbye */
	ck_assert_int_eq(s2n_shutdown_send(peers.server, &blocked), 0);
	ck_error(
	    s2n_connection_ktls_enable_send(peers.server), "S2N_ERR_CLOSED");
	shut(&peers, ends);
}
END_TEST

/* What the kernel has cannot be written down. */
START_TEST(it_is_not_serialized)
{
	struct peers peers;
	uint8_t bytes[256];
	int ends[2];

	open_talking(&peers, &specs[0], ends);
	ck_assert_int_eq(s2n_config_set_serialization_version(
			     peers.server_config, S2N_SERIALIZED_CONN_V1),
	    0);
	ck_assert_int_eq(_i == 0
			     ? s2n_connection_ktls_enable_send(peers.server)
			     : s2n_connection_ktls_enable_recv(peers.server),
	    0);
	ck_error(s2n_connection_serialize(peers.server, bytes, sizeof bytes),
	    "S2N_ERR_INVALID_STATE");
	shut(&peers, ends);
}
END_TEST

START_TEST(nothing_is_refused)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);

	ck_error(s2n_connection_ktls_enable_send(NULL), "S2N_ERR_NULL");
	ck_error(s2n_connection_ktls_enable_recv(NULL), "S2N_ERR_NULL");
	ck_error(s2n_config_ktls_enable_unsafe_tls13(NULL), "S2N_ERR_NULL");
	both_fail(conn, "S2N_ERR_HANDSHAKE_NOT_COMPLETE");
	ck_assert_int_eq(s2n_connection_free(conn), 0);
}
END_TEST

static Suite *
ktls_suite(void)
{
	Suite *suite = suite_create("ktls");
	TCase *tcase = tcase_create("ktls");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, the_peer_does_not_notice, 0, (int)COUNT(specs));
	tcase_add_loop_test(
	    tcase, receiving_alone_is_fine, 0, (int)COUNT(specs));
	tcase_add_loop_test(
	    tcase, files_are_sent_from_where_they_are, 0, (int)COUNT(specs));
	tcase_add_test(tcase, what_the_kernel_refuses_goes_on_without);
	tcase_add_test(tcase, errors_of_the_kernel_are_ours);
	tcase_add_test(tcase, a_key_update_ends_it);
	tcase_add_loop_test(tcase, a_worn_key_sends_no_more, 0, 2);
	tcase_add_loop_test(
	    tcase, it_is_not_for_every_connection, 0, (int)COUNT(unfit));
	tcase_add_test(tcase, it_must_be_open_idle_and_have_descriptors);
	tcase_add_loop_test(tcase, it_is_not_serialized, 0, 2);
	tcase_add_test(tcase, nothing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(ktls_suite)
