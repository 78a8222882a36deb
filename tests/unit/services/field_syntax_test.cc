#include "server/services/field_syntax.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace ehc {
namespace {

using hub::v1::Pattern;

struct SyntaxCase {
  Pattern pattern;
  std::vector<std::string> accepted;
  std::vector<std::string> refused;
};

TEST(FieldSyntaxTest, EachPatternAcceptsItsFormAndNothingNear) {
  const SyntaxCase cases[] = {
      {hub::v1::PATTERN_UUID4,
       {"3f0c2f5a-58cc-4372-a567-0e02b2c3d479"},
       {"3F0C2F5A-58CC-4372-A567-0E02B2C3D479", "3f0c2f5a-58cc-1372-a567-0e02b2c3d479",
        "3f0c2f5a58cc4372a5670e02b2c3d479"}},
      {hub::v1::PATTERN_DATE,
       {"2024-02-29", "1900-01-01", "2199-12-31"},
       {"2023-02-29", "2024-2-9", "29/02/2024", "2024-02-29 ", "2024-13-01", "1899-12-31"}},
      {hub::v1::PATTERN_CODE,
       {"A", "DIRECT_CARE", "ART6_1_E"},
       {"direct_care", "1A", "_A", "A-B", "A ", std::string(65, 'A')}},
      {hub::v1::PATTERN_FIELD_NAME, {"legal_status", "a1"}, {"Legal", "_a", "1a", "a-b"}},
      {hub::v1::PATTERN_PAGE_TOKEN, {"Ab-_9"}, {"a b", "a=", "a/b"}},
      {hub::v1::PATTERN_ETAG, {"Ab-_9"}, {"\"a\"", "W/a"}},
      {hub::v1::PATTERN_SHORT_ID,
       {"send", "youth-justice", "l2"},
       {"SEND", "-a", "a-", "a--b", "2l", "a_b", "a/b"}},
      {hub::v1::PATTERN_RESOURCE_AGENCY,
       {"agencies/bromley"},
       {"bromley", "agencies/", "agencies/Bromley", "agencies/a/b", "agency/bromley"}},
      {hub::v1::PATTERN_RESOURCE_CREDENTIAL,
       {"agencies/bromley/credentials/7fA-_"},
       {"agencies/bromley/credentials/", "agencies/bromley/credential/7", "credentials/7",
        "agencies//credentials/7", "agencies/bromley/x/credentials/7"}},
      {hub::v1::PATTERN_RESOURCE_AGREEMENT, {"agreements/bromley-kings"}, {"agreements/B", "x"}},
      {hub::v1::PATTERN_RESOURCE_SUBJECT,
       {"subjects/abcdefghijklmnopqrstuvwx23"},
       {"subjects/", "subjects/a/b", "subjects/a b"}},
      {hub::v1::PATTERN_RESOURCE_RECORD,
       {"records/ab23"},
       {"records/", "record/ab", "records/a.b"}},
      {hub::v1::PATTERN_RESOURCE_RELATIONSHIP,
       {"subjects/ab/relationships/3"},
       {"relationships/3", "subjects/ab/consents/3", "subjects/ab/relationships/"}},
      {hub::v1::PATTERN_RESOURCE_PROTECTION, {"subjects/ab/protections/3"}, {"subjects/ab"}},
      {hub::v1::PATTERN_RESOURCE_CAPACITY_ASSESSMENT,
       {"subjects/ab/capacityAssessments/3"},
       {"subjects/ab/capacityassessments/3"}},
      {hub::v1::PATTERN_RESOURCE_MATTER,
       {"recordRequests/ab3", "adviceRequests/z"},
       {"recordRequests/", "recordRequests", "RecordRequests/ab", "records/ab/cd", "a1/b"}},
      {hub::v1::PATTERN_RESOURCE_CONSENT, {"subjects/ab/consents/3"}, {"consents/3"}},
      {hub::v1::PATTERN_SUBJECT_REFERENCE,
       {"nhs:9434765870", "nhs:943 476 5870", "upn:B801200005001", "upn:A35942172600A",
        "uln:9276308686", "pnc:79/163001B", "pnc:2002/0073319Z", "la:303/ABC123", "subjects/ab"},
       {"9434765870", "nhs:943476587", "nhs:94347658701", "NHS:9434765870", "upn:B80120000500",
        "uln:92763 08686", "pnc:B", "la:30/ABC", "la:303/", "la:303/A-B", "uprn:1",
        "nhs:９４３４７６５８７０", "subjects/"}},
      {hub::v1::PATTERN_POSTCODE,
       {"BR1 3UH", "br13uh", "W1A 1AA", "M1 1AE", "EC1A 1BB"},
       {"BR1", "BR1  3UH", "BR1 UH3", "BR 3UH", "12345", "BRRR1 3UH"}},
      {hub::v1::PATTERN_LA_CODE, {"305"}, {"30", "3055", "30A"}},
      {hub::v1::PATTERN_ODS_CODE, {"RJZ", "G12345678"}, {"rjz", "G123456789", "R-Z"}},
      {hub::v1::PATTERN_SCHOOL_URN, {"101674"}, {"1016", "10167A"}},
      {hub::v1::PATTERN_UKPRN, {"10001234"}, {"20001234", "1000123"}},
      {hub::v1::PATTERN_POLICE_FORCE_CODE, {"01"}, {"1", "001"}},
      {hub::v1::PATTERN_EMAIL,
       {"send.team@example.gov.uk"},
       {"send.team", "@example.org", "a@b", "a b@example.org", "a@b..c", "a@b@c.d", "a@b."}},
      {hub::v1::PATTERN_TELEPHONE, {"020 7946 0000", "+44 (0)20 7946 0000 x12"}, {"ring", "12"}},
      {hub::v1::PATTERN_PEM,
       {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"},
       {"AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}},
      {hub::v1::PATTERN_SPIFFE_ID,
       {"spiffe://hub.ehc/agency/bromley"},
       {"https://hub.ehc/agency", "spiffe:///agency", "spiffe://hub.ehc", "spiffe://hub.ehc/"}},
      {hub::v1::PATTERN_HEX_SHA256,
       {std::string(64, 'a')},
       {std::string(64, 'A'), std::string(63, 'a'), std::string(64, 'g')}},
      {hub::v1::PATTERN_TOKEN, {"a.b_c~d+e/f=g:h-1"}, {"a b", "a\"", "é"}},
  };
  for (const SyntaxCase& c : cases) {
    for (const std::string& text : c.accepted) {
      EXPECT_TRUE(MatchesPattern(c.pattern, text)) << Pattern_Name(c.pattern) << " " << text;
    }
    for (const std::string& text : c.refused) {
      EXPECT_FALSE(MatchesPattern(c.pattern, text)) << Pattern_Name(c.pattern) << " " << text;
    }
    EXPECT_FALSE(MatchesPattern(c.pattern, "")) << Pattern_Name(c.pattern);
  }
}

TEST(FieldSyntaxTest, EveryPatternHelpsTheCaller) {
  for (int i = 0; i <= hub::v1::Pattern_MAX; ++i) {
    EXPECT_FALSE(PatternHelp(static_cast<Pattern>(i)).empty()) << i;
  }
}

TEST(FieldSyntaxTest, APatternOfANewerContractMatchesNothing) {
  EXPECT_FALSE(MatchesPattern(static_cast<Pattern>(hub::v1::Pattern_MAX + 1), "a"));
  EXPECT_FALSE(MatchesPattern(static_cast<Pattern>(-1), "a"));
}

TEST(FieldSyntaxTest, TextThatShowsAsItIsIsAccepted) {
  for (const char* text :
       {"Zoë Ní Bhriain-O'Connor", "Łukasz", "李小龍", "محمد", "naïve ½ €", "👍"}) {
    EXPECT_TRUE(IsPlainText(text, false)) << text;
  }
  EXPECT_TRUE(IsPlainText("one\n\ttwo", true));
}

TEST(FieldSyntaxTest, TextThatHidesReordersOrBreaksIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"line feed on one line", "a\nb"},
      {"escape", "a\x1b[31m"},
      {"delete", "a\x7f"},
      {"C1 control", "a\xc2\x85"},
      {"zero-width space", "a\u200b"},
      {"zero-width joiner", "a\u200d"},
      {"right-to-left override", "\u202e"},
      {"isolate", "\u2066"},
      {"byte-order mark", "\ufeffa"},
      {"line separator", "a\u2028"},
      {"tag character", "\U000e0041"},
      {"noncharacter", "\U0001fffe"},
      {"truncated", "a\xe2\x82"},
      {"overlong", "\xc0\xaf"},
      {"surrogate", "\xed\xa0\x80"},
  };
  for (const auto& [name, text] : cases) EXPECT_FALSE(IsPlainText(text, false)) << name;
  EXPECT_FALSE(IsPlainText(absl::string_view("a\0b", 3), true));
  EXPECT_FALSE(IsPlainText("a\r\nb", true));
}

TEST(FieldSyntaxTest, AnIdentifierIsReadByItsStatedType) {
  EXPECT_TRUE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_NHS_NUMBER, "943-476-5870"));
  EXPECT_FALSE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_UPN, "9434765870"));
  EXPECT_TRUE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_UPN, "J820432121001"));
  EXPECT_TRUE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_ULN, "9276308686"));
  EXPECT_FALSE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_ULN, "927 6308 686"));
  EXPECT_TRUE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_PNC_ID, "2003/0011985X"));
  EXPECT_TRUE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_LA_CHILD_ID, "305/ABC123"));
  EXPECT_FALSE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_LA_CHILD_ID, "ABC123"));
  EXPECT_FALSE(MatchesIdentifierType(hub::v1::IDENTIFIER_TYPE_UNSPECIFIED, "9434765870"));
}

}  // namespace
}  // namespace ehc
