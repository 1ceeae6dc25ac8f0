/*
 * What keydctl prints: keyd's processes, keys and ticket keys as reports.
 */
#ifndef KEYD_REPORTS_H
#define KEYD_REPORTS_H

#include "admin/report.h"
#include "keyd/daemon.h"

void reports_status(struct report *, const struct daemon *);
void reports_keys(struct report *, const struct daemon *);
void reports_tickets(struct report *, const struct daemon *);

#endif
