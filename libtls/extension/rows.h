/*
 * The functions that the rows of the extension table name; each family has a
 * file of its own.
 */
#ifndef LIBTLS_EXTENSION_ROWS_H
#define LIBTLS_EXTENSION_ROWS_H

#include "libtls/extension/extension.h"

#define EXTENSION_ROW(name)                                                    \
	bool name##_wanted(const struct s2n_connection *, enum where);         \
	void name##_build(                                                     \
	    struct s2n_connection *, enum where, struct writer *);             \
	int name##_parse(struct s2n_connection *, enum where, struct reader *)

EXTENSION_ROW(supported_versions);
EXTENSION_ROW(supported_groups);
EXTENSION_ROW(key_share);
EXTENSION_ROW(signature_algorithms);
EXTENSION_ROW(signature_algorithms_cert);
EXTENSION_ROW(certificate_authorities);
EXTENSION_ROW(server_name);
EXTENSION_ROW(alpn);
EXTENSION_ROW(max_fragment_length);
EXTENSION_ROW(ec_point_formats);
EXTENSION_ROW(renegotiation_info);
EXTENSION_ROW(cookie);
EXTENSION_ROW(extended_master_secret);
EXTENSION_ROW(early_data);
EXTENSION_ROW(session_ticket);
EXTENSION_ROW(psk_key_exchange_modes);
EXTENSION_ROW(pre_shared_key);
EXTENSION_ROW(status_request);
EXTENSION_ROW(signed_timestamps);
EXTENSION_ROW(next_protocols);
EXTENSION_ROW(quic_parameters);

#undef EXTENSION_ROW

#endif
