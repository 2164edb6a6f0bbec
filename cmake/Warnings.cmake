# What every target of ours is compiled with.
add_library(qsnap_flags INTERFACE)
target_compile_options(qsnap_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Wnull-dereference -Wimplicit-fallthrough -Wextra-semi)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives inside std::variant and std::string under optimisation
  # (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105562, ...=105329).
  target_compile_options(qsnap_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-null-dereference)
endif()
if(QSNAP_WERROR)
  target_compile_options(qsnap_flags INTERFACE -Werror)
endif()
if(QSNAP_SANITIZE)
  target_compile_options(qsnap_flags INTERFACE -fsanitize=${QSNAP_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(qsnap_flags INTERFACE -fsanitize=${QSNAP_SANITIZE})
endif()
if(QSNAP_FUZZ)
  target_compile_options(qsnap_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(qsnap_flags INTERFACE -fsanitize=address,undefined)
endif()
if(QSNAP_COVERAGE)
  target_compile_options(qsnap_flags INTERFACE --coverage)
  target_link_options(qsnap_flags INTERFACE --coverage)
endif()
