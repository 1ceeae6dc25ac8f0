/*
 * The one error table of libtls: what went wrong inside, the public name and
 * type that the application sees, and the alert that the peer is sent.
 *
 * Every internal function that can fail returns int: 0, or one of these codes
 * through fail(), which only notes file and line. Waiting is a code too.
 */
#ifndef LIBTLS_CORE_ERRORS_H
#define LIBTLS_CORE_ERRORS_H

#include "base/slice.h"

/* RFC 8446 6, RFC 5246 7.2 and the IANA registry of alerts. */
enum alert {
	ALERT_CLOSE_NOTIFY = 0,
	ALERT_UNEXPECTED_MESSAGE = 10,
	ALERT_BAD_RECORD_MAC = 20,
	ALERT_RECORD_OVERFLOW = 22,
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_NO_CERTIFICATE = 41, /* SSLv3: a warning in place of a message */
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_UNSUPPORTED_CERTIFICATE = 43,
	ALERT_CERTIFICATE_REVOKED = 44,
	ALERT_CERTIFICATE_EXPIRED = 45,
	ALERT_CERTIFICATE_UNKNOWN = 46,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_UNKNOWN_CA = 48,
	ALERT_ACCESS_DENIED = 49,
	ALERT_DECODE_ERROR = 50,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INSUFFICIENT_SECURITY = 71,
	ALERT_INTERNAL_ERROR = 80,
	ALERT_INAPPROPRIATE_FALLBACK = 86,
	ALERT_USER_CANCELED = 90,
	ALERT_NO_RENEGOTIATION = 100,
	ALERT_MISSING_EXTENSION = 109,
	ALERT_UNSUPPORTED_EXTENSION = 110,
	ALERT_UNRECOGNIZED_NAME = 112,
	ALERT_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
	ALERT_CERTIFICATE_REQUIRED = 116,
	ALERT_NO_APPLICATION_PROTOCOL = 120,
	ALERT_NONE = 255 /* nothing is sent for this code */
};

/*
 * ERR(code, type, index in type, public name, alert, sentence). The index is
 * fixed by the library whose values we share: S2N_ERR_ plus the public name has
 * the value type * 2^26 + index. Several codes may share a public name; the
 * first of them gives the sentence for it.
 */
/* clang-format off */
#define ERROR_TABLE(ERR) \
	ERR(OK,                    OK,       0,  OK,                          NONE, "no error") \
	ERR(IO,                    IO,       0,  IO,                          NONE, "the transport failed, see errno") \
	ERR(CLOSED,                CLOSED,   0,  CLOSED,                      NONE, "the connection is closed") \
	/* waiting */ \
	ERR(WANT_READ,             BLOCKED,  0,  IO_BLOCKED,                  NONE, "reading or writing would block") \
	ERR(WANT_WRITE,            BLOCKED,  0,  IO_BLOCKED,                  NONE, "writing would block") \
	ERR(WANT_KEY,              BLOCKED,  1,  ASYNC_BLOCKED,               NONE, "a private key operation is pending") \
	ERR(WANT_HELLO,            BLOCKED,  1,  ASYNC_BLOCKED,               NONE, "a ClientHello callback is not done") \
	ERR(WANT_CACHE,            BLOCKED,  1,  ASYNC_BLOCKED,               NONE, "a session cache callback is not done") \
	ERR(WANT_EARLY_ANSWER,     BLOCKED,  1,  ASYNC_BLOCKED,               NONE, "an early data callback is not done") \
	ERR(WANT_EARLY_DATA,       BLOCKED,  2,  EARLY_DATA_BLOCKED,          NONE, "early data comes first") \
	ERR(WANT_VALIDATION,       BLOCKED,  1,   ASYNC_BLOCKED,               NONE, "a certificate validation or CRL callback is not done") \
	ERR(WANT_VERIFY,           BLOCKED,  1,   ASYNC_BLOCKED,               NONE, "an offloaded operation is pending") \
	ERR(WANT_TAKING,           BLOCKED,  3,  APP_DATA_BLOCKED,            NONE, "application data waits to be taken") \
	ERR(ALERT,                 ALERT,    0,  ALERT,                       NONE, "the peer sent a fatal alert") \
	/* the peer broke the protocol */ \
	ERR(ENCRYPT,               PROTO,    0,  ENCRYPT,                     INTERNAL_ERROR, "a record could not be encrypted") \
	ERR(ENCRYPT_PREMASTER,     PROTO,    0,  ENCRYPT,                     INTERNAL_ERROR, "the premaster secret could not be encrypted") \
	ERR(DECRYPT,               PROTO,    1,  DECRYPT,                     BAD_RECORD_MAC, "a record could not be decrypted") \
	ERR(BAD_MESSAGE,           PROTO,    2,  BAD_MESSAGE,                 UNEXPECTED_MESSAGE, "a message came that may not come now or is malformed") \
	ERR(DECODE,                PROTO,    2,  BAD_MESSAGE,                 DECODE_ERROR, "a message is malformed") \
	ERR(ILLEGAL_PARAMETER,     PROTO,    2,  BAD_MESSAGE,                 ILLEGAL_PARAMETER, "a message holds a value that is not allowed") \
	ERR(RECORD_TOO_LONG,       PROTO,    2,  BAD_MESSAGE,                 RECORD_OVERFLOW, "a record is longer than allowed") \
	ERR(BINDER,                PROTO,    2,  BAD_MESSAGE,                 DECRYPT_ERROR, "a Finished value or binder is wrong") \
	ERR(UNEXPECTED_CERT_REQUEST, PROTO,  3,  UNEXPECTED_CERT_REQUEST,     UNEXPECTED_MESSAGE, "the server asked for a certificate and we give none") \
	ERR(MISSING_CERT_REQUEST,  PROTO,    4,  MISSING_CERT_REQUEST,        HANDSHAKE_FAILURE, "the server did not ask for a certificate and must") \
	ERR(MISSING_CLIENT_CERT,   PROTO,    5,  MISSING_CLIENT_CERT,         CERTIFICATE_REQUIRED, "the client sent no certificate") \
	ERR(MISSING_CLIENT_CERT12, PROTO,    5,  MISSING_CLIENT_CERT,         HANDSHAKE_FAILURE, "the client sent no certificate, below TLS 1.3") \
	ERR(KEY_INIT,              PROTO,    6,  KEY_INIT,                    INTERNAL_ERROR, "a cipher could not be given its key") \
	ERR(DH_SERIALIZE,          PROTO,    8,  DH_SERIALIZING,              INTERNAL_ERROR, "Diffie-Hellman parameters could not be written") \
	ERR(DH_SHARED_SECRET,      PROTO,    9,  DH_SHARED_SECRET,            ILLEGAL_PARAMETER, "no Diffie-Hellman secret could be computed") \
	ERR(DH_WRITE,              PROTO,    10, DH_WRITING_PUBLIC_KEY,       INTERNAL_ERROR, "a Diffie-Hellman public key could not be written") \
	ERR(DH_COPY_PARAMETERS,    PROTO,    12, DH_COPYING_PARAMETERS,       INTERNAL_ERROR, "Diffie-Hellman parameters could not be taken over") \
	ERR(DH_GENERATE,           PROTO,    13, DH_GENERATING_PARAMETERS,    INTERNAL_ERROR, "a Diffie-Hellman key could not be generated") \
	ERR(NO_COMMON_SUITE,       PROTO,    14, CIPHER_NOT_SUPPORTED,        HANDSHAKE_FAILURE, "no cipher suite in common") \
	ERR(SUITE_NOT_OFFERED,     PROTO,    14, CIPHER_NOT_SUPPORTED,        ILLEGAL_PARAMETER, "the server chose a cipher suite that was not offered") \
	ERR(NO_APPLICATION_PROTOCOL, PROTO,  15, NO_APPLICATION_PROTOCOL,     NO_APPLICATION_PROTOCOL, "no application protocol in common, without which there is no QUIC") \
	ERR(FALLBACK_DETECTED,     PROTO,    16, FALLBACK_DETECTED,           INAPPROPRIATE_FALLBACK, "the client fell back to an older version than needed") \
	ERR(HASH,                  PROTO,    17, HASH_DIGEST_FAILED,          INTERNAL_ERROR, "a hash could not be computed") \
	ERR(HASH_INIT,             PROTO,    18, HASH_INIT_FAILED,            INTERNAL_ERROR, "a hash could not be started") \
	ERR(HASH_UPDATE,           PROTO,    19, HASH_UPDATE_FAILED,          INTERNAL_ERROR, "a hash did not take its input") \
	ERR(HASH_COPY,             PROTO,    20, HASH_COPY_FAILED,            INTERNAL_ERROR, "a hash could not be copied") \
	ERR(DECODE_CERTIFICATE,    PROTO,    24, DECODE_CERTIFICATE,          BAD_CERTIFICATE, "a certificate could not be parsed") \
	ERR(DECODE_PRIVATE_KEY,    PROTO,    25, DECODE_PRIVATE_KEY,          INTERNAL_ERROR, "a private key could not be parsed") \
	ERR(INVALID_HELLO_RETRY,   PROTO,    26, INVALID_HELLO_RETRY,         ILLEGAL_PARAMETER, "a HelloRetryRequest would change nothing or asks for what was not offered") \
	ERR(SECOND_HELLO_RETRY,    PROTO,    26, INVALID_HELLO_RETRY,         UNEXPECTED_MESSAGE, "a second HelloRetryRequest came") \
	ERR(UNFIT_SCHEME,          PROTO,    27, INVALID_SIGNATURE_ALGORITHM, ILLEGAL_PARAMETER, "the peer signed with a scheme that does not fit its key") \
	ERR(BAD_SCHEME,            PROTO,    28, INVALID_SIGNATURE_SCHEME,    ILLEGAL_PARAMETER, "the peer signed with a scheme that was not offered") \
	ERR(NO_COMMON_SCHEME,      PROTO,    29, NO_VALID_SIGNATURE_SCHEME,   HANDSHAKE_FAILURE, "no signature scheme in common that fits a certificate") \
	ERR(DH_COPY_KEY,           PROTO,    31, DH_COPYING_PUBLIC_KEY,       INTERNAL_ERROR, "a Diffie-Hellman public key could not be taken over") \
	ERR(SIGN,                  PROTO,    32, SIGN,                        INTERNAL_ERROR, "signing failed") \
	ERR(VERIFY_SIGNATURE,      PROTO,    33, VERIFY_SIGNATURE,            DECRYPT_ERROR, "a signature is wrong") \
	ERR(OWN_SIGNATURE,         PROTO,    33, VERIFY_SIGNATURE,            INTERNAL_ERROR, "our own signature does not verify") \
	ERR(ECDHE_GEN_KEY,         PROTO,    34, ECDHE_GEN_KEY,               INTERNAL_ERROR, "a key share could not be generated") \
	ERR(ECDHE_SHARED_SECRET,   PROTO,    35, ECDHE_SHARED_SECRET,         ILLEGAL_PARAMETER, "no shared secret could be computed") \
	ERR(NO_COMMON_GROUP,       PROTO,    36, ECDHE_UNSUPPORTED_CURVE,     HANDSHAKE_FAILURE, "no key exchange group in common") \
	ERR(CERT_CURVE,            PROTO,    39, ECDSA_UNSUPPORTED_CURVE,     UNSUPPORTED_CERTIFICATE, "a certificate's key is on a curve we do not support") \
	ERR(ECDHE_WRITE,           PROTO,    40, ECDHE_SERIALIZING,           INTERNAL_ERROR, "a key share could not be written") \
	ERR(RECORD_LIMIT,          PROTO,    45, RECORD_LIMIT,                INTERNAL_ERROR, "the keys have protected as many records as they may") \
	ERR(CERT_UNTRUSTED,        PROTO,    46, CERT_UNTRUSTED,              UNKNOWN_CA, "the certificate chain leads to no trust anchor") \
	ERR(CERT_BAD,              PROTO,    46, CERT_UNTRUSTED,              BAD_CERTIFICATE, "a certificate in the chain has a wrong or weak signature or breaks a rule") \
	ERR(CERT_HOSTNAME,         PROTO,    47, CERT_INVALID_HOSTNAME,       BAD_CERTIFICATE, "the certificate is for another name") \
	ERR(CERT_REVOKED,          PROTO,    48, CERT_REVOKED,                CERTIFICATE_REVOKED, "a certificate is revoked") \
	ERR(CERT_NOT_YET_VALID,    PROTO,    49, CERT_NOT_YET_VALID,          CERTIFICATE_EXPIRED, "a certificate is not yet valid") \
	ERR(CERT_EXPIRED,          PROTO,    50, CERT_EXPIRED,                CERTIFICATE_EXPIRED, "a certificate has expired") \
	ERR(CERT_TYPE,             PROTO,    51, CERT_TYPE_UNSUPPORTED,       UNSUPPORTED_CERTIFICATE, "a certificate's key is of a kind we do not support") \
	ERR(CERT_INVALID,          PROTO,    52, CERT_INVALID,                BAD_CERTIFICATE, "a certificate is invalid") \
	ERR(CHAIN_ORDER,           PROTO,    52, CERT_INVALID,                BAD_CERTIFICATE, "a certificate in the chain is not issued by the next one") \
	ERR(CERT_DEPTH,            PROTO,    53, CERT_MAX_CHAIN_DEPTH_EXCEEDED, BAD_CERTIFICATE, "the certificate chain is too long") \
	ERR(CERT_REJECTED,         PROTO,    54,  CERT_REJECTED,               ACCESS_DENIED, "the application refused the certificate chain") \
	ERR(CERT_CRITICAL,         PROTO,    55, CERT_UNHANDLED_CRITICAL_EXTENSION, UNSUPPORTED_CERTIFICATE, "a certificate has a critical extension we do not know") \
	ERR(CRL_LOOKUP_FAILED,     PROTO,    56,  CRL_LOOKUP_FAILED,           CERTIFICATE_UNKNOWN, "there is no CRL for a certificate of the chain") \
	ERR(CRL_SIGNATURE,         PROTO,    57,  CRL_SIGNATURE,               CERTIFICATE_UNKNOWN, "a CRL's signature is wrong") \
	ERR(CRL_ISSUER,            PROTO,    58,  CRL_ISSUER,                  CERTIFICATE_UNKNOWN, "a CRL is not by a certificate's issuer or the issuer may sign none") \
	ERR(CRL_CRITICAL,          PROTO,    59,  CRL_UNHANDLED_CRITICAL_EXTENSION, CERTIFICATE_UNKNOWN, "a CRL has a critical extension we do not know") \
	ERR(CRL_THIS_UPDATE,       PROTO,    60,  CRL_INVALID_THIS_UPDATE,     CERTIFICATE_UNKNOWN, "a CRL's thisUpdate is malformed") \
	ERR(CRL_NEXT_UPDATE,       PROTO,    61,  CRL_INVALID_NEXT_UPDATE,     CERTIFICATE_UNKNOWN, "a CRL's nextUpdate is malformed") \
	ERR(CRL_NOT_YET_VALID,     PROTO,    62,  CRL_NOT_YET_VALID,           CERTIFICATE_UNKNOWN, "a CRL is not yet valid") \
	ERR(CRL_EXPIRED,           PROTO,    63,  CRL_EXPIRED,                 CERTIFICATE_UNKNOWN, "a CRL has expired") \
	ERR(OCSP_UNTRUSTED,        PROTO,    46, CERT_UNTRUSTED,              BAD_CERTIFICATE_STATUS_RESPONSE, "the OCSP response is not by a certificate's issuer or does not call it good") \
	ERR(OCSP_REVOKED,          PROTO,    48, CERT_REVOKED,                BAD_CERTIFICATE_STATUS_RESPONSE, "a certificate is revoked, says its OCSP response") \
	ERR(OCSP_EXPIRED,          PROTO,    50, CERT_EXPIRED,                BAD_CERTIFICATE_STATUS_RESPONSE, "the OCSP response has expired") \
	ERR(OCSP_NOT_YET_VALID,    PROTO,    52, CERT_INVALID,                BAD_CERTIFICATE_STATUS_RESPONSE, "the OCSP response is not yet valid") \
	ERR(CERT_INTENT,           PROTO,    82, CERT_INTENT_INVALID,         UNSUPPORTED_CERTIFICATE, "a certificate is not meant for this use") \
	ERR(VERSION,               PROTO,    66, PROTOCOL_VERSION_UNSUPPORTED, PROTOCOL_VERSION, "no protocol version in common") \
	ERR(VERSION_NOT_OFFERED,   PROTO,    66, PROTOCOL_VERSION_UNSUPPORTED, ILLEGAL_PARAMETER, "the server chose a version that was not offered") \
	ERR(BAD_KEY_SHARE,         PROTO,    67, BAD_KEY_SHARE,               ILLEGAL_PARAMETER, "a key share is malformed or of a group that was not offered") \
	ERR(DH_WEAK,               PROTO,    67, BAD_KEY_SHARE,               INSUFFICIENT_SECURITY, "the server's Diffie-Hellman prime has fewer than 2048 bits") \
	ERR(CANCELLED,             PROTO,    68, CANCELLED,                   HANDSHAKE_FAILURE, "a callback refused the connection") \
	ERR(DOWNGRADE,             PROTO,    69, PROTOCOL_DOWNGRADE_DETECTED, ILLEGAL_PARAMETER, "someone lowered the protocol version") \
	ERR(INNER_TOO_LONG,        PROTO,    70, MAX_INNER_PLAINTEXT_SIZE,    RECORD_OVERFLOW, "a record's plaintext is longer than allowed") \
	ERR(RENEGOTIATION_INFO,    PROTO,    44, NON_EMPTY_RENEGOTIATION_INFO, HANDSHAKE_FAILURE, "renegotiation_info does not fit the handshake before") \
	ERR(INVALID_MAX_FRAG_LEN,  PROTO,    64, INVALID_MAX_FRAG_LEN,        ILLEGAL_PARAMETER, "there is no such maximum fragment length") \
	ERR(MAX_FRAG_LEN_MISMATCH, PROTO,    65, MAX_FRAG_LEN_MISMATCH,       ILLEGAL_PARAMETER, "the server chose another maximum fragment length") \
	ERR(NEEDS_DRAINING,        PROTO,    74, RECORD_STUFFER_NEEDS_DRAINING, INTERNAL_ERROR, "bytes wait that have to be moved first") \
	ERR(KTLS_KEYUPDATE,        PROTO,    81, KTLS_KEYUPDATE,              UNEXPECTED_MESSAGE, "the kernel has the keys that would be updated") \
	ERR(NO_RENEGOTIATION,      PROTO,    80, NO_RENEGOTIATION,            NO_RENEGOTIATION, "the peer asked for a renegotiation") \
	ERR(MISSING_EXTENSION,     PROTO,    75, MISSING_EXTENSION,           MISSING_EXTENSION, "a mandatory extension is missing") \
	ERR(EXTENDED_MASTER,       PROTO,    75, MISSING_EXTENSION,           HANDSHAKE_FAILURE, "a resumed session and its handshake differ in the extended master secret") \
	ERR(UNSUPPORTED_EXTENSION, PROTO,    76, UNSUPPORTED_EXTENSION,       UNSUPPORTED_EXTENSION, "an extension came that was not asked for") \
	ERR(MISPLACED_EXTENSION,   PROTO,    76, UNSUPPORTED_EXTENSION,       ILLEGAL_PARAMETER, "an extension came in a message where it may not stand") \
	ERR(DUPLICATE_EXTENSION,   PROTO,    77, DUPLICATE_EXTENSION,         ILLEGAL_PARAMETER, "an extension came twice") \
	ERR(MAX_EARLY_DATA_SIZE,   PROTO,    78, MAX_EARLY_DATA_SIZE,         UNEXPECTED_MESSAGE, "more early data than is allowed") \
	/* inside */ \
	ERR(MADVISE,               INTERNAL, 0,  MADVISE,                     INTERNAL_ERROR, "memory could not be kept out of core dumps") \
	ERR(MLOCK,                 INTERNAL, 2,  MLOCK,                       INTERNAL_ERROR, "memory could not be locked: see ulimit -l, or set S2N_DONT_MLOCK") \
	ERR(NOMEM,                 INTERNAL, 8,  NOMEM,                       INTERNAL_ERROR, "out of memory") \
	ERR(NULL_ARGUMENT,         INTERNAL, 9,  NULL,                        INTERNAL_ERROR, "an argument is NULL") \
	ERR(SAFETY,                INTERNAL, 10, SAFETY,                      INTERNAL_ERROR, "a safety check failed") \
	ERR(INITIALIZED,           INTERNAL, 11, INITIALIZED,                 INTERNAL_ERROR, "s2n_init was called already") \
	ERR(NOT_INITIALIZED,       INTERNAL, 12, NOT_INITIALIZED,             INTERNAL_ERROR, "s2n_init was not called") \
	ERR(PEM_OUT_OF_DATA,       INTERNAL, 17, STUFFER_OUT_OF_DATA,         INTERNAL_ERROR, "nothing was found in the PEM text") \
	ERR(LIST_OUT_OF_DATA,      INTERNAL, 17, STUFFER_OUT_OF_DATA,         INTERNAL_ERROR, "the list has no more entries") \
	ERR(UNPROCESSED,           INTERNAL, 20, STUFFER_HAS_UNPROCESSED_DATA, INTERNAL_ERROR, "the buffers hold unprocessed data") \
	ERR(SIZE_MISMATCH,         INTERNAL, 36, SIZE_MISMATCH,               INTERNAL_ERROR, "a session cache gave an entry of another size") \
	ERR(EARLY_DATA_STATE,      INTERNAL, 78, INVALID_EARLY_DATA_STATE,    INTERNAL_ERROR, "not possible at this point of early data") \
	ERR(PRF,                   INTERNAL, 24, PRF_DERIVE,                  INTERNAL_ERROR, "a secret of TLS 1.2 or older could not be derived") \
	ERR(HKDF,                  INTERNAL, 32, HKDF,                        INTERNAL_ERROR, "a secret could not be derived") \
	ERR(HKDF_SIZE,             INTERNAL, 31, HKDF_OUTPUT_SIZE,            INTERNAL_ERROR, "HKDF was asked for too much output") \
	ERR(SHUTDOWN_PAUSED,       INTERNAL, 35, SHUTDOWN_PAUSED,             NONE, "the blinding delay has not elapsed") \
	ERR(RANDOM,                INTERNAL, 37, RANDOM,                      INTERNAL_ERROR, "no random bytes could be had") \
	ERR(KEY_CHECK,             INTERNAL, 38, KEY_CHECK,                   INTERNAL_ERROR, "a private key is inconsistent") \
	ERR(UNIMPLEMENTED,         INTERNAL, 46, UNIMPLEMENTED,               INTERNAL_ERROR, "this platform lacks what that needs") \
	ERR(INTEGER_OVERFLOW,      INTERNAL, 66, INTEGER_OVERFLOW,            INTERNAL_ERROR, "a number would become too large") \
	ERR(BAD_FD,                INTERNAL, 50, BAD_FD,                      INTERNAL_ERROR, "no descriptor or callback is set") \
	ERR(TRUST_STORE,           INTERNAL, 53, X509_TRUST_STORE,            INTERNAL_ERROR, "the trust store could not be loaded") \
	ERR(PARSED_EXTENSIONS,     INTERNAL, 72, INVALID_PARSED_EXTENSIONS,   INTERNAL_ERROR, "an extension is malformed") \
	ERR(KEY_CALLBACK_FAILED,   INTERNAL, 73, ASYNC_CALLBACK_FAILED,       INTERNAL_ERROR, "the private key operation failed") \
	ERR(KEM,                   INTERNAL, 75, PQ_CRYPTO,                   INTERNAL_ERROR, "ML-KEM failed") \
	ERR(PKEY_CONTEXT,          INTERNAL, 79, PKEY_CTX_INIT,               INTERNAL_ERROR, "libcrypto does not take a key for this use") \
	ERR(NO_CONFIG,             INTERNAL, 86, CONFIG_NULL_BEFORE_CH_CALLBACK, INTERNAL_ERROR, "the connection has no config") \
	ERR(LIBCRYPTO,             INTERNAL, 82, INTERNAL_LIBCRYPTO_ERROR,    INTERNAL_ERROR, "libcrypto failed") \
	/* the application */ \
	ERR(NO_ALERT,              USAGE,    0,  NO_ALERT,                    INTERNAL_ERROR, "no alert was received") \
	ERR(SERVER_MODE,           USAGE,    1,  SERVER_MODE,                 INTERNAL_ERROR, "not for a server connection") \
	ERR(CLIENT_MODE,           USAGE,    2,  CLIENT_MODE,                 INTERNAL_ERROR, "for a client connection only") \
	ERR(TOO_MANY_CERTIFICATES, USAGE,    4,  TOO_MANY_CERTIFICATES,       INTERNAL_ERROR, "too many certificates") \
	ERR(INVALID_BASE64,        USAGE,    7,  INVALID_BASE64,              INTERNAL_ERROR, "what stands in the PEM text is no base64") \
	ERR(INVALID_PEM,           USAGE,    9,  INVALID_PEM,                 INTERNAL_ERROR, "the PEM text is malformed") \
	ERR(DH_PARAMETERS,         USAGE,    10, DH_PARAMS_CREATE,            INTERNAL_ERROR, "the PEM text holds no Diffie-Hellman parameters") \
	ERR(DH_TOO_SMALL,          USAGE,    11, DH_TOO_SMALL,                INTERNAL_ERROR, "Diffie-Hellman parameters have fewer than 2048 bits") \
	ERR(DH_CHECK,              USAGE,    12, DH_PARAMETER_CHECK,          INTERNAL_ERROR, "Diffie-Hellman parameters are not sound") \
	ERR(DH_ENCODING,           USAGE,    13, INVALID_PKCS3,               INTERNAL_ERROR, "Diffie-Hellman parameters are not encoded as such") \
	ERR(NO_CERTIFICATE_IN_PEM, USAGE,    14, NO_CERTIFICATE_IN_PEM,       INTERNAL_ERROR, "the PEM text holds no certificate") \
	ERR(SERVER_NAME_TOO_LONG,  USAGE,    15, SERVER_NAME_TOO_LONG,        INTERNAL_ERROR, "the server name is too long") \
	ERR(NUM_DEFAULT_CERTIFICATES, USAGE, 16, NUM_DEFAULT_CERTIFICATES,    INTERNAL_ERROR, "too many default certificates, or none") \
	ERR(DEFAULTS_PER_TYPE,     USAGE,    17, MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE, INTERNAL_ERROR, "two default certificates of one key type") \
	ERR(INVALID_PREFERENCES,   USAGE,    18, INVALID_CIPHER_PREFERENCES,  INTERNAL_ERROR, "the security policy cannot be used") \
	ERR(INVALID_PROTOCOL,      USAGE,    19, INVALID_APPLICATION_PROTOCOL, INTERNAL_ERROR, "an application protocol must be 1 to 255 bytes") \
	ERR(KEY_MISMATCH,          USAGE,    20, KEY_MISMATCH,                INTERNAL_ERROR, "the private key is not the certificate's") \
	ERR(SEND_SIZE,             USAGE,    21, SEND_SIZE,                   INTERNAL_ERROR, "fewer bytes than in the call that blocked") \
	ERR(CORK_UNMANAGED,        USAGE,    22, CORK_SET_ON_UNMANAGED,       INTERNAL_ERROR, "only for a descriptor that the connection writes to itself") \
	ERR(UNRECOGNIZED_EXTENSION, USAGE,   23, UNRECOGNIZED_EXTENSION,      INTERNAL_ERROR, "the extension has no data to be set") \
	ERR(OCSP_RESPONSE,         USAGE,    26, INVALID_OCSP_RESPONSE,       BAD_CERTIFICATE_STATUS_RESPONSE, "the OCSP response is malformed") \
	ERR(UPDATING_EXTENSION,    USAGE,    27, UPDATING_EXTENSION,          INTERNAL_ERROR, "there is no certificate whose extension could be set") \
	ERR(NOT_RECEIVED,          USAGE,    24, EXTENSION_NOT_RECEIVED,      INTERNAL_ERROR, "the extension was not received") \
	ERR(SERIALIZED_SESSION,    USAGE,    28, INVALID_SERIALIZED_SESSION_STATE, INTERNAL_ERROR, "these bytes are no session") \
	ERR(SESSION_TOO_LONG,      USAGE,    29, SERIALIZED_SESSION_STATE_TOO_LONG, INTERNAL_ERROR, "the buffer is too small for the session") \
	ERR(SESSION_ID_TOO_LONG,   USAGE,    30, SESSION_ID_TOO_LONG,         INTERNAL_ERROR, "the buffer is too small for the session id") \
	ERR(TICKET_KEY_LENGTH,     USAGE,    32, INVALID_TICKET_KEY_LENGTH,   INTERNAL_ERROR, "a ticket key has no bytes") \
	ERR(TICKET_KEY_NAME,       USAGE,    33, INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH, INTERNAL_ERROR, "a ticket key's name is 1 to 16 bytes that no other has") \
	ERR(TICKET_KEY_NOT_UNIQUE, USAGE,    34, TICKET_KEY_NOT_UNIQUE,       INTERNAL_ERROR, "a ticket key is there already under another name") \
	ERR(TICKET_KEY_LIMIT,      USAGE,    35, TICKET_KEY_LIMIT,            INTERNAL_ERROR, "there are 48 ticket keys already") \
	ERR(NO_TICKET,             USAGE,    47, SESSION_TICKET_NOT_SUPPORTED, INTERNAL_ERROR, "there is no session ticket") \
	ERR(INVALID_DYNAMIC_THRESHOLD, USAGE, 40, INVALID_DYNAMIC_THRESHOLD,  INTERNAL_ERROR, "the threshold is above 8 MiB") \
	ERR(INVALID_ARGUMENT,      USAGE,    41, INVALID_ARGUMENT,            INTERNAL_ERROR, "an argument is invalid") \
	ERR(DEPRECATED_POLICY,     USAGE,    52, DEPRECATED_SECURITY_POLICY,  INTERNAL_ERROR, "the security policy is no longer supported") \
	ERR(UNKNOWN_POLICY,        USAGE,    53, INVALID_SECURITY_POLICY,     INTERNAL_ERROR, "there is no security policy of this name") \
	ERR(UNUSABLE_POLICY,       USAGE,    53, INVALID_SECURITY_POLICY,     INTERNAL_ERROR, "libcrypto lacks the groups of the security policy") \
	ERR(UNUSED_POLICY,         USAGE,    53, INVALID_SECURITY_POLICY,     INTERNAL_ERROR, "no suite of the security policy works with the certificates and Diffie-Hellman parameters") \
	ERR(ALREADY_PERFORMED,     USAGE,    55, ASYNC_ALREADY_PERFORMED,     INTERNAL_ERROR, "the operation was performed already") \
	ERR(NOT_PERFORMED,         USAGE,    56, ASYNC_NOT_PERFORMED,         INTERNAL_ERROR, "the operation was not performed yet") \
	ERR(WRONG_CONNECTION,      USAGE,    57, ASYNC_WRONG_CONNECTION,      INTERNAL_ERROR, "the operation is another connection's") \
	ERR(ALREADY_APPLIED,       USAGE,    58, ASYNC_ALREADY_APPLIED,       INTERNAL_ERROR, "the operation was applied already") \
	ERR(UNSUPPORTED_WITH_QUIC, USAGE,    59, UNSUPPORTED_WITH_QUIC,       INTERNAL_ERROR, "not with QUIC, which carries the data itself") \
	ERR(DUPLICATE_PSK,         USAGE,    60, DUPLICATE_PSK_IDENTITIES,    INTERNAL_ERROR, "two pre-shared keys have one identity") \
	ERR(OFFERED_PSKS_TOO_LONG, USAGE,    61, OFFERED_PSKS_TOO_LONG,       INTERNAL_ERROR, "the pre-shared keys do not fit a ClientHello") \
	ERR(STALE_SESSION,         USAGE,    62, INVALID_SESSION_TICKET,      INTERNAL_ERROR, "the session is too old, or of the future") \
	ERR(REENTRANCY,            USAGE,    63, REENTRANCY,                  INTERNAL_ERROR, "called from within itself") \
	ERR(EARLY_DATA_NOT_ALLOWED, USAGE,    65, EARLY_DATA_NOT_ALLOWED,      INTERNAL_ERROR, "early data is not for this connection") \
	ERR(INVALID_STATE,         USAGE,    64, INVALID_STATE,               INTERNAL_ERROR, "not possible in this state") \
	ERR(NO_CERT_FOUND,         USAGE,    66, NO_CERT_FOUND,               INTERNAL_ERROR, "no certificate was configured") \
	ERR(NO_PSK_FOUND,          USAGE,    66, NO_CERT_FOUND,               DECRYPT_ERROR, "no certificate was configured and no pre-shared key is in common") \
	ERR(CERT_NOT_VALIDATED,    USAGE,    67, CERT_NOT_VALIDATED,          INTERNAL_ERROR, "the peer's certificate chain has not been validated yet") \
	ERR(NO_PRIVATE_KEY,        USAGE,    68, NO_PRIVATE_KEY,              INTERNAL_ERROR, "the certificate has no private key and there is no asynchronous callback") \
	ERR(PSK_MODE,              USAGE,    69, PSK_MODE,                    INTERNAL_ERROR, "sessions and external pre-shared keys cannot be mixed") \
	ERR(EXTENSION_NOT_FOUND,   USAGE,    70,  X509_EXTENSION_VALUE_NOT_FOUND, INTERNAL_ERROR, "the certificate has no such extension") \
	ERR(EXTENSION_TYPE,        USAGE,    71,  INVALID_X509_EXTENSION_TYPE, INTERNAL_ERROR, "the extension is no UTF8String") \
	ERR(INSUFFICIENT_MEM_SIZE, USAGE,    72, INSUFFICIENT_MEM_SIZE,       INTERNAL_ERROR, "the buffer is too small") \
	ERR(CERT_OWNERSHIP,        USAGE,    75, CERT_OWNERSHIP,              INTERNAL_ERROR, "certificates of the library and of the application cannot be mixed") \
	ERR(HANDSHAKE_NOT_COMPLETE, USAGE,   76, HANDSHAKE_NOT_COMPLETE,      INTERNAL_ERROR, "the handshake is not complete") \
	ERR(KTLS_MANAGED_IO,       USAGE,    77, KTLS_MANAGED_IO,             INTERNAL_ERROR, "kernel TLS needs a descriptor, not callbacks") \
	ERR(KTLS_PLATFORM,         USAGE,    78, KTLS_UNSUPPORTED_PLATFORM,   INTERNAL_ERROR, "this platform has no kernel TLS") \
	ERR(KTLS_CONNECTION,       USAGE,    79, KTLS_UNSUPPORTED_CONN,       INTERNAL_ERROR, "kernel TLS is not for this connection") \
	ERR(KTLS_ENABLE,           USAGE,    80, KTLS_ENABLE,                 INTERNAL_ERROR, "the kernel does not do TLS on this descriptor") \
	ERR(KTLS_CMSG,             USAGE,    81, KTLS_BAD_CMSG,               INTERNAL_ERROR, "the kernel told something else than a record's type") \
	ERR(KTLS_RENEG,            USAGE,    82, KTLS_RENEG,                  INTERNAL_ERROR, "kernel TLS excludes renegotiation") \
	ERR(KTLS_SOCKOPT,          USAGE,    83, KTLS_SOCKOPT,                INTERNAL_ERROR, "the kernel refused the keys") \
	ERR(KTLS_KEY_LIMIT,        USAGE,    85, KTLS_KEY_LIMIT,              INTERNAL_ERROR, "the key in the kernel has protected as much as it may") \
	ERR(INCOMPATIBLE_CERT,     USAGE,    86, SECURITY_POLICY_INCOMPATIBLE_CERT, INTERNAL_ERROR, "a certificate has a key or signature that the security policy does not want of it") \
	ERR(SERIALIZED_CONNECTION, USAGE,    87, INVALID_SERIALIZED_CONNECTION, INTERNAL_ERROR, "these bytes are no connection") \
	ERR(TOO_MANY_CAS,          USAGE,    88, TOO_MANY_CAS,                INTERNAL_ERROR, "the trust store's names have more than 20000 bytes")
/* clang-format on */

enum error_code {
#define ERR(code, type, index, name, alert, text) ERR_##code,
	ERROR_TABLE(ERR)
#undef ERR
	    ERR_COUNT
};

/* Notes where, and yields the code; never returns or jumps for you. */
#define fail(code) errors_fail((code), __FILE__, __LINE__)
int errors_fail(int code, const char *file, int line);

/*
 * What s2n_strerror and its like explain: the thread's last failure. To be put
 * back after calls that may fail in the wake of another failure.
 */
struct failure {
	int code;
	const char *file;
	int line;
};
struct failure errors_last(void);
void errors_put_back(struct failure);

/* The public skin's way out: sets s2n_errno; 0 for 0, else -1. */
int errors_report(int code);

/* That of a function that returns a pointer: sets s2n_errno, and is NULL. */
void *errors_none(int code);

/* The alert that the peer is sent for a code; ALERT_NONE when none. */
enum alert errors_alert(int code);
/* That of a public value; IO's and what is inside are internal_error, though
 * nothing may be sent. ALERT_NONE when it is no failure of the connection. */
enum alert errors_alert_of_value(int value);
/* What s2n_errno is for a code. */
int errors_value(int code);
/* s2n_error_type of a code. */
int errors_type(int code);
/* True for ERR_WANT_READ and the like. */
bool errors_waiting(int code);

#endif
