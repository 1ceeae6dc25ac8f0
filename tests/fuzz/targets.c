/*
 * The fuzz targets.
 */
#include "tests/fuzz/fuzz_after.h"
#include "tests/fuzz/fuzz_handshake.h"
#include "tests/fuzz/fuzz_hello.h"
#include "tests/fuzz/fuzz_record.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"

/* clang-format off */
const struct target targets[] = {
	{ "client_hello",    setup_all, fuzz_client_hello },
	{ "client_hello_v2", setup_all, fuzz_client_hello_v2 },
	{ "server_hello",    setup_all, fuzz_server_hello },
	{ "server_wire",     setup_all, fuzz_server_wire },
	{ "client_wire",     setup_all, fuzz_client_wire },
	{ "handshake_tls13", setup_all, fuzz_handshake_tls13 },
	{ "handshake_tls12", setup_all, fuzz_handshake_tls12 },
	{ "handshake_tls11", setup_all, fuzz_handshake_tls11 },
	{ "handshake_tls10", setup_all, fuzz_handshake_tls10 },
	{ "handshake_sslv3", setup_all, fuzz_handshake_sslv3 },
	{ "after_tls13",     setup_all, fuzz_after_tls13 },
	{ "after_older",     setup_all, fuzz_after_older },
	{ "record_plain",    NULL,      fuzz_record_plain },
	{ "record_tls13",    NULL,      fuzz_record_tls13 },
	{ "record_aead",     NULL,      fuzz_record_aead },
	{ "record_cbc",      NULL,      fuzz_record_cbc },
	{ "record_3des",     NULL,      fuzz_record_3des },
	{ "record_rc4",      fuzz_record_set_up, fuzz_record_rc4 },
	{ "record_sslv3",    fuzz_record_set_up, fuzz_record_sslv3 },
	{ "crafted_tls13",   NULL,      fuzz_crafted_tls13 },
	{ "crafted_cbc",     NULL,      fuzz_crafted_cbc },
};
/* clang-format on */
const size_t target_count = COUNT(targets);
