# Writes embedded_schemas.cpp from schemas/v1/*.schema.json: cmake -DOUTPUT=… -DSCHEMAS=… -P EmbedSchemas.cmake
file(GLOB files ${SCHEMAS}/*.schema.json)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  string(REPLACE ".schema.json" "" name ${name})
  file(READ ${file} text)
  # A raw literal may hold 64 KiB at the most; a schema is far below that.
  string(APPEND entries "    {\"${name}\", R\"schema(${text})schema\"},\n")
endforeach()
file(WRITE ${OUTPUT}.new "// Made by cmake/EmbedSchemas.cmake from schemas/v1.
#include <qsnap/cli/embedded_schemas.hpp>

#include <array>

namespace qsnap::cli {

std::span<const EmbeddedSchema> embedded_schemas() {
  static constexpr auto schemas = std::to_array<EmbeddedSchema>({
${entries}  });
  return schemas;
}

}  // namespace qsnap::cli
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
