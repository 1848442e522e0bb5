# Debian packages that a build needs; Swift itself comes from swift.org.
PACKAGES := make pkg-config libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libopenblas-dev libv4l-dev
# Extra flags for every build, as `make test SWIFT_FLAGS="-Xswiftc -warnings-as-errors"`.
SWIFT_FLAGS ?=

.PHONY: help deps build demo test lint

help:  ## say what the targets do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

deps:  ## install the Debian packages that lack (asks sudo where you are not root)
	@command -v swift >/dev/null || { echo "Swift 6.1 or newer lacks: https://www.swift.org/install" >&2; exit 1; }
	@if ! command -v dpkg-query >/dev/null; then \
	    echo "not a Debian: make sure that you have the like of $(PACKAGES)"; exit 0; fi; \
	lacking=; for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || lacking="$$lacking $$package"; \
	done; \
	test -z "$$lacking" && exit 0; \
	as_root=; test "$$(id -u)" = 0 || as_root=sudo; \
	$$as_root apt-get update && $$as_root apt-get install --yes --no-install-recommends $$lacking

build: deps  ## build the program in release mode: .build/release/landmarkd
	swift build -c release --product landmarkd $(SWIFT_FLAGS)

demo: build  ## render a clip, track it, write demo.csv and demo.mp4, print the error
	.build/release/landmarkd demo

test: deps  ## run every test
	swift test --disable-xctest $(SWIFT_FLAGS)

lint:  ## check the code's format
	swift format lint --strict --recursive --parallel Sources Tests Package.swift
