// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iostream>
#include <new>

#include <qsnap/qsnap.h>

/// Every allocation of the calling thread fails once, or every STRIDEth, the first one first: each call answers, and
/// nothing is thrown. (This program's operator new is libqsnap's, too.) Usage: out_of_memory NAME STRIDE, in a
/// repository with that snapshot.

namespace {

thread_local long allocations_left = -1;  ///< negative: as many as you like

/// Runs `work` with one failing allocation after the other, until all of them succeed; answers how many failed.
template <class Work>
long fail_one_by_one(long stride, const Work& work) {
  for (long attempt = 0;; ++attempt) {
    allocations_left = attempt * stride;
    work();
    const bool failed = allocations_left < 0;
    allocations_left = -1;
    if (!failed) {
      return attempt;
    }
  }
}

void* allocate(std::size_t size) {
  if (allocations_left == 0) {
    allocations_left = -2;  // this one alone: what tells of it may allocate
    throw std::bad_alloc{};
  }
  allocations_left -= allocations_left > 0 ? 1 : 0;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc{};
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  int answers = 0, last = -1;
  const long opening = fail_one_by_one(1, [&] {
    qsnap_result* error = nullptr;
    qsnap_session_close(qsnap_session_open("{\"folder\":\".\",\"update\":\"none\"}", &error));
    answers += qsnap_result_json(error)[0] == '{' ? 1 : 0;
    qsnap_result_free(error);
  });
  qsnap_session* const session = qsnap_session_open("{\"update\":\"none\"}", nullptr);
  const long checking = fail_one_by_one(std::atol(argv[2]), [&] {
    qsnap_result* const result = qsnap_check(session, argv[1], "{\"ignore\":[\"jobs.priority\"]}");
    last = qsnap_result_status(result);
    answers += qsnap_result_json(result)[0] == '{' ? 1 : 0;
    qsnap_result_free(result);
  });
  qsnap_session_close(session);
  std::cout << opening << " allocations of an opening and " << checking << " of a check failed; " << answers
            << " answers; the last check: " << last << '\n';
  return last == QSNAP_OK && opening > 10 && checking > 100 && answers == opening + checking + 2 ? 0 : 1;
}
