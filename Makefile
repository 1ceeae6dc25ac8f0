# Sallyport. Two commands are the whole set-up: `make run` and `make check`.
#
# Hand-written and non-recursive: every object of every target stands here.
# Settings come from config.mk, which configure writes; both are made on demand.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

PORT ?= 8443
B := build
# Settings of this build directory; check-asan has others.
CONFIG := config.mk
# V=1 shows the commands.
Q := $(if $(V),,@)

# Goals that set up a fresh machine install what is missing first; plain `make`
# only says what it lacks.
ifneq ($(filter run check check-asan check-tsan coverage abi bench interop bogo soak abuse sites oracle premaster malformed quota fuzz,$(MAKECMDGOALS)),)
PACKAGES := packages
endif
ifeq ($(filter clean distclean,$(MAKECMDGOALS)),)
-include $(CONFIG)
endif

config.mk: configure config.mk.in
	@./configure --quiet $(CONFIGURE_FLAGS)

build-%/config.mk: configure config.mk.in
	@mkdir -p $(@D)
	@cd $(@D) && ../configure --quiet $(CONFIGURE_FLAGS)

configure: configure.ac | $(PACKAGES)
	@command -v autoconf >/dev/null || { echo "autoconf is needed: run tests/packages.sh, or apt-get install autoconf" >&2; exit 1; }
	@autoconf -W no-obsolete

# Whom the daemons meet in their tests, and who looks into them.
CHECKED_WITH := nginx haproxy chromium gdb systemd
.PHONY: packages
packages:
	@tests/packages.sh $(if $(filter check,$(MAKECMDGOALS)),$(CHECKED_WITH)) $(if $(filter fuzz,$(MAKECMDGOALS)),clang libclang-rt-dev) $(if $(filter coverage,$(MAKECMDGOALS)),gcovr) $(if $(filter abi,$(MAKECMDGOALS)),abigail-tools)

CPPFLAGS_ALL = -I. -Ilibtls -D_GNU_SOURCE -DSALLYPORT_VERSION='"$(VERSION)"' \
    -DSALLYPORT_LIBEXEC='"$(libexecdir)/sallyport"' -DSALLYPORT_SYSCONF='"$(sysconfdir)/sallyport"' \
    $(CRYPTO_CFLAGS) $(P11_CFLAGS) $(EVENT_CFLAGS) $(SECCOMP_CFLAGS) $(CONFUSE_CFLAGS)
CFLAGS_ALL = -std=c11 $(CFLAGS) $(WARNINGS) $(HARDENING) -MMD -MP
LDFLAGS_PROGRAM = $(LDFLAGS) $(HARDENING_LINK) -pie

$(B)/obj/%.o: %.c $(CONFIG)
	@mkdir -p $(@D)
	@echo "  cc    $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -c $< -o $@

obj = $(patsubst %,$(B)/obj/%.o,$(1))

# ---- base: bytes and log lines ----
BASE := $(call obj,base/reader base/writer base/log base/log_json)

# ---- libtls ----
LIBTLS_BASE := $(call obj,base/reader base/writer)
LIBTLS_CORE := $(call obj,$(addprefix libtls/core/,errors stacktrace locked memory))
LIBTLS_CRYPTO := $(call obj,$(addprefix libtls/crypto/,library secret digest hkdf prf aead cipher group dhe premaster scheme))
LIBTLS_REGISTRY := $(call obj,$(addprefix libtls/registry/,suite lists preference))
LIBTLS_CERT := $(call obj,libtls/cert/key libtls/cert/pem libtls/cert/hostname libtls/cert/chain libtls/cert/select \
    libtls/cert/inspect libtls/cert/crl libtls/cert/custom libtls/cert/trust libtls/cert/rules libtls/cert/web_rules \
    libtls/cert/authorities libtls/cert/constraints libtls/cert/path libtls/cert/validate libtls/cert/staple libtls/cert/ocsp)
LIBTLS_SESSION := $(call obj,$(addprefix libtls/session/,ticket_keys ticket session psk))
LIBTLS_RECORD := $(call obj,$(addprefix libtls/record/,io kernel protect mac protect12 cbc record bare))
LIBTLS_EXTENSION := $(call obj,$(addprefix libtls/extension/,extension versions groups signatures authority_names names fragment early_data quic next_protocols stapled legacy psk session_ticket))
LIBTLS_HANDSHAKE := $(call obj,$(addprefix libtls/handshake/,handshake message checkpoint alert transcript schedule13 \
    keys13 keylog secrets choose client_hello kept_hello hello_retry server_hello encrypted_extensions certificate_request \
    certificate certificate_verify finished operation offload post review schedule12 keys12 choose12 client_hello_v2 hello_callback request_callback key_exchange \
    early resume resume12 new_ticket binder choose_psk offered_psks \
    certificate_status certificate_request12 certificate_verify12 next_protocol finished12))
LIBTLS_SKIN := $(call obj,$(addprefix libtls/,init bindings client_auth config dhparams policies serving version_range pkey_needs protocols connection transport ending \
    negotiate send recv shutdown info serialize ktls events buffers hello_info ja3 ja4 fingerprint handshake_type renegotiate stapling resumption sessions psks early_data quic))
LIBTLS := $(LIBTLS_BASE) $(LIBTLS_CORE) $(LIBTLS_CRYPTO) $(LIBTLS_REGISTRY) $(LIBTLS_CERT) \
    $(LIBTLS_RECORD) $(LIBTLS_SESSION) $(LIBTLS_EXTENSION) $(LIBTLS_HANDSHAKE) $(LIBTLS_SKIN)

# ---- policy, ipc ----
POLICY := $(call obj,$(addprefix policy/,policy profile profiles limits seccomp forbidden namespaces privdrop landlock) base/account)
IPC := $(call obj,ipc/channel ipc/keyproto ipc/keyproto_beyond ipc/keymaster ipc/spawn ipc/backoff)
ENDPOINT := $(call obj,ipc/endpoint)
KEYCLIENT := $(call obj,ipc/keyclient ipc/keydoor ipc/keylist)

# ---- configuration files, and what is said of them ----
CONF := $(call obj,base/conf base/complain base/account)

# ---- administration: what a master needs, what its client needs ----
ADMIN := $(call obj,$(addprefix admin/,admin arrivals report metrics text service))
CTL := $(call obj,admin/ctl base/writer)

# ---- programs: name, directory, objects, libraries ----
PROGRAMS :=
define program # (1) bin or libexec  (2) name  (3) objects  (4) libraries
PROGRAMS += $(B)/$(1)/$(2)
$(B)/$(1)/$(2): $(3)
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	$(Q)$$(CC) $$(LDFLAGS_PROGRAM) $$^ $(4) -o $$@
endef

SIGNING := keyd/signer keyd/content keyd/decrypter
KEYSTORE := keyd/keystore keyd/keyread keyd/pkcs12 keyd/encrypted keyd/rate keyd/readall
KEYD_SIGNER := $(call obj,keyd/keyd_signer keyd/serve keyd/telling keyd/warm keyd/audit keyd/request keyd/counts keyd/tickets $(KEYSTORE) $(SIGNING) keyd/start keyd/arena)
KEYD := $(call obj,keyd/keyd keyd/fleet keyd/masters keyd/maker keyd/csr keyd/fleet_state keyd/orders keyd/verdict keyd/auditor keyd/config keyd/keyfiles keyd/p11_uri keyd/link keyd/console keyd/reports keyd/exposition keyd/tally keyd/vocabulary) $(ADMIN) $(CONF)
KEYD_P11 := $(call obj,keyd/keyd_p11 keyd/p11 keyd/csr_sign keyd/serve keyd/telling keyd/audit keyd/request keyd/counts keyd/tickets $(KEYSTORE) $(SIGNING) keyd/start)
$(eval $(call program,libexec,keyd-p11,$(KEYD_P11) $(IPC) $(BASE) $(POLICY),$$(CRYPTO_LIBS) $$(SECCOMP_LIBS) -ldl))
KEYD_MAKER := $(call obj,keyd/keyd_maker keyd/csr_sign keyd/telling keyd/keyread keyd/pkcs12 keyd/encrypted keyd/readall keyd/start keyd/arena)
$(eval $(call program,libexec,keyd-maker,$(KEYD_MAKER) $(IPC) $(BASE) $(POLICY),$$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
KEYD_AUDIT := $(call obj,keyd/keyd_audit keyd/telling keyd/vocabulary keyd/audit_log keyd/audit_chain keyd/keyread keyd/pkcs12 keyd/encrypted keyd/readall keyd/start keyd/arena)
$(eval $(call program,libexec,keyd-audit,$(KEYD_AUDIT) $(IPC) $(BASE) $(POLICY),$$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
$(eval $(call program,libexec,keyd-signer,$(KEYD_SIGNER) $(IPC) $(BASE) $(POLICY),$$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
$(eval $(call program,bin,keydctl,$(call obj,keyd/keydctl keyd/audit_verify keyd/audit_chain) $(CTL),$$(CRYPTO_LIBS)))
$(eval $(call program,bin,keyd,$(KEYD) $(ENDPOINT) $(IPC) $(BASE) $(POLICY),$$(CONFUSE_LIBS) $$(EVENT_LIBS) $$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))

FRONTD := $(call obj,$(addprefix frontd/,frontd upgrade heir heritage replay options option_sites chain_files lookup option_terms client_ca pem_file terms agreed proxy site staple names address bind child fleet reload keylink ask census tally console exposition proxy_accept option_admin option_backends \
    stapler staple_cache refresh inquiry nameservers resolver crowd expiry control texts gathered)) $(CONF)
$(eval $(call program,bin,frontd,$(FRONTD) $(ADMIN) $(ENDPOINT) $(IPC) $(filter-out $(LIBTLS_BASE),$(BASE)) $(POLICY) $(LIBTLS),$$(CONFUSE_LIBS) $$(EVENT_LIBS) $$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
$(eval $(call program,bin,frontctl,$(call obj,frontd/frontctl) $(CTL),$$(CRYPTO_LIBS)))
FRONTD_WORKER := $(call obj,$(addprefix frontd/,frontd_worker session relay early upstream proxy_accept sources crowd access tally answer replay listener lookup ticketing client_ca terms identity agreed names proxy control texts gathered))
FRONTD_CONNECT := $(call obj,frontd/frontd_connect frontd/backends frontd/control)
$(eval $(call program,libexec,frontd-worker,$(FRONTD_WORKER) $(KEYCLIENT) $(IPC) $(filter-out $(LIBTLS_BASE),$(BASE)) $(POLICY) $(LIBTLS),$$(EVENT_LIBS) $$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
$(eval $(call program,libexec,frontd-connect,$(FRONTD_CONNECT) $(call obj,ipc/channel base/log base/log_json) $(POLICY),$$(SECCOMP_LIBS)))

FRONTD_PAGE := $(call obj,frontd/frontd_page frontd/page frontd/page_text frontd/proxy frontd/control)
$(eval $(call program,libexec,frontd-page,$(FRONTD_PAGE) $(call obj,ipc/channel) $(BASE) $(POLICY),$$(EVENT_EXTRA_LIBS) $$(EVENT_LIBS) $$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))
FRONTD_FETCH := $(call obj,frontd/frontd_fetch frontd/control)
$(eval $(call program,libexec,frontd-fetch,$(FRONTD_FETCH) $(call obj,ipc/channel base/log base/log_json) $(POLICY),$$(EVENT_EXTRA_LIBS) $$(EVENT_LIBS) $$(SECCOMP_LIBS)))
FRONTD_UPGRADE := $(call obj,frontd/frontd_upgrade)
$(eval $(call program,libexec,frontd-upgrade,$(FRONTD_UPGRADE) $(call obj,ipc/channel),))
FRONTD_PROVE := $(call obj,frontd/frontd_prove frontd/staple frontd/site frontd/names frontd/pem_file frontd/control)
$(eval $(call program,libexec,frontd-prove,$(FRONTD_PROVE) $(call obj,ipc/channel base/log base/log_json) $(POLICY),$$(CRYPTO_LIBS) $$(SECCOMP_LIBS)))

# ---- the library as users link it ----
# One relocatable object whose hidden names are made local, so that internal
# names cannot clash with those of the program that links the archive.
$(B)/lib/libs2n.a: $(LIBTLS)
	@mkdir -p $(@D)
	@echo "  lib   $@"
	$(Q)$(LD) -r $^ -o $(B)/lib/s2n.o
	$(Q)$(OBJCOPY) --localize-hidden $(B)/lib/s2n.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $(B)/lib/s2n.o
	@rm $(B)/lib/s2n.o

$(B)/lib/libs2n.so.1: $(LIBTLS)
	@mkdir -p $(@D)
	@echo "  lib   $@"
	$(Q)$(CC) -shared $(LDFLAGS) $(HARDENING_LINK) -Wl,-soname,libs2n.so.1 -Wl,--exclude-libs,ALL $^ $(CRYPTO_LIBS) -o $@
	@ln -sf libs2n.so.1 $(B)/lib/libs2n.so

# libkeyclient: what a program on libs2n needs of ipc to have its keys in keyd.
LIBKEYCLIENT := $(KEYCLIENT) $(call obj,ipc/spki ipc/backoff ipc/keymaster ipc/keyproto ipc/keyproto_beyond ipc/channel)
$(B)/lib/libkeyclient.a: $(LIBKEYCLIENT)
	@mkdir -p $(@D)
	@echo "  lib   $@"
	$(Q)$(LD) -r $^ -o $(B)/lib/keyclient.o
	$(Q)$(OBJCOPY) --localize-hidden $(B)/lib/keyclient.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $(B)/lib/keyclient.o
	@rm $(B)/lib/keyclient.o

$(B)/lib/libkeyclient.so.1: $(LIBKEYCLIENT) $(B)/lib/libs2n.so.1
	@mkdir -p $(@D)
	@echo "  lib   $@"
	$(Q)$(CC) -shared $(LDFLAGS) $(HARDENING_LINK) -Wl,-soname,libkeyclient.so.1 $^ $(EVENT_LIBS) $(CRYPTO_LIBS) -o $@
	@ln -sf libkeyclient.so.1 $(B)/lib/libkeyclient.so

LIBRARIES := $(B)/lib/libs2n.a $(B)/lib/libs2n.so.1 $(B)/lib/libkeyclient.a $(B)/lib/libkeyclient.so.1

# ---- the guide's example client and server: strangers to all but the library ----
EXAMPLE := $(call obj,examples/words examples/peer)
$(eval $(call program,bin,s2nc,$(call obj,examples/s2nc) $(EXAMPLE) $(B)/lib/libs2n.a,$$(CRYPTO_LIBS)))
$(eval $(call program,bin,s2nd,$(call obj,examples/s2nd) $(EXAMPLE) $(B)/lib/libs2n.a,$$(CRYPTO_LIBS) -pthread))

# ---- unit tests: one program a file, with the objects it tests ----
# Those that have any of libtls are in UNIT_LIBTLS, too.
UNIT :=
UNIT_LIBTLS :=
define unit # (1) noun  (2) objects  (3) libraries
UNIT += $(B)/tests/test_$(1)
$(if $(filter $(B)/obj/libtls/%,$(2)),UNIT_LIBTLS += $(B)/tests/test_$(1))
$(B)/tests/test_$(1): $(B)/obj/tests/unit/test_$(1).o $(2)
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	$(Q)$$(CC) $$(LDFLAGS_PROGRAM) $$^ $$(CHECK_LIBS) $(3) -o $$@
endef

$(eval $(call unit,reader,$(BASE),$$(CRYPTO_LIBS)))
$(eval $(call unit,writer,$(BASE),$$(CRYPTO_LIBS)))
$(eval $(call unit,complain,$(call obj,base/complain) $(BASE),$$(CRYPTO_LIBS)))
$(eval $(call unit,log,$(BASE),$$(CRYPTO_LIBS)))
CERTS := $(LIBTLS) $(call obj,tests/unit/certs)
$(eval $(call unit,channel,$(IPC),))
$(eval $(call unit,keyproto,$(IPC),))
$(eval $(call unit,keymaster,$(IPC),))
$(eval $(call unit,keylist,$(call obj,ipc/keylist),))
$(eval $(call unit,keyclient,$(KEYCLIENT) $(IPC) $(call obj,tests/unit/fake_s2n),$$(EVENT_LIBS)))
$(eval $(call unit,signer,$(call obj,$(SIGNING)) $(BASE) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,content,$(call obj,keyd/content) $(BASE) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,decrypter,$(call obj,keyd/decrypter) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,keystore,$(call obj,$(KEYSTORE) $(SIGNING)) $(BASE) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,keyread,$(call obj,keyd/keyread keyd/pkcs12 keyd/encrypted keyd/readall),$$(CRYPTO_LIBS)))
$(eval $(call unit,audit,$(call obj,keyd/audit keyd/rate) $(IPC),))
$(eval $(call unit,audit_log,$(call obj,keyd/audit_log keyd/vocabulary keyd/audit_chain keyd/audit_verify) $(BASE) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,request,$(call obj,keyd/request keyd/audit keyd/tickets $(KEYSTORE) $(SIGNING)) $(BASE) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,arena,$(call obj,keyd/arena),$$(CRYPTO_LIBS)))
$(eval $(call unit,counts,$(call obj,keyd/counts) $(IPC),))
$(eval $(call unit,tally,$(call obj,keyd/tally keyd/counts) $(IPC),))
$(eval $(call unit,vocabulary,$(call obj,keyd/vocabulary) $(IPC),))
$(eval $(call unit,backends,$(call obj,frontd/backends),))
$(eval $(call unit,lookup,$(call obj,frontd/lookup frontd/names),))
$(eval $(call unit,control,$(call obj,frontd/control frontd/gathered) $(IPC),))
$(eval $(call unit,proxy_accept,$(call obj,frontd/proxy_accept frontd/proxy) $(BASE),$$(CRYPTO_LIBS)))
$(eval $(call unit,sources,$(call obj,frontd/sources frontd/crowd),))
$(eval $(call unit,crowd,$(call obj,frontd/crowd frontd/sources),))
$(eval $(call unit,front_tally,$(call obj,frontd/tally),))
$(eval $(call unit,rate,$(call obj,keyd/rate),))
$(eval $(call unit,tickets,$(call obj,keyd/tickets keyd/readall) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,endpoint,$(ENDPOINT),))
$(eval $(call unit,report,$(ADMIN) $(ENDPOINT) $(BASE),$$(EVENT_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,metrics,$(ADMIN) $(ENDPOINT) $(BASE),$$(EVENT_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,admin,$(ADMIN) $(ENDPOINT) $(BASE),$$(EVENT_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,service,$(ADMIN) $(ENDPOINT) $(BASE),$$(EVENT_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,ctl,$(CTL),$$(CRYPTO_LIBS)))
$(eval $(call unit,link,$(call obj,keyd/link) $(IPC),$$(EVENT_LIBS)))
$(eval $(call unit,p11_uri,$(call obj,keyd/p11_uri),))
$(eval $(call unit,csr,$(call obj,keyd/csr keyd/csr_sign) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,keyd_config,$(call obj,keyd/config keyd/csr keyd/p11_uri keyd/vocabulary) $(CONF) $(IPC) $(BASE),$$(CONFUSE_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,spawn,$(IPC),))
$(eval $(call unit,backoff,$(call obj,ipc/backoff),))
$(eval $(call unit,profile,$(POLICY) $(BASE),$$(SECCOMP_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,seccomp,$(POLICY) $(BASE) $(call obj,tests/unit/confined),$$(SECCOMP_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,policy,$(POLICY) $(BASE) $(call obj,tests/unit/confined tests/unit/seen),$$(SECCOMP_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,landlock,$(POLICY) $(BASE) $(call obj,tests/unit/confined),$$(SECCOMP_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,privdrop,$(POLICY) $(BASE) $(call obj,tests/unit/confined),$$(SECCOMP_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,pem,$(call obj,libtls/cert/pem libtls/cert/key libtls/core/errors libtls/core/stacktrace base/reader base/writer tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,key,$(call obj,libtls/cert/key libtls/core/errors libtls/core/stacktrace base/reader base/writer tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,chain,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,select,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,validate,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,inspect,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,trust,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,ocsp,$(CERTS) $(call obj,tests/unit/responder),$$(CRYPTO_LIBS)))
VECTORS := $(LIBTLS) $(call obj,tests/unit/vectors)
$(eval $(call unit,hkdf,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,prf,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,dhe,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,premaster,$(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,digest,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,aead,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,group,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,schedule12,$(VECTORS) $(call obj,tests/unit/peers tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,schedule13,$(VECTORS),$$(CRYPTO_LIBS)))
$(eval $(call unit,record,$(VECTORS),$$(CRYPTO_LIBS)))
MODEL12 := $(LIBTLS) $(call obj,tests/unit/reference12)
$(eval $(call unit,cbc,$(MODEL12),$$(CRYPTO_LIBS)))
$(eval $(call unit,protect12,$(MODEL12) $(call obj,tests/unit/vectors),$$(CRYPTO_LIBS)))
$(eval $(call unit,scheme,$(LIBTLS) $(call obj,tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,preference,$(LIBTLS),$$(CRYPTO_LIBS)))
PEERS := $(call obj,tests/unit/peers tests/unit/certs)
$(eval $(call unit,handshake,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,proxy,$(call obj,frontd/proxy) $(BASE),$$(CRYPTO_LIBS)))
$(eval $(call unit,options,$(call obj,$(addprefix frontd/,options option_sites chain_files lookup option_admin option_backends proxy_accept proxy option_terms client_ca pem_file terms site staple names address inquiry nameservers control texts gathered) ipc/channel \
    tests/unit/certs tests/unit/responder) $(CONF) $(LIBTLS),$$(CONFUSE_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,chain_files,$(call obj,frontd/chain_files),))
$(eval $(call unit,staple,$(call obj,frontd/staple frontd/site frontd/names frontd/pem_file tests/unit/responder tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,inquiry,$(call obj,frontd/inquiry frontd/site frontd/names frontd/pem_file tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,refresh,$(call obj,frontd/refresh),))
$(eval $(call unit,staple_cache,$(call obj,frontd/staple_cache),))
$(eval $(call unit,nameservers,$(call obj,frontd/nameservers frontd/address),))
$(eval $(call unit,expiry,$(call obj,frontd/expiry) $(BASE),$$(EVENT_LIBS) $$(CRYPTO_LIBS)))
$(eval $(call unit,page,$(call obj,frontd/page frontd/page_text frontd/proxy) $(BASE),$$(CRYPTO_LIBS)))
DETOUR := $(PEERS) $(call obj,tests/unit/detour) $(LIBTLS)
$(eval $(call unit,sequences,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,alerts,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,alerts12,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,errors,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,path,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,message,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
# The functions that it can break pass by it.
WRAPPED := $(shell sed -n 's/^	X.\([A-Za-z0-9_]*\),.*/-Wl,--wrap=\1/p' tests/unit/test_broken.c)
$(eval $(call unit,broken,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS) $(WRAPPED)))
$(eval $(call unit,bleichenbacher,$(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,client_hello_v2,$(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,intrusions,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,send,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,hello_callback,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,hello_info,$(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,fingerprint,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,init,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,memory,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,stacktrace,$(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,bare,$(PEERS) $(filter-out $(call obj,libtls/core/stacktrace libtls/record/kernel),$(LIBTLS)),$$(CRYPTO_LIBS)))
$(eval $(call unit,serialize,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,events,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,buffers,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,transport,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,next_protocol,$(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,ktls,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,pkey_needs,$(LIBTLS) $(call obj,tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,version_range,$(LIBTLS) $(call obj,tests/unit/certs),$$(CRYPTO_LIBS)))
$(eval $(call unit,stapling,$(call obj,tests/unit/crooked tests/unit/responder) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,crl,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,config,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,connection,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,sessions,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,offload,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,nulls,$(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,unlisted,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,quic,$(call obj,tests/unit/lanes) $(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,threads,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS) -pthread))
$(eval $(call unit,info,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,client_auth,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,authorities,$(CERTS),$$(CRYPTO_LIBS)))
$(eval $(call unit,request_callback,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,policies,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,fragment,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,versions,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,resumption,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,early_data,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,resume12,$(call obj,tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,choose_psk,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,replay,$(call obj,frontd/replay),))
$(eval $(call unit,heritage,$(call obj,frontd/heritage ipc/channel),))
$(eval $(call unit,psk,$(call obj,tests/unit/keyed) $(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,early_psk,$(call obj,tests/unit/keyed) $(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,offered_psks,$(call obj,tests/unit/keyed) $(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,binder,$(call obj,tests/unit/keyed tests/unit/crooked) $(DETOUR),$$(CRYPTO_LIBS)))
$(eval $(call unit,relay,$(call obj,frontd/relay frontd/upstream) $(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,shutdown,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,bindings,$(PEERS) $(LIBTLS) $(call obj,$(SIGNING)) $(IPC),$$(CRYPTO_LIBS)))
$(eval $(call unit,ending,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,pkey_op,$(PEERS) $(LIBTLS),$$(CRYPTO_LIBS)))
$(eval $(call unit,hostname,$(call obj,libtls/cert/hostname tests/unit/certs),$$(CRYPTO_LIBS)))

# The public interface row by row; its data are rows.h and errors.h beside it.
UNIT += $(B)/tests/test_api
UNIT_LIBTLS += $(B)/tests/test_api
$(B)/tests/test_api: $(call obj,tests/api/test_api) $(LIBTLS)
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(LDFLAGS_PROGRAM) $^ $(CHECK_LIBS) $(CRYPTO_LIBS) -o $@

# ---- fuzz targets: with libFuzzer, and once on each file of their corpora ----
FUZZ_TARGETS := $(call obj,$(addprefix tests/fuzz/,targets target no_check chance setup party pair edits fuzz_hello fuzz_handshake fuzz_after fuzz_quic fuzz_record fuzz_cert fuzz_staple fuzz_session fuzz_psk fuzz_key fuzz_signer) \
    tests/unit/certs tests/unit/responder tests/unit/detour tests/oracle/foreign keyd/p11_uri keyd/request keyd/audit keyd/counts keyd/telling ipc/channel keyd/tickets $(KEYSTORE) $(SIGNING) ipc/keyproto ipc/keyproto_beyond) $(LIBTLS)
UNIT += $(B)/tests/fuzz_corpora
$(B)/tests/fuzz_corpora: $(call obj,tests/fuzz/replay) $(FUZZ_TARGETS)
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(LDFLAGS_PROGRAM) $^ $(CRYPTO_LIBS) -o $@

$(B)/tests/fuzz_seeds: $(call obj,tests/fuzz/seeds) $(FUZZ_TARGETS)
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(LDFLAGS_PROGRAM) $^ $(CRYPTO_LIBS) -o $@

$(B)/tests/fuzz: $(call obj,tests/fuzz/libfuzzer) $(FUZZ_TARGETS)
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(LDFLAGS_PROGRAM) -fsanitize=fuzzer $^ $(CRYPTO_LIBS) -o $@

# ---- peers for end-to-end tests: strangers to all but the public library ----
TOOLS :=
define tool # (1) name  (2) objects  (3) libraries of ours  (4) and others
TOOLS += $(B)/tests/$(1)
$(B)/tests/$(1): $(2) $(3)
	@mkdir -p $$(@D)
	@echo "  link  $$@"
	$(Q)$$(CC) $$(LDFLAGS_PROGRAM) $$^ $(4) $$(CRYPTO_LIBS) -o $$@
endef

$(eval $(call tool,tlsserver,$(call obj,tests/tools/tlsserver tests/tools/cache tests/tools/tool),$(B)/lib/libs2n.a))
$(eval $(call tool,tlsclient,$(call obj,tests/tools/tlsclient tests/tools/tool),$(B)/lib/libs2n.a))
$(eval $(call tool,tlsrenegotiate,$(call obj,tests/tools/tlsrenegotiate tests/tools/tool),$(B)/lib/libs2n.a))
$(eval $(call tool,keyedclient,$(call obj,tests/tools/keyedclient tests/tools/tool),$(B)/lib/libkeyclient.a $(B)/lib/libs2n.a,$$(EVENT_LIBS)))
$(eval $(call tool,keyask,$(call obj,tests/tools/keyask tests/tools/keyline tests/tools/keyattack tests/tools/keyattack12) $(IPC)))
$(eval $(call tool,keyoracle,$(call obj,$(addprefix tests/oracle/,keyoracle ask judge foreign) tests/tools/keyline) $(BASE) $(IPC)))
$(eval $(call tool,keyabuse,$(call obj,tests/oracle/keyabuse tests/tools/keyline) $(BASE) $(IPC)))
$(eval $(call tool,keytiming,$(call obj,tests/oracle/keytiming tests/tools/keyline) $(BASE) $(IPC),,-lm))
$(eval $(call tool,pathcheck,$(call obj,tests/tools/pathcheck) $(LIBTLS)))
$(eval $(call tool,manychains,$(call obj,tests/tools/manychains)))
$(eval $(call tool,without,$(call obj,tests/tools/without)))
$(eval $(call tool,memscan,$(call obj,tests/tools/memscan tests/tools/needles)))
$(eval $(call tool,constant_time,$(call obj,tests/tools/constant_time tests/unit/reference12 keyd/decrypter) $(LIBTLS)))
$(eval $(call tool,handshakes,$(call obj,tests/bench/handshakes),$(B)/lib/libs2n.a))
$(eval $(call tool,sink,$(call obj,tests/bench/sink)))

# The one program that is linked with libssl, to compare with; only `make bench`
# builds it.
$(B)/tests/inmemory: $(call obj,$(addprefix tests/bench/,inmemory inmemory_libtls inmemory_libssl)) $(B)/lib/libs2n.a
	@mkdir -p $(@D)
	@echo "  link  $@"
	$(Q)$(CC) $(LDFLAGS_PROGRAM) $^ -lssl $(CRYPTO_LIBS) -o $@

# ---- the library under the test runner of BoringSSL: by its internal headers ----
$(eval $(call tool,shim,$(call obj,$(addprefix tests/bogo/,shim shim_errors shim_expect shim_files shim_sessions shim_options \
    shim_preference shim_quic shim_request shim_transport)) $(LIBTLS)))

# ---- what one says ----
.PHONY: all run check bench interop bogo soak abuse sites keys oracle premaster malformed quota fuzz check-library check-asan check-tsan coverage coverage-units abi install clean distclean lint sizes
all: $(LIBRARIES) $(PROGRAMS)

run: $(PACKAGES) all
	@tests/demo.sh $(B) $(PORT)

check: $(PACKAGES) all $(UNIT) $(TOOLS)
	@tests/check.sh $(B) $(UNIT)

bench: $(PACKAGES) all $(TOOLS) $(B)/tests/inmemory
	@tests/bench/bench.py $(B)

interop: $(PACKAGES) all $(TOOLS)
	@tests/interop/all.sh $(B)

# Every test of the runner, or those of TESTS='name;pattern*'.
bogo: $(PACKAGES) $(B)/tests/shim
	@tests/bogo/run $(B) '$(TESTS)'

# Unit tests and the library with its peers: seccomp allows the daemons none of
# what a sanitizer's run time calls, so their scripts would show nothing.
check-library: $(UNIT) $(TOOLS)
	@ONLY=library tests/check.sh $(B) $(UNIT)

check-asan: configure
	@$(MAKE) B=build-asan CONFIG=build-asan/config.mk \
	    CONFIGURE_FLAGS='SANITIZE=address,undefined CFLAGS="-O1 -g"' check-library

# What threads share, under ThreadSanitizer: the tests that have threads.
THREADED := threads offload pkey_op
check-tsan: configure
	@$(MAKE) B=build-tsan CONFIG=build-tsan/config.mk \
	    CONFIGURE_FLAGS='SANITIZE=thread CFLAGS="-O1 -g"' $(patsubst %,build-tsan/tests/test_%,$(THREADED))
	@ONLY=units TSAN_OPTIONS='halt_on_error=1 exitcode=66' tests/check.sh build-tsan \
	    $(patsubst %,build-tsan/tests/test_%,$(THREADED))

# Which lines of libtls its unit tests run: fails below 90 of 100.
coverage-units: $(UNIT_LIBTLS)
	@tests/coverage.sh $(B) $^

coverage: configure
	@$(MAKE) B=build-coverage CONFIG=build-coverage/config.mk \
	    CONFIGURE_FLAGS='CFLAGS="-O0 -g --coverage -fprofile-update=atomic -Wno-cpp -Wno-maybe-uninitialized" LDFLAGS=--coverage' coverage-units

# The library's binary interface, by its DWARF, against the golden file. Of code
# that is not optimized, where two functions that do the same stay two.
abi: configure
	@$(MAKE) B=build-abi CONFIG=build-abi/config.mk \
	    CONFIGURE_FLAGS='CFLAGS="-O0 -g -Wno-cpp"' build-abi/lib/libs2n.so.1
	@python3 tests/abi.py build-abi/lib/libs2n.so.1 tests/golden/abi.txt $(UPDATE)

# Faults under load, in some 20 minutes; FAULTS='worker-kills=100 keyd-reloads=1000':
# these alone, so often.
soak: $(PACKAGES) all
	@tests/packages.sh wrk
	@BUILD=$(B) python3 tests/soak/soak.py $(FAULTS)

# Abuse, and how an honest client fares; ABUSES=half-open: that alone.
abuse: $(PACKAGES) all
	@BUILD=$(B) python3 tests/soak/abuse.py $(ABUSES)

# Ten thousand sites; SITES=1000: so many.
SITES ?= 10000
sites: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) python3 tests/e2e/sites-by-the-thousand.py $(SITES)

# Ten thousand sites with a key of its own each; KEYS=1000: so many.
KEYS ?= 10000
keys: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) KEYS=$(KEYS) python3 tests/e2e/keys-by-the-thousand.py

# A million requests that keyd should and should not answer, and every answer
# judged; COUNT=10000: how many.
COUNT ?= 1000000
oracle: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) sh tests/oracle/oracle.sh $(COUNT) $(SEED)

# So many of each kind of ciphertext, whose answers' times are compared.
SAMPLES ?= 20000
premaster: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) sh tests/oracle/premaster.sh $(SAMPLES)

# Packets that are none, COUNT of them; and what is asked beyond a rate.
malformed: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) sh tests/oracle/abuse.sh malformed $(COUNT)

ROUNDS ?= 5
quota: $(PACKAGES) all $(TOOLS)
	@BUILD=$(B) sh tests/oracle/abuse.sh quota $(ROUNDS)

# Each target for TIME seconds, or those named in TARGETS; what is found is left
# in build/fuzz, which also keeps what was learnt for the next time.
TIME ?= 10
TARGETS ?=
fuzz: configure
	@$(MAKE) B=build-fuzz CONFIG=build-fuzz/config.mk \
	    CONFIGURE_FLAGS='CC=clang SANITIZE=fuzzer-no-link,address,undefined CFLAGS="-O1 -g"' build-fuzz/tests/fuzz
	@tests/fuzz/run.sh build-fuzz/tests/fuzz build/fuzz '$(TIME)' $(TARGETS)

install: all
	@DESTDIR='$(DESTDIR)' prefix='$(prefix)' exec_prefix='$(exec_prefix)' bindir='$(bindir)' sbindir='$(sbindir)' \
	    libexecdir='$(libexecdir)' sysconfdir='$(sysconfdir)' libdir='$(libdir)' includedir='$(includedir)' mandir='$(mandir)' \
	    version='$(VERSION)' crypto_root='$(LIBCRYPTO_ROOT)' crypto_requires='$(CRYPTO_REQUIRES)' \
	    crypto_private='$(CRYPTO_PRIVATE)' tests/install.sh $(B)

lint: $(CONFIG)
	@CC='$(CC)' CPPFLAGS="$(subst ",\",$(CPPFLAGS_ALL))" tests/lint.sh

sizes:
	@tests/sizes.sh

clean:
	rm -rf $(B)
distclean: clean
	rm -rf build-asan build-tsan build-coverage build-abi build-fuzz config.mk config.log config.status configure autom4te.cache

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
