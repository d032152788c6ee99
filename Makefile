# SPDX-License-Identifier: GPL-2.0-or-later
# The verbs. What is built, and from what, stands in meson.build.

BUILD := build
WERROR := $(if $(CI),true,false)

.PHONY: all demo check coverage fuzz bench deb tarball install uninstall clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) programs

# Packages first: on a fresh machine there is no meson to ask.
$(BUILD)/build.ninja: | packages
	@meson setup $(BUILD) -Dwerror=$(WERROR) $(if $(PREFIX),--prefix $(PREFIX))

.PHONY: packages
packages:
	@scripts/install-deps build

demo: all
	@scripts/demo

check:
	@scripts/install-deps check
	@tests/run

# Which lines the tests reach; docs/reliability.md.
coverage:
	@scripts/install-deps check
	@tests/coverage/coverage.py

# make fuzz SECONDS=3600 TARGETS="config journal"
fuzz:
	@scripts/install-deps check
	@tests/fuzz/run $(or $(SECONDS),600) $(TARGETS)

bench: all
	@bench/run

# Into build/package: Debian packages; one archive for any Linux, with its checksum.
deb tarball:
	@scripts/install-deps package
	@scripts/package $@

# make install PREFIX=/usr DESTDIR=/tmp/package
install: all
	@$(if $(PREFIX),meson configure $(BUILD) -Dprefix=$(PREFIX) && ninja -C $(BUILD) programs)
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

# What the last install from this folder has put there.
uninstall:
	@ninja -C $(BUILD) uninstall

clean:
	@rm -rf $(BUILD)
