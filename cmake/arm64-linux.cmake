# Cross building for 64-bit ARM with Debian's compiler and its arm64 libraries:
#   cmake -B build-arm64 --toolchain cmake/arm64-linux.cmake -DTUFF_IMPORT=OFF -DTUFF_TESTS=OFF
# SPDX-License-Identifier: Apache-2.0
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
