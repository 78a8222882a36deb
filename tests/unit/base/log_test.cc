#include "server/base/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <type_traits>

namespace ehc {
namespace {

// What must not compile as a value: text that is not known when compiling.
static_assert(!std::is_convertible_v<std::string, LogValue>);
static_assert(!std::is_convertible_v<absl::string_view, LogValue>);
static_assert(!std::is_convertible_v<const char*, LogValue>);
static_assert(!std::is_convertible_v<absl::Status, LogValue>);
static_assert(!std::is_convertible_v<std::string, Public>, "Public() must be written out");
static_assert(!std::is_convertible_v<std::string, LogLiteral>);

const absl::Time kNow = absl::FromUnixMillis(1767225600123);

TEST(LogTest, LineHoldsTimeSeverityEventAndFieldsInOrder) {
  EXPECT_EQ(FormatLogLine(kNow, "INFO", "listening",
                          {{"address", Public("127.0.0.1:8443")},
                           {"port", 8443},
                           {"offset", -3},
                           {"largest", std::numeric_limits<uint64_t>::max()},
                           {"mode", "live"},
                           {"took", absl::Milliseconds(1500)},
                           {"code", absl::StatusCode::kUnavailable},
                           {"ready", true}}),
            "2026-01-01T00:00:00.123Z INFO event=listening address=127.0.0.1:8443 port=8443 "
            "offset=-3 largest=18446744073709551615 mode=live took=1.5s code=UNAVAILABLE ready=1");
}

TEST(LogTest, TextCannotForgeALineOrAField) {
  EXPECT_EQ(FormatLogLine(kNow, "INFO", "x",
                          {{"a", Public("one\n2026 ERROR event=y")},
                           {"b", Public("k=v")},
                           {"c", Public("say \"hi\\\"")},
                           {"d", Public("")},
                           {"e", Public("\x1b[2J\x7f\xc3\xa9")}}),
            "2026-01-01T00:00:00.123Z INFO event=x a=\"one\\x0a2026 ERROR event=y\" b=\"k=v\" "
            "c=\"say \\\"hi\\\\\\\"\" d=\"\" e=\"\\x1b[2J\\x7f\\xc3\\xa9\"");
}

TEST(LogTest, EachSeverityWritesOneLineToStandardError) {
  testing::internal::CaptureStderr();
  LogInfo("started");
  LogWarning("slow", {{"took", absl::Seconds(2)}});
  LogError("stopped", {{"signal", 15}});
  const std::string output = testing::internal::GetCapturedStderr();
  EXPECT_NE(output.find("Z INFO event=started\n"), std::string::npos) << output;
  EXPECT_NE(output.find("Z WARNING event=slow took=2s\n"), std::string::npos) << output;
  EXPECT_NE(output.find("Z ERROR event=stopped signal=15\n"), std::string::npos) << output;
}

}  // namespace
}  // namespace ehc
