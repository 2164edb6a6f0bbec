# qsnap_layer(<name> [LAYERS ...] [LIBRARIES ...] [PRIVATE_LIBRARIES ...])
# One static library for src/qsnap/<name>, linked with the layers below it and the libraries it is the home of.
# ci/check-layers proves the same from the #include lines, which a shared include root would let slip.
function(qsnap_layer name)
  cmake_parse_arguments(LAYER "" "" "LAYERS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/qsnap/${name}/*.cpp)
  add_library(qsnap_${name} STATIC ${sources})
  target_include_directories(qsnap_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(qsnap_${name} PUBLIC qsnap_dep::fmt PRIVATE qsnap_flags)
  foreach(layer IN LISTS LAYER_LAYERS)
    target_link_libraries(qsnap_${name} PUBLIC qsnap_${layer})
  endforeach()
  foreach(library IN LISTS LAYER_LIBRARIES)
    target_link_libraries(qsnap_${name} PRIVATE qsnap_dep::${library})
  endforeach()
  if(name STREQUAL "cli")  # alone has CLI11
    qsnap_precompile(qsnap_cli HEADERS <CLI/CLI.hpp>)
    if(QSNAP_UNITY)
      # Most of such a source's compile time is what it instantiates of CLI11, the same in all of them.
      set_target_properties(qsnap_cli PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    endif()
  elseif(name MATCHES "^(base|redis)$")  # hiredis adds a definition
    qsnap_precompile(qsnap_${name})
  else()
    qsnap_precompile(qsnap_${name} REUSE qsnap_base)
  endif()
endfunction()
