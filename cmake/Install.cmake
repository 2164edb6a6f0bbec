install(TARGETS git-qsnap RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Git turns `git qsnap --help` into `man git-qsnap`, so the page is a part of the command line.
install(FILES docs/man/git-qsnap.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/git-qsnap.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME git-qsnap)
install(DIRECTORY schemas/v1/ DESTINATION ${CMAKE_INSTALL_DATADIR}/git-qsnap/schemas/v1 FILES_MATCHING PATTERN "*.schema.json")
install(FILES README.md LICENSE SECURITY.md docs/format.md docs/frameworks.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
