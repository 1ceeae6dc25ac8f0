/*
 * unstable/allow_ip_in_cn.h: addresses in a certificate's common name.
 */
#ifndef S2N_UNSTABLE_ALLOW_IP_IN_CN_H
#define S2N_UNSTABLE_ALLOW_IP_IN_CN_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * s2n_config_allow_ip_in_cn has an IP address in the subject's common name
 * count as one the certificate is for, when it has no subjectAltName at all.
 * RFC 9525 forbids that; it is for old private PKIs.
 *
 * @param config the config of the connections that are to allow it
 * @returns S2N_SUCCESS, or S2N_FAILURE with S2N_ERR_NULL
 */
S2N_API extern int s2n_config_allow_ip_in_cn(struct s2n_config *config);

#ifdef __cplusplus
}
#endif

#endif
