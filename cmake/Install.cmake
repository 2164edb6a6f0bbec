install(TARGETS git-qsnap git-qsnap-driver RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Git turns `git qsnap --help` into `man git-qsnap`, so the page is a part of the command line.
install(FILES docs/man/git-qsnap.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/git-qsnap.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME git-qsnap)
install(DIRECTORY schemas/v1/ DESTINATION ${CMAKE_INSTALL_DATADIR}/git-qsnap/schemas/v1 FILES_MATCHING PATTERN "*.schema.json" PATTERN "examples" EXCLUDE)
# The pages link each other as they stand here, so docs/ stays a folder.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN "*.md" PATTERN "man" EXCLUDE)
