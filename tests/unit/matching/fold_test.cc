#include "server/matching/fold.h"

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "server/matching/sound.h"

namespace ehc {
namespace {

std::string Folded(absl::string_view text) {
  const auto folded = FoldText(text, 200);
  EXPECT_TRUE(folded.ok()) << folded.status();
  return folded.ok() ? *folded : "";
}

TEST(FoldText, PutsCaseAccentsAndPunctuationAside) {
  EXPECT_EQ(Folded("  Zoë-Louise  O'Fennick "), "zoe louise ofennick");
  EXPECT_EQ(Folded("D’Arlo"), "darlo");
  EXPECT_EQ(Folded("ﬁnn"), "finn");
  EXPECT_EQ(Folded("Ash\u2011Wynter"), "ash wynter");
  EXPECT_EQ(Folded("Straße"), "strasse");
  EXPECT_EQ(Folded("ＡＤＡ　１２３"), "ada 123");
  EXPECT_EQ(Folded("Nguyễn"), "nguyen");
  EXPECT_EQ(Folded("İbrahim"), "ibrahim");
}

TEST(FoldText, BlankStaysEmpty) {
  EXPECT_EQ(Folded(""), "");
  EXPECT_EQ(Folded(" \u00a0 "), "");
}

TEST(FoldText, TransliteratesEveryScriptToLetters) {
  for (const char* name : {"Иван", "محمد", "שרה", "张伟", "Νίκος", "मोहन", "ਗੁਰਪ੍ਰੀਤ", "এমা", "கமல்",
                           "さくら", "김민준", "Գարիկ", "გიორგი", "ሰላም"}) {
    const std::string folded = Folded(name);
    EXPECT_FALSE(folded.empty()) << name;
    for (char c : folded) {
      EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ') << folded;
    }
  }
}

TEST(FoldText, IsIdempotent) {
  for (const char* name : {"Zoë-Louise", "محمد علي", "O'Fennick", "张伟", "Straße", "ＡＤＡ"}) {
    const std::string once = Folded(name);
    EXPECT_EQ(Folded(once), once);
  }
}

// What grows most and what is looked at longest: each taken or refused at once.
TEST(FoldText, EndsSoonWhateverIsWritten) {
  const auto times = [](int count, absl::string_view text) {
    std::string out;
    for (int i = 0; i < count; ++i) out += std::string(text);
    return out;
  };
  const std::vector<std::string> hostile = {
      times(200, "\ufdfa"),        // eighteen letters each
      times(200, "\u3300"),        // a square of katakana
      "A" + times(199, "\u0301"),  // accents without end
      times(100, "\u0928\u094d"),  // conjuncts
      times(200, "\u1100"),        // half a syllable
      times(200, "\u4e00"),        // a word each
      times(66, "\u0e40\u0e01\u0e32"),
      times(200, "\u00df"),
      times(200, "-"),
      times(10000, "a"),
      times(100000, "\u0301"),
      times(1000000, "\ufdfa"),
      times(5000, "\xf0"),
  };
  const absl::Time begun = absl::Now();
  for (const std::string& text : hostile) {
    const auto folded = FoldText(text, 200);
    if (folded.ok()) {
      EXPECT_LT(folded->size(), 200 * 20);
    }
  }
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
}

TEST(FoldText, RefusesWhatHidesOrReordersWithoutSayingIt) {
  for (const char* text : {"Ada\u202e", "A\u200bda",
                           "\ufeff"
                           "Ada",
                           "Ada\x07", "Ada\u2066", "Ada\U000E0041", "\u3164", "Ada\ue000"}) {
    const auto folded = FoldText(text, 200);
    ASSERT_EQ(folded.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(folded.status().message().find("Ada"), absl::string_view::npos);
  }
  EXPECT_FALSE(FoldText("\xc3", 200).ok());
  EXPECT_FALSE(FoldText("\xc0\x80", 200).ok());
  EXPECT_FALSE(FoldText("\xed\xa0\x80", 200).ok());
  EXPECT_FALSE(FoldText("!!!", 200).ok());
}

TEST(FoldText, CountsCharactersAndNotBytes) {
  std::string two_hundred;
  for (int i = 0; i < 200; ++i) two_hundred += "ë";
  EXPECT_TRUE(FoldText(two_hundred, 200).ok());
  EXPECT_FALSE(FoldText(two_hundred + "ë", 200).ok());
}

TEST(SoundCode, IsTheSameForWhatIsConfusedByEar) {
  const std::pair<const char*, const char*> pairs[] = {
      {"stephen", "steven"},   {"catherine", "katherine"}, {"philip", "filip"},
      {"wright", "rite"},      {"knight", "night"},        {"thompson", "tompson"},
      {"jeffrey", "geoffrey"}, {"clark", "clarke"},        {"sara", "sarah"},
      {"pearce", "pearse"},    {"hussain", "hussein"},     {"mackenzie", "makensie"}};
  for (const auto& [a, b] : pairs) EXPECT_EQ(SoundCode(a), SoundCode(b)) << a << " " << b;
}

TEST(SoundCode, DiffersForWhatIsNot) {
  const std::pair<const char*, const char*> pairs[] = {{"smith", "jones"},
                                                       {"emma", "anna"},
                                                       {"khan", "jan"},
                                                       {"ada",
                                                        "ida"
                                                        "n"}};
  for (const auto& [a, b] : pairs) EXPECT_NE(SoundCode(a), SoundCode(b)) << a << " " << b;
  EXPECT_EQ(SoundCode(""), 0u);
  EXPECT_EQ(SoundLength(SoundCode("smith")), 3);
}

TEST(EditDistance, CountsSlipsOfTheKeyboard) {
  EXPECT_EQ(EditDistance("smith", "smith", 3), 0);
  EXPECT_EQ(EditDistance("smith", "simth", 3), 1);
  EXPECT_EQ(EditDistance("smith", "smoth", 3), 1);
  EXPECT_EQ(EditDistance("smith", "smiths", 3), 1);
  EXPECT_EQ(EditDistance("kestra", "ketsra", 3), 1);
  EXPECT_EQ(EditDistance("abc", "cab", 3), 2);
  EXPECT_EQ(EditDistance("", "abc", 3), 3);
  EXPECT_EQ(EditDistance("abcdef", "ghijkl", 2), 3);
  EXPECT_EQ(EditDistance(std::string(200, 'a'), std::string(200, 'b'), 2), 3);
}

TEST(LookAlike, PutsAsideWhatAScannerConfuses) {
  EXPECT_TRUE(LookAlike("barnes", "bames"));
  EXPECT_TRUE(LookAlike("clark", "dark"));
  EXPECT_TRUE(LookAlike("8rown", "brown"));
  EXPECT_FALSE(LookAlike("brown", "crown"));
}

}  // namespace
}  // namespace ehc
