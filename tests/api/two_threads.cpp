// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <thread>

#include <qsnap/qsnap.hpp>

/// Two sessions in two threads, with a Redis each: two_threads URL URL, in a repository. Each captures, checks its own
/// and fails to check the other's.

namespace {

bool work(const std::string& url, const std::string& own, const std::string& other) {
  qsnap::Session session{{.redis = url, .update = "none"}};
  bool good = session.capture(own).ok;
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    good = good && session.check(own).ok;
    good = good && session.check(other).status != qsnap::Status::ok;  // missing, or different
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  bool first = false, second = false;
  std::thread one{[&] { first = work(argv[1], "first", "second"); }};
  std::thread two{[&] { second = work(argv[2], "second", "first"); }};
  one.join();
  two.join();
  qsnap::Session nowhere{{.folder = "/"}};
  const qsnap::Verdict verdict = nowhere.check("first");
  std::cout << first << second << ' ' << verdict.message << '\n';
  return first && second && verdict.status == qsnap::Status::usage ? 0 : 1;
}
