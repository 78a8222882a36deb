#include "tests/world/options.h"

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

absl::Status Set(absl::string_view name, const std::string& value, WorldOptions& options) {
  if (name == "--out") {
    options.out = value;
    return absl::OkStatus();
  }
  if (name == "--as-at") {
    absl::StatusOr<Date> date = ParseIsoDate(value);
    if (!date.ok()) return date.status();
    if (*date < kEarliestAsAt || *date > kLatestAsAt) {
      return absl::InvalidArgumentError("--as-at: must be from 2026-09-01 to 2026-12-31");
    }
    options.as_at = *date;
    return absl::OkStatus();
  }
  bool ok = false;
  if (name == "--children") {
    ok = absl::SimpleAtoi(value, &options.children) && options.children >= kFewestChildren &&
         options.children <= kMostChildren;
  } else if (name == "--seed") {
    ok = absl::SimpleAtoi(value, &options.seed);
  } else if (name == "--plans-per-mille") {
    ok = absl::SimpleAtoi(value, &options.plans_per_mille) && options.plans_per_mille >= 0 &&
         options.plans_per_mille <= 900;
  } else {
    return absl::InvalidArgumentError(absl::StrCat("unknown option ", name));
  }
  return ok ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat(name, ": out of range"));
}

}  // namespace

absl::StatusOr<WorldOptions> ParseWorldOptions(const std::vector<std::string>& arguments) {
  WorldOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--table1") {
      options.table1 = true;
    } else if (arguments[i] == "--bad-rows") {
      options.bad_rows = true;
    } else if (i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat(arguments[i], ": unknown, or lacks a value"));
    } else if (absl::Status set = Set(arguments[i], arguments[i + 1], options); !set.ok()) {
      return set;
    } else {
      ++i;
    }
  }
  if (options.out.empty() && !options.table1) {
    return absl::InvalidArgumentError("--out DIR is required");
  }
  return options;
}

std::string WorldUsage() {
  return absl::StrCat(
      "usage: ehc-world --out DIR [--children N] [--seed S] [--as-at YYYY-MM-DD]\n"
      "                 [--plans-per-mille P] [--bad-rows] [--table1]\n",
      "N is at least ", kFewestChildren,
      "; --table1 prints counts beside those of five authorities.\n");
}

}  // namespace ehc
