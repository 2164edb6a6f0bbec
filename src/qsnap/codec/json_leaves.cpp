// SPDX-License-Identifier: Apache-2.0
#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_path.hpp>

/// JsonPayloadReader::leaves: a value as a flat list of paths and scalars.
namespace qsnap::codec {

namespace {

using boost::json::error_code;
using boost::json::string_view;
using Leaf = model::PayloadReader::Leaf;

/// Every leaf repeats the names above it, so a long name over many leaves would grow without bound.
constexpr std::size_t k_path_bytes = 64 * limits::k_mib;

/// Boost.JSON's events → leaves. The current path is one string; containers remember where theirs ends.
class LeafCollector {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  [[nodiscard]] std::vector<Leaf> take() { return std::move(m_leaves); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(Container::Kind::object); }
  bool on_array_begin(error_code&) { return open(Container::Kind::array); }
  bool on_object_end(std::size_t count, error_code& failure) { return close(count, "{}", failure); }
  bool on_array_end(std::size_t count, error_code& failure) { return close(count, "[]", failure); }

  bool on_key_part(string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_key(string_view part, std::size_t, error_code&) {
    collect(part);
    m_path.resize(m_open.back().path_bytes);
    append_path_name(m_path, m_text);
    m_text.clear();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_string(string_view part, std::size_t, error_code& failure) {
    collect(part);
    return scalar(json_string(m_text), failure);
  }
  bool on_number_part(string_view part, error_code&) { return collect(part); }
  bool on_int64(std::int64_t, string_view rest, error_code& failure) { return number(rest, failure); }
  bool on_uint64(std::uint64_t, string_view rest, error_code& failure) { return number(rest, failure); }
  bool on_double(double, string_view rest, error_code& failure) { return number(rest, failure); }
  bool on_bool(bool value, error_code& failure) { return scalar(value ? "true" : "false", failure); }
  bool on_null(error_code& failure) { return scalar("null", failure); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Container {
    enum class Kind { object, array };
    Kind kind;
    std::size_t path_bytes;
    std::size_t next_index = 0;
  };

  bool collect(string_view part) {
    m_text.append(part.data(), part.size());
    return true;
  }
  /// Elements of an array name themselves; members were named by on_key.
  void enter_value() {
    if (!m_open.empty() && m_open.back().kind == Container::Kind::array) {
      m_path.resize(m_open.back().path_bytes);
      fmt::format_to(std::back_inserter(m_path), "[{}]", m_open.back().next_index++);
    }
  }
  bool open(Container::Kind kind) {
    enter_value();
    m_open.push_back({kind, m_path.size()});
    return true;
  }
  bool close(std::size_t count, std::string_view empty_form, error_code& failure) {
    m_path.resize(m_open.back().path_bytes);
    m_open.pop_back();
    return count != 0 || add_leaf(std::string{empty_form}, failure);
  }
  bool number(string_view rest, error_code& failure) {
    collect(rest);
    return scalar(m_text, failure);
  }
  bool scalar(std::string json, error_code& failure) {
    enter_value();
    m_text.clear();
    return add_leaf(std::move(json), failure);
  }
  bool add_leaf(std::string json, error_code& failure) {
    m_path_bytes += m_path.size();
    if (m_path_bytes > k_path_bytes) {
      failure = boost::json::make_error_code(boost::json::error::object_too_large);
      return false;
    }
    m_leaves.push_back({m_path, std::move(json)});
    return true;
  }

  std::vector<Leaf> m_leaves;
  std::vector<Container> m_open;
  std::string m_path;
  std::string m_text;  ///< of the name, string or number that is being read
  std::size_t m_path_bytes = 0;
};

}  // namespace

Result<std::vector<model::PayloadReader::Leaf>> JsonPayloadReader::leaves(std::string_view json) const {
  QSNAP_ASSIGN(const std::string sorted, sorted_json(json));
  boost::json::parse_options options;
  options.max_depth = limits::k_json_depth;
  boost::json::basic_parser<LeafCollector> parser{options};
  error_code failure;
  parser.write_some(false, sorted.data(), sorted.size(), failure);
  if (failure) {  // sorted_json() let the text through, so it is well-formed
    return make_error(ErrorCode::limit_exceeded, "the paths of a value take more than 64 MiB");
  }
  return parser.handler().take();
}

Result<std::vector<model::Field>> JsonPayloadReader::members(std::string_view json) const {
  if (!json.starts_with('[')) {
    return object_members(json);
  }
  QSNAP_ASSIGN(std::vector<std::string> elements, array_elements(json));
  std::vector<model::Field> list;
  for (std::string& element : elements) {
    list.push_back({{}, std::move(element)});
  }
  return list;
}

}  // namespace qsnap::codec
