// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <string>

#include <qsnap/api/call_guard.hpp>
#include <qsnap/api/fence.hpp>
#include <qsnap/report/exit_code.hpp>

namespace qsnap::api {

namespace {

Answer bug(const char* what) {
  return answer_of(make_error(ErrorCode::internal, std::string{"internal error: "} + what));
}

Answer guarded(const std::function<Result<Answer>()>& work) {
  try {
    const CallGuard guard;
    Result<Answer> answer = work();
    return answer ? *std::move(answer) : answer_of(answer.error());
  } catch (const std::bad_alloc&) {
    return answer_of(make_error(ErrorCode::internal, k_no_memory_message));
  } catch (const std::exception& thrown) {
    return bug(thrown.what());
  } catch (...) {
    return bug("something was thrown that is no exception of ours");
  }
}

}  // namespace

Answer fenced(const std::function<Result<Answer>()>& work) noexcept {
  try {
    return guarded(work);
  } catch (...) {  // no memory for the words of an error
    return Answer{report::k_exit_internal, {}, {}};
  }
}

}  // namespace qsnap::api
