#include "server/model/identifiers.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/model/organisation_ids.h"

namespace ehc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUpnAlphabet[] = "ABCDEFGHJKLMNPQRTUVWXYZ";

IdentifierRules Rules(IdentifierMode mode = IdentifierMode::kTest) {
  IdentifierRules rules;
  rules.mode = mode;
  rules.issued_nhs_numbers = {{4000000000, 4999999999}, {6000000000, 7999999999}};
  rules.synthetic_nhs_numbers = {{9000000000, 9999999999}};
  for (int code : {207, 303, 305, 359, 801, 820, 943}) rules.la_codes.set(code);
  return rules;
}

absl::StatusOr<Identifier> Parse(IdentifierKind kind, absl::string_view text) {
  return ParseIdentifier(kind, text, Rules(), Date(2026, 11, 22));
}

std::string Value(IdentifierKind kind, absl::string_view text) {
  auto identifier = Parse(kind, text);
  return identifier.ok() ? identifier->value : std::string(identifier.status().message());
}

std::string Why(IdentifierKind kind, absl::string_view text) {
  auto identifier = Parse(kind, text);
  EXPECT_FALSE(identifier.ok()) << text;
  EXPECT_EQ(identifier.status().code(), absl::StatusCode::kInvalidArgument);
  if (!text.empty()) {
    EXPECT_THAT(std::string(identifier.status().message()), Not(HasSubstr(std::string(text))));
  }
  return std::string(identifier.status().message());
}

TEST(NhsNumber, ValidSyntheticNumbersAreAccepted) {
  for (const char* text : {"9434765870", "9000000009", "9000000025", "9111231130"}) {
    EXPECT_EQ(Value(IdentifierKind::kNhsNumber, text), text);
  }
}

TEST(NhsNumber, SpacesAndHyphensAreDropped) {
  EXPECT_EQ(Value(IdentifierKind::kNhsNumber, "943 476 5870"), "9434765870");
  EXPECT_EQ(Value(IdentifierKind::kNhsNumber, "943-476-5870"), "9434765870");
}

TEST(NhsNumber, RefusalNamesTheRule) {
  const auto kind = IdentifierKind::kNhsNumber;
  EXPECT_THAT(Why(kind, "9434765871"), HasSubstr("check digit"));
  EXPECT_THAT(Why(kind, "9000000000"), HasSubstr("check digit"));
  EXPECT_THAT(Why(kind, "943476587"), HasSubstr("ten digits"));
  EXPECT_THAT(Why(kind, "94347658700"), HasSubstr("ten digits"));
  EXPECT_THAT(Why(kind, "9434.76587"), HasSubstr("ten digits"));
  for (const char* repeat : {"0000000000", "4444444444", "9999999999"}) {
    EXPECT_THAT(Why(kind, repeat), HasSubstr("repeated")) << repeat;
  }
}

TEST(NhsNumber, CheckValueTenIsNeverIssued) {
  for (int last = 0; last <= 9; ++last) {
    EXPECT_THAT(Why(IdentifierKind::kNhsNumber, absl::StrCat("999000000", last)),
                HasSubstr("first nine"));
  }
}

TEST(NhsNumber, TestModeTakesOnlySyntheticAndLiveModeOnlyIssuedNumbers) {
  const Date on(2026, 11, 22);
  const auto kind = IdentifierKind::kNhsNumber;
  // Check digits computed here, so that no number of a living person is written down.
  for (const char* nine : {"400000000", "499999998", "600000001", "799999996"}) {
    const char check = NhsCheckDigit(nine);
    if (check == 0) continue;
    const std::string issued = absl::StrCat(nine, std::string(1, check));
    EXPECT_TRUE(ParseIdentifier(kind, issued, Rules(IdentifierMode::kLive), on).ok());
    EXPECT_FALSE(ParseIdentifier(kind, issued, Rules(), on).ok());
  }
  EXPECT_FALSE(ParseIdentifier(kind, "9434765870", Rules(IdentifierMode::kLive), on).ok());
  EXPECT_FALSE(ParseIdentifier(kind, "9434765870", IdentifierRules(), on).ok());
}

TEST(StrictAscii, FullWidthDigitsAndInvisibleCharactersAreRefused) {
  for (const char* text : {"９４３４７６５８７０", "9434765870\xE2\x80\x8B",
                           "\xEF\xBB\xBF"
                           "9434765870",
                           "943\xC2\xA0"
                           "4765870",
                           "9434765870\n", "\t9434765870"}) {
    EXPECT_FALSE(Parse(IdentifierKind::kNhsNumber, text).ok());
  }
  EXPECT_FALSE(Parse(IdentifierKind::kNhsNumber, absl::string_view("9434765870\0", 11)).ok());
  EXPECT_FALSE(Parse(IdentifierKind::kUpn, "B80120000500１").ok());
  EXPECT_FALSE(Parse(IdentifierKind::kUln, "927630868６").ok());
  EXPECT_FALSE(Parse(IdentifierKind::kLaChildId,
                     "303/ABC\xC2\xAD"
                     "123")
                   .ok());
  EXPECT_FALSE(Parse(IdentifierKind::kPncId, "1979/0163001Ｂ").ok());
}

TEST(Upn, PermanentAndTemporaryOnesAreAccepted) {
  for (const char* text : {"B801200005001", "P207000016049", "J820432121001"}) {
    EXPECT_EQ(Value(IdentifierKind::kUpn, text), text);
    EXPECT_FALSE(IsTemporaryUpn(*Parse(IdentifierKind::kUpn, text)));
  }
  for (const char* text : {"A35942172600A", "C94301783010Z"}) {
    EXPECT_EQ(Value(IdentifierKind::kUpn, text), text);
    EXPECT_TRUE(IsTemporaryUpn(*Parse(IdentifierKind::kUpn, text)));
  }
  EXPECT_EQ(Value(IdentifierKind::kUpn, "b801200005001"), "B801200005001");
}

TEST(Upn, RefusalNamesTheRule) {
  const auto kind = IdentifierKind::kUpn;
  EXPECT_THAT(Why(kind, "A801200005001"), HasSubstr("check letter"));
  EXPECT_THAT(Why(kind, "Q207000016049"), HasSubstr("check letter"));
  EXPECT_THAT(Why(kind, "X80120000A001"), HasSubstr("positions 2 to 12"));
  EXPECT_THAT(Why(kind, "B80120000500S"), HasSubstr("must end"));
  EXPECT_THAT(Why(kind, "E000200005001"), HasSubstr("local authority"));
  EXPECT_THAT(Why(kind, "S801200005001"), HasSubstr("begin with a check letter"));
  EXPECT_THAT(Why(kind, "B80120000500"), HasSubstr("13 characters"));
  EXPECT_THAT(Why(kind, "B801200005001 "), HasSubstr("13 characters"));
}

TEST(Uln, ChecksDigitAndFirstFigure) {
  const auto kind = IdentifierKind::kUln;
  for (const char* text : {"9276308686", "1000000019", "1000000000"})
    EXPECT_EQ(Value(kind, text), text);
  EXPECT_THAT(Why(kind, "9276308687"), HasSubstr("check digit"));
  EXPECT_THAT(Why(kind, "0123456789"), HasSubstr("begin with 0"));
  EXPECT_THAT(Why(kind, "9999999999"), HasSubstr("none is known"));
  EXPECT_THAT(Why(kind, "927630868"), HasSubstr("ten digits"));
  EXPECT_THAT(Why(kind, "927 630 868 6"), HasSubstr("ten digits"));
  for (int last = 0; last <= 9; ++last) {
    EXPECT_THAT(Why(kind, absl::StrCat("100000006", last)), HasSubstr("first nine"));
  }
}

TEST(PncId, EverySpellingHasOneCanonicalForm) {
  const auto kind = IdentifierKind::kPncId;
  for (const char* text :
       {"79/163001B", "79163001B", "1979/0163001B", "19790163001B", "79/163001b"}) {
    EXPECT_EQ(Value(kind, text), "1979/0163001B") << text;
  }
  EXPECT_EQ(Value(kind, "2002/0073319Z"), "2002/0073319Z");
  EXPECT_EQ(Value(kind, "033Y"), "2003/0000003Y");
  EXPECT_EQ(Value(kind, "2003/0011985X"), "2003/0011985X");
}

TEST(PncId, RefusalNamesTheRule) {
  const auto kind = IdentifierKind::kPncId;
  EXPECT_THAT(Why(kind, "20030011985Z"), HasSubstr("check letter"));
  EXPECT_THAT(Why(kind, "1X23/1234567A"), HasSubstr("year"));
  EXPECT_THAT(Why(kind, "123/1234567A"), HasSubstr("two or four"));
  EXPECT_THAT(Why(kind, "2003/12345678A"), HasSubstr("serial"));
  EXPECT_THAT(Why(kind, "2003/A"), HasSubstr("serial"));
  EXPECT_THAT(Why(kind, "2003123456A"), HasSubstr("slash"));
  EXPECT_THAT(Why(kind, ""), HasSubstr("check letter"));
  EXPECT_THAT(Why(kind, "2003/1/1A"), HasSubstr("serial"));
}

TEST(PncId, TwoDigitYearIsTheLatestThatHasBegun) {
  const auto kind = IdentifierKind::kPncId;
  // 26/0000001: 260000001 mod 23 decides the letter, whatever the century.
  const char letter = "ZABCDEFGHJKLMNPQRTUVWXY"[260000001 % 23];
  const std::string text = absl::StrCat("26/1", std::string(1, letter));
  EXPECT_THAT(ParseIdentifier(kind, text, Rules(), Date(2026, 1, 1))->value, HasSubstr("2026/"));
  EXPECT_THAT(ParseIdentifier(kind, text, Rules(), Date(2025, 12, 31))->value, HasSubstr("1926/"));
  EXPECT_FALSE(ParseIdentifier(kind, absl::StrCat("2026/0000001", std::string(1, letter)), Rules(),
                               Date(2025, 12, 31))
                   .ok());
}

TEST(LaChildId, NamesAKnownAuthority) {
  const auto kind = IdentifierKind::kLaChildId;
  EXPECT_EQ(Value(kind, "303/ABC123"), "303/ABC123");
  EXPECT_EQ(Value(kind, "305/12345678901234567890"), "305/12345678901234567890");
  EXPECT_THAT(Why(kind, "999/ABC123"), HasSubstr("authority"));
  EXPECT_THAT(Why(kind, "XYZ9"), HasSubstr("AUTHORITY/ID"));
  EXPECT_THAT(Why(kind, "303/"), HasSubstr("1 to 20"));
  EXPECT_THAT(Why(kind, "303/123456789012345678901"), HasSubstr("1 to 20"));
  EXPECT_THAT(Why(kind, "303/AB-12"), HasSubstr("letters and digits"));
  EXPECT_THAT(Why(kind, "303/AB/12"), HasSubstr("letters and digits"));
}

TEST(Uprn, LeadingZerosAreDropped) {
  const auto kind = IdentifierKind::kUprn;
  EXPECT_EQ(Value(kind, "000000012345"), "12345");
  EXPECT_EQ(Value(kind, "999999999999"), "999999999999");
  for (const char* text : {"", "0", "000000000000", "1234567890123", "12 34", "12a"})
    Why(kind, text);
}

TEST(SubjectName, TypeIsStatedNeverInferred) {
  const Date on(2026, 11, 22);
  EXPECT_EQ(ParseSubjectName("nhs:9434765870", Rules(), on)->kind, IdentifierKind::kNhsNumber);
  EXPECT_EQ(ParseSubjectName("upn:B801200005001", Rules(), on)->kind, IdentifierKind::kUpn);
  EXPECT_EQ(ParseSubjectName("uln:9276308686", Rules(), on)->kind, IdentifierKind::kUln);
  EXPECT_EQ(ParseSubjectName("pnc:79/163001B", Rules(), on)->kind, IdentifierKind::kPncId);
  EXPECT_EQ(ParseSubjectName("la:303/ABC123", Rules(), on)->kind, IdentifierKind::kLaChildId);
  EXPECT_FALSE(ParseSubjectName("uprn:12345", Rules(), on).ok()) << "a home is nobody's name";
  // One apart, and each valid as its own kind only.
  EXPECT_TRUE(ParseSubjectName("nhs:9276308687", Rules(), on).ok());
  EXPECT_FALSE(ParseSubjectName("uln:9276308687", Rules(), on).ok());
  EXPECT_FALSE(ParseSubjectName("nhs:9276308686", Rules(), on).ok());
  for (const char* name : {"", "9434765870", "nhs", "NHS:9434765870", " nhs:9434765870",
                           "nhs: 9434765870x", "subjects/abc", ":9434765870"}) {
    EXPECT_FALSE(ParseSubjectName(name, Rules(), on).ok()) << name;
  }
}

TEST(SubjectName, FormatIsTheInverse) {
  for (const char* name : {"nhs:9434765870", "upn:B801200005001", "uln:9276308686",
                           "pnc:1979/0163001B", "la:303/ABC123"}) {
    EXPECT_EQ(FormatSubjectName(*ParseSubjectName(name, Rules(), Date(2026, 11, 22))), name);
  }
}

// Every change of one digit or letter for another and every swap of unequal neighbours is refused.
// (A temporary UPN's last letter and the digit of the same value share their check letter.)
void ExpectSlipsAreCaught(IdentifierKind kind, const std::string& text, absl::string_view alphabet,
                          int* slips) {
  for (size_t i = 0; i < text.size(); ++i) {
    for (char c : alphabet) {
      if (c == text[i] || absl::ascii_isdigit(c) != absl::ascii_isdigit(text[i])) continue;
      std::string slip = text;
      slip[i] = c;
      EXPECT_FALSE(Parse(kind, slip).ok()) << slip;
      ++*slips;
    }
    if (i == 0 || text[i] == text[i - 1]) continue;
    std::string slip = text;
    std::swap(slip[i], slip[i - 1]);
    EXPECT_FALSE(Parse(kind, slip).ok()) << slip;
    ++*slips;
  }
}

TEST(CheckDigits, EverySlipOfOneDigitOrTwoNeighboursIsCaught) {
  const std::string upn_alphabet = absl::StrCat("0123456789", kUpnAlphabet);
  int slips = 0;
  int numbers = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string nine = absl::StrCat(900000000 + (i * 7919LL * 104729) % 100000000);
    if (char check = NhsCheckDigit(nine)) {
      const std::string nhs = absl::StrCat(nine, std::string(1, check));
      ASSERT_EQ(Value(IdentifierKind::kNhsNumber, nhs), nhs);
      ExpectSlipsAreCaught(IdentifierKind::kNhsNumber, nhs, "0123456789", &slips);
      ++numbers;
    }
    if (char check = UlnCheckDigit(nine)) {
      const std::string uln = absl::StrCat(nine, std::string(1, check));
      ASSERT_EQ(Value(IdentifierKind::kUln, uln), uln);
      ExpectSlipsAreCaught(IdentifierKind::kUln, uln, "0123456789", &slips);
      ++numbers;
    }
    const std::string last = i % 4 == 0 ? std::string(1, kUpnAlphabet[i % 23]) : "7";
    const std::string rest = absl::StrCat("305", nine.substr(1), last);
    const std::string upn = absl::StrCat(std::string(1, UpnCheckLetter(rest)), rest);
    ASSERT_EQ(Value(IdentifierKind::kUpn, upn), upn);
    ExpectSlipsAreCaught(IdentifierKind::kUpn, upn, upn_alphabet, &slips);
    ++numbers;
  }
  EXPECT_GT(numbers, 1000);
  EXPECT_GT(slips, 100000);
}

TEST(CheckDigits, NoNumberIsBothAnNhsNumberAndAUln) {
  for (uint64_t nine = 900000000; nine < 900020000; ++nine) {
    const std::string text = absl::StrCat(nine);
    const char nhs = NhsCheckDigit(text);
    if (nhs != 0) {
      EXPECT_NE(nhs, UlnCheckDigit(text)) << text;
    }
  }
}

TEST(OrganisationIds, FormatsAreStrict) {
  EXPECT_TRUE(IsValidUrn("101632"));
  EXPECT_FALSE(IsValidUrn("10163"));
  EXPECT_FALSE(IsValidUrn("10163A"));
  EXPECT_TRUE(IsValidOds("RPG"));
  EXPECT_TRUE(IsValidOds("G12345"));
  EXPECT_FALSE(IsValidOds(""));
  EXPECT_FALSE(IsValidOds("rpg"));
  EXPECT_FALSE(IsValidOds("A123456789"));
  EXPECT_TRUE(IsValidLaCode("305", Rules()));
  EXPECT_FALSE(IsValidLaCode("999", Rules()));
  EXPECT_FALSE(IsValidLaCode("3051", Rules()));
  EXPECT_FALSE(IsValidLaCode("3０5", Rules()));
  EXPECT_TRUE(IsValidPoliceForceCode("01"));
  EXPECT_TRUE(IsValidPoliceForceCode("50"));
  EXPECT_FALSE(IsValidPoliceForceCode("00"));
  EXPECT_FALSE(IsValidPoliceForceCode("02"));
  EXPECT_FALSE(IsValidPoliceForceCode("1"));
  EXPECT_TRUE(IsValidGss("E09000006"));
  EXPECT_TRUE(IsValidGss("E10000006"));
  EXPECT_FALSE(IsValidGss("W06000001"));
  EXPECT_FALSE(IsValidGss("E05000006"));
  EXPECT_FALSE(IsValidGss("E0900000"));
  for (const char* authority : {"E06000063", "E08000010", "E09000006", "E10000009"}) {
    EXPECT_TRUE(IsGssOfChildrensServices(authority)) << authority;
  }
  EXPECT_FALSE(IsGssOfChildrensServices("E07000026")) << "a district holds none of these duties";
  EXPECT_TRUE(IsValidLaestab("3034000", Rules()));
  EXPECT_FALSE(IsValidLaestab("9994000", Rules()));
  EXPECT_FALSE(IsValidLaestab("303400", Rules()));
  EXPECT_FALSE(IsValidLaestab("303/400", Rules()));
  EXPECT_TRUE(IsValidUkprn("10012345"));
  EXPECT_FALSE(IsValidUkprn("20012345"));
}

// Cumbria's code 909 was succeeded on 1 April 2023. The year of a UPN is of two digits.
TEST(Succession, UpnThatSaysItIsYoungerThanItsAuthorityStaysValidAndIsKnown) {
  IdentifierRules rules = Rules();
  rules.la_codes.set(909);
  rules.la_successions[909] = Date(2023, 4, 1);
  const auto of_year = [&](const char* year) {
    const std::string rest = std::string("9094001") + year + "001";
    const auto upn =
        ParseIdentifier(IdentifierKind::kUpn, std::string(1, UpnCheckLetter(rest)) + rest, rules,
                        Date(2026, 11, 22));
    EXPECT_TRUE(upn.ok()) << upn.status();
    return IsAllocatedAfterSuccession(*upn, rules);
  };
  EXPECT_FALSE(of_year("98")) << "1998";
  EXPECT_FALSE(of_year("22"));
  EXPECT_FALSE(of_year("23")) << "the year of the succession was its own for three months";
  EXPECT_TRUE(of_year("24"));
  EXPECT_FALSE(IsAllocatedAfterSuccession(*Parse(IdentifierKind::kUpn, "B801200005001"), rules));
}

TEST(Succession, ChildIdIsIssuedUntilTheDayBefore) {
  IdentifierRules rules = Rules();
  rules.la_successions[303] = Date(2023, 4, 1);
  const Identifier id = *Parse(IdentifierKind::kLaChildId, "303/ABC123");
  EXPECT_FALSE(IsIssuedAfterSuccession(id, Date(2023, 3, 31), rules));
  EXPECT_TRUE(IsIssuedAfterSuccession(id, Date(2023, 4, 1), rules));
  EXPECT_FALSE(IsIssuedAfterSuccession(*Parse(IdentifierKind::kLaChildId, "305/ABC123"),
                                       Date(2023, 4, 1), rules));
}

}  // namespace
}  // namespace ehc
