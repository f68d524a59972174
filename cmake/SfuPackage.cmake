# SPDX-License-Identifier: Apache-2.0
# Debian packages of what SfuInstall.cmake installs: sfu-server, libsfu0.1 and libsfu-dev. `./dev package` makes them.
set(lib_package libsfu${SFU_ABI})
set(debian ${PROJECT_SOURCE_DIR}/packaging)

# sfu_package(GROUP NAME COMPONENT): what that component installs, and what only a package of Debian has.
macro(sfu_package group name component)
  foreach(part ${component} ${component}-debian)
    list(APPEND CPACK_COMPONENTS_ALL ${part})
    string(TOUPPER ${part} upper)
    set(CPACK_COMPONENT_${upper}_GROUP ${group})
  endforeach()
  install(FILES ${debian}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  string(TOUPPER ${group} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
endmacro()

sfu_package(library ${lib_package} lib)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "These are the shared libraries that programs load: the SFU itself, its control
plane, and a client.")

sfu_package(development libsfu-dev dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${lib_package} (= ${PROJECT_VERSION}), libssl-dev, libsrtp2-dev, libusrsctp-dev, \
libnice-dev, libprotobuf-dev, libboost-json1.81-dev, libyaml-cpp-dev, libfmt-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "These are headers, static libraries, and what CMake and pkg-config need to build
programs with an SFU in them.")

if(TARGET sfu-server)
  sfu_package(service sfu-server server)
  install(FILES ${debian}/config.yaml DESTINATION /etc/sfu-server COMPONENT server-debian EXCLUDE_FROM_ALL)
  install(FILES ${debian}/sfu-server.service DESTINATION lib/systemd/system COMPONENT server-debian EXCLUDE_FROM_ALL)
  set(CPACK_DEBIAN_SERVICE_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_SERVICE_PACKAGE_CONTROL_EXTRA "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")
  set(CPACK_DEBIAN_SERVICE_DESCRIPTION "This is the SFU as a server for calls and broadcasts. LiveKit's client and server
SDKs work with it as they do with LiveKit's own server.")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "The libsfu authors")
set(CPACK_PACKAGE_CONTACT "The libsfu authors <libsfu@example.org>")
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)  # the configuration is in /etc, outside the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
