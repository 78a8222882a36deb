#include "server/base/log.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/fs.h"

namespace ehc {
namespace {

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }

bool NeedsQuotes(absl::string_view text) {
  const auto plain = [](char c) {
    return IsPrintable(c) && c != ' ' && c != '"' && c != '=' && c != '\\';
  };
  return text.empty() || !std::all_of(text.begin(), text.end(), plain);
}

void AppendEscaped(absl::string_view text, std::string* line) {
  constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      line->push_back('\\');
      line->push_back(c);
    } else if (IsPrintable(c)) {
      line->push_back(c);
    } else {
      const unsigned char byte = static_cast<unsigned char>(c);
      line->append({'\\', 'x', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
}

void AppendText(absl::string_view text, std::string* line) {
  if (!NeedsQuotes(text)) {
    absl::StrAppend(line, text);
    return;
  }
  line->push_back('"');
  AppendEscaped(text, line);
  line->push_back('"');
}

void Write(LogLiteral severity, LogLiteral event, LogFields fields) {
  std::string line = FormatLogLine(absl::Now(), severity, event, fields);
  line.push_back('\n');
  WriteFully(STDERR_FILENO, line, "stderr").IgnoreError();  // There is nowhere left to say so.
}

}  // namespace

void LogValue::AppendTo(std::string* line) const {
  switch (kind_) {
    case Kind::kText: return AppendText(absl::string_view(text_, size_), line);
    case Kind::kSigned: return absl::StrAppend(line, static_cast<long long>(number_));
    case Kind::kUnsigned: return absl::StrAppend(line, number_);
    case Kind::kDuration: return absl::StrAppend(line, absl::FormatDuration(duration_));
    case Kind::kStatusCode:
      return absl::StrAppend(line,
                             absl::StatusCodeToString(static_cast<absl::StatusCode>(number_)));
  }
}

std::string FormatLogLine(absl::Time now, LogLiteral severity, LogLiteral event, LogFields fields) {
  std::string line =
      absl::StrCat(absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", now, absl::UTCTimeZone()), " ",
                   severity.text(), " event=");
  AppendText(event.text(), &line);
  for (const LogField& field : fields) {
    absl::StrAppend(&line, " ", field.key.text(), "=");
    field.value.AppendTo(&line);
  }
  return line;
}

void LogInfo(LogLiteral event, LogFields fields) { Write("INFO", event, fields); }
void LogWarning(LogLiteral event, LogFields fields) { Write("WARNING", event, fields); }
void LogError(LogLiteral event, LogFields fields) { Write("ERROR", event, fields); }

}  // namespace ehc
