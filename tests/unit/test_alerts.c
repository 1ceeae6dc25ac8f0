/*
 * Malformed and illegal messages, one a row: the other side ends the handshake
 * with exactly the alert that RFC 8446 names. A row with ALERT_NONE is legal.
 */
#include "tests/unit/crooked.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define NOTHING                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}
#define CH CLIENT_HELLO, S2N_CLIENT
#define HRR HELLO_RETRY_REQUEST, S2N_SERVER
#define SH SERVER_HELLO, S2N_SERVER
#define EE ENCRYPTED_EXTENSIONS, S2N_SERVER
#define CR CERTIFICATE_REQUEST, S2N_SERVER
#define SCT CERTIFICATE, S2N_SERVER
#define SCV CERTIFICATE_VERIFY, S2N_SERVER
#define SF FINISHED, S2N_SERVER
#define CCT CERTIFICATE, S2N_CLIENT
#define CCV CERTIFICATE_VERIFY, S2N_CLIENT
#define CF FINISHED, S2N_CLIENT

/* Where things stand in our hellos: session ids of 32 bytes, three suites. */
/* clang-format off */
enum place {
	VERSION = 0, RANDOM = 2, ID_LEN = 34, ID = 35,
	SUITES_LEN = 67, SUITES = 69, COMPRESSIONS = 75, COMPRESSION = 76,
	SUITE = 67, SUITE_COMPRESSION = 69
};

enum number {
	SERVER_NAME = 0, STATUS = 5, GROUPS = 10, SCHEMES = 13, ALPN = 16, EARLY_DATA = 42, VERSIONS = 43,
	COOKIE = 44, AUTHORITIES = 47, SCHEMES_CERT = 50, KEY_SHARE = 51, UNKNOWN = 0x1a2a
};

static const struct crook hellos[] = {
/* to a server: the hello itself */
	{ "any legacy_version",                  CH, PUT, VERSION, BYTES(3, 9), NOTHING, ALERT_NONE, 0 },
	{ "cut short",                           CH, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "cut in the random",                   CH, BODY, 0, BYTES(3, 3, 1, 2, 3), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               CH, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     CH, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "another type",                        CH, TYPE, SERVER_HELLO, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "hello_request",                       CH, TYPE, 0, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "session id of 33",                    CH, PUT, ID_LEN, BYTES(33), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no suite",                            CH, PUT, SUITES_LEN, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "two suites and a half",               CH, PUT, SUITES_LEN, BYTES(0, 5), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "only unknown suites",                 CH, PUT, SUITES, BYTES(0x5a, 0x5a, 0x6a, 0x6a, 0x7a, 0x7a), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "a compression",                       CH, PUT, COMPRESSION, BYTES(1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no compression method",               CH, PUT, COMPRESSIONS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "messages in the record behind it",    CH, BEHIND, 0, BYTES(20, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* its extensions */
	{ "an unknown extension",                CH, EXT_ADD, UNKNOWN, BYTES(1, 2), NOTHING, ALERT_NONE, 0 },
	{ "an authority that the client takes",  CH, EXT_ADD, AUTHORITIES, BYTES(0, 4, 0, 2, 0x30, 0), NOTHING, ALERT_NONE, 0 },
	{ "no authority that the client takes",  CH, EXT_ADD, AUTHORITIES, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no extensions block",                 CH, EXT_NONE, 0, NOTHING, NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "an extension cut short",              CH, EXT_RAW, 0, BYTES(0x1a, 0x2a, 0, 9, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no supported_versions",               CH, EXT_DROP, VERSIONS, NOTHING, NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "TLS 1.2 only",                        CH, EXT_SET, VERSIONS, BYTES(2, 3, 3), NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "no version in supported_versions",    CH, EXT_SET, VERSIONS, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a version and a half",                CH, EXT_SET, VERSIONS, BYTES(3, 3, 4, 3), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "bytes behind supported_versions",     CH, EXT_SET, VERSIONS, BYTES(2, 3, 4, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "supported_versions twice",            CH, EXT_TWICE, VERSIONS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an unknown extension twice",          CH, EXT_RAW, 0, BYTES(0x1a, 0x2a, 0, 0, 0x1a, 0x2a, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no supported_groups",                 CH, EXT_DROP, GROUPS, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, 0 },
	{ "no key_share",                        CH, EXT_DROP, KEY_SHARE, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, 0 },
	{ "no signature_algorithms",             CH, EXT_DROP, SCHEMES, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, 0 },
	{ "no group in supported_groups",        CH, EXT_SET, GROUPS, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a group and a half",                  CH, EXT_SET, GROUPS, BYTES(0, 3, 0, 23, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a share of a group not offered",      CH, EXT_SET, KEY_SHARE, BYTES(0, 6, 0, 30, 0, 2, 1, 2), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "two shares of a group",               CH, EXT_SET, KEY_SHARE, BYTES(0, 12, 0, 23, 0, 2, 4, 4, 0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "shares in another order than groups", CH, EXT_SET, KEY_SHARE, BYTES(0, 12, 0, 29, 0, 2, 4, 4, 0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a share that is no point",            CH, EXT_SET, KEY_SHARE, BYTES(0, 6, 0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an empty share",                      CH, EXT_SET, KEY_SHARE, BYTES(0, 4, 0, 23, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "half a share",                        CH, EXT_SET, KEY_SHARE, BYTES(0, 5, 0, 23, 0, 2, 4), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "bytes behind the shares",             CH, EXT_SET, KEY_SHARE, BYTES(0, 0, 1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "no scheme in signature_algorithms",   CH, EXT_SET, SCHEMES, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "only unknown schemes",                CH, EXT_SET, SCHEMES, BYTES(0, 2, 0x5a, 0x5a), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only schemes for another key",        CH, EXT_SET, SCHEMES, BYTES(0, 2, 8, 4), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "only PKCS #1 schemes",                CH, EXT_SET, SCHEMES, BYTES(0, 4, 4, 1, 5, 1), NOTHING, ALERT_HANDSHAKE_FAILURE, 0 },
	{ "no scheme in ..._cert",               CH, EXT_SET, SCHEMES_CERT, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty server name list",           CH, EXT_SET, SERVER_NAME, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty server name",                CH, EXT_SET, SERVER_NAME, BYTES(0, 3, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a server name with a NUL",            CH, EXT_SET, SERVER_NAME, BYTES(0, 6, 0, 0, 3, 'a', 0, 'b'), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty protocol list",              CH, EXT_ADD, ALPN, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty protocol",                   CH, EXT_ADD, ALPN, BYTES(0, 1, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an empty cookie",                     CH, EXT_ADD, COOKIE, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
/* the second hello */
	{ "another random",                      CH, FLIP, RANDOM, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "another session id",                  CH, FLIP, ID, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "other suites",                        CH, PUT, SUITES, BYTES(0x13, 2, 0x13, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "an extension less",                   CH, EXT_DROP, SERVER_NAME, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "an extension more",                   CH, EXT_ADD, UNKNOWN, BYTES(0), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "other schemes",                       CH, EXT_SET, SCHEMES, BYTES(0, 2, 4, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "the old share again",                 CH, EXT_SET, KEY_SHARE, BYTES(0, 6, 0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "no share again",                      CH, EXT_SET, KEY_SHARE, BYTES(0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY | SECOND },
	{ "no key_share at last",                CH, EXT_DROP, KEY_SHARE, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, RETRY | SECOND },
	{ "padding is new",                      CH, EXT_ADD, 21, BYTES(0, 0, 0), NOTHING, ALERT_NONE, RETRY | SECOND },
	{ "Finished for the second hello",       CH, TYPE, FINISHED, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, RETRY | SECOND },
};
/* What a client is told. */
static const struct crook answers[] = {
/* ServerHello */
	{ "any legacy_version",                  SH, PUT, VERSION, BYTES(3, 1), NOTHING, ALERT_NONE, 0 },
	{ "cut short",                           SH, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "empty",                               SH, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     SH, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "another type",                        SH, TYPE, ENCRYPTED_EXTENSIONS, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a client's hello",                    SH, TYPE, CLIENT_HELLO, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "another session id",                  SH, FLIP, ID, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "session id of 33",                    SH, PUT, ID_LEN, BYTES(33), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a suite of nobody",                   SH, PUT, SUITE, BYTES(0x13, 5), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a suite of TLS 1.2",                  SH, PUT, SUITE, BYTES(0xc0, 0x2b), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a compression",                       SH, PUT, SUITE_COMPRESSION, BYTES(1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no extensions block",                 SH, EXT_NONE, 0, NOTHING, NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "no supported_versions",               SH, EXT_DROP, VERSIONS, NOTHING, NOTHING, ALERT_PROTOCOL_VERSION, 0 },
	{ "TLS 1.2 in supported_versions",       SH, EXT_SET, VERSIONS, BYTES(3, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a version of nobody",                 SH, EXT_SET, VERSIONS, BYTES(3, 5), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "bytes behind the version",            SH, EXT_SET, VERSIONS, BYTES(3, 4, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "half a version",                      SH, EXT_SET, VERSIONS, BYTES(3), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "supported_versions twice",            SH, EXT_TWICE, VERSIONS, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no key_share",                        SH, EXT_DROP, KEY_SHARE, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, 0 },
	{ "a share of another group of ours",    SH, EXT_SET, KEY_SHARE, BYTES(0, 29, 0, 1, 9), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a share that is no point",            SH, EXT_SET, KEY_SHARE, BYTES(0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a group without a share",             SH, EXT_SET, KEY_SHARE, BYTES(0, 23), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an unknown extension",                SH, EXT_ADD, UNKNOWN, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a protocol in the wrong message",     SH, EXT_ADD, ALPN, BYTES(0, 2, 1, 'a'), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a name in the wrong message",         SH, EXT_ADD, SERVER_NAME, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a cookie in the wrong message",       SH, EXT_ADD, COOKIE, BYTES(0, 1, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "messages in the record behind it",    SH, BEHIND, 0, BYTES(8, 0, 0, 2, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
/* HelloRetryRequest */
	{ "an unknown extension",                HRR, EXT_ADD, UNKNOWN, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, RETRY },
	{ "nothing to change",                   HRR, EXT_DROP, KEY_SHARE, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "the group we have sent a share of",   HRR, EXT_SET, KEY_SHARE, BYTES(0, 23), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a group that was not offered",        HRR, EXT_SET, KEY_SHARE, BYTES(0, 30), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a whole share",                       HRR, EXT_SET, KEY_SHARE, BYTES(0, 24, 0, 1, 9), NOTHING, ALERT_DECODE_ERROR, RETRY },
	{ "a cookie besides",                    HRR, EXT_ADD, COOKIE, BYTES(0, 3, 1, 2, 3), NOTHING, ALERT_NONE, RETRY },
	{ "an empty cookie",                     HRR, EXT_ADD, COOKIE, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, RETRY },
	{ "no supported_versions",               HRR, EXT_DROP, VERSIONS, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, RETRY },
	{ "another version",                     HRR, EXT_SET, VERSIONS, BYTES(3, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "another session id",                  HRR, FLIP, ID, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a suite of nobody",                   HRR, PUT, SUITE, BYTES(0x13, 5), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a compression",                       HRR, PUT, SUITE_COMPRESSION, BYTES(1), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a name in the wrong message",         HRR, EXT_ADD, SERVER_NAME, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "a second one",                        SH, PUT, RANDOM, BYTES(
	    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c),
	    NOTHING, ALERT_UNEXPECTED_MESSAGE, RETRY },
	{ "another suite after it",              SH, PUT, SUITE, BYTES(0x13, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
	{ "another group after it",              SH, EXT_SET, KEY_SHARE, BYTES(0, 23, 0, 2, 4, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, RETRY },
/* EncryptedExtensions */
	{ "groups for another time",             EE, EXT_ADD, GROUPS, BYTES(0, 2, 0, 29), NOTHING, ALERT_NONE, 0 },
	{ "empty",                               EE, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a trailing byte",                     EE, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "left out",                            EE, TYPE, CERTIFICATE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "an authority in the wrong message",   EE, EXT_ADD, AUTHORITIES, BYTES(0, 4, 0, 2, 0x30, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an unknown extension",                EE, EXT_ADD, UNKNOWN, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a protocol that was not asked for",   EE, EXT_ADD, ALPN, BYTES(0, 2, 1, 'a'), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "early data that was not asked for",   EE, EXT_ADD, EARLY_DATA, NOTHING, NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a share in the wrong message",        EE, EXT_ADD, KEY_SHARE, BYTES(0, 23, 0, 1, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a version in the wrong message",      EE, EXT_ADD, VERSIONS, BYTES(3, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a name acknowledged with bytes",      EE, EXT_SET, SERVER_NAME, BYTES(1), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a name acknowledged twice",           EE, EXT_TWICE, SERVER_NAME, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "no group in supported_groups",        EE, EXT_ADD, GROUPS, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
};
/* The rest of the way, to either side. */
static const struct crook proofs[] = {
/* CertificateRequest */
	{ "an unknown extension",                CR, EXT_ADD, UNKNOWN, NOTHING, NOTHING, ALERT_NONE, ASKED },
	{ "no signature_algorithms",             CR, EXT_DROP, SCHEMES, NOTHING, NOTHING, ALERT_MISSING_EXTENSION, ASKED },
	{ "no scheme in signature_algorithms",   CR, EXT_SET, SCHEMES, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "signature_algorithms twice",          CR, EXT_TWICE, SCHEMES, NOTHING, NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "an authority",                        CR, EXT_ADD, AUTHORITIES, BYTES(0, 4, 0, 2, 0x30, 0), NOTHING, ALERT_NONE, ASKED },
	{ "no authority",                        CR, EXT_ADD, AUTHORITIES, BYTES(0, 0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "an empty authority",                  CR, EXT_ADD, AUTHORITIES, BYTES(0, 6, 0, 2, 0x30, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "an authority cut short",              CR, EXT_ADD, AUTHORITIES, BYTES(0, 3, 0, 2, 0x30), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "bytes behind the authorities",        CR, EXT_ADD, AUTHORITIES, BYTES(0, 4, 0, 2, 0x30, 0, 0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "a share in the wrong message",        CR, EXT_ADD, KEY_SHARE, BYTES(0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "a context",                           CR, BODY, 0, BYTES(1, 9, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "cut short",                           CR, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "a trailing byte",                     CR, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, ASKED },
/* Certificate */
	{ "no certificate",                      SCT, BODY, 0, BYTES(0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a context",                           SCT, BODY, 0, BYTES(1, 9, 0, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an empty certificate",                SCT, BODY, 0, BYTES(0, 0, 0, 5, 0, 0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "an entry cut short",                  SCT, BODY, 0, BYTES(0, 0, 0, 4, 0, 0, 1, 9), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "what is no certificate",              SCT, BODY, 0, BYTES(0, 0, 0, 6, 0, 0, 1, 9, 0, 0), NOTHING, ALERT_BAD_CERTIFICATE, 0 },
	{ "a trailing byte",                     SCT, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a status that was not asked for",     SCT, CERT_EXT, 0, BYTES(0, 5, 0, 0), NOTHING, ALERT_UNSUPPORTED_EXTENSION, 0 },
	{ "a name in the wrong message",         SCT, CERT_EXT, 0, BYTES(0, 0, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "an extension twice",                  SCT, CERT_EXT, 0, BYTES(0, 0, 0, 0, 0, 0, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "half an extension",                   SCT, CERT_EXT, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a signature of the CA that is wrong", SCT, FLIP_END, 2, NOTHING, NOTHING, ALERT_BAD_CERTIFICATE, 0 },
	{ "left out",                            SCT, TYPE, CERTIFICATE_VERIFY, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "no certificate where one must be",    CCT, BODY, 0, BYTES(0, 0, 0, 0), NOTHING, ALERT_CERTIFICATE_REQUIRED, ASKED },
	{ "a context",                           CCT, BODY, 0, BYTES(1, 9, 0, 0, 0), NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "an empty certificate",                CCT, BODY, 0, BYTES(0, 0, 0, 5, 0, 0, 0, 0, 0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "a list cut short",                    CCT, BODY, 0, BYTES(0, 0, 0, 1), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "a status that was not asked for",     CCT, CERT_EXT, 0, BYTES(0, 5, 0, 0), NOTHING, ALERT_UNSUPPORTED_EXTENSION, ASKED },
	{ "a signature of the CA that is wrong", CCT, FLIP_END, 2, NOTHING, NOTHING, ALERT_BAD_CERTIFICATE, ASKED },
	{ "left out",                            CCT, TYPE, FINISHED, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, ASKED },
/* CertificateVerify */
	{ "a wrong signature",                   SCV, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "an empty signature",                  SCV, BODY, 0, BYTES(4, 3, 0, 0), NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a scheme that was not offered",       SCV, PUT, 0, BYTES(2, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a scheme for another key",            SCV, PUT, 0, BYTES(8, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a scheme for another curve",          SCV, PUT, 0, BYTES(5, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a PKCS #1 scheme",                    SCV, PUT, 0, BYTES(4, 1), NOTHING, ALERT_ILLEGAL_PARAMETER, 0 },
	{ "a trailing byte",                     SCV, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "cut short",                           SCV, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "left out",                            SCV, TYPE, FINISHED, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a wrong signature",                   CCV, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, ASKED },
	{ "a scheme that was not offered",       CCV, PUT, 0, BYTES(2, 3), NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "a scheme for another key",            CCV, PUT, 0, BYTES(8, 4), NOTHING, ALERT_ILLEGAL_PARAMETER, ASKED },
	{ "a trailing byte",                     CCV, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, ASKED },
	{ "left out",                            CCV, TYPE, FINISHED, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, ASKED },
/* Finished */
	{ "a wrong value",                       SF, FLIP, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a wrong last bit",                    SF, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a byte less",                         SF, CUT, 1, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte more",                         SF, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "left out",                            SF, TYPE, KEY_UPDATE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "messages in the record behind it",    SF, BEHIND, 0, BYTES(4, 0, 0, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "a wrong value",                       CF, FLIP, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "a wrong last bit",                    CF, FLIP_END, 0, NOTHING, NOTHING, ALERT_DECRYPT_ERROR, 0 },
	{ "empty",                               CF, BODY, 0, NOTHING, NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a byte more",                         CF, APPEND, 0, BYTES(0), NOTHING, ALERT_DECODE_ERROR, 0 },
	{ "a Certificate nobody asked for",      CF, TYPE, CERTIFICATE, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "end of early data there was not",     CF, TYPE, END_OF_EARLY_DATA, NOTHING, NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
	{ "messages in the record behind it",    CF, BEHIND, 0, BYTES(24, 0, 0, 1, 0), NOTHING, ALERT_UNEXPECTED_MESSAGE, 0 },
};
/* clang-format on */

START_TEST(a_servers_alert_to_a_bad_hello_is_the_rfcs)
{
	crooked_run(&hellos[_i]);
}
END_TEST

START_TEST(a_clients_alert_to_a_bad_answer_is_the_rfcs)
{
	crooked_run(&answers[_i]);
}
END_TEST

START_TEST(the_alert_to_a_bad_proof_is_the_rfcs)
{
	crooked_run(&proofs[_i]);
}
END_TEST

static Suite *
alerts_suite(void)
{
	Suite *suite = suite_create("alerts");
	TCase *tcase = tcase_create("alerts");

	with_library(tcase);
	tcase_add_loop_test(tcase, a_servers_alert_to_a_bad_hello_is_the_rfcs,
	    0, (int)COUNT(hellos));
	tcase_add_loop_test(tcase, a_clients_alert_to_a_bad_answer_is_the_rfcs,
	    0, (int)COUNT(answers));
	tcase_add_loop_test(
	    tcase, the_alert_to_a_bad_proof_is_the_rfcs, 0, (int)COUNT(proofs));
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(alerts_suite)
