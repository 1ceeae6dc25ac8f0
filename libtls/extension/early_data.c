/*
 * early_data (RFC 8446 4.2.10): a server that accepts none has to know that
 * some will come, to skip it.
 */
#include "libtls/extension/rows.h"

bool
early_data_wanted(const struct s2n_connection *conn, enum where where)
{
	(void)conn;
	(void)where;
	return false;
}

void
early_data_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)conn;
	(void)where;
	(void)out;
}

/* It is empty; only a ClientHello's gets here: no other was asked for. */
int
early_data_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	(void)where;
	(void)in;
	conn->hs->offer.early_data = true;
	return 0;
}
