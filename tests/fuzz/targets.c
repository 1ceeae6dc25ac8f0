/*
 * The fuzz targets.
 */
#include "tests/fuzz/fuzz_after.h"
#include "tests/fuzz/fuzz_cert.h"
#include "tests/fuzz/fuzz_handshake.h"
#include "tests/fuzz/fuzz_hello.h"
#include "tests/fuzz/fuzz_key.h"
#include "tests/fuzz/fuzz_psk.h"
#include "tests/fuzz/fuzz_quic.h"
#include "tests/fuzz/fuzz_record.h"
#include "tests/fuzz/fuzz_session.h"
#include "tests/fuzz/fuzz_signer.h"
#include "tests/fuzz/fuzz_staple.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"

/* clang-format off */
const struct target targets[] = {
/*	  name               corpus             set-up              run */
	{ "client_hello",    "client_hello",    setup_all,          fuzz_client_hello },
	{ "client_hello_v2", "client_hello_v2", setup_all,          fuzz_client_hello_v2 },
	{ "server_hello",    "server_hello",    setup_all,          fuzz_server_hello },
	{ "server_wire",     "server_wire",     setup_all,          fuzz_server_wire },
	{ "client_wire",     "client_wire",     setup_all,          fuzz_client_wire },
	{ "handshake_tls13", "handshake",       setup_all,          fuzz_handshake_tls13 },
	{ "handshake_tls12", "handshake",       setup_all,          fuzz_handshake_tls12 },
	{ "handshake_tls11", "handshake",       setup_all,          fuzz_handshake_tls11 },
	{ "handshake_tls10", "handshake",       setup_all,          fuzz_handshake_tls10 },
	{ "handshake_sslv3", "handshake",       setup_all,          fuzz_handshake_sslv3 },
	{ "after_tls13",     "after_tls13",     setup_all,          fuzz_after_tls13 },
	{ "after_older",     "after_older",     setup_all,          fuzz_after_older },
	{ "quic",            "quic",            setup_all,          fuzz_quic },
	{ "record_plain",    "record",          fuzz_record_set_up, fuzz_record_plain },
	{ "record_tls13",    "record",          fuzz_record_set_up, fuzz_record_tls13 },
	{ "record_aead",     "record",          fuzz_record_set_up, fuzz_record_aead },
	{ "record_cbc",      "record",          fuzz_record_set_up, fuzz_record_cbc },
	{ "record_3des",     "record",          fuzz_record_set_up, fuzz_record_3des },
	{ "record_rc4",      "record",          fuzz_record_set_up, fuzz_record_rc4 },
	{ "record_sslv3",    "record",          fuzz_record_set_up, fuzz_record_sslv3 },
	{ "crafted_tls13",   "crafted_tls13",   NULL,               fuzz_crafted_tls13 },
	{ "crafted_cbc",     "crafted_cbc",     NULL,               fuzz_crafted_cbc },
	{ "pem_chain",       "pem_chain",       NULL,               fuzz_pem_chain },
	{ "pem_key",         "pem_key",         NULL,               fuzz_pem_key },
	{ "der_key",         "der_key",         NULL,               fuzz_der_key },
	{ "trust",           "trust",           NULL,               fuzz_trust },
	{ "peer_chain",      "peer_chain",      fuzz_cert_set_up,   fuzz_peer_chain },
	{ "hostname",        "hostname",        NULL,               fuzz_hostname },
	{ "ocsp",            "ocsp",            fuzz_ocsp_set_up,   fuzz_ocsp },
	{ "staples",         "staples",         setup_all,          fuzz_staples },
	{ "psk_hello",       "psk_hello",       fuzz_psk_set_up,    fuzz_psk_hello },
	{ "psk_offer",       "psk_offer",       fuzz_psk_set_up,    fuzz_psk_offer },
	{ "ticket",          "ticket",          NULL,               fuzz_ticket },
	{ "state",           "state",           NULL,               fuzz_state },
	{ "session",         "session",         NULL,               fuzz_session },
	{ "keyproto",        "keyproto",        NULL,               fuzz_keyproto },
	{ "request",         "request",         fuzz_key_set_up,    fuzz_request },
	{ "signer",          "signer",          fuzz_signer_set_up, fuzz_signer },
	{ "content",         "content",         NULL,               fuzz_content },
	{ "keyfile",         "keyfile",         NULL,               fuzz_keyfile },
	{ "tickets",         "tickets",         NULL,               fuzz_tickets },
	{ "p11_uri",         "p11_uri",         NULL,               fuzz_p11_uri },
};
/* clang-format on */
const size_t target_count = COUNT(targets);
