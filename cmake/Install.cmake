install(TARGETS git-qsnap git-qsnap-driver git-qsnap-lfs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Git turns `git qsnap --help` into `man git-qsnap`, so the page is a part of the command line.
install(FILES docs/man/git-qsnap.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/git-qsnap.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME git-qsnap)
install(DIRECTORY schemas/v1/ DESTINATION ${CMAKE_INSTALL_DATADIR}/git-qsnap/schemas/v1 FILES_MATCHING PATTERN "*.schema.json" PATTERN "examples" EXCLUDE)
# The pages link each other as they stand here, so docs/ stays a folder.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md" PATTERN "man" EXCLUDE)

if(TARGET libqsnap)
  install(DIRECTORY include/qsnap DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(TARGETS libqsnap EXPORT qsnapTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES ${QSNAP_STATIC_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR})
  set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/qsnap)
  install(EXPORT qsnapTargets NAMESPACE qsnap:: DESTINATION ${package_folder})
  # Beside what is merged into libqsnap.a.
  set(QSNAP_STATIC_NEEDS git2 hiredis ssl crypto xxhash z)
  list(TRANSFORM QSNAP_STATIC_NEEDS PREPEND -l OUTPUT_VARIABLE QSNAP_STATIC_FLAGS)
  list(JOIN QSNAP_STATIC_FLAGS " " QSNAP_STATIC_FLAGS)
  include(CMakePackageConfigHelpers)
  configure_package_config_file(cmake/qsnapConfig.cmake.in ${PROJECT_BINARY_DIR}/qsnapConfig.cmake
    INSTALL_DESTINATION ${package_folder} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/qsnapConfigVersion.cmake COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/qsnapConfig.cmake ${PROJECT_BINARY_DIR}/qsnapConfigVersion.cmake
    DESTINATION ${package_folder})
  file(RELATIVE_PATH QSNAP_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" QSNAP_PC_TO_PREFIX ${QSNAP_PC_TO_PREFIX})
  configure_file(cmake/qsnap.pc.in ${PROJECT_BINARY_DIR}/qsnap.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/qsnap.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
