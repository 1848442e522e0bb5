# Debian packages that a build needs; Swift itself comes from swift.org.
PACKAGES := make pkg-config libavcodec-dev libavformat-dev libavutil-dev libswscale-dev \
    libcurl4-openssl-dev libopenblas-dev libv4l-dev libxml2-dev
# What tests need beside that: a compiler for the cameras that they make, clips, the units' checks.
TEST_PACKAGES := gcc libc6-dev ffmpeg systemd man-db
# What some tests are skipped without, since it is much to ask for: the page in a browser, the metrics by promtool.
TEST_EXTRAS ?=
# What packing needs.
DEB_PACKAGES := binutils dpkg-dev
# Seconds that each fuzz target runs.
FUZZ_SECONDS ?= 60
# Extra flags for every build, as `make test SWIFT_FLAGS="-Xswiftc -warnings-as-errors"`.
SWIFT_FLAGS ?=

.PHONY: help deps test-deps deb-deps build demo test lint fuzz deb

help:  ## say what the targets do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

# Installs those of some packages that lack.
define install
	@if ! command -v dpkg-query >/dev/null; then \
	    echo "not a Debian: make sure that you have the like of $(1)"; exit 0; fi; \
	lacking=; for package in $(1); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || lacking="$$lacking $$package"; \
	done; \
	test -z "$$lacking" && exit 0; \
	as_root=; test "$$(id -u)" = 0 || as_root=sudo; \
	$$as_root apt-get update && $$as_root apt-get install --yes --no-install-recommends $$lacking
endef

deps:  ## install the Debian packages that lack (asks sudo where you are not root)
	@command -v swift >/dev/null || { echo "Swift 6.1 or newer lacks: https://www.swift.org/install" >&2; exit 1; }
	$(call install,$(PACKAGES))

test-deps: deps
	$(call install,$(TEST_PACKAGES) $(TEST_EXTRAS))

deb-deps: deps
	$(call install,$(DEB_PACKAGES))

build: deps  ## build the program in release mode: .build/release/landmarkd
	swift build -c release --product landmarkd $(SWIFT_FLAGS)

demo: build  ## render a clip, track it, write demo.csv and demo.mp4, print the error
	.build/release/landmarkd demo

test: test-deps  ## run every test
	swift test --disable-xctest $(SWIFT_FLAGS)

lint:  ## check the code's format
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

fuzz: deps  ## fuzz the readers of models, annotations, recipes, numbers and timestamps, FUZZ_SECONDS each
	Tests/fuzz/run $(FUZZ_SECONDS)

deb: deb-deps  ## build a package of the program and its service: landmarkd_VERSION_ARCHITECTURE.deb
	SWIFT_FLAGS="$(SWIFT_FLAGS)" systemd/package/build
