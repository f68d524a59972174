# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: headers, libraries with a CMake package and pkg-config files, the server with its pages,
# documentation. All paths are relative, so that the prefix can be moved. Components: dev, lib, server.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(cmake_package ${CMAKE_INSTALL_LIBDIR}/cmake/sfu)

# ---- headers ---------------------------------------------------------------------------------------------------------
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ TYPE INCLUDE COMPONENT dev FILES_MATCHING PATTERN *.hpp PATTERN *.h)

# ---- libraries and the CMake package ---------------------------------------------------------------------------------
# sfu_install_libraries(NAME target...): and NAME-targets.cmake, which describes them.
function(sfu_install_libraries name)
  install(TARGETS ${ARGN} EXPORT ${name} INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          ARCHIVE COMPONENT dev LIBRARY COMPONENT lib NAMELINK_COMPONENT dev)
  install(EXPORT ${name} NAMESPACE sfu:: FILE ${name}-targets.cmake DESTINATION ${cmake_package} COMPONENT dev)
endfunction()

set(installed sfu-lib-core sfu-lib-control sfu-lib-client sfu-shared-core sfu-shared-control sfu-shared-client)
sfu_install_libraries(sfu-static sfu-lib-core sfu-lib-control sfu-lib-client)
sfu_install_libraries(sfu-shared sfu-shared-core sfu-shared-control sfu-shared-client)
if(TARGET sfu_c)
  set_property(TARGET sfu_c PROPERTY EXPORT_NAME c)
  set_property(TARGET sfu_c_engine PROPERTY EXPORT_NAME c-engine)
  sfu_install_libraries(sfu-c sfu_c sfu_c_engine)
  list(APPEND installed sfu_c sfu_c_engine)
endif()

# CMake's own --strip leaves static libraries as they are.
install(CODE "if(CMAKE_INSTALL_DO_STRIP)
  file(GLOB archives \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libsfu*.a\")
  execute_process(COMMAND ${CMAKE_STRIP} --strip-debug \${archives} COMMAND_ERROR_IS_FATAL ANY)
endif()" COMPONENT dev)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sfu-config.cmake.in ${PROJECT_BINARY_DIR}/sfu-config.cmake
                              INSTALL_DESTINATION ${cmake_package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sfu-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sfu-config.cmake ${PROJECT_BINARY_DIR}/sfu-config-version.cmake
        DESTINATION ${cmake_package} COMPONENT dev)

# ---- pkg-config ------------------------------------------------------------------------------------------------------
# What pkg-config calls what we link; what has no file of its own there is linked by name.
set(pc_OpenSSL::SSL libssl)
set(pc_OpenSSL::Crypto libcrypto)
set(pc_PkgConfig::NICE nice)
set(pc_PkgConfig::SRTP libsrtp2)
set(pc_PkgConfig::USRSCTP usrsctp)
set(pc_ZLIB::ZLIB zlib)
set(pc_fmt::fmt fmt)
set(pc_protobuf::libprotobuf protobuf)
set(pc_yaml-cpp yaml-cpp)
set(name_Boost::json -lboost_json)
set(name_Threads::Threads -pthread)

# sfu_pkg_config(LIBRARY DESCRIPTION [REQUIRES module...] [NEEDS target...])
function(sfu_pkg_config library description)
  cmake_parse_arguments(ARG "" "" "REQUIRES;NEEDS" ${ARGN})
  foreach(target IN LISTS ARG_NEEDS)
    if(NOT DEFINED pc_${target} AND NOT DEFINED name_${target})
      message(FATAL_ERROR "SfuInstall.cmake: what is ${target} for pkg-config?")
    endif()
    list(APPEND modules ${pc_${target}})
    list(APPEND names ${name_${target}})
  endforeach()
  list(JOIN ARG_REQUIRES ", " requires)
  list(JOIN modules ", " requires_private)
  list(JOIN names " " libs_private)
  file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/pkg-config.pc.in ${PROJECT_BINARY_DIR}/${library}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${library}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endfunction()

foreach(name core control client)
  get_property(needed_by_${name} GLOBAL PROPERTY SFU_NEEDED_BY_${name})
endforeach()
set(same "sfu = ${PROJECT_VERSION}")
sfu_pkg_config(sfu "WebRTC SFU: engine, rooms, media" NEEDS ${needed_by_core})
sfu_pkg_config(sfu-control "WebRTC SFU: HTTP, room API, webhooks, configuration" REQUIRES ${same} NEEDS ${needed_by_control})
sfu_pkg_config(sfu-client "WebRTC SFU: client and server SDK" REQUIRES ${same} NEEDS ${needed_by_client})
if(TARGET sfu_c)
  sfu_pkg_config(sfu-c "WebRTC SFU: the C interface to all of it")
  sfu_pkg_config(sfu-c-engine "WebRTC SFU: the C interface to the engine alone")
endif()

# ---- the server ------------------------------------------------------------------------------------------------------
if(TARGET sfu-server)
  set(server_data ${CMAKE_INSTALL_DATADIR}/sfu-server)
  install(TARGETS sfu-server RUNTIME COMPONENT server)
  install(FILES ${PROJECT_SOURCE_DIR}/examples/server/sample.yaml DESTINATION ${server_data} COMPONENT server)
  foreach(page meet console)  # made by ./dev install and ./dev package
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/${page}/dist/ DESTINATION ${server_data}/${page} COMPONENT server OPTIONAL)
  endforeach()
  list(APPEND installed sfu-server)
endif()

# ---- documentation ---------------------------------------------------------------------------------------------------
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md TYPE DOC
        COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs TYPE DOC COMPONENT dev PATTERN site EXCLUDE)

add_custom_target(sfu_installed DEPENDS ${installed})  # all that must be built before
