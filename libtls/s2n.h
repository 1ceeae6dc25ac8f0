/*
 * s2n.h: the public interface of libtls, name for name the one of the s2n-tls
 * usage guide.
 *
 * Unless a comment says otherwise: functions that return int give S2N_SUCCESS
 * or S2N_FAILURE, those that return a pointer give NULL on failure, and a
 * failure sets the thread's s2n_errno. Pointers given back are borrowed.
 * "Guide" is the s2n-tls usage guide, named by chapter.
 */
#ifndef S2N_H
#define S2N_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifndef S2N_API
#define S2N_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off: S2N_API makes it take every prototype for a variable. */

#define S2N_SUCCESS 0
#define S2N_FAILURE -1
/* What a callback returns that will finish later. */
#define S2N_CALLBACK_BLOCKED -2

#define S2N_SSLv2 20
#define S2N_SSLv3 30
#define S2N_TLS10 31
#define S2N_TLS11 32
#define S2N_TLS12 33
#define S2N_TLS13 34
#define S2N_UNKNOWN_PROTOCOL_VERSION 0
/* First byte of the versions in record headers that are understood, an SSLv2
 * ClientHello's included. */
#define S2N_MINIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION 2
#define S2N_MAXIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION 3

/* ---- Errors (Guide: Error handling) ---- */

typedef enum {
	S2N_ERR_T_OK = 0,
	S2N_ERR_T_IO,      /* the transport failed; see errno */
	S2N_ERR_T_CLOSED,  /* the transport is closed */
	S2N_ERR_T_BLOCKED, /* call again later; see s2n_blocked_status */
	S2N_ERR_T_ALERT, /* the peer sent an alert; see s2n_connection_get_alert
			  */
	S2N_ERR_T_PROTO, /* the peer broke the protocol */
	S2N_ERR_T_INTERNAL, /* a failure inside the library or libcrypto */
	S2N_ERR_T_USAGE     /* the application used the API wrongly */
} s2n_error_type;

/** The last failure of this thread. Not reset by success. */
S2N_API extern __thread int s2n_errno;
/** Address of this thread's s2n_errno, for callers outside C. */
S2N_API extern int *s2n_errno_location(void);
/** Type of an error code: an s2n_error_type. Never fails. */
S2N_API extern int s2n_error_get_type(int error);
/** A sentence on the code. lang: "EN" or NULL; other languages get a refusal
 * text. */
S2N_API extern const char *s2n_strerror(int error, const char *lang);
/** Name, file and line of the thread's last failure if it is of this code. */
S2N_API extern const char *s2n_strerror_debug(int error, const char *lang);
/** The constant's name, for instance "S2N_ERR_DECRYPT". */
S2N_API extern const char *s2n_strerror_name(int error);
/** "file:line" of the thread's last failure if it is of this code. */
S2N_API extern const char *s2n_strerror_source(int error);

/* ---- Stack traces (Guide: Stacktraces) ---- */

/* Where a thread was when it raised its last error: at most 20 frames. */
struct s2n_stacktrace;
/** Whether traces are kept: off, unless s2n_init found S2N_PRINT_STACKTRACE in
 * the environment, not empty or "0". */
S2N_API extern bool s2n_stack_traces_enabled(void);
/** Switches that for the whole process. */
S2N_API extern int s2n_stack_traces_enabled_set(bool newval);
/** Keeps this thread's trace as it is now; nothing while switched off. Without
 * execinfo.h, as the next two, S2N_ERR_UNIMPLEMENTED. */
S2N_API extern int s2n_calculate_stacktrace(void);
/** Writes the kept trace, or how to switch traces on. */
S2N_API extern int s2n_print_stacktrace(FILE *fptr);
/** Forgets the kept trace; also before a thread ends, if it had it printed. */
S2N_API extern int s2n_free_stacktrace(void);
/** Gives the kept trace, which stays the library's until the next error. */
S2N_API extern int s2n_get_stacktrace(struct s2n_stacktrace *trace);

/* ---- Start and end (Guide: Initialization and Teardown) ---- */

/**
 * Once, before anything else. A second call fails with S2N_ERR_INITIALIZED.
 * From here on the library's own memory is locked and kept out of core dumps
 * (Guide: mlock() and system limits); S2N_ERR_MLOCK or S2N_ERR_MADVISE where
 * that cannot be had, here or when more is needed. With S2N_DONT_MLOCK in the
 * environment, whatever its value, or with s2n_mem_set_callbacks it is not.
 */
S2N_API extern int s2n_init(void);
/** Kept for old callers: does nothing and succeeds. */
S2N_API extern int s2n_cleanup(void);
/** Releases what s2n_init made; s2n_init may follow. */
S2N_API extern int s2n_cleanup_final(void);
/** The libcrypto's OPENSSL_VERSION_NUMBER. */
S2N_API extern unsigned long s2n_get_openssl_version(void);
/** Before s2n_init (else S2N_ERR_INITIALIZED): leaves libcrypto's own start and
 * end to the application. They are anyway, with the versions that we use. */
S2N_API extern int s2n_crypto_disable_init(void);
/** Before s2n_init (else S2N_ERR_INITIALIZED): nothing is done at exit. Nothing
 * is anyway. */
S2N_API extern int s2n_disable_atexit(void);
typedef enum {
	S2N_FIPS_MODE_DISABLED = 0,
	S2N_FIPS_MODE_ENABLED = 1
} s2n_fips_mode;
/** Whether libcrypto is in FIPS mode. S2N_ERR_NOT_INITIALIZED before s2n_init.
 */
S2N_API extern int s2n_get_fips_mode(s2n_fips_mode *fips_mode);

/* 0, or negative to have the caller fail with S2N_ERR_CANCELLED. */
typedef int (*s2n_mem_init_callback)(void);
typedef int (*s2n_mem_cleanup_callback)(void);
/** Gives at least requested bytes and tells in *allocated how many. */
typedef int (*s2n_mem_malloc_callback)(
    void **ptr, uint32_t requested, uint32_t *allocated);
/** Takes back what the malloc callback gave; size is what it told. */
typedef int (*s2n_mem_free_callback)(void *ptr, uint32_t size);
/**
 * Before s2n_init (else S2N_ERR_INITIALIZED): the application gives all memory
 * that is the library's own, until s2n_cleanup_final; what libcrypto takes is
 * CRYPTO_set_mem_functions(3)'s. It is wiped before it goes back. All four are
 * needed.
 */
S2N_API extern int s2n_mem_set_callbacks(
    s2n_mem_init_callback mem_init_callback,
    s2n_mem_cleanup_callback mem_cleanup_callback,
    s2n_mem_malloc_callback mem_malloc_callback,
    s2n_mem_free_callback mem_free_callback);

typedef int (*s2n_rand_init_callback)(void);
typedef int (*s2n_rand_cleanup_callback)(void);
typedef int (*s2n_rand_seed_callback)(void *data, uint32_t size);
typedef int (*s2n_rand_mix_callback)(void *data, uint32_t size);
/** Kept for old callers: succeeds, and calls none of them. */
S2N_API extern int s2n_rand_set_callbacks(
    s2n_rand_init_callback rand_init_callback,
    s2n_rand_cleanup_callback rand_cleanup_callback,
    s2n_rand_seed_callback rand_seed_callback,
    s2n_rand_mix_callback rand_mix_callback);

/* ---- Config (Guide: Config) ---- */

struct s2n_config;
struct s2n_connection;
struct s2n_cert_chain_and_key;
struct s2n_cert;
struct s2n_pkey;
typedef struct s2n_pkey s2n_cert_public_key;
typedef struct s2n_pkey s2n_cert_private_key;

/** A config with the default security policy and the system's trust store. */
S2N_API extern struct s2n_config *s2n_config_new(void);
/** The same without loading the system's trust store. */
S2N_API extern struct s2n_config *s2n_config_new_minimal(void);
/** Frees the config and the chains it owns; no connection may use it any more.
 */
S2N_API extern int s2n_config_free(struct s2n_config *config);
/**
 * Chooses a security policy by name, without case (Guide: Security Policies).
 * Some, as rfc9151, bind our own certificates too: then one that has another
 * key or signature is S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT, here or where
 * it is added.
 */
S2N_API extern int s2n_config_set_cipher_preferences(
    struct s2n_config *config, const char *version);
/** An application pointer, not looked at. */
S2N_API extern int s2n_config_set_ctx(struct s2n_config *config, void *ctx);
/** Gives the pointer of s2n_config_set_ctx; NULL when none was set. */
S2N_API extern int s2n_config_get_ctx(struct s2n_config *config, void **ctx);

/** Writes nanoseconds to the second argument; returns 0 or -1. */
typedef int (*s2n_clock_time_nanoseconds)(void *, uint64_t *);
/** The clock that certificates' dates are held against: since 1970. */
S2N_API extern int s2n_config_set_wall_clock(
    struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx);
/** The clock that delays are measured by. */
S2N_API extern int s2n_config_set_monotonic_clock(
    struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn, void *ctx);

/** Adds a protocol of 1 to 255 bytes to the ALPN list (RFC 7301), copied. */
S2N_API extern int s2n_config_append_protocol_preference(
    struct s2n_config *config, const uint8_t *protocol, uint8_t protocol_len);
/** Replaces the ALPN list, most wanted first; count 0 clears it. */
S2N_API extern int s2n_config_set_protocol_preferences(
    struct s2n_config *config, const char *const *protocols,
    int protocol_count);

typedef enum {
	S2N_ALERT_FAIL_ON_WARNINGS = 0,
	S2N_ALERT_IGNORE_WARNINGS = 1
} s2n_alert_behavior;
/** What a received warning alert does below TLS 1.3; the default is to fail. */
S2N_API extern int s2n_config_set_alert_behavior(
    struct s2n_config *config, s2n_alert_behavior alert_behavior);

/** Record lengths that a client may ask for (RFC 6066 4), in bytes. */
typedef enum {
	S2N_TLS_MAX_FRAG_LEN_512 = 1,
	S2N_TLS_MAX_FRAG_LEN_1024 = 2,
	S2N_TLS_MAX_FRAG_LEN_2048 = 3,
	S2N_TLS_MAX_FRAG_LEN_4096 = 4,
} s2n_max_frag_len;
/**
 * A client asks for records of at most this many bytes of plaintext, and sends
 * none longer if the server agrees; it may not. Wrong codes:
 * S2N_ERR_INVALID_MAX_FRAG_LEN.
 */
S2N_API extern int s2n_config_send_max_fragment_length(
    struct s2n_config *config, s2n_max_frag_len mfl_code);
/** A server does as such a client asks; by default it does not. */
S2N_API extern int s2n_config_accept_max_fragment_length(
    struct s2n_config *config);
/** Bytes that several records may be gathered in before a write; at least 1034.
 */
S2N_API extern int s2n_config_set_send_buffer_size(
    struct s2n_config *config, uint32_t size);
/** Lets one s2n_recv deliver more than one record. */
S2N_API extern int s2n_config_set_recv_multi_record(
    struct s2n_config *config, bool enabled);
/** Upper bound of the blinding delay in seconds; 0 switches it off. */
S2N_API extern int s2n_config_set_max_blinding_delay(
    struct s2n_config *config, uint32_t seconds);

typedef enum {
	S2N_VERIFY_AFTER_SIGN_DISABLED = 0,
	S2N_VERIFY_AFTER_SIGN_ENABLED = 1
} s2n_verify_after_sign;
/** Whether our own signatures are verified before they are sent. */
S2N_API extern int s2n_config_set_verify_after_sign(
    struct s2n_config *config, s2n_verify_after_sign mode);

/* ---- Certificates (Guide: Certificates and Authentication) ---- */

/** An empty pair; the caller's until it is freed. */
S2N_API extern struct s2n_cert_chain_and_key *s2n_cert_chain_and_key_new(void);
/** Succeeds for NULL. The config must be gone before its chains. */
S2N_API extern int s2n_cert_chain_and_key_free(
    struct s2n_cert_chain_and_key *cert_and_key);
/** Loads chain and private key from PEM strings; the key must match the leaf.
 */
S2N_API extern int s2n_cert_chain_and_key_load_pem(
    struct s2n_cert_chain_and_key *chain_and_key, const char *chain_pem,
    const char *private_key_pem);
/** The same from bytes with a length. */
S2N_API extern int s2n_cert_chain_and_key_load_pem_bytes(
    struct s2n_cert_chain_and_key *chain_and_key, uint8_t *chain_pem,
    uint32_t chain_pem_len, uint8_t *private_key_pem,
    uint32_t private_key_pem_len);
/** Loads a chain without its key, for use with
 * s2n_config_set_async_pkey_callback. */
S2N_API extern int s2n_cert_chain_and_key_load_public_pem_bytes(
    struct s2n_cert_chain_and_key *chain_and_key, uint8_t *chain_pem,
    uint32_t chain_pem_len);
/** An application pointer, not looked at. */
S2N_API extern int s2n_cert_chain_and_key_set_ctx(
    struct s2n_cert_chain_and_key *cert_and_key, void *ctx);
/** The pointer of s2n_cert_chain_and_key_set_ctx; NULL when none was set. */
S2N_API extern void *s2n_cert_chain_and_key_get_ctx(
    struct s2n_cert_chain_and_key *cert_and_key);
/** The pair's private key, for s2n_async_pkey_op_perform. */
S2N_API extern s2n_cert_private_key *s2n_cert_chain_and_key_get_private_key(
    struct s2n_cert_chain_and_key *cert_and_key);

/**
 * The OCSP response (RFC 6960, DER) to be stapled for a peer that asks, copied
 * and not looked at; below TLS 1.3 a server's only. NULL or length 0 clears it.
 * May be called again while connections use the pair, though not by another
 * thread. More than 32000 bytes: S2N_ERR_INVALID_ARGUMENT.
 */
S2N_API extern int s2n_cert_chain_and_key_set_ocsp_data(
    struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data,
    uint32_t length);
/** The SignedCertificateTimestampList (RFC 6962 3.3) likewise. */
S2N_API extern int s2n_cert_chain_and_key_set_sct_list(
    struct s2n_cert_chain_and_key *chain_and_key, const uint8_t *data,
    uint32_t length);

/** Loads a pair that the config owns. Cannot be mixed with ..._to_store. */
S2N_API extern int s2n_config_add_cert_chain_and_key(struct s2n_config *config,
    const char *cert_chain_pem, const char *private_key_pem);
/** Adds a pair that stays the caller's and must outlive the config. */
S2N_API extern int s2n_config_add_cert_chain_and_key_to_store(
    struct s2n_config *config, struct s2n_cert_chain_and_key *cert_key_pair);
/**
 * Loads a server's Diffie-Hellman parameters ("DH PARAMETERS" in PEM, at least
 * 2048 bits), without which it negotiates no DHE suite (RFC 5246 7.4.3).
 */
S2N_API extern int s2n_config_add_dhparams(
    struct s2n_config *config, const char *dhparams_pem);
/** Forgets them; fine if there are none. */
S2N_API extern int s2n_config_free_dhparams(struct s2n_config *config);
/** Frees the pair of s2n_config_add_cert_chain_and_key; others stay. */
S2N_API extern int s2n_config_free_cert_chain_and_key(
    struct s2n_config *config);
/** Replaces the pairs used when no server name matches: at most one a key type.
 */
S2N_API extern int s2n_config_set_cert_chain_and_key_defaults(
    struct s2n_config *config, struct s2n_cert_chain_and_key **cert_key_pairs,
    uint32_t num_cert_key_pairs);
/** Decides between two pairs of the same name and key type; gives the winner.
 */
typedef struct s2n_cert_chain_and_key *(*s2n_cert_tiebreak_callback)(
    struct s2n_cert_chain_and_key *cert1, struct s2n_cert_chain_and_key *cert2,
    uint8_t *name, uint32_t name_len);
/** Sets that callback; without one the pair added first stays. */
S2N_API extern int s2n_config_set_cert_tiebreak_callback(
    struct s2n_config *config, s2n_cert_tiebreak_callback cert_tiebreak_cb);

/** Number of certificates of a chain, leaf included. */
S2N_API extern int s2n_cert_chain_get_length(
    const struct s2n_cert_chain_and_key *chain_and_key, uint32_t *cert_length);
/** Certificate number cert_idx of a chain, 0 being the leaf; borrowed. */
S2N_API extern int s2n_cert_chain_get_cert(
    const struct s2n_cert_chain_and_key *chain_and_key,
    struct s2n_cert **out_cert, const uint32_t cert_idx);
/** The certificate's DER, borrowed. */
S2N_API extern int s2n_cert_get_der(const struct s2n_cert *cert,
    const uint8_t **out_cert_der, uint32_t *cert_length);

/**
 * The value of an extension, in DER, by its dotted OID such as "2.5.29.17".
 * Its length first; then the value, with *ext_value_len the room and, after,
 * the length. S2N_ERR_X509_EXTENSION_VALUE_NOT_FOUND when there is none,
 * S2N_ERR_INSUFFICIENT_MEM_SIZE when there is no room.
 */
S2N_API extern int s2n_cert_get_x509_extension_value_length(
    struct s2n_cert *cert, const uint8_t *oid, uint32_t *ext_value_len);
/** Copies the value: *ext_value_len is the room, afterwards the length.
 * *critical says whether the extension is (RFC 5280 4.2). */
S2N_API extern int s2n_cert_get_x509_extension_value(struct s2n_cert *cert,
    const uint8_t *oid, uint8_t *ext_value, uint32_t *ext_value_len,
    bool *critical);
/**
 * The UTF8String that such a value holds, in the same two steps; no NUL behind
 * it. S2N_ERR_INVALID_X509_EXTENSION_TYPE when it holds something else.
 */
S2N_API extern int s2n_cert_get_utf8_string_from_extension_data_length(
    const uint8_t *extension_data, uint32_t extension_len,
    uint32_t *utf8_str_len);
/** Copies the string: *out_len is the room, afterwards the length. */
S2N_API extern int s2n_cert_get_utf8_string_from_extension_data(
    const uint8_t *extension_data, uint32_t extension_len, uint8_t *out_data,
    uint32_t *out_len);

typedef enum {
	S2N_STATUS_REQUEST_NONE = 0,
	S2N_STATUS_REQUEST_OCSP = 1
} s2n_status_request_type;
/**
 * Whether peers are asked to staple an OCSP response to their certificate
 * (Guide: OCSP Stapling); servers can ask in TLS 1.3 only. One that is missing
 * fails no handshake, not even where the certificate demands it (the TLS
 * feature extension, RFC 7633): see s2n_connection_is_ocsp_stapled.
 */
S2N_API extern int s2n_config_set_status_request_type(
    struct s2n_config *config, s2n_status_request_type type);
/**
 * 0: a stapled response is not judged; else, the default, it has to be the
 * issuer's or its delegate's, of now (without nextUpdate for an hour; clocks
 * may be 5 minutes apart) and "good". Otherwise S2N_ERR_INVALID_OCSP_RESPONSE
 * (malformed), S2N_ERR_CERT_REVOKED, _CERT_EXPIRED (it is too old),
 * _CERT_INVALID (not yet valid) or _CERT_UNTRUSTED. Without verification of
 * certificates there is none of responses.
 */
S2N_API extern int s2n_config_set_check_stapled_ocsp_response(
    struct s2n_config *config, uint8_t check_ocsp);
typedef enum {
	S2N_CT_SUPPORT_NONE = 0,
	S2N_CT_SUPPORT_REQUEST = 1
} s2n_ct_support_level;
/** Whether peers are asked for signed certificate timestamps (RFC 6962). What
 * comes is handed out unchecked. */
S2N_API extern int s2n_config_set_ct_support_level(
    struct s2n_config *config, s2n_ct_support_level level);
/** Adds trust anchors from a PEM file and/or an OpenSSL hashed directory. A
 * client then asks for OCSP stapling, too. */
S2N_API extern int s2n_config_set_verification_ca_location(
    struct s2n_config *config, const char *ca_pem_filename, const char *ca_dir);
/** Adds trust anchors from a PEM string. */
S2N_API extern int s2n_config_add_pem_to_trust_store(
    struct s2n_config *config, const char *pem);
/** Forgets every trust anchor. */
S2N_API extern int s2n_config_wipe_trust_store(struct s2n_config *config);
/**
 * Adds the system's trust anchors. While there are no others, and neither
 * SSL_CERT_FILE nor SSL_CERT_DIR names them, a server's certificate must keep
 * to the CA/Browser Forum's Baseline Requirements: names in subjectAltName,
 * keys of 2048 bits or P-256, serverAuth, and more that public authorities keep
 * to.
 */
S2N_API extern int s2n_config_load_system_certs(struct s2n_config *config);
/** No verification of the peer's chain and host name at all. For tests. */
S2N_API extern int s2n_config_disable_x509_verification(
    struct s2n_config *config);
/** Leaves certificates' dates out of the verification. */
S2N_API extern int s2n_config_disable_x509_time_verification(
    struct s2n_config *config);
/** Accepts certificates that are not meant for a TLS server, or client. */
S2N_API extern int s2n_config_disable_x509_intent_verification(
    struct s2n_config *config);
/** Most certificates in a peer's chain, at least 1; the default is 7. */
S2N_API extern int s2n_config_set_max_cert_chain_depth(
    struct s2n_config *config, uint16_t max_depth);
/**
 * Is this name from the peer's certificate one we accept? 1 or 0. Asked for
 * each DNS name, URI and IP address of the subjectAltName, or for each common
 * name where there is none, until one is accepted; of a certificate without any
 * such name, or with others only, once for an empty name.
 *
 * Without a callback the names are compared with the server name of the
 * connection: a server needs one that can do with certificates of clients,
 * whose names are not the server's.
 */
typedef uint8_t (*s2n_verify_host_fn)(
    const char *host_name, size_t host_name_len, void *data);
/** For all connections of the config; data is handed to the callback. */
S2N_API extern int s2n_config_set_verify_host_callback(
    struct s2n_config *config, s2n_verify_host_fn verify_host_fn, void *data);
/** For this connection, in place of its config's. */
S2N_API extern int s2n_connection_set_verify_host_callback(
    struct s2n_connection *conn, s2n_verify_host_fn host_fn, void *data);

typedef enum {
	S2N_CERT_AUTH_NONE = 0,
	S2N_CERT_AUTH_REQUIRED = 1,
	S2N_CERT_AUTH_OPTIONAL = 2
} s2n_cert_auth_type;
/** Does a server ask for a certificate (default: none), a client give one
 * (optional)? */
S2N_API extern int s2n_config_set_client_auth_type(
    struct s2n_config *config, s2n_cert_auth_type client_auth_type);
/** For this connection, in place of its config's. */
S2N_API extern int s2n_connection_set_client_auth_type(
    struct s2n_connection *conn, s2n_cert_auth_type client_auth_type);
/** What was set for the config. */
S2N_API extern int s2n_config_get_client_auth_type(
    struct s2n_config *config, s2n_cert_auth_type *client_auth_type);
/** What holds for the connection: its own, the config's or the role's. */
S2N_API extern int s2n_connection_get_client_auth_type(
    struct s2n_connection *conn, s2n_cert_auth_type *client_auth_type);
/**
 * Servers name the subjects of the certificates that are in the trust store now
 * when they ask for one (RFC 8446 4.2.4, RFC 5246 7.4.4), so that a client can
 * tell which of its own to send. The store may not have the system's
 * certificates (S2N_ERR_INVALID_STATE), nor more than 20000 bytes of names
 * (S2N_ERR_TOO_MANY_CAS); those of a directory are not named.
 */
S2N_API extern int s2n_config_set_cert_authorities_from_trust_store(
    struct s2n_config *config);
/** Servers of TLS 1.2 and older name DSS too among the certificates they ask
 * for, as some old clients expect; a DSS certificate is refused all the same.
 */
S2N_API extern int s2n_config_enable_cert_req_dss_legacy_compat(
    struct s2n_config *config);
/**
 * On a server: the client's certificates in DER, each behind its length in
 * three bytes; borrowed. S2N_ERR_NO_CERT_FOUND when it sent none.
 */
S2N_API extern int s2n_connection_get_client_cert_chain(
    struct s2n_connection *conn, uint8_t **der_cert_chain_out,
    uint32_t *cert_chain_len);
/** 1 once a handshake is done in which the client proved a certificate. */
S2N_API extern int s2n_connection_client_cert_used(struct s2n_connection *conn);

/* ---- Connections (Guide: Connection) ---- */

typedef enum { S2N_SERVER = 0, S2N_CLIENT = 1 } s2n_mode;

/** A connection in one role, with default config until one is set. */
S2N_API extern struct s2n_connection *s2n_connection_new(s2n_mode mode);
/** The config must outlive the connection. Before the handshake only. */
S2N_API extern int s2n_connection_set_config(
    struct s2n_connection *conn, struct s2n_config *config);
/** Wipes and frees. Operations that are still pending become orphans. */
S2N_API extern int s2n_connection_free(struct s2n_connection *conn);
/** Makes the connection new again; keeps only mode and config. */
S2N_API extern int s2n_connection_wipe(struct s2n_connection *conn);
/** Frees what only the handshake needed. */
S2N_API extern int s2n_connection_free_handshake(struct s2n_connection *conn);
/** Frees the I/O buffers of an idle connection; fails while they hold bytes. */
S2N_API extern int s2n_connection_release_buffers(struct s2n_connection *conn);
/** An application pointer, not looked at. */
S2N_API extern int s2n_connection_set_ctx(
    struct s2n_connection *conn, void *ctx);
/** The pointer of s2n_connection_set_ctx; NULL when none was set. */
S2N_API extern void *s2n_connection_get_ctx(struct s2n_connection *conn);
/** What it was made as. */
S2N_API extern s2n_mode s2n_connection_get_mode(struct s2n_connection *conn);
/** Overrides the config's security policy. */
S2N_API extern int s2n_connection_set_cipher_preferences(
    struct s2n_connection *conn, const char *version);
/** Whether version and suite agreed on are among those of a policy: 1, 0, or -1
 * when there is no such policy. */
S2N_API extern int s2n_connection_is_valid_for_cipher_preferences(
    struct s2n_connection *conn, const char *version);
/** The groups that the config's policy and libcrypto both have, hybrids first.
 * S2N_ERR_INSUFFICIENT_MEM_SIZE when they are more than groups_count_max. */
S2N_API extern int s2n_config_get_supported_groups(struct s2n_config *config,
    uint16_t *groups, uint16_t groups_count_max, uint16_t *groups_count);
/** Override the config's ALPN list. */
S2N_API extern int s2n_connection_append_protocol_preference(
    struct s2n_connection *conn, const uint8_t *protocol, uint8_t protocol_len);
/** The whole list at once; none of it empties the list. */
S2N_API extern int s2n_connection_set_protocol_preferences(
    struct s2n_connection *conn, const char *const *protocols,
    int protocol_count);

/** Client: the name to ask for and to verify, at most 255 characters. */
S2N_API extern int s2n_set_server_name(
    struct s2n_connection *conn, const char *server_name);
/** The name asked for (server: received), or NULL. */
S2N_API extern const char *s2n_get_server_name(struct s2n_connection *conn);
/** The ALPN protocol agreed on, or NULL. */
S2N_API extern const char *s2n_get_application_protocol(
    struct s2n_connection *conn);

/* What the handshake agreed on. */

/** The client's highest version, such as S2N_TLS13; a server's own before the
 * ClientHello. */
S2N_API extern int s2n_connection_get_client_protocol_version(
    struct s2n_connection *conn);
/** The server's highest version; a client knows the one it chose, 0 before. */
S2N_API extern int s2n_connection_get_server_protocol_version(
    struct s2n_connection *conn);
/** The version agreed on; our highest before that. */
S2N_API extern int s2n_connection_get_actual_protocol_version(
    struct s2n_connection *conn);
/** The version in the ClientHello itself, S2N_TLS12 at most: newer ones are in
 * an extension (RFC 8446 4.1.2). */
S2N_API extern int s2n_connection_get_client_hello_version(
    struct s2n_connection *conn);
/** OpenSSL's name of the suite; "TLS_NULL_WITH_NULL_NULL" before it is known.
 */
S2N_API extern const char *s2n_connection_get_cipher(
    struct s2n_connection *conn);
/** The suite's two bytes of the IANA registry; zeroes before it is known. */
S2N_API extern int s2n_connection_get_cipher_iana_value(
    struct s2n_connection *conn, uint8_t *first, uint8_t *second);
/** The elliptic curve, "NONE" before it is known. */
S2N_API extern const char *s2n_connection_get_curve(
    struct s2n_connection *conn);
/** The hybrid group's name, "NONE" when there is none. */
S2N_API extern const char *s2n_connection_get_kem_group_name(
    struct s2n_connection *conn);
/** Always "NONE"; kept for old callers. */
S2N_API extern const char *s2n_connection_get_kem_name(
    struct s2n_connection *conn);
/** The group of either kind. */
S2N_API extern int s2n_connection_get_key_exchange_group(
    struct s2n_connection *conn, const char **group_name);
/** The server's signature scheme, by TLS name. */
S2N_API extern int s2n_connection_get_signature_scheme(
    struct s2n_connection *conn, const char **scheme_name);
/** The last alert received (its description); S2N_ERR_NO_ALERT when none. */
S2N_API extern int s2n_connection_get_alert(struct s2n_connection *conn);
/** Bytes read from the transport; 0 where the kernel reads (kTLS). */
S2N_API extern uint64_t s2n_connection_get_wire_bytes_in(
    struct s2n_connection *conn);
/** Bytes written to it; 0 where the kernel writes. */
S2N_API extern uint64_t s2n_connection_get_wire_bytes_out(
    struct s2n_connection *conn);
/** What the handshake was made of, such as
 * "NEGOTIATED|FULL_HANDSHAKE"; "INITIAL" before that is known. The text is the
 * connection's until the next call. */
S2N_API extern const char *s2n_connection_get_handshake_type_name(
    struct s2n_connection *conn);
/** The last message of the handshake, such as "SERVER_HELLO";
 * "APPLICATION_DATA" after it. */
S2N_API extern const char *s2n_connection_get_last_message_name(
    struct s2n_connection *conn);
/** Server: the pair chosen for this connection. */
S2N_API extern struct s2n_cert_chain_and_key *s2n_connection_get_selected_cert(
    struct s2n_connection *conn);
/**
 * Copies the peer's chain into an empty pair of the caller's (else
 * S2N_ERR_INVALID_ARGUMENT): the path that was validated, from the leaf to the
 * anchor of the trust store; where nothing is to be validated, what the peer
 * sent. S2N_ERR_CERT_NOT_VALIDATED before, which is within the callbacks for
 * host names and CRLs; S2N_ERR_NO_CERT_FOUND when the peer sent none.
 */
S2N_API extern int s2n_connection_get_peer_cert_chain(
    const struct s2n_connection *conn,
    struct s2n_cert_chain_and_key *cert_chain);
/**
 * The OCSP response that the peer stapled, and its length; NULL and 0 when it
 * did not. The connection's, until s2n_connection_free_handshake.
 */
S2N_API extern const uint8_t *s2n_connection_get_ocsp_response(
    struct s2n_connection *conn, uint32_t *length);
/** 1 if the server stapled one, else 0. */
S2N_API extern int s2n_connection_is_ocsp_stapled(struct s2n_connection *conn);
/** The peer's SignedCertificateTimestampList likewise, until the connection is
 * freed or wiped. */
S2N_API extern const uint8_t *s2n_connection_get_sct_list(
    struct s2n_connection *conn, uint32_t *length);
typedef enum {
	S2N_SNI_NONE = 1,
	S2N_SNI_EXACT_MATCH,
	S2N_SNI_WILDCARD_MATCH,
	S2N_SNI_NO_MATCH
} s2n_cert_sni_match;
/** How the server's certificate was found. */
S2N_API extern int s2n_connection_get_certificate_match(
    struct s2n_connection *conn, s2n_cert_sni_match *match_status);

/* ---- ClientHello callback (Guide: s2n_config_set_client_hello_cb) ---- */

/** Called once a handshake; may change the connection's config and policy. */
typedef int s2n_client_hello_fn(struct s2n_connection *conn, void *ctx);
typedef enum {
	S2N_CLIENT_HELLO_CB_BLOCKING,
	S2N_CLIENT_HELLO_CB_NONBLOCKING
} s2n_client_hello_cb_mode;
/**
 * A server's callback after it parsed a ClientHello, before it chose anything.
 * A negative result ends the handshake with the alert handshake_failure.
 */
S2N_API extern int s2n_config_set_client_hello_cb(struct s2n_config *config,
    s2n_client_hello_fn client_hello_callback, void *ctx);
/**
 * By default the callback is done when it returns. A nonblocking one that
 * returns 0 is done when s2n_client_hello_cb_done was called; until then
 * s2n_negotiate gives S2N_BLOCKED_ON_APPLICATION_INPUT.
 */
S2N_API extern int s2n_config_set_client_hello_cb_mode(
    struct s2n_config *config, s2n_client_hello_cb_mode cb_mode);
/** Ends a nonblocking callback, inside it or later. */
S2N_API extern int s2n_client_hello_cb_done(struct s2n_connection *conn);
/** The server name decided on something, so it is acknowledged (RFC 6066 3). */
S2N_API extern int s2n_connection_server_name_extension_used(
    struct s2n_connection *conn);
/** The same, by the guide's other name. */
S2N_API extern int s2n_client_server_name_used(struct s2n_connection *conn);

/* ---- The ClientHello itself (Guide: ClientHello functions) ---- */

struct s2n_client_hello;
/** Extensions by IANA number (RFC 6066, RFC 8446 4.2). */
typedef enum {
	S2N_EXTENSION_SERVER_NAME = 0,
	S2N_EXTENSION_MAX_FRAG_LEN = 1,
	S2N_EXTENSION_OCSP_STAPLING = 5,
	S2N_EXTENSION_SUPPORTED_GROUPS = 10,
	S2N_EXTENSION_EC_POINT_FORMATS = 11,
	S2N_EXTENSION_SIGNATURE_ALGORITHMS = 13,
	S2N_EXTENSION_ALPN = 16,
	S2N_EXTENSION_CERTIFICATE_TRANSPARENCY = 18,
	S2N_EXTENSION_SUPPORTED_VERSIONS = 43,
	S2N_EXTENSION_RENEGOTIATION_INFO = 65281
} s2n_tls_extension_type;
/**
 * Deprecated: OCSP response or SCT list, by the extension's number, of the pair
 * that the config owns. S2N_ERR_CERT_OWNERSHIP when its pairs are the
 * application's, S2N_ERR_UPDATING_EXTENSION when it has none,
 * S2N_ERR_UNRECOGNIZED_EXTENSION for other numbers.
 */
S2N_API extern int s2n_config_set_extension_data(struct s2n_config *config,
    s2n_tls_extension_type type, const uint8_t *data, uint32_t length);

/**
 * A server's ClientHello, the second one after a HelloRetryRequest; NULL until
 * one was parsed, and for clients. From the ClientHello callback on, until the
 * connection is freed or wiped. s2n_connection_free_handshake releases its
 * bytes: every length is then 0.
 */
S2N_API extern struct s2n_client_hello *s2n_connection_get_client_hello(
    struct s2n_connection *conn);
/**
 * A ClientHello from a handshake message, its header of four bytes included;
 * the caller's, to be freed by s2n_client_hello_free. NULL if it is malformed:
 * S2N_ERR_BAD_MESSAGE, S2N_ERR_DUPLICATE_EXTENSION.
 */
S2N_API extern struct s2n_client_hello *s2n_client_hello_parse_message(
    const uint8_t *bytes, uint32_t size);
/** Frees one so made and sets *ch to NULL, which it may be already. One of a
 * connection: S2N_ERR_INVALID_ARGUMENT. */
S2N_API extern int s2n_client_hello_free(struct s2n_client_hello **ch);

/*
 * The next eight copy at most max_length bytes, and give the bytes copied, or
 * -1. The lengths are of the whole.
 */
/** The message without its header, the random in it zeroed. Of an SSLv2
 * ClientHello what follows the version, with nothing zeroed. */
S2N_API extern ssize_t s2n_client_hello_get_raw_message_length(
    struct s2n_client_hello *ch);
/** Copies it. */
S2N_API extern ssize_t s2n_client_hello_get_raw_message(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length);
/** The suites' numbers, two bytes each; of an SSLv2 ClientHello three. */
S2N_API extern ssize_t s2n_client_hello_get_cipher_suites_length(
    struct s2n_client_hello *ch);
/** Copies them. */
S2N_API extern ssize_t s2n_client_hello_get_cipher_suites(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length);
/** The extensions as they came, without the length of all (RFC 8446 4.2). */
S2N_API extern ssize_t s2n_client_hello_get_extensions_length(
    struct s2n_client_hello *ch);
/** Copies them. */
S2N_API extern ssize_t s2n_client_hello_get_extensions(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length);
/** One extension's data; 0 if it is not there or not known to the library. */
S2N_API extern ssize_t s2n_client_hello_get_extension_length(
    struct s2n_client_hello *ch, s2n_tls_extension_type extension_type);
/** Copies it. */
S2N_API extern ssize_t s2n_client_hello_get_extension_by_id(
    struct s2n_client_hello *ch, s2n_tls_extension_type extension_type,
    uint8_t *out, uint32_t max_length);

/** Whether an extension came, known to the library or not. */
S2N_API extern int s2n_client_hello_has_extension(
    struct s2n_client_hello *ch, uint16_t extension_iana, bool *exists);
/** The session id, at most 32 bytes; copies at most max_length of them. */
S2N_API extern int s2n_client_hello_get_session_id_length(
    struct s2n_client_hello *ch, uint32_t *out_length);
/** Copies it; *out_length is what was copied. */
S2N_API extern int s2n_client_hello_get_session_id(struct s2n_client_hello *ch,
    uint8_t *out, uint32_t *out_length, uint32_t max_length);
/** The compression methods; S2N_ERR_INSUFFICIENT_MEM_SIZE unless all fit. */
S2N_API extern int s2n_client_hello_get_compression_methods_length(
    struct s2n_client_hello *ch, uint32_t *out_length);
/** Copies them; *out_length is their number. */
S2N_API extern int s2n_client_hello_get_compression_methods(
    struct s2n_client_hello *ch, uint8_t *list, uint32_t list_length,
    uint32_t *out_length);
/** The version that it tells itself, S2N_TLS12 at most in honest ones
 * (RFC 8446 4.1.2); S2N_UNKNOWN_PROTOCOL_VERSION when it is no version. */
S2N_API extern int s2n_client_hello_get_legacy_protocol_version(
    struct s2n_client_hello *ch, uint8_t *out);
/** The version in the header of its (first) record, S2N_SSLv2 without one; for
 * one that was parsed from bytes S2N_ERR_INVALID_ARGUMENT. */
S2N_API extern int s2n_client_hello_get_legacy_record_version(
    struct s2n_client_hello *ch, uint8_t *out);
/** The 32 bytes of random; S2N_ERR_INSUFFICIENT_MEM_SIZE for less room. */
S2N_API extern int s2n_client_hello_get_random(
    struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length);
/**
 * The groups (RFC 8446 4.2.7), in the client's order. Without the extension
 * S2N_ERR_EXTENSION_NOT_RECEIVED, malformed S2N_ERR_INVALID_PARSED_EXTENSIONS,
 * more than groups_count_max S2N_ERR_INSUFFICIENT_MEM_SIZE.
 */
S2N_API extern int s2n_client_hello_get_supported_groups(
    struct s2n_client_hello *ch, uint16_t *groups, uint16_t groups_count_max,
    uint16_t *groups_count);
/** The server name (RFC 6066 3), without a terminating zero; errors as of
 * s2n_client_hello_get_supported_groups. */
S2N_API extern int s2n_client_hello_get_server_name_length(
    struct s2n_client_hello *ch, uint16_t *length);
/** Copies at most length bytes of it; *out_length is what was copied. */
S2N_API extern int s2n_client_hello_get_server_name(struct s2n_client_hello *ch,
    uint8_t *server_name, uint16_t length, uint16_t *out_length);

/* ---- I/O (Guide: I/O functions) ---- */

typedef enum {
	S2N_NOT_BLOCKED = 0,
	S2N_BLOCKED_ON_READ,
	S2N_BLOCKED_ON_WRITE,
	S2N_BLOCKED_ON_APPLICATION_INPUT,
	S2N_BLOCKED_ON_EARLY_DATA
} s2n_blocked_status;

/* Bytes moved, or negative with errno set; receiving 0 means the end. */
typedef int s2n_recv_fn(void *io_context, uint8_t *buf, uint32_t len);
typedef int s2n_send_fn(void *io_context, const uint8_t *buf, uint32_t len);

/** Both directions over this descriptor; it stays the caller's. */
S2N_API extern int s2n_connection_set_fd(struct s2n_connection *conn, int fd);
/** Reads from this descriptor. */
S2N_API extern int s2n_connection_set_read_fd(
    struct s2n_connection *conn, int readfd);
/** Writes to this descriptor. */
S2N_API extern int s2n_connection_set_write_fd(
    struct s2n_connection *conn, int writefd);
/** The descriptor that is read from; S2N_ERR_INVALID_STATE with callbacks. */
S2N_API extern int s2n_connection_get_read_fd(
    struct s2n_connection *conn, int *readfd);
/** The descriptor that is written to; S2N_ERR_INVALID_STATE with callbacks. */
S2N_API extern int s2n_connection_get_write_fd(
    struct s2n_connection *conn, int *writefd);
/** What the callback that receives is called with. */
S2N_API extern int s2n_connection_set_recv_ctx(
    struct s2n_connection *conn, void *ctx);
/** What the callback that sends is called with. */
S2N_API extern int s2n_connection_set_send_ctx(
    struct s2n_connection *conn, void *ctx);
/** Receives by this callback, not from a descriptor. */
S2N_API extern int s2n_connection_set_recv_cb(
    struct s2n_connection *conn, s2n_recv_fn recv);
/** Sends by this callback, not to a descriptor. */
S2N_API extern int s2n_connection_set_send_cb(
    struct s2n_connection *conn, s2n_send_fn send);
/** Corks the socket (TCP_CORK) while a flight of the handshake is written. With
 * callbacks instead of a descriptor S2N_ERR_CORK_SET_ON_UNMANAGED. */
S2N_API extern int s2n_connection_use_corked_io(struct s2n_connection *conn);
/** Frees the I/O buffers after every call that leaves them empty. */
S2N_API extern int s2n_connection_set_dynamic_buffers(
    struct s2n_connection *conn, bool enabled);
/** Largest records; the default is 8087 bytes of plaintext. */
S2N_API extern int s2n_connection_prefer_throughput(
    struct s2n_connection *conn);
/** Records that fit one packet. */
S2N_API extern int s2n_connection_prefer_low_latency(
    struct s2n_connection *conn);
/** Reads ahead of the current record; see s2n_peek_buffered. */
S2N_API extern int s2n_connection_set_recv_buffering(
    struct s2n_connection *conn, bool enabled);
/** Encrypted bytes that were read ahead and are not yet processed. */
S2N_API extern uint32_t s2n_peek_buffered(struct s2n_connection *conn);
/** Small records until resize_threshold bytes went out, and again after a pause
 * of more than timeout_threshold seconds (0: never again). */
S2N_API extern int s2n_connection_set_dynamic_record_threshold(
    struct s2n_connection *conn, uint32_t resize_threshold,
    uint16_t timeout_threshold);

typedef enum {
	S2N_BUILT_IN_BLINDING = 0,
	S2N_SELF_SERVICE_BLINDING
} s2n_blinding;
/** Who waits after an error: the library by sleeping, or the application. */
S2N_API extern int s2n_connection_set_blinding(
    struct s2n_connection *conn, s2n_blinding blinding);
/** Nanoseconds still to wait before the connection may be closed. */
S2N_API extern uint64_t s2n_connection_get_delay(struct s2n_connection *conn);

/** Runs the handshake; call until it succeeds or fails with another type than
 * S2N_ERR_T_BLOCKED. */
S2N_API extern int s2n_negotiate(
    struct s2n_connection *conn, s2n_blocked_status *blocked);
/** Sends; gives the bytes taken, maybe fewer than size. */
S2N_API extern ssize_t s2n_send(struct s2n_connection *conn, const void *buf,
    ssize_t size, s2n_blocked_status *blocked);
/** Like s2n_send, from count pieces one behind the other. */
S2N_API extern ssize_t s2n_sendv(struct s2n_connection *conn,
    const struct iovec *bufs, ssize_t count, s2n_blocked_status *blocked);
/** Like s2n_sendv, leaving out the first offs bytes of bufs. */
S2N_API extern ssize_t s2n_sendv_with_offset(struct s2n_connection *conn,
    const struct iovec *bufs, ssize_t count, ssize_t offs,
    s2n_blocked_status *blocked);
/** Receives; gives the bytes, or 0 once the peer has sent close_notify. */
S2N_API extern ssize_t s2n_recv(struct s2n_connection *conn, void *buf,
    ssize_t size, s2n_blocked_status *blocked);
/** Decrypted bytes that s2n_recv can give without reading. */
S2N_API extern uint32_t s2n_peek(struct s2n_connection *conn);
/** Sends close_notify and waits for the peer's, dropping what else arrives. */
S2N_API extern int s2n_shutdown(
    struct s2n_connection *conn, s2n_blocked_status *blocked);
/** Sends close_notify and does not wait; TLS 1.3 can go on receiving. */
S2N_API extern int s2n_shutdown_send(
    struct s2n_connection *conn, s2n_blocked_status *blocked);

typedef enum {
	S2N_KEY_UPDATE_NOT_REQUESTED = 0,
	S2N_KEY_UPDATE_REQUESTED
} s2n_peer_key_update;
/** TLS 1.3: updates our sending keys at the next send (RFC 8446 4.6.3). Only
 * "not requested" is supported. */
S2N_API extern int s2n_connection_request_key_update(
    struct s2n_connection *conn, s2n_peer_key_update peer_request);

/* ---- Session resumption (Guide: Session Resumption) ---- */

/**
 * Whether tickets are given and taken (server), or asked for and used (client);
 * off at first. Turning them on makes the number of tickets after a TLS 1.3
 * handshake one, if it was none.
 */
S2N_API extern int s2n_config_set_session_tickets_onoff(
    struct s2n_config *config, uint8_t enabled);
/**
 * Adds a key that tickets, and entries of a session cache, are sealed with; at
 * any time, also while connections use the config. name: 1 to 16 bytes, known
 * to everybody; key: any bytes but none, a secret, copied. From intro_time, in
 * seconds since 1970 (0: now), it seals and opens, later only opens. Servers
 * that share keys resume each other's sessions. At most 48 keys
 * (S2N_ERR_TICKET_KEY_LIMIT); S2N_ERR_INVALID_TICKET_KEY_LENGTH,
 * S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH,
 * S2N_ERR_TICKET_KEY_NOT_UNIQUE. While tickets and cache are both off it does
 * nothing.
 */
S2N_API extern int s2n_config_add_ticket_crypto_key(struct s2n_config *config,
    const uint8_t *name, uint32_t name_len, uint8_t *key, uint32_t key_len,
    uint64_t intro_time_in_seconds_from_epoch);
/** Seconds that a key seals and opens from its introduction on; 7200. */
S2N_API extern int s2n_config_set_ticket_encrypt_decrypt_key_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs);
/** Seconds that it only opens after that; 46800. */
S2N_API extern int s2n_config_set_ticket_decrypt_key_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs);
/** Seconds after which a server resumes a session no more; 54000. */
S2N_API extern int s2n_config_set_session_state_lifetime(
    struct s2n_config *config, uint64_t lifetime_in_secs);
/** Below TLS 1.3, where the ticket key opens recorded sessions, no tickets are
 * given, taken or asked for. */
S2N_API extern int s2n_config_require_ticket_forward_secrecy(
    struct s2n_config *config, bool enabled);
/** Tickets that a server sends right after a TLS 1.3 handshake; also turns
 * tickets on. */
S2N_API extern int s2n_config_set_initial_ticket_count(
    struct s2n_config *config, uint8_t num);
/** TLS 1.3 server: so many more tickets leave with what is sent next. More than
 * 65535 in a connection: S2N_ERR_INTEGER_OVERFLOW. */
S2N_API extern int s2n_connection_add_new_tickets_to_send(
    struct s2n_connection *conn, uint8_t num);
/** TLS 1.3 server: seconds that sessions may come one of another, from this
 * connection on, before a full handshake is due; 604800. */
S2N_API extern int s2n_connection_set_server_keying_material_lifetime(
    struct s2n_connection *conn, uint32_t lifetime_in_secs);
/** TLS 1.3 server: tickets that were sent. */
S2N_API extern int s2n_connection_get_tickets_sent(
    struct s2n_connection *conn, uint16_t *num);

/* A ticket that came, only for the callback; its data is what
 * s2n_connection_set_session takes. */
struct s2n_session_ticket;
typedef int (*s2n_session_ticket_fn)(
    struct s2n_connection *conn, void *ctx, struct s2n_session_ticket *ticket);
/**
 * Client: called for each ticket that comes, below TLS 1.3 in s2n_negotiate,
 * else in s2n_recv. What it answers, if not 0, ends the connection
 * (S2N_ERR_CANCELLED).
 */
S2N_API extern int s2n_config_set_session_ticket_cb(
    struct s2n_config *config, s2n_session_ticket_fn callback, void *ctx);
/** Bytes that s2n_session_ticket_get_data gives. */
S2N_API extern int s2n_session_ticket_get_data_len(
    struct s2n_session_ticket *ticket, size_t *data_len);
/** S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG when it is longer than
 * max_data_len. */
S2N_API extern int s2n_session_ticket_get_data(
    struct s2n_session_ticket *ticket, size_t max_data_len, uint8_t *data);
/** Seconds that the server will take it, as it says. */
S2N_API extern int s2n_session_ticket_get_lifetime(
    struct s2n_session_ticket *ticket, uint32_t *session_lifetime);

/**
 * Client, before it negotiates: resume this session if the server will. Takes
 * the place of pre-shared keys that were added. What is no session, or has a
 * ticket of more than 61440 bytes:
 * S2N_ERR_INVALID_SERIALIZED_SESSION_STATE; more than 7 days old, or of a
 * future more than an hour away: S2N_ERR_INVALID_SESSION_TICKET. The connection
 * can be used all the same, for a full handshake.
 */
S2N_API extern int s2n_connection_set_session(
    struct s2n_connection *conn, const uint8_t *session, size_t length);
/**
 * The newest session that can be resumed, secret, for the peer's name alone.
 * Gives the bytes written, 0 when there is none;
 * S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG when they do not fit.
 */
S2N_API extern int s2n_connection_get_session(
    struct s2n_connection *conn, uint8_t *session, size_t max_length);
/** Bytes of the session, 0 when there is none. */
S2N_API extern int s2n_connection_get_session_length(
    struct s2n_connection *conn);
/** Seconds that the server takes the last ticket, as it said with it; without
 * one S2N_ERR_SESSION_TICKET_NOT_SUPPORTED. */
S2N_API extern int s2n_connection_get_session_ticket_lifetime_hint(
    struct s2n_connection *conn);
/** Below TLS 1.3 the session's id, at most 32 bytes; gives their number. */
S2N_API extern int s2n_connection_get_session_id_length(
    struct s2n_connection *conn);
/** Copies it and gives its length; S2N_ERR_SESSION_ID_TOO_LONG when it is
 * longer than max_length. */
S2N_API extern int s2n_connection_get_session_id(
    struct s2n_connection *conn, uint8_t *session_id, size_t max_length);
/** 1 when the handshake resumed a session, else 0. */
S2N_API extern int s2n_connection_is_session_resumed(
    struct s2n_connection *conn);

/*
 * A server's session cache, TLS 1.2 and older (Guide: Stateful Session
 * Resumption). Each gets the ctx it was set with. Values are sealed with the
 * config's ticket keys and always equally long. Negative answers are failures:
 * the session is not kept or not resumed; of retrieve -2 means "not yet", and
 * it is called again by the next s2n_negotiate.
 */
typedef int (*s2n_cache_retrieve_callback)(struct s2n_connection *conn,
    void *ctx, const void *key, uint64_t key_size, void *value,
    uint64_t *value_size);
typedef int (*s2n_cache_store_callback)(struct s2n_connection *conn, void *ctx,
    uint64_t ttl_in_seconds, const void *key, uint64_t key_size,
    const void *value, uint64_t value_size);
typedef int (*s2n_cache_delete_callback)(
    struct s2n_connection *conn, void *ctx, const void *key, uint64_t key_size);
/** Keeps a value for ttl_in_seconds. */
S2N_API extern int s2n_config_set_cache_store_callback(
    struct s2n_config *config, s2n_cache_store_callback cache_store_callback,
    void *data);
/** Finds a value; *value_size is the room, afterwards its length. */
S2N_API extern int s2n_config_set_cache_retrieve_callback(
    struct s2n_config *config,
    s2n_cache_retrieve_callback cache_retrieve_callback, void *data);
/** Forgets a value. */
S2N_API extern int s2n_config_set_cache_delete_callback(
    struct s2n_config *config, s2n_cache_delete_callback cache_delete_callback,
    void *data);
/** Turns the cache on, if all three callbacks are set; else it stays off. */
S2N_API extern int s2n_config_set_session_cache_onoff(
    struct s2n_config *config, uint8_t enabled);

/* ---- Pre-shared keys (Guide: TLS1.3 Pre-Shared Key Related Calls) ---- */

/**
 * A key that client and server have of each other, TLS 1.3 (RFC 8446 4.2.11).
 * It stands for certificates: with it neither side sends any, whatever client
 * authentication is wanted.
 */
struct s2n_psk;
/** NULL when there is no memory; to be freed with s2n_psk_free. */
S2N_API extern struct s2n_psk *s2n_external_psk_new(void);
/** Wipes and frees it, and sets *psk to NULL. NULL is fine. */
S2N_API extern int s2n_psk_free(struct s2n_psk **psk);
/** The name of the key, which travels in the clear: 1 to 65535 bytes, copied;
 * none: S2N_ERR_INVALID_ARGUMENT. */
S2N_API extern int s2n_psk_set_identity(
    struct s2n_psk *psk, const uint8_t *identity, uint16_t identity_size);
/** The key, copied. It must be as good as random: no password. None, or only
 * zeroes: S2N_ERR_INVALID_ARGUMENT. */
S2N_API extern int s2n_psk_set_secret(
    struct s2n_psk *psk, const uint8_t *secret, uint16_t secret_size);
typedef enum { S2N_PSK_HMAC_SHA256 = 0, S2N_PSK_HMAC_SHA384 } s2n_psk_hmac;
/** The hash of the cipher suites that it is used with; SHA-256 at first. */
S2N_API extern int s2n_psk_set_hmac(struct s2n_psk *psk, s2n_psk_hmac hmac);
/**
 * Gives the connection a copy of the key, preferred less than those before it:
 * a client before it negotiates, a server until it has chosen (else
 * S2N_ERR_INVALID_STATE). S2N_ERR_DUPLICATE_PSK_IDENTITIES; a client that could
 * not offer it beside those it has: S2N_ERR_OFFERED_PSKS_TOO_LONG; beside a
 * session: S2N_ERR_PSK_MODE; without identity or secret:
 * S2N_ERR_INVALID_ARGUMENT.
 */
S2N_API extern int s2n_connection_append_psk(
    struct s2n_connection *conn, struct s2n_psk *psk);

typedef enum {
	S2N_PSK_MODE_RESUMPTION = 0,
	S2N_PSK_MODE_EXTERNAL
} s2n_psk_mode;
/** What keys connections expect, a server's that has none yet: sessions' (at
 * first), or the application's. */
S2N_API extern int s2n_config_set_psk_mode(
    struct s2n_config *config, s2n_psk_mode mode);
/** The same for one connection; S2N_ERR_PSK_MODE when it has keys of the other
 * kind. */
S2N_API extern int s2n_connection_set_psk_mode(
    struct s2n_connection *conn, s2n_psk_mode mode);

/** Bytes of the name of the key that the handshake was made with, a session's
 * ticket too; 0: with none. */
S2N_API extern int s2n_connection_get_negotiated_psk_identity_length(
    struct s2n_connection *conn, uint16_t *identity_length);
/** Copies it; S2N_ERR_INSUFFICIENT_MEM_SIZE when it does not fit. Without one
 * nothing is written. */
S2N_API extern int s2n_connection_get_negotiated_psk_identity(
    struct s2n_connection *conn, uint8_t *identity,
    uint16_t max_identity_length);

/* One key that a client offers, and all of them, only for the callback. */
struct s2n_offered_psk;
struct s2n_offered_psk_list;
/** NULL when there is no memory; to be freed with s2n_offered_psk_free. */
S2N_API extern struct s2n_offered_psk *s2n_offered_psk_new(void);
/** Frees it and sets *psk to NULL. NULL is fine. */
S2N_API extern int s2n_offered_psk_free(struct s2n_offered_psk **psk);
/** The identity, lent until the callback returns; none before it is read. */
S2N_API extern int s2n_offered_psk_get_identity(
    struct s2n_offered_psk *psk, uint8_t **identity, uint16_t *size);
/** Whether s2n_offered_psk_list_next has another to give. */
S2N_API extern bool s2n_offered_psk_list_has_next(
    struct s2n_offered_psk_list *psk_list);
/** Reads the next into psk; S2N_ERR_STUFFER_OUT_OF_DATA after the last. */
S2N_API extern int s2n_offered_psk_list_next(
    struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk);
/** The next will be the first again. */
S2N_API extern int s2n_offered_psk_list_reread(
    struct s2n_offered_psk_list *psk_list);
/**
 * Makes it the connection's key, in place of one chosen before; NULL: none, for
 * a full handshake. S2N_ERR_INVALID_ARGUMENT, and nothing changes, for one that
 * was not read from the list, for which the connection has no key (or, where
 * sessions are expected, whose ticket does not open), or for whose hash there
 * is no cipher suite.
 */
S2N_API extern int s2n_offered_psk_list_choose_psk(
    struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk);
/**
 * Server: called for each ClientHello that offers keys, two in a handshake with
 * a HelloRetryRequest, to choose one. What it answers, if not 0, means none.
 */
typedef int (*s2n_psk_selection_callback)(struct s2n_connection *conn,
    void *context, struct s2n_offered_psk_list *psk_list);
/** NULL, as at first: the first of the server's keys that the client offers. */
S2N_API extern int s2n_config_set_psk_selection_callback(
    struct s2n_config *config, s2n_psk_selection_callback cb, void *context);

/* ---- Early data (Guide: Using Early Data / 0RTT) ---- */

/*
 * Data that a client sends with its first message, before the server has proved
 * who it is, under a key of before: it is not forward secret, and whoever
 * records it can send it again. TLS 1.3 only (RFC 8446 2.3, 8).
 */

/** Bytes that a server's tickets allow, and that it takes of a session; 0, the
 * default: none. */
S2N_API extern int s2n_config_set_server_max_early_data_size(
    struct s2n_config *config, uint32_t max_early_data_size);
/** The same for one connection, in place of its config's. */
S2N_API extern int s2n_connection_set_server_max_early_data_size(
    struct s2n_connection *conn, uint32_t max_early_data_size);
/** Bytes, copied, that go into the connection's tickets, for the early data
 * callback of whoever takes them. With more than 60000 it has no tickets. */
S2N_API extern int s2n_connection_set_server_early_data_context(
    struct s2n_connection *conn, const uint8_t *context, uint16_t context_size);

/**
 * Early data under an external pre-shared key: so many bytes, with this suite
 * (two bytes, IANA). S2N_ERR_CIPHER_NOT_SUPPORTED for one that is not known,
 * S2N_ERR_INVALID_ARGUMENT when its hash is not the key's.
 */
S2N_API extern int s2n_psk_configure_early_data(struct s2n_psk *psk,
    uint32_t max_early_data_size, uint8_t cipher_suite_first_byte,
    uint8_t cipher_suite_second_byte);
/** The application protocol that it is for, copied; none when not set. */
S2N_API extern int s2n_psk_set_application_protocol(
    struct s2n_psk *psk, const uint8_t *application_protocol, uint8_t size);
/** Bytes for the server's early data callback, copied. */
S2N_API extern int s2n_psk_set_early_data_context(
    struct s2n_psk *psk, const uint8_t *context, uint16_t size);

typedef enum {
	S2N_EARLY_DATA_STATUS_OK,            /* it may still be sent or come */
	S2N_EARLY_DATA_STATUS_NOT_REQUESTED, /* the client offers none */
	S2N_EARLY_DATA_STATUS_REJECTED,      /* the server took none */
	S2N_EARLY_DATA_STATUS_END            /* all has come */
} s2n_early_data_status_t;
/** What has become of early data. */
S2N_API extern int s2n_connection_get_early_data_status(
    struct s2n_connection *conn, s2n_early_data_status_t *status);
/** Bytes that may still be sent, or come. */
S2N_API extern int s2n_connection_get_remaining_early_data_size(
    struct s2n_connection *conn, uint32_t *allowed_early_data_size);
/** Bytes that were allowed at first. */
S2N_API extern int s2n_connection_get_max_early_data_size(
    struct s2n_connection *conn, uint32_t *max_early_data_size);

/**
 * Client, in place of the first s2n_negotiate: begins the handshake and sends.
 * It may be called again for more, until s2n_negotiate. *data_sent says how
 * much is sent, also on failure: what is blocked is to be called again with the
 * rest, maybe nothing. Without a session or key that allows it, or when the
 * server refuses, it succeeds with *data_sent 0, see
 * s2n_connection_get_early_data_status; the application sends the data once
 * more, as usual. More than is allowed: S2N_ERR_MAX_EARLY_DATA_SIZE.
 */
S2N_API extern int s2n_send_early_data(struct s2n_connection *conn,
    const uint8_t *data, ssize_t data_len, ssize_t *data_sent,
    s2n_blocked_status *blocked);
/**
 * Server, in place of the first s2n_negotiate: until it succeeds, each call
 * gives data, on failure, too. Then s2n_negotiate completes the handshake.
 * Only servers that call it take early data. A client that sends more than is
 * allowed ends the connection (S2N_ERR_MAX_EARLY_DATA_SIZE).
 */
S2N_API extern int s2n_recv_early_data(struct s2n_connection *conn,
    uint8_t *data, ssize_t max_data_len, ssize_t *data_received,
    s2n_blocked_status *blocked);

/* What a client offers; the connection's, which must outlive its use. */
struct s2n_offered_early_data;
/**
 * Called when early data could be taken: the application's word against
 * replays. It answers with accept or reject, once, now or later; until then
 * s2n_negotiate and s2n_recv_early_data are blocked
 * (S2N_BLOCKED_ON_APPLICATION_INPUT). A result that is not 0 ends the
 * connection.
 */
typedef int (*s2n_early_data_cb)(
    struct s2n_connection *conn, struct s2n_offered_early_data *early_data);
/** Sets that callback; without one early data that can be taken is. */
S2N_API extern int s2n_config_set_early_data_cb(
    struct s2n_config *config, s2n_early_data_cb cb);
/** The context of the ticket or key: its length, and a copy
 * (S2N_ERR_INSUFFICIENT_MEM_SIZE). */
S2N_API extern int s2n_offered_early_data_get_context_length(
    struct s2n_offered_early_data *early_data, uint16_t *context_len);
/** Copies the context into room for max_len bytes. */
S2N_API extern int s2n_offered_early_data_get_context(
    struct s2n_offered_early_data *early_data, uint8_t *context,
    uint16_t max_len);
/** A second answer: S2N_ERR_INVALID_EARLY_DATA_STATE. */
S2N_API extern int s2n_offered_early_data_reject(
    struct s2n_offered_early_data *early_data);
/** Takes it; a second answer is an error as above. */
S2N_API extern int s2n_offered_early_data_accept(
    struct s2n_offered_early_data *early_data);

/* ---- Private key operations (Guide: Private Key Operation Related Calls) ----
 */

struct s2n_async_pkey_op;
typedef enum { S2N_ASYNC_DECRYPT, S2N_ASYNC_SIGN } s2n_async_pkey_op_type;
typedef enum {
	S2N_ASYNC_PKEY_VALIDATION_FAST,
	S2N_ASYNC_PKEY_VALIDATION_STRICT
} s2n_async_pkey_validation_mode;
typedef enum {
	S2N_TLS_SIGNATURE_ANONYMOUS = 0,
	S2N_TLS_SIGNATURE_RSA = 1,
	S2N_TLS_SIGNATURE_ECDSA = 3,
	S2N_TLS_SIGNATURE_MLDSA = 9,
	S2N_TLS_SIGNATURE_RSA_PSS_RSAE = 224,
	S2N_TLS_SIGNATURE_RSA_PSS_PSS = 225
} s2n_tls_signature_algorithm;
typedef enum {
	S2N_TLS_HASH_NONE = 0,
	S2N_TLS_HASH_MD5 = 1,
	S2N_TLS_HASH_SHA1 = 2,
	S2N_TLS_HASH_SHA224 = 3,
	S2N_TLS_HASH_SHA256 = 4,
	S2N_TLS_HASH_SHA384 = 5,
	S2N_TLS_HASH_SHA512 = 6,
	S2N_TLS_HASH_MD5_SHA1 = 224
} s2n_tls_hash_algorithm;

/** Called at each private key operation; op becomes the application's to free.
 */
typedef int (*s2n_async_pkey_fn)(
    struct s2n_connection *conn, struct s2n_async_pkey_op *op);
/** Sets that callback; without one the pair's own key is used at once. */
S2N_API extern int s2n_config_set_async_pkey_callback(
    struct s2n_config *config, s2n_async_pkey_fn fn);
/** Does the operation with key, once; any thread may. */
S2N_API extern int s2n_async_pkey_op_perform(
    struct s2n_async_pkey_op *op, s2n_cert_private_key *key);
/** Gives the result to the connection the op came from, once. */
S2N_API extern int s2n_async_pkey_op_apply(
    struct s2n_async_pkey_op *op, struct s2n_connection *conn);
/** Freeing an op that was not applied leaves the handshake blocked. */
S2N_API extern int s2n_async_pkey_op_free(struct s2n_async_pkey_op *op);
/** Whether it is S2N_ASYNC_SIGN or S2N_ASYNC_DECRYPT. */
S2N_API extern int s2n_async_pkey_op_get_op_type(
    struct s2n_async_pkey_op *op, s2n_async_pkey_op_type *type);
/** Bytes of the input: for sign, of the digest. */
S2N_API extern int s2n_async_pkey_op_get_input_size(
    struct s2n_async_pkey_op *op, uint32_t *data_len);
/** Copies the input; fails when data_len is too small. */
S2N_API extern int s2n_async_pkey_op_get_input(
    struct s2n_async_pkey_op *op, uint8_t *data, uint32_t data_len);
/** Copies the result in, in place of s2n_async_pkey_op_perform. */
S2N_API extern int s2n_async_pkey_op_set_output(
    struct s2n_async_pkey_op *op, const uint8_t *data, uint32_t data_len);
/** STRICT verifies each signature when it is applied; the default is FAST. */
S2N_API extern int s2n_config_set_async_pkey_validation_mode(
    struct s2n_config *config, s2n_async_pkey_validation_mode mode);
/** What the peer's handshake signature was made with. */
S2N_API extern int s2n_connection_get_selected_signature_algorithm(
    struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg);
/** The hash that goes with it. */
S2N_API extern int s2n_connection_get_selected_digest_algorithm(
    struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg);

/** The same of the client's, which a server asked for; anonymous and none when
 * there is none. */
S2N_API extern int s2n_connection_get_selected_client_cert_signature_algorithm(
    struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg);
/** The hash that goes with it. */
S2N_API extern int s2n_connection_get_selected_client_cert_digest_algorithm(
    struct s2n_connection *conn, s2n_tls_hash_algorithm *chosen_alg);

/** One line of NSS key log text without newline. */
typedef int (*s2n_key_log_fn)(
    void *ctx, struct s2n_connection *conn, uint8_t *logline, size_t len);
/** For debugging only: hands out the session's secrets. */
S2N_API extern int s2n_config_set_key_log_cb(
    struct s2n_config *config, s2n_key_log_fn callback, void *ctx);

/**
 * Copies the 48 bytes of the master secret (RFC 5246 8.1). Below TLS 1.3 and
 * after the handshake only; max_size is the room, at least 48.
 */
S2N_API extern int s2n_connection_get_master_secret(
    const struct s2n_connection *conn, uint8_t *secret_bytes, size_t max_size);
/** RFC 8446 7.5 exporter; context may not be NULL, even of length 0. */
S2N_API extern int s2n_connection_tls_exporter(struct s2n_connection *conn,
    const uint8_t *label, uint32_t label_length, const uint8_t *context,
    uint32_t context_length, uint8_t *output, uint32_t output_length);

/* ---- Serialization (newer than the guide) ---- */

typedef enum {
	S2N_SERIALIZED_CONN_NONE = 0,
	S2N_SERIALIZED_CONN_V1 = 1
} s2n_serialization_version;
/**
 * The format that connections of this config are serialized in, to be set
 * before they negotiate; only V1 is (else S2N_ERR_SAFETY). Not together with a
 * renegotiation callback: S2N_ERR_INVALID_STATE.
 */
S2N_API extern int s2n_config_set_serialization_version(
    struct s2n_config *config, s2n_serialization_version version);
/** Bytes that s2n_connection_serialize needs; errors as there. */
S2N_API extern int s2n_connection_serialization_length(
    struct s2n_connection *conn, uint32_t *length);
/**
 * Writes a connection's secrets and record numbers, so that another process can
 * go on with it; this one is closed then, without a word to the peer, and its
 * keys are wiped. Whoever has these bytes has the connection.
 *
 * S2N_ERR_SAFETY when the config has no version set, S2N_ERR_HANDSHAKE_NOT_-
 * COMPLETE, S2N_ERR_CLOSED once a direction is closed, S2N_ERR_INVALID_STATE
 * while bytes wait in it in either direction and for RC4,
 * S2N_ERR_INSUFFICIENT_MEM_SIZE. On failure the connection is as before.
 */
S2N_API extern int s2n_connection_serialize(
    struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length);
/**
 * Makes a new connection, which has a config and has not begun to negotiate
 * (else S2N_ERR_INVALID_STATE), the serialized one, in the same role. What is
 * malformed: S2N_ERR_INVALID_SERIALIZED_CONNECTION. Certificates, names and
 * protocol of the old one are not in it, nor is the exporter's secret.
 */
S2N_API extern int s2n_connection_deserialize(
    struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length);

#ifdef __cplusplus
}
#endif

#endif
