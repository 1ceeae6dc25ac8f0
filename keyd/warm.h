/*
 * Has libcrypto do everything once that it will be asked for, with keys that
 * are thrown away, so that it opens and fetches nothing when the process is
 * sealed. False: it cannot do what is needed.
 */
#ifndef KEYD_WARM_H
#define KEYD_WARM_H

#include "base/slice.h"

/* After decrypter_start(). */
must_check bool warm_keys(void);
/* The same for ticket keys, of a root that nobody has. */
must_check bool warm_tickets(void);

#endif
