#include "server/policy/format.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ehc {
namespace {

// Opened minus closed brackets of a line, outside strings and comments.
int Opened(absl::string_view line) {
  int opened = 0;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#') {
      break;
    } else if (c == '{' || c == '[' || c == '<') {
      ++opened;
    } else if (c == '}' || c == ']' || c == '>') {
      --opened;
    }
  }
  return opened;
}

bool Closes(absl::string_view line) {
  return !line.empty() && (line[0] == '}' || line[0] == ']' || line[0] == '>');
}

}  // namespace

std::string FormatPolicyText(absl::string_view text) {
  std::string out;
  int depth = 0;
  bool blank = true;  // swallows empty lines at the start
  for (absl::string_view raw : absl::StrSplit(text, '\n')) {
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty()) {
      if (!blank) out += '\n';
      blank = true;
      continue;
    }
    blank = false;
    const int indent = std::max(0, depth - (Closes(line) ? 1 : 0));
    absl::StrAppend(&out, std::string(2 * static_cast<size_t>(indent), ' '), line, "\n");
    depth = std::max(0, depth + Opened(line));
  }
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace ehc
