/*
 * unstable/ed25519.h: certificates with Ed25519 keys (RFC 8032, RFC 8410), in
 * TLS 1.3 (RFC 8446 4.2.3) and TLS 1.2 (RFC 8422 5). Sallyport's own addition:
 * the security policies of s2n-tls have no such signatures.
 *
 * Chains and keys of this kind load like others. They are used under a policy
 * that has the scheme ed25519 (0x0807), which is the one named here.
 *
 * Ed25519 hashes what it signs by itself, twice: the input of an asynchronous
 * operation (s2n_async_pkey_op_get_input) is then the whole content, not a
 * digest.
 */
#ifndef S2N_UNSTABLE_ED25519_H
#define S2N_UNSTABLE_ED25519_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The policy: "default_tls13" of its time, with Ed25519 before all else. */
#define S2N_POLICY_ED25519 "sallyport_ed25519"

/*
 * What s2n_connection_get_selected_signature_algorithm reports: RFC 8422 5.1.3.
 * The hash is S2N_TLS_HASH_NONE.
 */
#define S2N_TLS_SIGNATURE_ED25519 ((s2n_tls_signature_algorithm)7)

#ifdef __cplusplus
}
#endif

#endif
