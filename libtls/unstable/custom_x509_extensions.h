/*
 * unstable/custom_x509_extensions.h: critical extensions of a peer's
 * certificates that the application looks after itself.
 */
#ifndef S2N_UNSTABLE_CUSTOM_X509_EXTENSIONS_H
#define S2N_UNSTABLE_CUSTOM_X509_EXTENSIONS_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * s2n_config_add_custom_x509_extension declares an extension that the
 * application checks, for example in a callback of
 * s2n_config_set_cert_validation_cb. A certificate where it is critical, which
 * would be refused (RFC 5280 4.2), is then accepted as far as it is concerned.
 * May be called for several extensions.
 *
 * @param config the config of the connections
 * @param extension_oid the OID in dotted form; need not end in NUL
 * @param extension_oid_len its length, without a NUL
 * @returns S2N_SUCCESS, or S2N_FAILURE with S2N_ERR_NULL, or
 * S2N_ERR_INVALID_ARGUMENT when it is no OID
 */
S2N_API extern int s2n_config_add_custom_x509_extension(
    struct s2n_config *config, uint8_t *extension_oid,
    uint32_t extension_oid_len);

#ifdef __cplusplus
}
#endif

#endif
