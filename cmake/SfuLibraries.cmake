# SPDX-License-Identifier: Apache-2.0
# The libraries that a program links, made of layers: sfu::core, and sfu::control and sfu::client over it. Programs of this
# build link static ones; what is installed (SFU_INSTALL) has shared ones too, of the same objects.

# sfu_library(NAME LAYERS layer... [OVER library...]): sfu::NAME holds these layers and all below them, less what the
# libraries in OVER hold already.
function(sfu_library name)
  cmake_parse_arguments(ARG "" "" "LAYERS;OVER" ${ARGN})
  foreach(layer IN LISTS ARG_LAYERS)
    get_property(closure GLOBAL PROPERTY SFU_CLOSURE_${layer})
    get_property(libraries GLOBAL PROPERTY SFU_LIBRARIES_${layer})
    list(APPEND all ${closure})
    list(APPEND all_libraries ${libraries})
  endforeach()
  foreach(library IN LISTS ARG_OVER)
    get_property(held GLOBAL PROPERTY SFU_HELD_${library})
    list(REMOVE_ITEM all ${held})
  endforeach()
  list(REMOVE_DUPLICATES all)
  set_property(GLOBAL PROPERTY SFU_HELD_${name} ${all})

  set(objects ${all})
  list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:sfu_\\1>")
  # Protobuf knows one message of a name in a process: all of them are in the library below the others.
  if(NOT ARG_OVER)
    list(APPEND objects $<TARGET_OBJECTS:sfu_proto> $<TARGET_OBJECTS:sfu_control_proto>)
  endif()
  # What to link with objects that are compiled already.
  list(REMOVE_ITEM all_libraries sfu_proto sfu_control_proto Boost::headers)
  list(TRANSFORM all_libraries REPLACE "^spdlog::.*" fmt::fmt)
  list(APPEND all_libraries protobuf::libprotobuf Threads::Threads)
  list(REMOVE_DUPLICATES all_libraries)
  set_property(GLOBAL PROPERTY SFU_NEEDED_BY_${name} ${all_libraries})

  set(output sfu-${name})
  if(name STREQUAL "core")
    set(output sfu)
  endif()
  sfu_one_library(sfu-lib-${name} STATIC)
  add_library(sfu::${name} ALIAS sfu-lib-${name})
  if(SFU_INSTALL)
    # Messages and JSON pass between our libraries, and with them what Protobuf and Boost.JSON think of as their own: one
    # copy of each for the process.
    list(TRANSFORM all_libraries REPLACE "^protobuf::libprotobuf$" PkgConfig::PROTOBUF_SHARED)
    list(TRANSFORM all_libraries REPLACE "^Boost::json$" ${SFU_BOOST_JSON_SHARED})
    sfu_one_library(sfu-shared-${name} SHARED)
    set_target_properties(sfu-shared-${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${SFU_ABI}
                                                        INSTALL_RPATH $ORIGIN)
    target_link_options(sfu-shared-${name} PRIVATE -Wl,-z,defs -Wl,-Bsymbolic-functions -Wl,--gc-sections
                                                   -Wl,--version-script=${SFU_EXPORTS})
    set_property(TARGET sfu-shared-${name} PROPERTY LINK_DEPENDS ${SFU_EXPORTS})
  endif()
endfunction()

# One form of it. As a macro, since it is all of sfu_library()'s.
macro(sfu_one_library target type)
  add_library(${target} ${type} ${objects})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  if(SFU_SANITIZE)  # objects so compiled need its runtime in every program
    target_link_options(${target} PUBLIC -fsanitize=${SFU_SANITIZE})
  endif()
  string(REGEX REPLACE "${name}$" "" family ${target})
  set(over ${ARG_OVER})
  list(TRANSFORM over PREPEND ${family})
  target_link_libraries(${target} PUBLIC ${over} PRIVATE ${all_libraries})
endmacro()

# C++ promises nothing between 0.1 and 0.2; the C ABI does.
set(SFU_ABI ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(SFU_EXPORTS ${PROJECT_BINARY_DIR}/exports.map)
configure_file(${CMAKE_CURRENT_LIST_DIR}/exports.map.in ${SFU_EXPORTS} @ONLY)

sfu_library(core LAYERS runtime)
sfu_library(control LAYERS control OVER core)
sfu_library(client LAYERS client OVER core)
