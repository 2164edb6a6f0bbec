# As a script, at build time: OUTPUT is an archive of one object that has what WHOLE is made of and what that needs of
# ARCHIVES (lists divided by |), and in which no name but those with the prefix KEEP is global.
string(REPLACE "|" ";" ARCHIVES "${ARCHIVES}")
set(object ${OUTPUT}.o)
set(unique_names ${OUTPUT}.unique)
# --force-group-allocation: a template that the program has as well is not thrown away here.
execute_process(COMMAND ${LINKER} -r --force-group-allocation -o ${object} --whole-archive ${WHOLE} --no-whole-archive
  --start-group ${ARCHIVES} --end-group COMMAND_ERROR_IS_FATAL ANY)
# objcopy makes no "unique" name local (the static variables of templates), but a weak one that was.
execute_process(COMMAND ${NM} --defined-only --extern-only --format=posix ${object} OUTPUT_VARIABLE names
  COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n ]+ u [^\n]*" names "${names}")
list(TRANSFORM names REPLACE " .*" "\n")
string(JOIN "" names ${names})
file(WRITE ${unique_names} "${names}")
execute_process(COMMAND ${OBJCOPY} --weaken-symbols=${unique_names} ${object} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${OBJCOPY} --wildcard --keep-global-symbol=${KEEP}* --strip-debug ${object}
  COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${OUTPUT})
execute_process(COMMAND ${AR} rcs ${OUTPUT} ${object} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${object} ${unique_names})
