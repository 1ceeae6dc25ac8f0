/*
 * Records that the kernel protects: Linux's "tls" upper layer on a TCP socket.
 * AES-GCM only. Nothing here knows a connection.
 */
#ifndef LIBTLS_RECORD_KERNEL_H
#define LIBTLS_RECORD_KERNEL_H

#include <sys/types.h>

#include "libtls/record/protect.h"

enum kernel_side { KERNEL_SENDS, KERNEL_RECEIVES };

/* Puts the layer onto a socket, if it has none yet. ERR_KTLS_ENABLE,
 * ERR_KTLS_PLATFORM. */
must_check int kernel_attach(int fd);
/* One direction's keys: version is S2N_TLS12 or S2N_TLS13, key of the aead's
 * size, iv of GCM_SALT bytes or AEAD_NONCE. ERR_KTLS_SOCKOPT. */
must_check int kernel_set_key(int fd, enum kernel_side, uint8_t version,
    const struct aead *, const uint8_t *key, const uint8_t *iv,
    uint64_t sequence);
/* As write() and read(), with the record's type. */
ssize_t kernel_send(int fd, enum content_type, const void *bytes, size_t len);
ssize_t kernel_recv(int fd, enum content_type *, void *bytes, size_t room);

#endif
