/*
 * Malformed and illegal messages of TLS 1.2, 1.1 and 1.0, one a row: the other
 * side ends the handshake with exactly the alert that the RFC names. A row with
 * ALERT_NONE is legal. Where messages come out of order test_sequences.c and
 * test_message.c look.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "libtls/registry/iana.h"
#include "tests/unit/crooked.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define NUMBER_MAX 1100

static void
make_keys(void)
{
	certs_key(CERTS_RSA, 0);
}

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}
#define CH CLIENT_HELLO, S2N_CLIENT
#define SH SERVER_HELLO, S2N_SERVER
#define SCT CERTIFICATE, S2N_SERVER
#define SKX SERVER_KEY_EXCHANGE, S2N_SERVER
#define CR CERTIFICATE_REQUEST, S2N_SERVER
#define SHD SERVER_HELLO_DONE, S2N_SERVER
#define CCT CERTIFICATE, S2N_CLIENT
#define CKX CLIENT_KEY_EXCHANGE, S2N_CLIENT
#define CCV CERTIFICATE_VERIFY, S2N_CLIENT
#define CF FINISHED, S2N_CLIENT
#define SF FINISHED, S2N_SERVER
#define HANDSHAKE 22
#define DATA 23

/* Where things stand: hellos without a session id, one suite; X25519. */
/* clang-format off */
enum place {
	VERSION = 0, RANDOM_END = 26, ID_LEN = 34, COMPRESSIONS = 39, COMPRESSION = 40,
	SUITE = 35, SUITE_COMPRESSION = 37, POINT_LEN = 3, POINT = 4, SCHEME = 36
};

enum number {
	SERVER_NAME = 0, FRAGMENT = 1, STATUS = 5, GROUPS = 10, FORMATS = 11, SCHEMES = 13, ALPN = 16, MASTER = 23,
	TICKET = 35, VERSIONS = 43, COOKIE = 44, KEY_SHARE = 51, RENEGOTIATION = 0xff01, UNKNOWN = 0x1a2a
};

/* ECDHE-ECDSA, in each version. */
static const struct crook hellos[] = {
/* to a server: the hello itself (RFC 5246 7.4.1.2) */
	{ "a version of nobody",                 CH, PUT, VERSION, BYTES(3, 9), NOTHING, ALERT_NONE, 0 },
	{ "TLS 1.3 as the version",              CH, PUT, VERSION, BYTES(3, 4), NOTHING, ALERT_NONE, 0 },
	{ "SSLv3 as the version",                CH, PUT, VERSION, BYTES(3, 0), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "SSL 2 as the version",                CH, PUT, VERSION, BYTES(2, 0), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "no version at all",                   CH, PUT, VERSION, BYTES(0, 0), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "cut short",                           CH, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "cut in the random",                   CH, BODY, 0, BYTES(3, 3, 1, 2, 3), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               CH, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     CH, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "session id of 33",                    CH, PUT, ID_LEN, BYTES(33), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no suite",                            CH, SUITE_LIST, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a suite and a half",                  CH, SUITE_LIST, 0, BYTES(0xc0, 0x09, 0xc0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "only unknown suites",                 CH, SUITE_LIST, 0, BYTES(0x5a, 0x5a, 0x6a, 0x6a), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only suites for another key",         CH, SUITE_LIST, 0, BYTES(0xc0, 0x13, 0, 0x2f), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only a suite of TLS 1.3",             CH, SUITE_LIST, 0, BYTES(0x13, 1), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "unknown suites in front",             CH, SUITE_LIST, 0, BYTES(0x5a, 0x5a, 0x6a, 0x6a, 0xc0, 0x09), NOTHING, ALERT_NONE, 0 },
	{ "null compression is missing",         CH, PUT, COMPRESSION, BYTES(1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no compression method",               CH, PUT, COMPRESSIONS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* RFC 7507 3, RFC 5746 3.3 */
	{ "a fallback to what is the highest",   CH, SUITE_LIST, 0, BYTES(0x56, 0, 0xc0, 0x09), NOTHING, ALERT_NONE, 0 },
	{ "only the mark of a fallback",         CH, SUITE_LIST, 0, BYTES(0x56, 0), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "renegotiation as a suite",            CH, SUITE_LIST, 0, BYTES(0, 0xff, 0xc0, 0x09), NOTHING, ALERT_NONE, 0 },
	{ "only renegotiation as a suite",       CH, SUITE_LIST, 0, BYTES(0, 0xff), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
/* its extensions (RFC 5246 7.4.1.4) */
	{ "no extensions block",                 CH, EXT_NONE, 0, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "an unknown extension",                CH, EXT_ADD, UNKNOWN, BYTES(1, 2), NOTHING, ALERT_NONE, 0 },
	{ "an extension cut short",              CH, EXT_RAW, 0, BYTES(0x1a, 0x2a, 0, 9, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "half a header of an extension",       CH, EXT_RAW, 0, BYTES(0x1a, 0x2a, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an unknown extension twice",          CH, EXT_RAW, 0, BYTES(0x1a, 0x2a, 0, 0, 0x1a, 0x2a, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "point formats twice",                 CH, EXT_TWICE, FORMATS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a share for TLS 1.3",                 CH, EXT_ADD, KEY_SHARE, BYTES(0, 6, 0, 29, 0, 2, 4, 4), NOTHING, ALERT_NONE, 0 },
	{ "only TLS 1.3 in supported_versions",  CH, EXT_ADD, VERSIONS, BYTES(2, 3, 4), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "an odd supported_versions",           CH, EXT_ADD, VERSIONS, BYTES(3, 3, 3, 3), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty cookie",                     CH, EXT_ADD, COOKIE, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* RFC 8422 5.1 */
	{ "no groups",                           CH, EXT_DROP, GROUPS, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "an empty list of groups",             CH, EXT_SET, GROUPS, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a group and a half",                  CH, EXT_SET, GROUPS, BYTES(0, 3, 0, 23, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "only unknown groups",                 CH, EXT_SET, GROUPS, BYTES(0, 4, 0x5a, 0x5a, 0, 30), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "not the group of the key",            CH, EXT_SET, GROUPS, BYTES(0, 2, 0, 29), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only the group of the key",           CH, EXT_SET, GROUPS, BYTES(0, 2, 0, 23), NOTHING, ALERT_NONE, 0 },
	{ "no point formats",                    CH, EXT_DROP, FORMATS, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "point formats without uncompressed",  CH, EXT_SET, FORMATS, BYTES(2, 1, 2), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "all point formats",                   CH, EXT_SET, FORMATS, BYTES(3, 2, 1, 0), NOTHING, ALERT_NONE, 0 },
	{ "an empty list of point formats",      CH, EXT_SET, FORMATS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "bytes behind the point formats",      CH, EXT_SET, FORMATS, BYTES(1, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "point formats cut short",             CH, EXT_SET, FORMATS, BYTES(2, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* RFC 5746 3.6 */
	{ "no renegotiation_info",               CH, EXT_DROP, RENEGOTIATION, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "a renegotiation of nothing",          CH, EXT_SET, RENEGOTIATION, BYTES(1, 0), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "a renegotiation",                     CH, EXT_SET, RENEGOTIATION, BYTES(12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "an empty renegotiation_info",         CH, EXT_SET, RENEGOTIATION, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a long renegotiation_info",           CH, EXT_SET, RENEGOTIATION, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* RFC 7627 5.1 */
	{ "no extended master secret",           CH, EXT_DROP, MASTER, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "an extended master secret of a byte", CH, EXT_SET, MASTER, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "two extended master secrets",         CH, EXT_TWICE, MASTER, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
/* to a client: the answer (RFC 5246 7.4.1.3) */
	{ "empty",                               SH, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "cut short",                           SH, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     SH, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "TLS 1.3 as the version",              SH, PUT, VERSION, BYTES(3, 4), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "SSLv3 as the version",                SH, PUT, VERSION, BYTES(3, 0), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "SSL 2 as the version",                SH, PUT, VERSION, BYTES(2, 0), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "session id of 33",                    SH, PUT, ID_LEN, BYTES(33), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a suite that was not offered",        SH, PUT, SUITE, BYTES(0xc0, 0x0a), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a suite of TLS 1.3",                  SH, PUT, SUITE, BYTES(0x13, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "the mark of a fallback as the suite", SH, PUT, SUITE, BYTES(0x56, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a compression",                       SH, PUT, SUITE_COMPRESSION, BYTES(1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "TLS 1.3 in supported_versions",       SH, EXT_ADD, VERSIONS, BYTES(3, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a share",                             SH, EXT_ADD, KEY_SHARE, BYTES(0, 29, 0, 1, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "schemes",                             SH, EXT_ADD, SCHEMES, BYTES(0, 2, 4, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an unknown extension",                SH, EXT_ADD, UNKNOWN, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a protocol that was not asked for",   SH, EXT_ADD, ALPN, BYTES(0, 2, 1, 'a'), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a fragment length not asked for",     SH, EXT_ADD, FRAGMENT, BYTES(1), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a status that was not asked for",     SH, EXT_ADD, STATUS, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a ticket that was not asked for",     SH, EXT_ADD, TICKET, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "an extension cut short",              SH, EXT_RAW, 0, BYTES(0, 5, 0, 9), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "groups for another time",             SH, EXT_ADD, GROUPS, BYTES(0, 2, 0, 29), NOTHING, ALERT_NONE, 0 },
	{ "no point formats",                    SH, EXT_DROP, FORMATS, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "point formats without uncompressed",  SH, EXT_SET, FORMATS, BYTES(1, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an empty list of point formats",      SH, EXT_SET, FORMATS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "point formats twice",                 SH, EXT_TWICE, FORMATS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no renegotiation_info",               SH, EXT_DROP, RENEGOTIATION, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "a renegotiation",                     SH, EXT_SET, RENEGOTIATION, BYTES(1, 0), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "an empty renegotiation_info",         SH, EXT_SET, RENEGOTIATION, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an extended master secret of a byte", SH, EXT_SET, MASTER, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a name acknowledged with bytes",      SH, EXT_SET, SERVER_NAME, BYTES(1), NOTHING, ALERT_DECODE_ERROR, 0 },
};

/* The rest of the way, in each version: both sides have a certificate. */
static const struct crook proofs[] = {
/* Certificate (RFC 5246 7.4.2, 7.4.6) */
	{ "no certificate",                      SCT, BODY, 0, BYTES(0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty certificate",                SCT, BODY, 0, BYTES(0, 0, 3, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an entry cut short",                  SCT, BODY, 0, BYTES(0, 0, 4, 0, 0, 2, 9), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a list cut short",                    SCT, BODY, 0, BYTES(0, 0, 4, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty message",                    SCT, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "what is no certificate",              SCT, BODY, 0, BYTES(0, 0, 4, 0, 0, 1, 9), NOTHING, ALERT_BAD_CERTIFICATE, 0 },
	{ "a trailing byte",                     SCT, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a signature of the CA that is wrong", SCT, FLIP_END, 0, NOTHING, NOTHING, ALERT_BAD_CERTIFICATE, 0 },
	{ "no certificate where one must be",    CCT, BODY, 0, BYTES(0, 0, 0), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "an empty certificate",                CCT, BODY, 0, BYTES(0, 0, 3, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a list cut short",                    CCT, BODY, 0, BYTES(0, 0, 4, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "what is no certificate",              CCT, BODY, 0, BYTES(0, 0, 4, 0, 0, 1, 9), NOTHING, ALERT_BAD_CERTIFICATE, 0 },
	{ "a signature of the CA that is wrong", CCT, FLIP_END, 0, NOTHING, NOTHING, ALERT_BAD_CERTIFICATE, 0 },
/* ServerKeyExchange (RFC 8422 5.4): all of it is signed */
	{ "a wrong signature",                   SKX, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "another point",                       SKX, FLIP, POINT, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "another curve",                       SKX, FLIP, 2, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "cut short",                           SKX, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     SKX, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               SKX, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no signature",                        SKX, BODY, 0, BYTES(3, 0, 23, 1, 4), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a curve with explicit numbers",       SKX, PARAMETERS, 0, BYTES(1, 0, 23, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a curve that was not offered",        SKX, PARAMETERS, 0, BYTES(3, 0, 30, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a hybrid group",                      SKX, PARAMETERS, 0, BYTES(3, 0x11, 0xec, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a point too short",                   SKX, PARAMETERS, 0, BYTES(3, 0, 29, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an empty point",                      SKX, PARAMETERS, 0, BYTES(3, 0, 29, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "the point at infinity",               SKX, PARAMETERS, 0, BYTES(3, 0, 23, 1, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a point of X25519 that is zero",      SKX, PARAMETERS, 0, BYTES(3, 0, 29, 32,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	    NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a point of P-256 not on the curve",   SKX, PARAMETERS, 0, BYTES(3, 0, 23, 65, 4,
	    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
	    NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	/* the generator (SEC 2), in a form that RFC 8422 5.4 takes no longer */
	{ "a compressed point of P-256",         SKX, PARAMETERS, 0, BYTES(3, 0, 23, 33, 3,
	    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
	    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96),
	    NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
/* ServerHelloDone */
	{ "a byte",                              SHD, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* ClientKeyExchange (RFC 8422 5.7) */
	{ "empty",                               CKX, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty point",                      CKX, BODY, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a point too short",                   CKX, BODY, 0, BYTES(2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a point that is zero",                CKX, PUT, 1, BYTES(
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	    NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "cut short",                           CKX, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     CKX, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* CertificateVerify (RFC 5246 7.4.8) */
	{ "a wrong signature",                   CCV, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "cut short",                           CCV, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     CCV, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               CCV, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
/* Finished (RFC 5246 7.4.9) */
	{ "a wrong value",                       CF, FLIP, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a wrong last bit",                    CF, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a byte less",                         CF, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte more",                         CF, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               CF, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a wrong value",                       SF, FLIP, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a wrong last bit",                    SF, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a byte less",                         SF, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte more",                         SF, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
};

/* What only TLS 1.2 has: schemes (RFC 5246 7.4.1.4.1, 7.4.3, 7.4.4, 7.4.8). */
static const struct crook schemes[] = {
	{ "no schemes: SHA-1",                   CH, EXT_DROP, SCHEMES, NOTHING, NOTHING, ALERT_NONE, 0 },
	{ "an empty list",                       CH, EXT_SET, SCHEMES, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a scheme and a half",                 CH, EXT_SET, SCHEMES, BYTES(0, 3, 4, 3, 4), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "only unknown ones",                   CH, EXT_SET, SCHEMES, BYTES(0, 2, 0x5a, 0x5a), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only those for another key",          CH, EXT_SET, SCHEMES, BYTES(0, 4, 8, 4, 4, 1), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "one that the key has",                CH, EXT_SET, SCHEMES, BYTES(0, 2, 5, 3), NOTHING, ALERT_NONE, 0 },
	{ "one of nobody",                       SKX, PUT, SCHEME, BYTES(0x5a, 0x5a), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "one for another key",                 SKX, PUT, SCHEME, BYTES(4, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "DSA",                                 SKX, PUT, SCHEME, BYTES(2, 2), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "one with another hash",               SKX, PUT, SCHEME, BYTES(5, 3), NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "one of nobody",                       CCV, PUT, 0, BYTES(0x5a, 0x5a), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "one for another key",                 CCV, PUT, 0, BYTES(8, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "one with another hash",               CCV, PUT, 0, BYTES(5, 3), NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "an empty signature",                  CCV, BODY, 0, BYTES(4, 3, 0, 0), NOTHING, ALERT_DECRYPT_ERROR, 0 },
/* CertificateRequest */
	{ "types of nobody too",                 CR, BODY, 0, BYTES(3, 9, 64, 1, 0, 2, 4, 3, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "schemes of nobody too",               CR, BODY, 0, BYTES(1, 64, 0, 4, 0x5a, 0x5a, 4, 3, 0, 0), NOTHING, ALERT_NONE, 0 },
	{ "an authority",                        CR, BODY, 0, BYTES(1, 64, 0, 2, 4, 3, 0, 4, 0, 2, 0x30, 0), NOTHING, ALERT_NONE, 0 },
	{ "no types",                            CR, BODY, 0, BYTES(0, 0, 2, 4, 3, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no schemes",                          CR, BODY, 0, BYTES(1, 64, 0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a scheme and a half",                 CR, BODY, 0, BYTES(1, 64, 0, 3, 4, 3, 4, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "schemes left out",                    CR, BODY, 0, BYTES(1, 64, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty authority",                  CR, BODY, 0, BYTES(1, 64, 0, 2, 4, 3, 0, 2, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an authority cut short",              CR, BODY, 0, BYTES(1, 64, 0, 2, 4, 3, 0, 3, 0, 2, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "cut short",                           CR, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     CR, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               CR, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
};

#define RSA TLS_RSA_WITH_AES_128_CBC_SHA
#define DHE TLS_DHE_RSA_WITH_AES_128_CBC_SHA
#define ECDHE TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
#define TO_TLS12 BYTES(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1)
#define TO_TLS11 BYTES(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0)
/* RFC 8446 4.1.3, RFC 7507 3: where a side could do better; RFC 7627 4 */
static const struct {
	struct peers_spec spec;
	struct crook crook;
} ranges[] = {
	{ { .version = S2N_TLS12, .suite = ECDHE, .client_most = S2N_TLS13 },
	    { "TLS 1.3, lowered to 1.2",         SH, PUT, RANDOM_END, TO_TLS12, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 } },
	{ { .version = S2N_TLS12, .suite = ECDHE, .client_most = S2N_TLS13 },
	    { "TLS 1.3, lowered to 1.1 they say", SH, PUT, RANDOM_END, TO_TLS11, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 } },
	{ { .version = S2N_TLS11, .suite = ECDHE, .client_most = S2N_TLS13 },
	    { "TLS 1.3, lowered to 1.1",         SH, PUT, RANDOM_END, TO_TLS11, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 } },
	{ { .version = S2N_TLS11, .suite = ECDHE, .client_most = S2N_TLS12 },
	    { "TLS 1.2, lowered to 1.1",         SH, PUT, RANDOM_END, TO_TLS11, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 } },
	{ { .version = S2N_TLS10, .suite = ECDHE, .client_most = S2N_TLS12 },
	    { "TLS 1.2, lowered to 1.0",         SH, PUT, RANDOM_END, TO_TLS11, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 } },
	{ { .version = S2N_TLS11, .suite = ECDHE, .server_most = S2N_TLS12 },
	    { "a fallback to TLS 1.1",           CH, SUITE_LIST, 0, BYTES(0x56, 0, 0xc0, 0x09), NOTHING, ALERT_INAPPROPRIATE_FALLBACK, 0 } },
	{ { .version = S2N_TLS10, .suite = ECDHE, .server_most = S2N_TLS11 },
	    { "a fallback to TLS 1.0",           CH, SUITE_LIST, 0, BYTES(0xc0, 0x09, 0x56, 0), NOTHING, ALERT_INAPPROPRIATE_FALLBACK, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE, .server_most = S2N_TLS12 },
	    { "a fallback to SSLv3",             CH, SUITE_LIST, 0, BYTES(0xc0, 0x09, 0x56, 0), NOTHING, ALERT_INAPPROPRIATE_FALLBACK, 0 } },
	{ { .version = S2N_TLS12, .suite = ECDHE, .server_most = S2N_TLS13 },
	    { "a fallback to TLS 1.2",           CH, SUITE_LIST, 0, BYTES(0x56, 0, 0xc0, 0x09), NOTHING, ALERT_INAPPROPRIATE_FALLBACK, 0 } },
	{ { .version = S2N_TLS11, .suite = ECDHE, .server_most = S2N_TLS12 },
	    { "no fallback to TLS 1.1",          CH, SUITE_LIST, 0, BYTES(0xc0, 0x09), NOTHING, ALERT_NONE, 0 } },
	{ { .version = S2N_TLS12, .suite = ECDHE, .server_most = S2N_TLS13, .client_most = S2N_TLS13 },
	    { "supported_versions of TLS 1.2",   CH, EXT_SET, VERSIONS, BYTES(2, 3, 2), NOTHING, ALERT_PROTOCOL_VERSION, 0 } },
	{ { .version = S2N_TLS12, .suite = ECDHE, .client_most = S2N_TLS13 },
	    { "HelloRetryRequest of TLS 1.2",    SH, PUT, 2, BYTES(
	    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c),
	    NOTHING, ALERT_MISSING_EXTENSION, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE },
	    { "an extended master secret",       SH, EXT_ADD, MASTER, NOTHING, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE },
	    { "extended master secret in SSLv3", CH, EXT_ADD, MASTER, NOTHING, NOTHING, ALERT_NONE, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE },
	    { "a wrong value",                   CF, FLIP, 35, NOTHING, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE },
	    { "a wrong value",                   SF, FLIP, 0, NOTHING, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 } },
	{ { .version = S2N_SSLv3, .suite = ECDHE },
	    { "a Finished of TLS",               SF, CUT, 24, NOTHING, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 } },
/* RSA (RFC 5246 7.4.7.1): what is public of the ciphertext; see test_bleichenbacher.c */
	{ { .version = S2N_TLS12, .suite = RSA, .key = CERTS_RSA },
	    { "no length",                       CKX, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = RSA, .key = CERTS_RSA },
	    { "an empty ciphertext",             CKX, BODY, 0, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = RSA, .key = CERTS_RSA },
	    { "a ciphertext cut short",          CKX, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS10, .suite = RSA, .key = CERTS_RSA },
	    { "a byte behind the ciphertext",    CKX, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_SSLv3, .suite = RSA, .key = CERTS_RSA },
	    { "an empty ciphertext",             CKX, BODY, 0, NOTHING, NOTHING, ALERT_HANDSHAKE_FAILURE, 0 } },
/* DHE: what is no number */
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "a wrong signature",               SKX, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 } },
	{ { .version = S2N_TLS10, .suite = DHE, .key = CERTS_RSA },
	    { "a wrong signature",               SKX, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "a prime that was changed",        SKX, FLIP, 9, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "empty numbers",                   SKX, PARAMETERS, 0, BYTES(0, 0, 0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "cut short",                       SKX, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "an empty number",                 CKX, BODY, 0, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "no number",                       CKX, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 } },
	{ { .version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA },
	    { "a trailing byte",                 CKX, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 } },
};

/* After the handshake, in each version. */
static const struct late lates[] = {
	{ "renegotiation",                  S2N_CLIENT, HANDSHAKE, BYTES(1, 0, 0, 0), 0, NOTHING, 0, ALERT_NO_RENEGOTIATION },
	{ "hello_request",                  S2N_SERVER, HANDSHAKE, BYTES(0, 0, 0, 0), 0, NOTHING, 0, ALERT_NONE },
	{ "hello_request in two pieces",    S2N_SERVER, HANDSHAKE, BYTES(0, 0), HANDSHAKE, BYTES(0, 0), 0, ALERT_NONE },
	{ "hello_request 32 times",         S2N_SERVER, HANDSHAKE, BYTES(0, 0, 0, 0), 0, NOTHING, 32, ALERT_NONE },
	{ "hello_request without end",      S2N_SERVER, HANDSHAKE, BYTES(0, 0, 0, 0), 0, NOTHING, 33, ALERT_UNEXPECTED_MESSAGE },
	{ "hello_request with a body",      S2N_SERVER, HANDSHAKE, BYTES(0, 0, 0, 1, 0), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "hello_request to a server",      S2N_CLIENT, HANDSHAKE, BYTES(0, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a hello to a client",            S2N_SERVER, HANDSHAKE, BYTES(1, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "Finished once more",             S2N_CLIENT, HANDSHAKE, BYTES(20, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a server's Finished once more",  S2N_SERVER, HANDSHAKE, BYTES(20, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a ticket of TLS 1.3",            S2N_SERVER, HANDSHAKE, BYTES(4, 0, 0, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a key update",                   S2N_CLIENT, HANDSHAKE, BYTES(24, 0, 0, 1, 0), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "data within a message",          S2N_CLIENT, HANDSHAKE, BYTES(1, 0), DATA, BYTES(1), 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a change of keys",               S2N_CLIENT, 20, BYTES(1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "a server's change of keys",      S2N_SERVER, 20, BYTES(1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "an empty handshake record",      S2N_CLIENT, HANDSHAKE, NOTHING, 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
	{ "half an alert",                  S2N_SERVER, 21, BYTES(2), 0, NOTHING, 0, ALERT_DECODE_ERROR },
	{ "empty data 32 times",            S2N_CLIENT, DATA, NOTHING, 0, NOTHING, 32, ALERT_NONE },
	{ "empty data without end",         S2N_CLIENT, DATA, NOTHING, 0, NOTHING, 33, ALERT_UNEXPECTED_MESSAGE },
	{ "a record of another version",    S2N_CLIENT, 0, BYTES(23, 3, 9, 0, 1, 1), 0, NOTHING, 0, ALERT_PROTOCOL_VERSION },
	{ "a record type of nobody",        S2N_CLIENT, 0, BYTES(24, 3, 1, 0, 1, 1), 0, NOTHING, 0, ALERT_UNEXPECTED_MESSAGE },
};
/* clang-format on */

static const uint8_t versions[] = { S2N_TLS12, S2N_TLS11, S2N_TLS10 };

/* Row i of as many as there are, in the first version, then the next ... */
static struct peers_spec
spec_of(int i, size_t rows, bool both_prove)
{
	return (struct peers_spec){
		.version = versions[(size_t)i / rows],
		.suite = ECDHE,
		.client_auth =
		    both_prove ? S2N_CERT_AUTH_REQUIRED : S2N_CERT_AUTH_NONE,
		.client_cert = both_prove,
	};
}

START_TEST(the_alert_to_a_bad_hello_is_the_rfcs)
{
	const struct peers_spec spec = spec_of(_i, COUNT(hellos), false);

	crooked_run_between(&hellos[(size_t)_i % COUNT(hellos)], &spec);
}
END_TEST

START_TEST(the_alert_to_a_bad_proof_is_the_rfcs)
{
	const struct peers_spec spec = spec_of(_i, COUNT(proofs), true);

	crooked_run_between(&proofs[(size_t)_i % COUNT(proofs)], &spec);
}
END_TEST

START_TEST(the_alert_to_a_bad_scheme_is_the_rfcs)
{
	const struct peers_spec spec = spec_of(_i, COUNT(schemes), true);

	crooked_run_between(&schemes[_i], &spec);
}
END_TEST

START_TEST(the_alert_to_a_lowered_version_is_the_rfcs)
{
	crooked_run_between(&ranges[_i].crook, &ranges[_i].spec);
}
END_TEST

START_TEST(what_comes_late_is_answered_with_the_rfcs_alert)
{
	const struct peers_spec spec = spec_of(_i, COUNT(lates), false);

	crooked_late_between(&lates[(size_t)_i % COUNT(lates)], &spec);
}
END_TEST

/* RFC 8446 4.1.3: what a server says that could have done better. */
static const struct {
	uint8_t version, server_most;
	struct slice mark;
} marks[] = {
	{ S2N_TLS12, S2N_TLS13, TO_TLS12 },
	{ S2N_TLS11, S2N_TLS13, TO_TLS11 },
	{ S2N_TLS11, S2N_TLS12, TO_TLS11 },
	{ S2N_TLS10, S2N_TLS12, TO_TLS11 },
	{ S2N_SSLv3, S2N_TLS12, TO_TLS11 },
	{ S2N_TLS12, S2N_TLS12, NOTHING },
	{ S2N_TLS11, S2N_TLS11, NOTHING },
	{ S2N_TLS10, S2N_TLS11, NOTHING },
};

START_TEST(a_server_that_could_do_better_says_so)
{
	static const uint8_t downgrade[] = "DOWNGRD";
	const struct peers_spec spec = { .version = marks[_i].version,
		.suite = ECDHE,
		.server_most = marks[_i].server_most };
	struct slice mark = marks[_i].mark;
	const uint8_t *random_end;
	struct peers peers;

	peers_open(&peers, &spec);
	ck_assert(peers_negotiate(&peers));
	/* record header 5, message header 4 */
	random_end = peers.to_client.bytes.data + 9 + RANDOM_END;
	if (mark.len > 0)
		ck_assert_mem_eq(random_end, mark.data, mark.len);
	else
		ck_assert_mem_ne(random_end, downgrade, 7);
	peers_close(&peers);
}
END_TEST

/* RFC 5246 7.4.2: the key is of the kind that the suite names. */
START_TEST(a_certificate_of_another_kind_is_unsupported)
{
	static const struct {
		uint16_t suite;
		enum certs_key key, wrong;
	} ways[] = {
		{ ECDHE, CERTS_P256, CERTS_RSA },
		{ RSA, CERTS_RSA, CERTS_P256 },
		{ DHE, CERTS_RSA, CERTS_P256 },
	};
	const struct peers_spec spec = { .version = S2N_TLS12,
		.suite = ways[_i].suite,
		.key = ways[_i].key };
	struct crook crook = { .what = "a certificate of another kind",
		SCT,
		.how = BODY,
		.alert = ALERT_UNSUPPORTED_CERTIFICATE };
	/* Of the CA that the peers have: its name and key are the same. */
	const struct certs_cert *ca =
	    certs_make(&(struct certs_spec){ .name = "CA", .ca = true });
	const struct certs_cert *leaf = certs_make(&(struct certs_spec){
	    .name = "localhost", .issuer = ca, .key = ways[_i].wrong });
	struct writer out;
	struct mark list;

	writer_init(&out, 4096);
	list = writer_open(&out, 3);
	writer_vec24(&out, leaf->der);
	writer_close(&out, list);
	ck_assert(writer_result(&out, &crook.bytes));
	crooked_run_between(&crook, &spec);
	writer_free(&out);
}
END_TEST

/* ---- finite fields (RFC 5246 7.4.3, RFC 7919 5.1) ---- */

enum value { ZERO, ONE, TWO, LAST, PRIME, BEYOND, HALF_SIZE, HUGE_SIZE };

/* From the prime that the peers have. */
static BIGNUM *
number(enum value value)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *parameters = NULL;
	BIGNUM *n = NULL;

	ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_group_name(ctx, "ffdhe2048"), 1);
	ck_assert_int_eq(EVP_PKEY_paramgen(ctx, &parameters), 1);
	ck_assert_int_eq(
	    EVP_PKEY_get_bn_param(parameters, OSSL_PKEY_PARAM_FFC_P, &n), 1);
	EVP_PKEY_free(parameters);
	EVP_PKEY_CTX_free(ctx);
	if (value <= TWO)
		BN_set_word(n, value);
	else if (value == LAST)
		BN_sub_word(n, 1);
	else if (value == BEYOND)
		BN_add_word(n, 2);
	else if (value == HALF_SIZE)
		BN_get_rfc2409_prime_1024(n);
	else if (value == HUGE_SIZE)
		BN_lshift(n, n, 8 * 1024 - 2048 + 8);
	return n;
}

static void
put_number(struct writer *out, enum value value)
{
	uint8_t bytes[NUMBER_MAX];
	BIGNUM *n = number(value);
	int len = BN_num_bytes(n) > 0 ? BN_num_bytes(n) : 1;

	ck_assert_int_le(len, NUMBER_MAX);
	ck_assert_int_eq(BN_bn2binpad(n, bytes, len), len);
	writer_vec16(out, slice_of(bytes, (size_t)len));
	BN_free(n);
}

static const struct {
	const char *what;
	enum value p, g, share;
	enum alert alert;
} groups[] = {
	{ "a share of 0", PRIME, TWO, ZERO, ALERT_ILLEGAL_PARAMETER },
	{ "a share of 1", PRIME, TWO, ONE, ALERT_ILLEGAL_PARAMETER },
	{ "a share of p - 1", PRIME, TWO, LAST, ALERT_ILLEGAL_PARAMETER },
	{ "a share of p", PRIME, TWO, PRIME, ALERT_ILLEGAL_PARAMETER },
	{ "a share beyond p", PRIME, TWO, BEYOND, ALERT_ILLEGAL_PARAMETER },
	{ "a generator of 0", PRIME, ZERO, TWO, ALERT_ILLEGAL_PARAMETER },
	{ "a generator of 1", PRIME, ONE, TWO, ALERT_ILLEGAL_PARAMETER },
	{ "a generator of p - 1", PRIME, LAST, TWO, ALERT_ILLEGAL_PARAMETER },
	{ "a prime of 0", ZERO, TWO, TWO, ALERT_INSUFFICIENT_SECURITY },
	{ "a prime of 1024 bits", HALF_SIZE, TWO, TWO,
	    ALERT_INSUFFICIENT_SECURITY },
	{ "an even prime", LAST, TWO, TWO, ALERT_ILLEGAL_PARAMETER },
	{ "a prime too large", HUGE_SIZE, TWO, TWO, ALERT_ILLEGAL_PARAMETER },
};

START_TEST(a_servers_numbers_are_looked_at)
{
	const struct peers_spec spec = {
		.version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA
	};
	struct crook crook = { .what = groups[_i].what,
		SKX,
		.how = PARAMETERS,
		.alert = groups[_i].alert };
	struct writer out;

	writer_init(&out, 4 * NUMBER_MAX);
	put_number(&out, groups[_i].p);
	put_number(&out, groups[_i].g);
	put_number(&out, groups[_i].share);
	ck_assert(writer_result(&out, &crook.bytes));
	crooked_run_between(&crook, &spec);
	writer_free(&out);
}
END_TEST

START_TEST(a_clients_number_is_looked_at)
{
	static const enum value values[] = { ZERO, ONE, LAST, PRIME, BEYOND,
		HUGE_SIZE };
	const struct peers_spec spec = {
		.version = S2N_TLS12, .suite = DHE, .key = CERTS_RSA
	};
	struct crook crook = { .what = "a client's share",
		CKX,
		.how = BODY,
		.alert = ALERT_ILLEGAL_PARAMETER };
	struct writer out;

	for (size_t i = 0; i < COUNT(values); i++) {
		writer_init(&out, NUMBER_MAX + 2);
		put_number(&out, values[i]);
		ck_assert(writer_result(&out, &crook.bytes));
		crooked_run_between(&crook, &spec);
		writer_free(&out);
	}
}
END_TEST

static Suite *
alerts12_suite(void)
{
	Suite *suite = suite_create("alerts12");
	TCase *tcase = tcase_create("alerts12");

	tcase_add_unchecked_fixture(tcase, make_keys, NULL);
	with_library(tcase);
	tcase_add_loop_test(tcase, the_alert_to_a_bad_hello_is_the_rfcs, 0,
	    (int)(COUNT(hellos) * COUNT(versions)));
	tcase_add_loop_test(tcase, the_alert_to_a_bad_proof_is_the_rfcs, 0,
	    (int)(COUNT(proofs) * COUNT(versions)));
	tcase_add_loop_test(tcase, the_alert_to_a_bad_scheme_is_the_rfcs, 0,
	    (int)COUNT(schemes));
	tcase_add_loop_test(tcase, the_alert_to_a_lowered_version_is_the_rfcs,
	    0, (int)COUNT(ranges));
	tcase_add_loop_test(tcase,
	    what_comes_late_is_answered_with_the_rfcs_alert, 0,
	    (int)(COUNT(lates) * COUNT(versions)));
	tcase_add_loop_test(
	    tcase, a_server_that_could_do_better_says_so, 0, (int)COUNT(marks));
	tcase_add_loop_test(
	    tcase, a_certificate_of_another_kind_is_unsupported, 0, 3);
	tcase_add_loop_test(
	    tcase, a_servers_numbers_are_looked_at, 0, (int)COUNT(groups));
	tcase_add_test(tcase, a_clients_number_is_looked_at);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(alerts12_suite)
