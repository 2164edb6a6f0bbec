# qsnap_layer(<name> [LAYERS ...] [LIBRARIES ...] [PRIVATE_LIBRARIES ...])
# One static library for src/qsnap/<name>, linked with the layers below it and the libraries it is the home of.
# With QSNAP_UNITY, sources of app whose names begin alike are compiled as one: most of what takes time is in headers that
# they share. They may not use one name for two things; a new source meets those of its own letter alone.
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
  if(QSNAP_UNITY AND name STREQUAL "app")
    set_target_properties(qsnap_app PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    foreach(source IN LISTS sources)
      cmake_path(GET source PARENT_PATH folder)
      cmake_path(GET folder FILENAME folder)
      cmake_path(GET source FILENAME file)
      string(SUBSTRING ${file} 0 1 letter)
      # What needs search or transfer stays alone: the C interface links app without them.
      if(NOT file MATCHES "^(search|grep|found|decoded_members|lfs_)")
        set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${letter})
      endif()
    endforeach()
    # A name of another source is not one that is shadowed.
    target_compile_options(qsnap_app PRIVATE -Wshadow=local)
  endif()
endfunction()
