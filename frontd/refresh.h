/*
 * When a site's OCSP response is fetched again. Times are seconds since 1970;
 * chance is any number, which spreads what would else come at one time.
 */
#ifndef FRONTD_REFRESH_H
#define FRONTD_REFRESH_H

#include <stdint.h>

/*
 * How many seconds after now a response good from .. until, and not yet
 * expired, is to be replaced: in the middle of its time, but not before an hour
 * has passed unless half of what is left is less; at least 10 s, at most a
 * week.
 */
uint64_t refresh_after(
    uint64_t from, uint64_t until, uint64_t now, uint32_t chance);
/* How many seconds to wait after so many failures in a row (from 1): 10 s,
 * doubling to an hour. */
uint64_t refresh_retry(unsigned failures, uint32_t chance);

#endif
