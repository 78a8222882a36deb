// Mutates policy files line by line most of the time, so that many of them still parse: bytes alone
// get one in a thousand through TextFormat. Linked into policy_load_fuzz under libFuzzer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace ehc {
namespace {

// What stands between two quotes of a line, put into another's: words, dates, ids.
void SwapWord(std::string* line, const std::string& from) {
  const auto span = [](const std::string& text) {
    const size_t begin = text.find('"');
    const size_t end = begin == std::string::npos ? begin : text.find('"', begin + 1);
    return std::make_pair(begin, end);
  };
  const auto [begin, end] = span(*line);
  const auto [from_begin, from_end] = span(from);
  if (end == std::string::npos || from_end == std::string::npos) return;
  line->replace(begin, end - begin, from.substr(from_begin, from_end - from_begin));
}

// A line that may come, go and move without breaking the blocks around it.
bool IsWhole(const std::string& line) {
  return std::count(line.begin(), line.end(), '{') == std::count(line.begin(), line.end(), '}');
}

std::string Mutated(absl::string_view text, std::mt19937* random) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  const auto any = [&] {
    size_t at = (*random)() % lines.size();
    for (size_t tries = 0; !IsWhole(lines[at]) && tries < 8; ++tries) at = (at + 1) % lines.size();
    return at;
  };
  const size_t at = any();
  const std::string other = lines[any()];
  const auto here = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch ((*random)() % 6) {
    case 0: lines.erase(here); break;
    case 1: lines.insert(here, other); break;
    case 2: *here = other; break;
    case 3: std::swap(*here, lines[any()]); break;
    default: SwapWord(&*here, other);
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace
}  // namespace ehc

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::mt19937 random(seed);
  if (random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::string mutated =
      ehc::Mutated(absl::string_view(reinterpret_cast<const char*>(data), size), &random);
  const size_t length = std::min(mutated.size(), max_size);
  std::memcpy(data, mutated.data(), length);
  return length;
}
