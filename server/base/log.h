// One line per event on stderr:  2026-11-22T01:46:57.123Z INFO event=policy_activated revision=7
//
// Personal data has no way in by accident: keys and events are literals, and a value is a number, a
// duration, a status code, a literal, or a text that somebody declared Public() on a line that a
// search for "Public(" finds. Thread safe; a line is written by a single write().
#ifndef EHC_SERVER_BASE_LOG_H_
#define EHC_SERVER_BASE_LOG_H_

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ehc {

// Text known at compile time: a run-time string does not convert.
class LogLiteral {
 public:
  template <size_t N>
  consteval LogLiteral(const char (&text)[N]) : text_(text), size_(N - 1) {}  // NOLINT: implicit

  constexpr absl::string_view text() const { return absl::string_view(text_, size_); }

 private:
  const char* text_;
  size_t size_;
};

// The author's statement that `text` is not personal data: a path, an agency id, a version.
class Public {
 public:
  explicit Public(absl::string_view text) : text_(text) {}
  absl::string_view text() const { return text_; }

 private:
  absl::string_view text_;
};

class LogValue {
 public:
  template <size_t N>
  consteval LogValue(const char (&text)[N])  // NOLINT: implicit
      : kind_(Kind::kText), text_(text), size_(N - 1) {}
  LogValue(Public text)  // NOLINT: implicit
      : kind_(Kind::kText), text_(text.text().data()), size_(text.text().size()) {}
  template <std::integral Integer>
  LogValue(Integer number)  // NOLINT: implicit
      : kind_(std::signed_integral<Integer> ? Kind::kSigned : Kind::kUnsigned),
        number_(static_cast<unsigned long long>(number)) {}
  LogValue(absl::Duration duration)  // NOLINT: implicit
      : kind_(Kind::kDuration), duration_(duration) {}
  LogValue(absl::StatusCode code)  // NOLINT: implicit
      : kind_(Kind::kStatusCode), number_(static_cast<unsigned long long>(code)) {}

  void AppendTo(std::string* line) const;

 private:
  enum class Kind { kText, kSigned, kUnsigned, kDuration, kStatusCode };

  Kind kind_;
  const char* text_ = nullptr;
  size_t size_ = 0;
  unsigned long long number_ = 0;
  absl::Duration duration_;
};

struct LogField {
  LogLiteral key;
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

// Example: LogInfo("listening", {{"address", Public(address)}, {"port", port}});
void LogInfo(LogLiteral event, LogFields fields = {});
void LogWarning(LogLiteral event, LogFields fields = {});
void LogError(LogLiteral event, LogFields fields = {});

// The line without its newline. Control characters and bytes outside ASCII are escaped as \xNN;
// values with spaces, quotes or '=' are quoted.
std::string FormatLogLine(absl::Time now, LogLiteral severity, LogLiteral event, LogFields fields);

}  // namespace ehc

#endif  // EHC_SERVER_BASE_LOG_H_
