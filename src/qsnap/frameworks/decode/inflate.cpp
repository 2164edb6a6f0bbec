// SPDX-License-Identifier: Apache-2.0
#define ZLIB_CONST  // zlib only reads its input, and then its interface says so

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include <qsnap/frameworks/decode/inflate.hpp>

namespace qsnap::frameworks::decode {

namespace {

/// zlib's state, ended whatever happens.
class Inflater {
 public:
  Inflater() : m_ready(inflateInit2(&m_stream, k_window_bits + k_detect_header) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (m_ready) {
      inflateEnd(&m_stream);
    }
  }

  [[nodiscard]] bool ready() const { return m_ready; }
  z_stream* operator->() { return &m_stream; }
  int step() { return ::inflate(&m_stream, Z_NO_FLUSH); }

 private:
  static constexpr int k_window_bits = 15;
  static constexpr int k_detect_header = 32;  ///< zlib or gzip, whichever it is

  z_stream m_stream{};
  bool m_ready;
};

Error bad_stream() {
  return make_error(ErrorCode::corrupt, "not a zlib stream, or a damaged one");
}

}  // namespace

Result<std::string> inflate(std::string_view packed, std::size_t most_bytes) {
  constexpr std::size_t k_step_bytes = 64 * limits::k_kib;
  Inflater stream;
  if (!stream.ready()) {
    return make_error(ErrorCode::internal, "zlib could not be started");
  }
  if (packed.size() > std::numeric_limits<uInt>::max()) {
    return make_error(ErrorCode::limit_exceeded, "a zlib stream of more than 4 GiB");
  }
  stream->next_in = reinterpret_cast<const Bytef*>(packed.data());
  stream->avail_in = static_cast<uInt>(packed.size());
  std::string bytes;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (bytes.size() > most_bytes) {
      return make_error(ErrorCode::limit_exceeded, fmt::format("a zlib stream holds more than {} bytes", most_bytes));
    }
    const std::size_t filled = bytes.size();
    const std::size_t step_bytes = std::min(k_step_bytes, most_bytes - filled + 1);
    bytes.resize(filled + step_bytes);
    stream->next_out = reinterpret_cast<Bytef*>(bytes.data() + filled);
    stream->avail_out = static_cast<uInt>(step_bytes);
    status = stream.step();
    bytes.resize(filled + step_bytes - stream->avail_out);
    const bool stuck = status == Z_BUF_ERROR || (status == Z_OK && bytes.size() == filled);
    if (stuck || (status != Z_OK && status != Z_STREAM_END)) {
      return bad_stream();
    }
  }
  if (bytes.size() > most_bytes) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("a zlib stream holds more than {} bytes", most_bytes));
  }
  return stream->avail_in == 0 ? Result<std::string>{std::move(bytes)} : bad_stream();
}

}  // namespace qsnap::frameworks::decode
