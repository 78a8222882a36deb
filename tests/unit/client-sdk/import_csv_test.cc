// What spreadsheets and case-management systems write, and where each row begins.
#include "client-sdk/cli/import_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client-sdk/cli/import_fault.h"

namespace ehchub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Csv, ByteOrderMarkAndCarriageReturnsAreNoText) {
  const std::vector<CsvRow> rows = ReadCsv(
      "\xEF\xBB\xBF"
      "a,b\r\n1,2\r\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].cells, ElementsAre("1", "2"));
}

TEST(Csv, QuotedFieldMayHoldCommasQuotesAndBothLineEnds) {
  const std::vector<CsvRow> rows = ReadCsv("\"a,b\",\"say \"\"no\"\"\",\"x\ny\r\nz\"\nlast,,\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].cells, ElementsAre("a,b", "say \"no\"", "x\ny\r\nz"));
  EXPECT_THAT(rows[1].cells, ElementsAre("last", "", ""));
}

TEST(Csv, LineIsWhereTheRowBegins) {
  const std::vector<CsvRow> rows = ReadCsv("h\r\n\"two\r\nlines\"\r\n\r\nafter\n");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows[2].line, 5);
}

TEST(Csv, LastRowNeedsNoLineEnd) {
  EXPECT_THAT(ReadCsv("a,b")[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT(ReadCsv("a,")[0].cells, ElementsAre("a", ""));
  EXPECT_THAT(ReadCsv(""), IsEmpty());
  EXPECT_THAT(ReadCsv("\xEF\xBB\xBF"), IsEmpty());
}

TEST(Csv, UnendedQuoteSwallowsTheRestAndSaysSo) {
  const std::vector<CsvRow> rows = ReadCsv("a\n\"b\nc\nd");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_STREQ(rows[1].fault, kUnterminatedQuote);
}

TEST(Csv, OnlyTheRowThatIsNotUtf8IsAtFault) {
  const std::vector<CsvRow> rows = ReadCsv("caf\xC3\xA9\ncaf\xE9\n\xED\xA0\x80\nplain\n");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[0].fault, nullptr);
  EXPECT_STREQ(rows[1].fault, kNotUtf8);
  EXPECT_STREQ(rows[2].fault, kNotUtf8);  // half a surrogate pair
  EXPECT_EQ(rows[3].fault, nullptr);
}

TEST(Csv, WhatIsWrittenReadsBack) {
  const std::vector<std::string> cells = {"plain", "a,b", "\"quoted\"", "two\nlines", ""};
  EXPECT_EQ(ReadCsv(CsvLine(cells))[0].cells, cells);
}

}  // namespace
}  // namespace ehchub
