/*
 * A security policy for the tests: by default what the runner takes for
 * granted, restricted by its flags. Applications cannot make one: the library's
 * are a const table.
 */
#ifndef TESTS_BOGO_SHIM_PREFERENCE_H
#define TESTS_BOGO_SHIM_PREFERENCE_H

#include "libtls/registry/preference.h"
#include "tests/bogo/shim_options.h"

/* Valid until the next call. Ends the process where it cannot be expressed. */
const struct preference *preference_of(const struct options *);

#endif
