# Writes embedded_setup.cpp from merge-driver/: cmake -DOUTPUT=… -DFRAGMENTS=… -P EmbedSetup.cmake
file(READ ${FRAGMENTS}/qsnap.gitconfig config)
file(READ ${FRAGMENTS}/gitattributes attributes)
file(WRITE ${OUTPUT}.new "// Made by cmake/EmbedSetup.cmake from merge-driver.
#include <qsnap/app/setup/fragments.hpp>

namespace qsnap::app::setup {

std::string_view config_fragment() {
  return R\"fragment(${config})fragment\";
}

std::string_view attribute_block() {
  return R\"fragment(${attributes})fragment\";
}

}  // namespace qsnap::app::setup
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
