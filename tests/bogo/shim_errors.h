/*
 * The library's errors in the words of the runner, which wants to find its own
 * name of an error in what the shim says on stderr.
 */
#ifndef TESTS_BOGO_SHIM_ERRORS_H
#define TESTS_BOGO_SHIM_ERRORS_H

#include <s2n.h>

/* Explains s2n_errno on stderr. */
void errors_explain(struct s2n_connection *);
/* An alert that came beside the connection. */
void errors_explain_alert(int alert);

#endif
