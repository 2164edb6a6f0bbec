# qsnap_embed(<layer> <namespace> <function> <file>...)
# Puts texts into the program: the function hands them out in this order, as qsnap/base/embedded_file.hpp has them.
function(qsnap_embed layer namespace function)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${namespace} -DFUNCTION=${function} "-DFILES=${ARGN}"
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${ARGN} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM)
  target_sources(qsnap_${layer} PRIVATE ${output})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

# As a script, at build time: writes that function.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REPLACE ".schema.json" "" name ${name})
  file(READ ${file} text)
  # A raw literal may hold 64 KiB at the most; a schema is far below that.
  string(APPEND entries "      {\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/Embed.cmake.
#include <array>
#include <span>

#include <qsnap/base/embedded_file.hpp>

namespace ${NAMESPACE} {

std::span<const EmbeddedFile> ${FUNCTION}() {
  static constexpr auto files = std::to_array<EmbeddedFile>({
${entries}  });
  return files;
}

}  // namespace ${NAMESPACE}
")
