/*
 * unstable/fingerprint.h: what kind of client it is, told from its ClientHello:
 * JA3 (an MD5 over its lists as they are) and JA4 (which sorts them, and can be
 * read in part). Values of RFC 8701 (GREASE) are left out of both.
 */
#ifndef S2N_UNSTABLE_FINGERPRINT_H
#define S2N_UNSTABLE_FINGERPRINT_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	S2N_FINGERPRINT_JA3 = 0,
	S2N_FINGERPRINT_JA4 = 1
} s2n_fingerprint_type;

/** Calculates fingerprints of one type, of one ClientHello after the other. */
struct s2n_fingerprint;

/**
 * s2n_fingerprint_new makes one, the caller's.
 *
 * @returns NULL on failure: S2N_ERR_INVALID_ARGUMENT for an unknown type
 */
S2N_API struct s2n_fingerprint *s2n_fingerprint_new(s2n_fingerprint_type type);

/** s2n_fingerprint_free frees one and sets *fingerprint to NULL; either may be
 * NULL already. */
S2N_API int s2n_fingerprint_free(struct s2n_fingerprint **fingerprint);

/** s2n_fingerprint_wipe forgets the ClientHello; the type stays. */
S2N_API int s2n_fingerprint_wipe(struct s2n_fingerprint *fingerprint);

/**
 * s2n_fingerprint_set_client_hello chooses what is looked at, in place of what
 * was before.
 *
 * @param fingerprint keeps its type
 * @param ch borrowed, until it is replaced, wiped or freed
 * @returns S2N_FAILURE for one in the format of SSL 2.0:
 * S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED
 */
S2N_API int s2n_fingerprint_set_client_hello(
    struct s2n_fingerprint *fingerprint, struct s2n_client_hello *ch);

/** s2n_fingerprint_get_hash_size tells the bytes of every hash: 32 for JA3, 36
 * for JA4. */
S2N_API int s2n_fingerprint_get_hash_size(
    const struct s2n_fingerprint *fingerprint, uint32_t *size);

/**
 * s2n_fingerprint_get_hash writes the fingerprint as text: of JA3 the MD5 in
 * hexadecimal, of JA4 its three parts.
 *
 * @param fingerprint with a ClientHello
 * @param max_output_size bytes of room
 * @param output not terminated by a zero
 * @param output_size receives the bytes written
 * @returns S2N_FAILURE without a ClientHello that still has its bytes
 * (S2N_ERR_INVALID_STATE), with too little room
 * (S2N_ERR_INSUFFICIENT_MEM_SIZE), for malformed lists (S2N_ERR_BAD_MESSAGE)
 */
S2N_API int s2n_fingerprint_get_hash(struct s2n_fingerprint *fingerprint,
    uint32_t max_output_size, uint8_t *output, uint32_t *output_size);

/** s2n_fingerprint_get_raw_size tells the bytes of the string behind the hash;
 * before a hash or the string was asked for S2N_ERR_INVALID_STATE. */
S2N_API int s2n_fingerprint_get_raw_size(
    const struct s2n_fingerprint *fingerprint, uint32_t *size);

/** s2n_fingerprint_get_raw writes the string behind the hash; parameters and
 * errors as of s2n_fingerprint_get_hash. */
S2N_API int s2n_fingerprint_get_raw(struct s2n_fingerprint *fingerprint,
    uint32_t max_output_size, uint8_t *output, uint32_t *output_size);

/**
 * s2n_client_hello_get_fingerprint_hash writes a ClientHello's JA3 as the 16
 * bytes of the MD5, not as text. Older than struct s2n_fingerprint, which is
 * to be preferred.
 *
 * @param ch a connection's or a parsed one
 * @param type S2N_FINGERPRINT_JA3; others are S2N_ERR_INVALID_ARGUMENT
 * @param max_hash_size bytes of room, at least 16
 * @param hash receives the MD5
 * @param hash_size receives 16
 * @param str_size receives the bytes of the string behind it
 */
S2N_API int s2n_client_hello_get_fingerprint_hash(struct s2n_client_hello *ch,
    s2n_fingerprint_type type, uint32_t max_hash_size, uint8_t *hash,
    uint32_t *hash_size, uint32_t *str_size);

/** s2n_client_hello_get_fingerprint_string writes the string behind it. */
S2N_API int s2n_client_hello_get_fingerprint_string(struct s2n_client_hello *ch,
    s2n_fingerprint_type type, uint32_t max_size, uint8_t *output,
    uint32_t *output_size);

#ifdef __cplusplus
}
#endif

#endif
