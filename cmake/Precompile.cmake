# qsnap_precompile(<target> [REUSE <other target>] [HEADERS <header>...])
# With QSNAP_PCH: the target's sources see what most files include already parsed, and the headers named. A precompiled
# header fits only the flags it was made with, so a target may reuse that of another with the same flags.
# Nothing of ours is in it: that would save 3 % more, and an edit of a header would build everything again.
function(qsnap_precompile target)
  if(NOT QSNAP_PCH)
    return()
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 then takes less of a precompiled std::string for a system header's, and reports false positives inside of
    # it. Builds without QSNAP_PCH have them as errors.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow)
  endif()
  cmake_parse_arguments(PCH "" "REUSE" "HEADERS" ${ARGN})
  if(PCH_REUSE)
    target_precompile_headers(${target} REUSE_FROM ${PCH_REUSE})
    return()
  endif()
  target_precompile_headers(${target} PRIVATE <algorithm> <array> <charconv> <chrono> <cstdint> <filesystem> <functional>
    <map> <memory> <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>
    <fmt/format.h> ${PCH_HEADERS})
endfunction()
