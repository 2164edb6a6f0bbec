# Writes embedded_hooks.cpp from git-hooks/: cmake -DOUTPUT=… -DHOOKS=… -DNAMES=… -P EmbedHooks.cmake
set(entries "")
foreach(name IN LISTS NAMES)
  file(READ ${HOOKS}/${name} text)
  string(APPEND entries "          {\"${name}\", R\"hook(${text})hook\"},\n")
endforeach()
file(READ ${HOOKS}/dispatcher dispatcher)
file(READ ${HOOKS}/earlier-bodies earlier)
file(WRITE ${OUTPUT}.new "// Made by cmake/EmbedHooks.cmake from git-hooks.
#include <qsnap/app/setup/hook_bodies.hpp>

namespace qsnap::app::setup {

HookBodies embedded_hook_bodies() {
  return {
      {
${entries}      },
      R\"hook(${dispatcher})hook\",
      R\"hook(${earlier})hook\",
  };
}

}  // namespace qsnap::app::setup
")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUTPUT}.new ${OUTPUT})
