/*
 * unstable/version_range.h: what a server's security policy comes to, with the
 * certificates, Diffie-Hellman parameters and libcrypto that there are.
 * Sallyport's own addition: a service that checks its configuration wants to
 * know before the first client whether anybody can be served, and how badly.
 */
#ifndef S2N_UNSTABLE_VERSION_RANGE_H
#define S2N_UNSTABLE_VERSION_RANGE_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * s2n_config_get_version_range gives the lowest and the highest version in
 * which a server with this config has a suite to agree on: one that its policy
 * and libcrypto have, that suits a default certificate, and, for DHE, with
 * parameters added. A policy's own minimum may be lower than any of its suites.
 *
 * @param config the config, with its certificates
 * @param least receives S2N_TLS12 or another version
 * @param most receives the same or a higher one
 * @returns S2N_SUCCESS, or S2N_FAILURE with S2N_ERR_INVALID_SECURITY_POLICY
 * when there is no such version
 */
S2N_API int s2n_config_get_version_range(
    struct s2n_config *config, int *least, int *most);

#ifdef __cplusplus
}
#endif

#endif
