# libqsnap, shared and static: the layers up to api, which are compiled anyway. Both show include/qsnap/qsnap.h alone.
# Not with sanitizers and the like: a program would have to bring their runtime.
set(QSNAP_ABI_VERSION 1)  # as qsnap_abi_version() says
set(layers app contract merge diff redis frameworks report store git config codec model base)
set(archives $<TARGET_FILE:qsnap_fmt>)
foreach(layer IN LISTS layers)
  list(APPEND archives $<TARGET_FILE:qsnap_${layer}>)
endforeach()

# The layers' usual link interface names static C++ libraries, which Debian compiles for programs and not for shared
# libraries: here they are shared, and the layers' archives listed by hand.
set(shared_libraries "")
foreach(library boost_json yaml-cpp pugixml zstd minizip)
  find_library(QSNAP_SHARED_${library} REQUIRED NAMES
    ${CMAKE_SHARED_LIBRARY_PREFIX}${library}${CMAKE_SHARED_LIBRARY_SUFFIX})
  list(APPEND shared_libraries ${QSNAP_SHARED_${library}})
endforeach()
set(version_script ${CMAKE_CURRENT_SOURCE_DIR}/qsnap/api/libqsnap.map)
add_library(libqsnap SHARED $<TARGET_OBJECTS:qsnap_api>)
set_target_properties(libqsnap PROPERTIES OUTPUT_NAME qsnap EXPORT_NAME qsnap LINKER_LANGUAGE CXX
  VERSION ${QSNAP_ABI_VERSION} SOVERSION ${QSNAP_ABI_VERSION} LINK_DEPENDS ${version_script})
add_dependencies(libqsnap qsnap_app qsnap_report)
target_link_libraries(libqsnap PRIVATE -Wl,--start-group ${archives} -Wl,--end-group ${shared_libraries}
  PkgConfig::libgit2 PkgConfig::hiredis PkgConfig::xxhash OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads)
# It stays where it is once it was loaded, because threads that used libgit2 remember it.
target_link_options(libqsnap PRIVATE -Wl,--version-script=${version_script} -Wl,-z,defs -Wl,-z,nodelete)
target_include_directories(libqsnap INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# One object of all that git-qsnap has static, with every other name made local: so a program may have another fmt, and
# git/repository.cpp's function in place of one of mbed TLS is nobody's but ours.
list(APPEND archives $<TARGET_FILE:Boost::json> $<TARGET_FILE:zstd::libzstd_static> $<TARGET_FILE:pugixml::static>
  ${QSNAP_STATIC_YAML} ${QSNAP_STATIC_MINIZIP})
set(static_library ${CMAKE_CURRENT_BINARY_DIR}/libqsnap.a)
list(JOIN archives "|" joined_archives)
set(merge_script ${PROJECT_SOURCE_DIR}/cmake/MergeArchives.cmake)
add_custom_command(OUTPUT ${static_library}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${static_library} -DWHOLE=$<TARGET_FILE:qsnap_api> -DARCHIVES=${joined_archives}
          -DKEEP=qsnap_ -DLINKER=${CMAKE_LINKER} -DOBJCOPY=${CMAKE_OBJCOPY} -DNM=${CMAKE_NM} -DAR=${CMAKE_AR}
          -P ${merge_script}
  DEPENDS qsnap_api qsnap_app qsnap_report ${archives} ${merge_script} COMMENT "Merging libqsnap.a" VERBATIM)
add_custom_target(libqsnap_static ALL DEPENDS ${static_library})
set(QSNAP_STATIC_LIBRARY ${static_library} PARENT_SCOPE)
