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

/* Empty but in a ticket; a server's answer does not get here: none was asked
 * for. */
int
early_data_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	if (where == IN_NEW_TICKET)
		conn->session->early.max = reader_u32(in);
	else
		conn->hs->offer.early_data = true;
	return 0;
}
