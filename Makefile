# Debian packages that a build needs; Swift itself comes from swift.org.
PACKAGES := make pkg-config libavcodec-dev libavformat-dev libavutil-dev libswscale-dev \
    libcurl4-openssl-dev libmosquitto-dev libopenblas-dev libv4l-dev libxml2-dev libzstd-dev zlib1g-dev
# What tests need in addition: a compiler for simulated cameras, clips, checks of the units.
TEST_PACKAGES := gcc libc6-dev ffmpeg systemd man-db zstd mosquitto mosquitto-clients openssl
# Optional: without these some tests are skipped (the page in a browser, the metrics checked by promtool).
TEST_EXTRAS ?=
# What packaging needs.
DEB_PACKAGES := binutils dpkg-dev
# Seconds that each fuzz target runs.
FUZZ_SECONDS ?= 60
# Extra flags for every build, as `make test SWIFT_FLAGS="-Xswiftc -warnings-as-errors"`.
SWIFT_FLAGS ?=

# Where `make install` puts things: $(DESTDIR)$(PREFIX)/bin, …/share. Models are found by where the program lies.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: reference help deps test-deps deb-deps build install uninstall demo test lint format asan fuzz deb

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

# Installs the missing ones of some packages.
define install
	@if ! command -v dpkg-query >/dev/null; then \
	    echo "not Debian: install the equivalent of $(1)"; exit 0; fi; \
	missing=; for package in $(1); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	test -z "$$missing" && exit 0; \
	as_root=; test "$$(id -u)" = 0 || as_root=sudo; \
	$$as_root apt-get update && $$as_root apt-get install --yes --no-install-recommends $$missing
endef

deps:  ## install missing Debian packages (uses sudo unless you are root)
	@command -v swift >/dev/null || { echo "Swift 6.1 or newer is missing: https://www.swift.org/install" >&2; exit 1; }
	$(call install,$(PACKAGES))

test-deps: deps
	$(call install,$(TEST_PACKAGES) $(TEST_EXTRAS))

deb-deps: deps
	$(call install,$(DEB_PACKAGES))

build: deps  ## build the program in release mode: .build/release/landmarkd
	swift build -c release --product landmarkd $(SWIFT_FLAGS)

# Builds nothing, so that root does not have to: run `make build` first.
install:  ## install the program that was built, its models and manual page: make install PREFIX=$$HOME/.local
	@test -x .build/release/landmarkd || { echo "nothing is built yet: run 'make build' first" >&2; exit 1; }
	install -D -m 755 .build/release/landmarkd "$(DESTDIR)$(PREFIX)/bin/landmarkd"
	install -d "$(DESTDIR)$(PREFIX)/share/landmarkd/models" "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 models/*.safetensors "$(DESTDIR)$(PREFIX)/share/landmarkd/models"
	systemd/package/manual .build/release/landmarkd "$$(date +%Y-%m-%d)" > "$(DESTDIR)$(PREFIX)/share/man/man1/landmarkd.1"

uninstall:  ## remove what 'make install' installed
	rm -f "$(DESTDIR)$(PREFIX)/bin/landmarkd" "$(DESTDIR)$(PREFIX)/share/man/man1/landmarkd.1"
	rm -rf "$(DESTDIR)$(PREFIX)/share/landmarkd"

demo: build  ## render a clip, track it, write demo.csv and demo.mp4, print the error
	.build/release/landmarkd demo

test: test-deps  ## run every test
	swift test --disable-xctest $(SWIFT_FLAGS)

reference:  ## write docs/reference and the recorded help texts again, from the code's own tables
	LANDMARKD_WRITE_HELP=1 swift test --disable-xctest --filter 'ReferencePageTests|HelpTests' $(SWIFT_FLAGS)

format:  ## rewrite the code in its format
	swift format --in-place --recursive --parallel Sources Tests Package.swift

asan: test-deps  ## run Capture's and Recording's tests under the address sanitizer
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.txt swift test --disable-xctest --scratch-path .build-asan \
	    --sanitize=address --filter 'CaptureTests|RecordingTests' $(SWIFT_FLAGS)

lint:  ## check the code's format
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

fuzz: deps  ## fuzz the readers of models, annotations, recipes, numbers and timestamps, FUZZ_SECONDS each
	Tests/fuzz/run $(FUZZ_SECONDS)

deb: deb-deps  ## build a package of the program and its service: landmarkd_VERSION_ARCHITECTURE.deb
	SWIFT_FLAGS="$(SWIFT_FLAGS)" systemd/package/build
