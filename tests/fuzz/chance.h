/*
 * The randomness of a fuzzed process: no chance at all. A provider of ours
 * stands behind libcrypto's random generators, so that each run of a target
 * draws the same keys, nonces and padding, and a finding is found again.
 */
#ifndef TESTS_FUZZ_CHANCE_H
#define TESTS_FUZZ_CHANCE_H

/* Before anything draws random bytes. Aborts where it cannot. */
void chance_install(void);
/* From here on the same bytes come as after any other restart. */
void chance_restart(void);
/*
 * Who draws from now on, 0 or 1: each has bytes of its own, so that what one
 * draws does not depend on what the other does.
 */
void chance_for(unsigned who);

#endif
