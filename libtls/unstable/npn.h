/*
 * unstable/npn.h: Next Protocol Negotiation (draft-agl-tls-nextprotoneg), which
 * was there before ALPN (RFC 7301) and is of use with peers of its time only.
 */
#ifndef S2N_UNSTABLE_NPN_H
#define S2N_UNSTABLE_NPN_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * s2n_config_set_npn switches NPN on or off, which is the default. The
 * protocols are those for ALPN, and it is used only below TLS 1.3 and where
 * ALPN agreed on none: the server tells its protocols and the client takes the
 * first of them that it has, or else its own first. It is what
 * s2n_get_application_protocol gives.
 *
 * @returns S2N_SUCCESS or S2N_FAILURE
 */
S2N_API int s2n_config_set_npn(struct s2n_config *config, bool enable);

#ifdef __cplusplus
}
#endif

#endif
