/*
 * unstable/cleanup.h: per-thread clean-up, kept for old callers (Guide:
 * Initialization and Teardown).
 */
#ifndef S2N_UNSTABLE_CLEANUP_H
#define S2N_UNSTABLE_CLEANUP_H

#include <s2n.h>

#ifdef __cplusplus
extern "C" {
#endif

/** s2n_cleanup_thread does nothing and succeeds: what a thread has ends with
 * it. */
S2N_API int s2n_cleanup_thread(void);

#ifdef __cplusplus
}
#endif

#endif
