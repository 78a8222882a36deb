#include "server/policy/reference_data.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ehc/policy/v1/calendar.pb.h"
#include "ehc/policy/v1/la_codes.pb.h"
#include "ehc/policy/v1/nhs_number_ranges.pb.h"
#include "ehc/policy/v1/vocabulary.pb.h"
#include "server/model/text_file.h"

namespace ehc {
namespace {

constexpr char kLaCodesFile[] = "la_codes.textproto";
constexpr char kNhsNumberRangesFile[] = "nhs_number_ranges.textproto";
constexpr char kAreasFile[] = "areas.textproto";

absl::Status InFile(absl::string_view file, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(file, ": ", status.message()));
}

// absl counts weekdays from Monday = 0, ISO from Monday = 1.
absl::StatusOr<SchoolLeavingRule> ToRule(const policy::v1::SchoolLeavingDateRule& message) {
  absl::StatusOr<Date> from = ParseIsoDate(message.effective_from());
  if (!from.ok()) return from.status();
  if (message.iso_weekday() < 1 || message.iso_weekday() > 7) {
    return absl::InvalidArgumentError("school-leaving rule: iso_weekday must be 1 to 7");
  }
  return SchoolLeavingRule{*from,
                           message.age(),
                           static_cast<absl::Weekday>(message.iso_weekday() - 1),
                           message.month(),
                           message.school_year_month(),
                           message.school_year_day()};
}

absl::StatusOr<CalendarData> ToCalendarData(const policy::v1::WorkingCalendar& message) {
  CalendarData data;
  absl::StatusOr<Date> from = ParseIsoDate(message.covers_from());
  absl::StatusOr<Date> until = ParseIsoDate(message.covers_until());
  if (!from.ok() || !until.ok()) {
    return absl::InvalidArgumentError("covers_from and covers_until must be dates");
  }
  data.covers_from = *from;
  data.covers_until = *until;
  for (const policy::v1::BankHoliday& holiday : message.bank_holidays()) {
    absl::StatusOr<Date> date = ParseIsoDate(holiday.date());
    if (!date.ok()) return date.status();
    if (holiday.source() == policy::v1::HOLIDAY_SOURCE_UNSPECIFIED) {
      return absl::InvalidArgumentError(
          absl::StrCat("bank holiday ", FormatDate(*date), ": state its source"));
    }
    data.bank_holidays.push_back(*date);
  }
  for (const policy::v1::SchoolLeavingDateRule& rule : message.school_leaving_rules()) {
    absl::StatusOr<SchoolLeavingRule> parsed = ToRule(rule);
    if (!parsed.ok()) return parsed.status();
    data.school_leaving_rules.push_back(*parsed);
  }
  for (const policy::v1::PlanAgeLimitRule& rule : message.plan_age_limits()) {
    absl::StatusOr<Date> date = ParseIsoDate(rule.effective_from());
    if (!date.ok()) return date.status();
    data.plan_age_limits.push_back(
        {*date, rule.age(), rule.academic_year_end_month(), rule.academic_year_end_day()});
  }
  return data;
}

// -1 unless `text` is exactly three digits.
int LaCode(absl::string_view text) {
  int code = -1;
  const bool three_digits =
      text.size() == 3 && text.find_first_not_of("0123456789") == absl::string_view::npos;
  return three_digits && absl::SimpleAtoi(text, &code) ? code : -1;
}

absl::StatusOr<NhsNumberRange> ToRange(const policy::v1::NhsNumberRange& message) {
  NhsNumberRange range;
  if (message.first().size() != 10 || message.last().size() != 10 ||
      !absl::SimpleAtoi(message.first(), &range.first) ||
      !absl::SimpleAtoi(message.last(), &range.last) || range.last < range.first) {
    return absl::InvalidArgumentError("NHS number range: first and last must be ten digits");
  }
  return range;
}

absl::Status AddRanges(const policy::v1::NhsNumberRangeList& list, IdentifierRules& rules) {
  for (const policy::v1::NhsNumberRange& message : list.ranges()) {
    absl::StatusOr<NhsNumberRange> range = ToRange(message);
    if (!range.ok()) return range.status();
    switch (message.use()) {
      case policy::v1::NHS_NUMBER_USE_ISSUED: rules.issued_nhs_numbers.push_back(*range); break;
      case policy::v1::NHS_NUMBER_USE_SYNTHETIC:
        rules.synthetic_nhs_numbers.push_back(*range);
        break;
      case policy::v1::NHS_NUMBER_USE_OTHER_NATION: break;
      default: return absl::InvalidArgumentError("NHS number range: state its use");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Calendar> ParseCalendar(absl::string_view text, absl::string_view file) {
  auto message = ParseText<policy::v1::WorkingCalendar>(text, file);
  if (!message.ok()) return message.status();
  absl::StatusOr<CalendarData> data = ToCalendarData(*message);
  if (!data.ok()) return InFile(file, data.status());
  absl::StatusOr<Calendar> calendar = Calendar::Create(*std::move(data));
  if (!calendar.ok()) return InFile(file, calendar.status());
  return calendar;
}

absl::StatusOr<Calendar> LoadCalendar(const std::string& path) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParseCalendar(*text, path);
}

absl::StatusOr<std::bitset<1000>> ParseLaCodes(absl::string_view text, absl::string_view file) {
  auto message = ParseText<policy::v1::LaCodeList>(text, file);
  if (!message.ok()) return message.status();
  std::bitset<1000> codes;
  for (const policy::v1::LaCodeRange& range : message->ranges()) {
    const int first = LaCode(range.first());
    const int last = range.last().empty() ? first : LaCode(range.last());
    if (first < 0 || last < first) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ": authority codes: first and last must be three ascending digits"));
    }
    for (int code = first; code <= last; ++code) codes.set(code);
  }
  return codes;
}

namespace {

// Of areas that are named by a DfE code; counties and districts have their own names for the same.
absl::Status AddSuccessions(absl::string_view areas, IdentifierRules& rules) {
  const auto vocabulary = ParseText<policy::v1::Vocabulary>(areas, kAreasFile);
  if (!vocabulary.ok()) return vocabulary.status();
  for (const auto& succession : vocabulary->area_succession()) {
    const int code = LaCode(succession.area());
    if (code < 0) continue;
    const absl::StatusOr<Date> from = ParseIsoDate(succession.from());
    if (!from.ok()) return InFile(kAreasFile, from.status());
    rules.la_successions[code] = *from;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IdentifierRules> ParseIdentifierRules(IdentifierMode mode,
                                                     absl::string_view la_codes,
                                                     absl::string_view nhs_number_ranges,
                                                     absl::string_view areas) {
  IdentifierRules rules;
  rules.mode = mode;
  absl::StatusOr<std::bitset<1000>> codes = ParseLaCodes(la_codes, kLaCodesFile);
  if (!codes.ok()) return codes.status();
  rules.la_codes = *codes;
  auto ranges = ParseText<policy::v1::NhsNumberRangeList>(nhs_number_ranges, kNhsNumberRangesFile);
  if (!ranges.ok()) return ranges.status();
  if (absl::Status status = AddRanges(*ranges, rules); !status.ok()) {
    return InFile(kNhsNumberRangesFile, status);
  }
  if (absl::Status status = AddSuccessions(areas, rules); !status.ok()) return status;
  return rules;
}

absl::StatusOr<IdentifierRules> LoadIdentifierRules(IdentifierMode mode,
                                                    const std::string& vocabulary_folder) {
  absl::StatusOr<std::string> la = ReadTextFile(absl::StrCat(vocabulary_folder, "/", kLaCodesFile));
  if (!la.ok()) return la.status();
  absl::StatusOr<std::string> nhs =
      ReadTextFile(absl::StrCat(vocabulary_folder, "/", kNhsNumberRangesFile));
  if (!nhs.ok()) return nhs.status();
  absl::StatusOr<std::string> areas =
      ReadTextFile(absl::StrCat(vocabulary_folder, "/", kAreasFile));
  if (!areas.ok()) return areas.status();
  return ParseIdentifierRules(mode, *la, *nhs, *areas);
}

}  // namespace ehc
