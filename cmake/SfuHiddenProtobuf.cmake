# SPDX-License-Identifier: Apache-2.0
# Protobuf to be hidden inside a shared library. Debian's archive of it is compiled for programs alone (thread-local
# storage in arena.o), so it is made anew of the source of the same package, which ./dev fetches.
# SFU_PROTOBUF_SOURCE: that source. Empty: libsfu-c.so loads Debian's shared library.
set(SFU_PROTOBUF_SOURCE "" CACHE PATH "The source of the Protobuf that is installed, for libsfu-c.so")
if(NOT SFU_PROTOBUF_SOURCE)
  find_library(SFU_PROTOBUF_SHARED libprotobuf.so REQUIRED)
  set(SFU_PROTOBUF_IN_C ${SFU_PROTOBUF_SHARED})
  return()
endif()

file(READ ${SFU_PROTOBUF_SOURCE}/src/google/protobuf/stubs/common.h common)
string(REGEX MATCH "GOOGLE_PROTOBUF_VERSION ([0-9]+)" matched "${common}")
set(version ${CMAKE_MATCH_1})
find_file(installed google/protobuf/stubs/common.h REQUIRED NO_CACHE)
file(READ ${installed} common)
if(NOT common MATCHES "GOOGLE_PROTOBUF_VERSION ${version}\n")
  message(FATAL_ERROR "SFU_PROTOBUF_SOURCE is of version ${version}, but another one is installed")
endif()

foreach(list libprotobuf-lite libprotobuf)
  file(STRINGS ${SFU_PROTOBUF_SOURCE}/cmake/${list}.cmake lines REGEX "/src/google/protobuf/.*\\.cc$")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE ".*/src/" "${SFU_PROTOBUF_SOURCE}/src/" file "${line}")
    list(APPEND protobuf_sources ${file})
  endforeach()
endforeach()
add_library(sfu_hidden_protobuf STATIC EXCLUDE_FROM_ALL ${protobuf_sources})
target_include_directories(sfu_hidden_protobuf SYSTEM PRIVATE ${SFU_PROTOBUF_SOURCE}/src)
target_compile_definitions(sfu_hidden_protobuf PRIVATE HAVE_PTHREAD=1)
target_compile_options(sfu_hidden_protobuf PRIVATE -w -Os -ffunction-sections -fdata-sections)
set_target_properties(sfu_hidden_protobuf PROPERTIES CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON
                                                     CXX_STANDARD 17 EXPORT_COMPILE_COMMANDS OFF)
set(SFU_PROTOBUF_IN_C $<TARGET_FILE:sfu_hidden_protobuf>)
