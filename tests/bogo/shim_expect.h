/*
 * What the runner expects a finished handshake to have agreed on.
 */
#ifndef TESTS_BOGO_SHIM_EXPECT_H
#define TESTS_BOGO_SHIM_EXPECT_H

#include <s2n.h>

#include "tests/bogo/shim_options.h"

/* Whether all of it holds; what does not is said on stderr. resumes: a session
 * of an earlier connection, unless the options expect none. */
bool expect_all(struct s2n_connection *, const struct options *,
    bool extended_master, bool resumes);
/* The same of the whole connection, at its end. */
bool expect_renegotiations(const struct options *, long seen);
/* Likewise, whether there is a session that can be resumed. */
bool expect_session(struct s2n_connection *, const struct options *, bool seen);
/* Client: what became of early data, once the handshake is complete. */
bool expect_early_data(struct s2n_connection *, const struct options *);

#endif
