# Packages: `cpack -G DEB` in the build folder makes tuff (the command) and libtuff-dev (the library), `cpack -G TGZ` one archive of all.
# SPDX-License-Identifier: Apache-2.0
#
# The same sources and the same SOURCE_DATE_EPOCH give the same bytes (scripts/check_reproducible).
set(CPACK_PACKAGE_NAME tuff)
set(CPACK_PACKAGE_VENDOR "the Tuff authors")
set(CPACK_PACKAGE_CONTACT "Tuff maintainers <maintainers@tuff.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "TensorFlow Lite models in C")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_FILE_NAME tuff-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 1) # the packer's blocks depend on it

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME tuff)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "The command: runs, checks and measures .tflite models, converts Keras models
to them and quantizes them.")
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libtuff-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "The library: runs .tflite models and depends on nothing but the C library;
with its headers, its CMake package and its pkg-config file.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libc6-dev | libc-dev")
if(CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR STREQUAL aarch64)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
endif()

foreach(component command development)
  string(REPLACE command tuff folder ${component})
  string(REPLACE development libtuff-dev folder ${folder})
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${folder} RENAME copyright COMPONENT ${component})
  install(FILES NOTICE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${folder} COMPONENT ${component})
endforeach()
include(CPack)
