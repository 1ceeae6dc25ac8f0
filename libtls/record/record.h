/*
 * Records (RFC 8446 5): framing, the two directions' protection, and which
 * records may come when. Alerts and handshake messages inside are others'
 * matter; nothing here knows a connection.
 */
#ifndef LIBTLS_RECORD_RECORD_H
#define LIBTLS_RECORD_RECORD_H

#include "libtls/record/io.h"
#include "libtls/record/protect.h"

/* Records that carry nothing and are dropped, in a row (RFC 8446 leaves it
 * open). */
#define RECORD_EMPTY_MAX 32

/* Bytes of early data that are skipped by who has not allowed any. */
#define RECORD_EARLY_DATA_MAX 16384

struct record_layer;

/*
 * How what is sent and received travels, each direction by itself: in records
 * that are ours, in the kernel's, or bare, which QUIC packs up (RFC 9001 4).
 */
struct framing {
	/* See record_read and record_write_slices. */
	int (*read)(struct record_layer *);
	int (*write)(struct record_layer *, enum content_type,
	    const struct slice *, size_t count);
	/* New keys: see protection_set13. */
	int (*protect)(struct protection *, const struct aead *,
	    const struct digest *, enum aead_use, const uint8_t *secret);
};

extern const struct framing framing_records, framing_kernel;
/* Handshake messages one after the other and nothing else: alerts are dropped,
 * data is ERR_UNSUPPORTED_WITH_QUIC, and a record that is read is a message or
 * part of one. Never more is read than one message. */
extern const struct framing framing_bare;

struct record_layer {
	struct io io;
	const struct framing *reads, *writes;
	struct protection in;
	struct protection out;
	uint16_t fragment_max;    /* plaintext bytes in a record of ours */
	uint16_t fragment_agreed; /* with this peer, in its place; 0: none */
	bool drops_ccs;    /* TLS 1.3: a ChangeCipherSpec record is ignored */
	bool accepts_v2;   /* the next may be an SSLv2 ClientHello */
	bool plain_alerts; /* a plaintext alert may still come */
	bool takes_data;   /* application data may come, even empty */
	uint8_t empty_in_a_row;
	uint32_t early_data; /* bytes of it that may still be skipped */
	uint32_t bare_left;  /* bare: bytes of a message that are to come */
	/* The record last read: */
	enum content_type type;
	uint16_t version;   /* that its header told */
	bool v2;            /* a ClientHello without a record (RFC 5246 E.2) */
	struct slice plain; /* what of it is not used; in io's buffer */
};

void record_init(struct record_layer *);
void record_free(struct record_layer *);

/*
 * Reads the next record into type and plain, once plain is used up (a no-op
 * while it is not). ERR_WANT_READ leaves everything as it was.
 */
must_check int record_read(struct record_layer *);

/* Most bytes of plaintext in a record of ours. */
size_t record_fragment(const struct record_layer *);
/* Appends records for all of plain to what waits to be written. */
must_check int record_write(
    struct record_layer *, enum content_type, struct slice plain);
/* One record of count slices, RECORD_SLICES_MAX and fragment_max bytes in all
 * at most; two, where the first byte goes alone. */
must_check int record_write_slices(struct record_layer *, enum content_type,
    const struct slice *, size_t count);
/* One record without protection: the ChangeCipherSpec of RFC 8446 D.4. */
must_check int record_write_ccs(struct record_layer *);

#endif
