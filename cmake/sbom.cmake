# The bill of materials: what this build is made of, in SPDX 2.3, as JSON and as tag-value text, installed under share/doc/tuff.
# SPDX-License-Identifier: Apache-2.0
#
# Versions are those that pkg-config found; nothing is copied into the tree, so every entry but Tuff itself is a library that the command links.
# The date follows SOURCE_DATE_EPOCH.
set(SBOM_hdf5 "BSD-3-Clause|https://www.hdfgroup.org/solutions/hdf5/")
set(SBOM_json-c "MIT|https://github.com/json-c/json-c")
set(SBOM_libzip "BSD-3-Clause|https://libzip.org/")
set(SBOM_zlib "Zlib|https://zlib.net/")
set(SBOM_libpng "libpng-2.0|http://www.libpng.org/pub/png/libpng.html")
set(SBOM_libjpeg "IJG AND BSD-3-Clause AND Zlib|https://libjpeg-turbo.org/")

string(TIMESTAMP sbom_date "%Y-%m-%dT%H:%M:%SZ" UTC)
set(sbom_name "tuff-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(sbom_packages "")
set(sbom_relations "")
set(sbom_text "SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: ${sbom_name}
DocumentNamespace: https://spdx.org/spdxdocs/${sbom_name}
Creator: Tool: tuff-cmake
Created: ${sbom_date}
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-tuff
")

# sbom_add NAME VERSION LICENCE URL
function(sbom_add name version licence url)
  if(sbom_packages)
    string(APPEND sbom_packages ",")
    string(APPEND sbom_relations ",
    {\"spdxElementId\": \"SPDXRef-tuff\", \"relationshipType\": \"DYNAMIC_LINK\", \"relatedSpdxElement\": \"SPDXRef-${name}\"}")
    set(relation "Relationship: SPDXRef-tuff DYNAMIC_LINK SPDXRef-${name}\n")
  endif()
  string(APPEND sbom_packages "
    {\"SPDXID\": \"SPDXRef-${name}\", \"name\": \"${name}\", \"versionInfo\": \"${version}\", \"licenseDeclared\": \"${licence}\",
     \"licenseConcluded\": \"${licence}\", \"copyrightText\": \"NOASSERTION\", \"downloadLocation\": \"NOASSERTION\", \"homepage\": \"${url}\", \"filesAnalyzed\": false}")
  string(APPEND sbom_text "
PackageName: ${name}
SPDXID: SPDXRef-${name}
PackageVersion: ${version}
PackageDownloadLocation: NOASSERTION
PackageHomePage: ${url}
FilesAnalyzed: false
PackageLicenseConcluded: ${licence}
PackageLicenseDeclared: ${licence}
PackageCopyrightText: NOASSERTION
${relation}")
  set(sbom_packages "${sbom_packages}" PARENT_SCOPE)
  set(sbom_relations "${sbom_relations}" PARENT_SCOPE)
  set(sbom_text "${sbom_text}" PARENT_SCOPE)
endfunction()

sbom_add(tuff "${PROJECT_VERSION}" Apache-2.0 NOASSERTION)
foreach(library ${TUFF_KIT_LIBRARIES})
  string(REPLACE "|" ";" facts "${SBOM_${library}}")
  list(GET facts 0 licence)
  list(GET facts 1 url)
  sbom_add(${library} "${KIT_${library}_VERSION}" "${licence}" "${url}")
endforeach()

file(WRITE ${PROJECT_BINARY_DIR}/tuff.spdx "${sbom_text}")
file(WRITE ${PROJECT_BINARY_DIR}/tuff.spdx.json "{
  \"spdxVersion\": \"SPDX-2.3\",
  \"dataLicense\": \"CC0-1.0\",
  \"SPDXID\": \"SPDXRef-DOCUMENT\",
  \"name\": \"${sbom_name}\",
  \"documentNamespace\": \"https://spdx.org/spdxdocs/${sbom_name}\",
  \"creationInfo\": {\"created\": \"${sbom_date}\", \"creators\": [\"Tool: tuff-cmake\"]},
  \"packages\": [${sbom_packages}
  ],
  \"relationships\": [
    {\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", \"relatedSpdxElement\": \"SPDXRef-tuff\"}${sbom_relations}
  ]
}
")
install(FILES ${PROJECT_BINARY_DIR}/tuff.spdx ${PROJECT_BINARY_DIR}/tuff.spdx.json DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tuff)
