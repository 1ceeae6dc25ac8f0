/*
 * A pair of which one side breaks one rule, once: in a message that it builds,
 * or with records of its own in front of one. Then both are run until the
 * crooked side has the other's alert.
 */
#ifndef TESTS_CROOKED_H
#define TESTS_CROOKED_H

#include "libtls/state/connection.h"
#include "tests/unit/peers.h"

enum how {
	FLIP,     /* a bit of the body's byte at number */
	FLIP_END, /* likewise, counted from the end */
	PUT,      /* bytes over those at number */
	CUT,      /* number bytes off the end */
	APPEND,   /* bytes at the end of the body */
	BODY,     /* bytes in place of the body */
	TYPE,     /* number as the message's type */
	/* In its extensions, the one with the number: */
	EXT_DROP,
	EXT_TWICE,
	EXT_SET, /* to bytes */
	EXT_ADD,
	EXT_RAW,    /* bytes at the end of the block */
	EXT_NONE,   /* no block at all */
	CERT_EXT,   /* bytes as the extensions of the one certificate */
	SUITE_LIST, /* bytes as the list of suites of a ClientHello */
	/* In front of the message: */
	WIRE,   /* bytes as they are */
	RECORD, /* a record of type number, protected as usual */
	BROKEN, /* bytes as a handshake record, then more as one of number */
	/* Behind the message, in the same record: */
	BEHIND,
	/* Bytes as the parameters of a ServerKeyExchange, which are signed */
	PARAMETERS
};

enum with { RETRY = 1, ASKED = 2, SECOND = 4 /* of two ClientHellos */ };

struct crook {
	const char *what;
	enum message message; /* the crooked side's, and so which side it is */
	s2n_mode role;
	enum how how;
	uint16_t number;
	struct slice bytes, more;
	enum alert alert; /* ALERT_NONE: that was legal, both get through */
	unsigned with;
};

/* Fails the test unless the honest side answers with crook->alert: TLS 1.3. */
void crooked_run(const struct crook *);
/* The same between a pair that the caller specifies. */
void crooked_run_between(const struct crook *, const struct peers_spec *);
/* Or between new connections of peers that are open: many in a row. */
void crooked_run_again(const struct crook *, struct peers *);
/* What the honest side's s2n_errno was at the end of the last run; 0: none. */
int crooked_error(void);

/*
 * After a handshake: record of a type with these bytes; more likewise. Fails
 * the test unless s2n_recv of the honest side answers with the alert.
 */
struct late {
	const char *what;
	s2n_mode role;
	uint16_t type; /* 0: bytes on the wire as they are */
	struct slice bytes;
	uint16_t more_type;
	struct slice more;
	unsigned times; /* 0: once */
	enum alert alert;
};
void crooked_late(const struct late *);
void crooked_late_between(const struct late *, const struct peers_spec *);

#endif
