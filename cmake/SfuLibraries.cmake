# SPDX-License-Identifier: Apache-2.0
# The libraries that a program links, made of layers: sfu::core, and sfu::control and sfu::client over it.

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
  list(REMOVE_DUPLICATES all_libraries)
  set_property(GLOBAL PROPERTY SFU_HELD_${name} ${all})

  set(output sfu-${name})
  if(name STREQUAL "core")
    set(output sfu)
  endif()
  add_library(sfu-lib-${name} STATIC)
  add_library(sfu::${name} ALIAS sfu-lib-${name})
  set_target_properties(sfu-lib-${name} PROPERTIES OUTPUT_NAME ${output} EXPORT_NAME ${name})
  foreach(layer IN LISTS all)
    target_sources(sfu-lib-${name} PRIVATE $<TARGET_OBJECTS:sfu_${layer}>)
  endforeach()
  target_include_directories(sfu-lib-${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_compile_features(sfu-lib-${name} PUBLIC cxx_std_20)
  if(SFU_SANITIZE)  # objects so compiled need its runtime in every program
    target_link_options(sfu-lib-${name} PUBLIC -fsanitize=${SFU_SANITIZE})
  endif()
  list(TRANSFORM ARG_OVER PREPEND sfu-lib- OUTPUT_VARIABLE over)
  target_link_libraries(sfu-lib-${name} PUBLIC ${over} PRIVATE ${all_libraries} Threads::Threads)
endfunction()

sfu_library(core LAYERS runtime)
sfu_library(control LAYERS control OVER core)
sfu_library(client LAYERS client OVER core)
