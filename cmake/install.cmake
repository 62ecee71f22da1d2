# The tools stand together in bin/ of the build; `cmake --install` puts them with their man pages, the bash
# completion and the documents.
foreach(tool pkgsign pkgverify)
  set_target_properties(${tool} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  install(TARGETS ${tool} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  install(FILES docs/man/${tool}.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  # bash loads the file that is named as the command.
  install(FILES docs/completion/pkgtrust.bash RENAME ${tool}
    DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
endforeach()
install(FILES README.md CHANGELOG.md SECURITY.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs"
  FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.tsv"
  PATTERN man EXCLUDE PATTERN completion EXCLUDE)
