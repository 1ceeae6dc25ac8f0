/*
 * The profiles: one const declaration a process. The only place where a system
 * call is named is profiles.c.
 */
#ifndef POLICY_PROFILES_H
#define POLICY_PROFILES_H

#include "policy/policy.h"

extern const struct profile frontd_profile, frontd_worker_profile,
    frontd_connect_profile, frontd_page_profile, frontd_fetch_profile,
    frontd_prove_profile, keyd_profile, keyd_signer_profile, keyd_maker_profile,
    keyd_audit_profile, keyd_p11_profile, keyd_tokens_profile;

/* Every profile, one after the other; NULL past the last. */
const struct profile *profiles_at(size_t index);

#endif
