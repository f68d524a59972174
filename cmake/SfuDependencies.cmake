# SPDX-License-Identifier: Apache-2.0
# Debian's packages; see ./dev for their names. Each is linked by the one layer that wraps it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
# Within our programs: a server that idles then holds only what it uses of them (0.8 MB less), and a host may load
# others' versions beside ours.
set(Protobuf_USE_STATIC_LIBS ON)
set(Boost_USE_STATIC_LIBS ON)
find_package(Protobuf REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
pkg_check_modules(SRTP REQUIRED IMPORTED_TARGET libsrtp2)
pkg_check_modules(USRSCTP REQUIRED IMPORTED_TARGET usrsctp)
pkg_check_modules(NICE REQUIRED IMPORTED_TARGET nice)
if(SFU_INSTALL)
  # For our own shared libraries: SfuLibraries.cmake.
  pkg_check_modules(PROTOBUF_SHARED REQUIRED IMPORTED_TARGET protobuf)
  find_library(SFU_BOOST_JSON_SHARED boost_json REQUIRED)
endif()
