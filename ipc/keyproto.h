/*
 * The words between processes: one request is one packet, a header of 32 bytes
 * and a payload of the length its type demands, little-endian throughout.
 * Encoding and decoding only: nothing here knows keys or sockets.
 */
#ifndef IPC_KEYPROTO_H
#define IPC_KEYPROTO_H

#include "base/slice.h"

#define KEYPROTO_MAJOR 1
#define KEYPROTO_MINOR 0
#define KEYPROTO_HEADER 32
#define KEYPROTO_PACKET_MAX 16384
#define KEYPROTO_CREDITS 256
#define KEYPROTO_KEYS_MAX 64 /* in one answer */
#define KEYPROTO_HASH_MAX 48
#define KEYPROTO_SIGNATURE_MAX 1024
#define KEYPROTO_RANDOM 32
/* x25519's parameters; a prime of 8192 bits with as long a generator and share
 */
#define KEYPROTO_PARAMETERS_MIN 36
#define KEYPROTO_PARAMETERS_MAX (3 * (2 + 1024))
#define KEYPROTO_MESSAGES_MAX (KEYPROTO_PACKET_MAX - KEYPROTO_HEADER - 8)
#define KEYPROTO_CIPHERTEXT_MAX 1024 /* RSA-8192 */
#define KEYPROTO_PREMASTER_SIZE 48
#define KEYPROTO_SPKI 32
#define KEYPROTO_STATUS_MAX 64
#define KEYPROTO_NAME 24
#define KEYPROTO_LAYERS 12 /* of confinement: room for more than there are */
#define KEYPROTO_BOUNDS 14 /* of a histogram */
#define KEYPROTO_COUNTS_MAX 512 /* in one answer */
#define KEYPROTO_SLOTS 16384    /* keys of one signer, at most */
#define KEYPROTO_CLIENT_NAME 64
#define KEYPROTO_GRANT_SIZE (4 + 8 + KEYPROTO_SLOTS / 8 + KEYPROTO_CLIENT_NAME)
#define KEYPROTO_MODULE_TEXT 1024
#define KEYPROTO_TICKET_NAME 16
#define KEYPROTO_TICKET_SECRET 32
#define KEYPROTO_TICKETS 2 /* keys in one answer */

/* Flags; an unknown bit is refused. */
#define KEYPROTO_ANSWER 1u

enum keyproto_type {
	KEYPROTO_HELLO = 1,
	KEYPROTO_KEYS = 2,
	KEYPROTO_SIGN13 = 3,
	KEYPROTO_SIGN12 = 4,
	KEYPROTO_SIGN12CV = 5,
	KEYPROTO_PREMASTER = 6,
	KEYPROTO_TICKETKEYS = 7,
	KEYPROTO_CANCEL = 8,
	KEYPROTO_PING = 9,
	KEYPROTO_STATS = 10,
	KEYPROTO_SIGN10 = 11,     /* no request: only a bit of operations */
	KEYPROTO_SIGNDIGEST = 12, /* for foreign clients, where it is allowed */
	KEYPROTO_KEYCHANGED = 32, /* pushed by the server, id 0 */
	KEYPROTO_GOAWAY = 33,
	KEYPROTO_NEWCHANNEL = 64, /* masters only, from here on */
	KEYPROTO_KEYFILE = 65,
	/* 66 to 68 are reserved: COMMIT, ROTATE, QUIT */
	KEYPROTO_STATUS = 69,
	KEYPROTO_GRANT = 70, /* keyd to signer: a channel and what it may do */
	KEYPROTO_TICKETROOT = 71, /* keyd to its ticket process */
	KEYPROTO_KEYPART = 72,  /* keyd to signer: what a key file comes with */
	KEYPROTO_COUNTS = 73,   /* keyd to signer: what it has done */
	KEYPROTO_RECORD = 74,   /* signer to keyd-audit: an operation */
	KEYPROTO_AUDIT = 75,    /* keyd to both: the channel for records */
	KEYPROTO_AUDITLOG = 76, /* keyd to keyd-audit: the file to write */
	KEYPROTO_MODULE = 77,   /* keyd to keyd-p11, first of all */
	KEYPROTO_KEYTOKEN = 78, /* keyd to keyd-p11: a key in a token */
	/* NEWCHANNEL of a master that is also a client of others, for that */
	KEYPROTO_NEWCLIENTCHANNEL = 79,
	KEYPROTO_GENERATE = 80, /* keyd to keyd-maker: a key is to be made */
	KEYPROTO_REQUEST = 81   /* keyd to it and keyd-p11: a PKCS#10 */
};

enum keyproto_status {
	KEYPROTO_OK,
	KEYPROTO_BADMSG,  /* closes the channel */
	KEYPROTO_VERSION, /* closes the channel */
	KEYPROTO_NOKEY,
	KEYPROTO_DENIED,
	KEYPROTO_RATE,
	KEYPROTO_CREDIT, /* closes the channel */
	KEYPROTO_DEADLINE,
	KEYPROTO_CRYPTO,
	KEYPROTO_STALE,
	KEYPROTO_UNSUPPORTED,
	KEYPROTO_SHUTDOWN,
	KEYPROTO_BACKEND,
	KEYPROTO_CANCELLED,
	KEYPROTO_INTERNAL,
	KEYPROTO_STATUS_COUNT
};

/* What a channel may sign; fixed when keyd makes it. DIGEST: what others have
 * hashed, and nothing else. */
enum keyproto_role {
	KEYPROTO_SERVER = 1,
	KEYPROTO_CLIENT = 2,
	KEYPROTO_DIGEST = 3
};

struct keyproto_header {
	uint16_t type;
	uint32_t flags;
	uint64_t id;
	uint32_t micros; /* request: deadline from now; answer: service time */
	uint32_t status;
};

struct keyproto_hello {
	uint16_t least, most; /* major versions that the client speaks */
	uint32_t features;
};
struct keyproto_welcome {
	uint16_t version, role;
	uint32_t credits, packet_max, keys_max;
	uint8_t boot_id[16];
};
struct keyproto_key {
	uint16_t slot, algorithm; /* algorithm: enum keyproto_algorithm */
	uint32_t generation, bits;
	uint32_t schemes;    /* of TLS 1.3, as keyproto_scheme_bit() */
	uint32_t operations; /* as keyproto_operation() */
	uint8_t spki[KEYPROTO_SPKI];
};
enum keyproto_algorithm {
	KEYPROTO_RSA = 1,
	KEYPROTO_RSA_PSS = 2,
	KEYPROTO_EC = 3,
	KEYPROTO_ED25519 = 4
};
struct keyproto_keys {
	uint32_t total; /* of all that the channel may use */
	uint32_t count; /* in this answer */
	struct keyproto_key key[KEYPROTO_KEYS_MAX];
};
enum keyproto_hash { KEYPROTO_SHA256 = 4, KEYPROTO_SHA384 = 5 };
/*
 * An operation with a private key. What it is over is borrowed, and which of
 * the names it goes by depends on the type; what a type has not is 0.
 */
struct keyproto_sign {
	uint16_t slot, scheme; /* scheme: RFC 8446 4.2.3 */
	uint16_t hash;         /* SIGN13 */
	uint16_t version;      /* PREMASTER: the ClientHello's */
	uint32_t generation;
	struct slice client_random, server_random; /* SIGN12 */
	union {
		struct slice transcript; /* SIGN13 */
		struct slice parameters; /* SIGN12, as they travel: RFC 5246
					    7.4.3 */
		struct slice messages;   /* SIGN12CV, that are signed: RFC 5246
					    7.4.8 */
		struct slice ciphertext; /* PREMASTER: RFC 5246 7.4.7.1 */
		struct slice digest;     /* SIGNDIGEST: the scheme's hash */
	};
};
/* Times are seconds since 1970: [begins, ends) encrypts, [begins, dies)
 * decrypts. */
struct keyproto_ticket {
	uint64_t epoch, begins, ends, dies;
	uint8_t name[KEYPROTO_TICKET_NAME];
	uint8_t secret[KEYPROTO_TICKET_SECRET];
};
/* The key of the epoch asked for (0: the current one), and of the one after. */
struct keyproto_ticketkeys {
	uint64_t current; /* epoch */
	struct keyproto_ticket key[KEYPROTO_TICKETS];
};
struct keyproto_stats {
	/* signatures: premaster secrets, too */
	uint64_t requests, signatures, refused, expired, cancelled, micros;
};
/* The answer (and push) to a master; one descriptor comes with each. */
struct keyproto_newchannel {
	uint32_t tag, group, groups;
};
/* Operations a second, and at once; rate 0: as many as come. */
struct keyproto_rate {
	uint32_t rate, burst;
};
/* One descriptor comes with each: a key file; a channel to serve. */
struct keyproto_keyfile {
	uint16_t slot;
	uint32_t operations;
	struct keyproto_rate rate;       /* over all channels */
	char name[KEYPROTO_CLIENT_NAME]; /* always terminated */
};
/* Before the KEYFILE of the same slot, each with a descriptor. */
enum keyproto_part {
	KEYPROTO_PART_PASSPHRASE = 1,
	KEYPROTO_PART_CERTIFICATE = 2
};
struct keyproto_keypart {
	uint16_t slot, part; /* part: enum keyproto_part */
};
/* The library of a token's maker, and one variable of the environment for it
 * ("": none); both are always terminated. */
struct keyproto_module {
	char path[KEYPROTO_MODULE_TEXT];
	char environment[KEYPROTO_MODULE_TEXT];
};
/* A key in a token, by the attributes of RFC 7512; object or id may lack. The
 * PIN is a KEYPART before it. */
struct keyproto_keytoken {
	struct keyproto_keyfile file;
	char token[KEYPROTO_CLIENT_NAME], object[KEYPROTO_CLIENT_NAME];
	uint16_t id_len;
	uint8_t id[KEYPROTO_CLIENT_NAME];
};
/* A descriptor comes with it: the file, new and empty. RSA of 2048 to 8192
 * bits, EC of 256, 384 or 521, ED25519 of 256. */
struct keyproto_generate {
	uint16_t algorithm, bits; /* algorithm: enum keyproto_algorithm */
};
/* A certificate request for the key of a slot, or of the file whose descriptor
 * comes with it; in DER, both borrowed. It is answered with a PKCS#10. */
struct keyproto_request {
	uint16_t slot;
	struct slice subject; /* a Name */
	struct slice names;   /* GeneralNames */
};
/* What became of a key file. */
enum keyproto_verdict {
	KEYPROTO_SERVED,
	KEYPROTO_NO_KEY,         /* neither PEM nor PKCS#12 with a key in it */
	KEYPROTO_KIND,           /* of an algorithm or size not served */
	KEYPROTO_HALVES,         /* the public half is another key's */
	KEYPROTO_OPERATIONS,     /* it cannot do what it is for */
	KEYPROTO_ENCRYPTED,      /* and there is no passphrase */
	KEYPROTO_PLAIN,          /* and there is a passphrase */
	KEYPROTO_NO_PASSPHRASE,  /* its file is not one line of a fair length */
	KEYPROTO_PASSPHRASE,     /* a wrong one */
	KEYPROTO_CIPHER,         /* encrypted in a way that is not known */
	KEYPROTO_ITERATIONS,     /* too many */
	KEYPROTO_MANY,           /* keys in one file */
	KEYPROTO_NO_CERTIFICATE, /* in its file */
	KEYPROTO_MISMATCH,       /* the certificate is another key's */
	KEYPROTO_SPEED,          /* it belongs to a process of its speed */
	KEYPROTO_VERDICT_COUNT
};
/* The answer; all but the verdict is 0 unless SERVED, or for SPEED. */
struct keyproto_keytold {
	uint16_t verdict;   /* enum keyproto_verdict */
	uint16_t algorithm; /* enum keyproto_algorithm */
	uint32_t bits;
	uint64_t expires; /* its certificate: seconds since 1970; 0: none */
	uint8_t spki[KEYPROTO_SPKI];
};
struct keyproto_grant {
	uint32_t role;
	struct keyproto_rate rate;         /* over all keys */
	uint8_t slots[KEYPROTO_SLOTS / 8]; /* bit n: slot n */
	char client[KEYPROTO_CLIENT_NAME]; /* always terminated */
};
/* A descriptor may come with it: the root's file; else there is to be one. */
struct keyproto_ticketroot {
	uint32_t rotate, lifetime; /* seconds */
};
/* What a signer was asked to do, and did or refused. */
struct keyproto_record {
	uint64_t time;    /* microseconds since 1970 */
	uint32_t signer;  /* at random, of this life of it */
	uint32_t channel; /* as the signer numbers them */
	uint32_t skipped; /* refusals not told since the record before */
	uint32_t lost;    /* operations that could not be told, likewise */
	uint16_t operation, scheme, status;
	/* SHA-256 of what was to be signed or decrypted; of TLS 1.3 the
	 * transcript hash itself. */
	uint16_t content_len;
	uint8_t content[KEYPROTO_HASH_MAX];
	char key[KEYPROTO_CLIENT_NAME]; /* both are always terminated */
	char client[KEYPROTO_CLIENT_NAME];
};
/* A descriptor comes with it: the signer's end of a channel, or keyd-audit's.
 */
struct keyproto_audit {
	uint32_t stop;                    /* what cannot be told is not done */
	char group[KEYPROTO_CLIENT_NAME]; /* always terminated */
};
/* A descriptor comes with it: the file. */
struct keyproto_auditlog {
	uint32_t checkpoint; /* records from one to the next */
	uint32_t stop;       /* nothing is dropped when the file is full */
};
struct keyproto_process {
	char name[KEYPROTO_NAME]; /* always terminated */
	uint32_t pid, uid, seccomp, namespaces, keys;
	/* By enum layer of policy/: enum level; what is not there is 0. */
	uint8_t levels[KEYPROTO_LAYERS];
};
struct keyproto_processes {
	uint32_t count;
	struct keyproto_process process[KEYPROTO_STATUS_MAX];
};

/* How long something took, how often: no longer than each bound of
 * keyproto_bound_us(), and beyond all of them. */
struct keyproto_times {
	uint64_t counts[KEYPROTO_BOUNDS + 1];
	uint64_t sum_us;
};
/* Requests that were the same. */
struct keyproto_count {
	uint16_t slot;   /* KEYPROTO_SLOTS: of none that may be used */
	uint16_t type;   /* enum keyproto_type */
	uint16_t scheme; /* of what was signed, or could not be; else 0 */
	uint16_t status; /* enum keyproto_status */
	uint64_t count;
};
/* Since the process was started. */
struct keyproto_counts {
	uint64_t lost;     /* requests beyond what could be told apart */
	uint32_t channels; /* that are open */
	uint32_t waiting;  /* of them, whose answers nobody takes */
	/* From when the process woke until it began with a request, and from
	 * there to its answer. */
	struct keyproto_times queue, service;
	uint32_t total; /* rows there are */
	uint32_t count; /* in this answer */
	struct keyproto_count row[KEYPROTO_COUNTS_MAX];
};

/*
 * Takes a packet apart. KEYPROTO_OK; UNSUPPORTED for a type that is reserved
 * or unknown (the header is filled, so it can be answered); VERSION or BADMSG,
 * which close the channel. Lengths are checked against the type's row.
 */
must_check enum keyproto_status keyproto_parse(
    struct slice packet, struct keyproto_header *, struct slice *payload);
/* The length of the packet written to out, or 0: not of a length allowed. */
must_check size_t keyproto_build(const struct keyproto_header *,
    struct slice payload, uint8_t *out, size_t room);

/* Payloads. build gives the length, parse false for what is not well formed. */
#define KEYPROTO_PAYLOAD(name, type)                                           \
	size_t keyproto_##name##_build(                                        \
	    const struct keyproto_##type *, uint8_t *out, size_t room);        \
	must_check bool keyproto_##name##_parse(                               \
	    struct slice, struct keyproto_##type *)
KEYPROTO_PAYLOAD(hello, hello);
KEYPROTO_PAYLOAD(welcome, welcome);
KEYPROTO_PAYLOAD(keys, keys);
KEYPROTO_PAYLOAD(sign13, sign);
KEYPROTO_PAYLOAD(sign12, sign);
KEYPROTO_PAYLOAD(sign12cv, sign);
KEYPROTO_PAYLOAD(premaster, sign);
KEYPROTO_PAYLOAD(signdigest, sign);
KEYPROTO_PAYLOAD(stats, stats);
KEYPROTO_PAYLOAD(newchannel, newchannel);
KEYPROTO_PAYLOAD(keyfile, keyfile);
KEYPROTO_PAYLOAD(keypart, keypart);
KEYPROTO_PAYLOAD(module, module);
KEYPROTO_PAYLOAD(keytoken, keytoken);
KEYPROTO_PAYLOAD(generate, generate);
KEYPROTO_PAYLOAD(request, request);
KEYPROTO_PAYLOAD(keytold, keytold);
KEYPROTO_PAYLOAD(record, record);
KEYPROTO_PAYLOAD(audit, audit);
KEYPROTO_PAYLOAD(auditlog, auditlog);
KEYPROTO_PAYLOAD(grant, grant);
KEYPROTO_PAYLOAD(ticketkeys, ticketkeys);
KEYPROTO_PAYLOAD(ticketroot, ticketroot);
KEYPROTO_PAYLOAD(processes, processes);
KEYPROTO_PAYLOAD(counts, counts);
#undef KEYPROTO_PAYLOAD
/* A payload that is one number: KEYS and COUNTS (from), NEWCHANNEL (tag),
 * KEYCHANGED, GOAWAY. */
size_t keyproto_number_build(uint32_t, uint8_t *out, size_t room);
must_check bool keyproto_number_parse(struct slice, uint32_t *);
/* One long number: CANCEL (the id of the request meant), TICKETKEYS (epoch). */
size_t keyproto_long_build(uint64_t, uint8_t *out, size_t room);
must_check bool keyproto_long_parse(struct slice, uint64_t *);

/*
 * The bit of what a key may be used for: SIGN13, SIGN12 or PREMASTER. SIGN10
 * is what SIGN12 and SIGN12CV ask for with a scheme that hashes with SHA-1, as
 * TLS 1.1 and older do: keyproto_sign_operation() tells which of the two.
 */
uint32_t keyproto_operation(uint16_t type);
/*
 * How long a signature takes: some 50 us (P-256, Ed25519), up to some ms (other
 * curves, RSA to 3072 bits), longer. Keys of one speed share a process.
 */
enum keyproto_speed {
	KEYPROTO_FAST,
	KEYPROTO_MEDIUM,
	KEYPROTO_SLOW,
	KEYPROTO_SPEED_COUNT
};
enum keyproto_speed keyproto_speed(uint16_t algorithm, uint32_t bits);
uint16_t keyproto_sign_operation(uint16_t scheme);
/* The bit of a TLS SignatureScheme in keyproto_key.schemes; 0: not ours. */
uint32_t keyproto_scheme_bit(uint16_t scheme);
/* A bound of keyproto_times, from 50 us to 1 s; number < KEYPROTO_BOUNDS. */
uint32_t keyproto_bound_us(size_t number);
bool keyproto_status_closes(enum keyproto_status);
const char *keyproto_status_name(uint32_t);

#endif
