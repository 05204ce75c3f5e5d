# Writes OUTPUT, a C file that holds the sources which generated code is built from: kernels, prims, what these include, and the folder's own files.
# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT=... -DOUTPUT=... -P embed.cmake
file(GLOB paths RELATIVE ${ROOT} ${ROOT}/src/ops/*.[ch] ${ROOT}/src/prims/*.[ch] ${ROOT}/src/base/*.[ch] ${ROOT}/include/tuff/op.h
     ${ROOT}/include/tuff/status.h ${ROOT}/kit/codegen/folder/*)
list(SORT paths)
set(arrays "")
set(table "")
set(k 0)
foreach(path ${paths})
  file(READ ${ROOT}/${path} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char file_${k}[] = {${bytes}0};\n")
  string(REGEX REPLACE "^include/" "src/" name ${path})
  string(REGEX REPLACE "^kit/codegen/" "" name ${name})
  string(APPEND table "    {\"${name}\", (const char *)file_${k}, sizeof file_${k} - 1},\n")
  math(EXPR k "${k} + 1")
endforeach()
file(WRITE ${OUTPUT} "/* Written by cmake/embed.cmake. */\n#include \"kit/codegen/sources.h\"\n\n${arrays}\n"
     "const tuff_source tuff_sources[] = {\n${table}};\nconst size_t tuff_source_count = ${k};\n")
