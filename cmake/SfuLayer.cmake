# SPDX-License-Identifier: Apache-2.0
# One folder of lib/ is one layer: an object library that sees the headers of the layers it declares and no others,
# because each layer's include path is a folder that holds a link to that layer alone.

add_library(sfu_options INTERFACE)
target_compile_options(sfu_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                             -Woverloaded-virtual -fno-semantic-interposition)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overruns in std::vector's inlined copies that are not there (GCC bugs 105329, 107852).
  target_compile_options(sfu_options INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
                                               -Wno-maybe-uninitialized)
else()
  # std::stable_sort of g++ 12's library uses what that library calls deprecated.
  target_compile_options(sfu_options INTERFACE -Wno-deprecated-declarations)
endif()
if(SFU_WERROR)
  target_compile_options(sfu_options INTERFACE -Werror)
endif()
if(SFU_SANITIZE)
  target_compile_options(sfu_options INTERFACE -fsanitize=${SFU_SANITIZE} -fno-sanitize-recover=all
                                               -fno-omit-frame-pointer)
  target_compile_definitions(sfu_options INTERFACE SFU_SANITIZED)
  target_link_options(sfu_options INTERFACE -fsanitize=${SFU_SANITIZE})
endif()
if(SFU_FUZZ)
  target_compile_options(sfu_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The public headers, for layers and hosts alike.
add_library(sfu_public INTERFACE)
target_include_directories(sfu_public INTERFACE ${PROJECT_SOURCE_DIR}/include)

if(SFU_TESTS)
  find_package(doctest REQUIRED)
  enable_testing()
  add_custom_target(sfu_tests)  # all test programs, and no examples
  add_library(sfu_test_main OBJECT ${PROJECT_SOURCE_DIR}/tests/main.cpp ${PROJECT_SOURCE_DIR}/tests/support/test_data.cpp)
  target_link_libraries(sfu_test_main PUBLIC sfu_options doctest::doctest)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/tests/support/test_data.cpp PROPERTIES
                              COMPILE_DEFINITIONS SFU_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
endif()

# sfu_layer(NAME [NO_PACKETS] [USES layer...] [LINK target...] [SOURCES file...] [TESTS_USE layer...])
#   NO_PACKETS: no media passes here, so that it is compiled for size: less to compile, and less of it in memory.
#   USES: the layers below whose headers this one may include. Their own USES do not come along: what a header of
#         theirs includes must be declared here too.
#   LINK: third-party targets that only this folder includes.
#   TESTS_USE: layers that are linked into its tests alone, as hosts of the layer link them.
#   Sources are the folder's *.cpp; its *_test.cpp become the test NAME_test.
function(sfu_layer name)
  cmake_parse_arguments(ARG "NO_PACKETS" "" "USES;LINK;SOURCES;TESTS_USE" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/lib/${name})
  set(view ${PROJECT_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${folder} ${view}/${name} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  if(NOT sources)
    set_property(GLOBAL PROPERTY SFU_CLOSURE_${name} "")
    return()
  endif()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(sfu_${name} OBJECT ${sources} ${ARG_SOURCES})
  target_include_directories(sfu_${name} PUBLIC ${view})
  target_link_libraries(sfu_${name} PUBLIC sfu_public PRIVATE sfu_options ${ARG_LINK})
  if(ARG_NO_PACKETS)
    target_compile_options(sfu_${name} PRIVATE $<$<CONFIG:RelWithDebInfo,Release>:-Os>)
  endif()
  if("sfu_proto" IN_LIST ARG_LINK)
    target_precompile_headers(sfu_${name} REUSE_FROM sfu_proto_headers)
  endif()
  foreach(layer IN LISTS ARG_USES)
    target_include_directories(sfu_${name} PUBLIC ${PROJECT_BINARY_DIR}/layers/${layer})
  endforeach()

  # Everything that a program needs when it links this layer: its objects, those below, and their libraries.
  set(closure ${name})
  set(libraries ${ARG_LINK})
  foreach(layer IN LISTS ARG_USES)
    get_property(below GLOBAL PROPERTY SFU_CLOSURE_${layer})
    get_property(below_libraries GLOBAL PROPERTY SFU_LIBRARIES_${layer})
    get_property(known GLOBAL PROPERTY SFU_CLOSURE_${layer} SET)
    if(NOT known)
      message(FATAL_ERROR "layer ${name} uses ${layer}, which is not below it")
    endif()
    list(APPEND closure ${below})
    list(APPEND libraries ${below_libraries})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  list(REMOVE_DUPLICATES libraries)
  set_property(GLOBAL PROPERTY SFU_CLOSURE_${name} ${closure})
  set_property(GLOBAL PROPERTY SFU_LIBRARIES_${name} ${libraries})

  if(SFU_TESTS AND tests)
    sfu_test(${name}_test SOURCES ${tests} USES ${name} ${ARG_TESTS_USE})
    target_link_libraries(${name}_test PRIVATE ${ARG_LINK})
  endif()
endfunction()

# Links the layers of USES, and all below them, into a program of ours (tests, benchmarks, fuzz targets).
function(sfu_link_layers target)
  foreach(layer IN LISTS ARGN)
    get_property(closure GLOBAL PROPERTY SFU_CLOSURE_${layer})
    get_property(libraries GLOBAL PROPERTY SFU_LIBRARIES_${layer})
    list(APPEND all ${closure})
    list(APPEND all_libraries ${libraries})
  endforeach()
  list(REMOVE_DUPLICATES all)
  list(REMOVE_DUPLICATES all_libraries)
  foreach(layer IN LISTS all)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:sfu_${layer}>)
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/layers/${layer})
  endforeach()
  target_link_libraries(${target} PRIVATE sfu_public sfu_options ${all_libraries} Threads::Threads)
  if("sfu_proto" IN_LIST all_libraries)
    target_precompile_headers(${target} REUSE_FROM sfu_proto_headers)
  endif()
endfunction()

# sfu_test(NAME SOURCES file... USES layer...): one doctest program, run by ctest.
function(sfu_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES} $<TARGET_OBJECTS:sfu_test_main>)
  sfu_link_layers(${name} ${ARG_USES})
  target_link_libraries(${name} PRIVATE doctest::doctest)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  add_dependencies(sfu_tests ${name})
endfunction()
