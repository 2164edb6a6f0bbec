// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/api/fence.hpp>
#include <qsnap/api/session.hpp>
#include <qsnap/base/environment.hpp>
#include <qsnap/qsnap.h>

/// The C interface: texts in, a result out, and no exception past here.

struct qsnap_session {
  qsnap::api::Session session;
};

struct qsnap_result {
  qsnap::api::Answer answer;
};

namespace {

using qsnap::Error;
using qsnap::ErrorCode;
using qsnap::Result;
using qsnap::api::Answer;
using qsnap::api::Session;

std::string_view text_of(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

qsnap_result* result_of(Answer answer) noexcept {
  return new (std::nothrow) qsnap_result{std::move(answer)};
}

/// What `call` answers of this session.
template <class Call>
qsnap_result* answer(qsnap_session* session, const Call& call) noexcept {
  const auto work = [&]() -> Result<Answer> {
    if (session == nullptr) {
      return qsnap::make_error(ErrorCode::usage, "there is no session", {"qsnap_session_open() says why"});
    }
    return call(session->session);
  };
  return result_of(qsnap::api::fenced(std::cref(work)));
}

/// Nothing to say: there was no memory, for the result or for its words.
bool is_mute(const qsnap_result* result) {
  return result == nullptr || result->answer.json.empty();
}

}  // namespace

int qsnap_abi_version(void) {
  return 1;
}

const char* qsnap_version(void) {
  return QSNAP_VERSION;
}

qsnap_session* qsnap_session_open(const char* options_json, qsnap_result** error) {
  std::unique_ptr<qsnap_session> opened;
  const auto work = [&]() -> Result<Answer> {
    QSNAP_ASSIGN(Session session, Session::open(text_of(options_json), qsnap::process_variable));
    opened = std::make_unique<qsnap_session>(qsnap_session{std::move(session)});
    return Answer{};
  };
  Answer why = qsnap::api::fenced(std::cref(work));
  if (error != nullptr) {
    *error = opened ? nullptr : result_of(std::move(why));
  }
  return opened.release();
}

void qsnap_session_close(qsnap_session* session) {
  delete session;
}

qsnap_result* qsnap_check(qsnap_session* session, const char* name, const char* options_json) {
  return answer(session, [&](Session& opened) { return opened.check(text_of(name), text_of(options_json)); });
}

qsnap_result* qsnap_check_contract(qsnap_session* session, const char* file, const char* options_json) {
  return answer(session, [&](Session& opened) { return opened.check_contract(text_of(file), text_of(options_json)); });
}

qsnap_result* qsnap_capture(qsnap_session* session, const char* name, const char* options_json) {
  return answer(session, [&](Session& opened) { return opened.capture(text_of(name), text_of(options_json)); });
}

qsnap_result* qsnap_load(qsnap_session* session, const char* name, const char* options_json) {
  return answer(session, [&](Session& opened) { return opened.load(text_of(name), text_of(options_json)); });
}

qsnap_status qsnap_result_status(const qsnap_result* result) {
  return result == nullptr ? QSNAP_INTERNAL : static_cast<qsnap_status>(result->answer.status);
}

const char* qsnap_result_message(const qsnap_result* result) {
  return is_mute(result) ? qsnap::api::k_no_memory_message : result->answer.message.c_str();
}

const char* qsnap_result_json(const qsnap_result* result) {
  return is_mute(result) ? qsnap::api::k_no_memory_json : result->answer.json.c_str();
}

void qsnap_result_free(qsnap_result* result) {
  delete result;
}
