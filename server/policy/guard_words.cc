// Guards in English.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "server/model/date.h"
#include "server/policy/explain.h"
#include "server/policy/guard.h"

namespace ehc {
namespace {

template <size_t N>
std::string Listed(uint32_t bits, const char* const (&words)[N], absl::string_view joint) {
  std::vector<std::string> list;
  for (size_t i = 0; i < N; ++i) {
    if ((bits >> i) & 1u) list.push_back(words[i]);
  }
  return absl::StrJoin(list, joint);
}

std::string Clock(int64_t minutes) {
  return absl::StrFormat("%02d:%02d", minutes / 60, minutes % 60);
}

std::string Hours(const Guard& guard) {
  static const char* const kDays[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                      "Thursday", "Friday", "Saturday", "Sunday"};
  const std::string days = guard.bits == 0 ? "any day" : Listed(guard.bits, kDays, ", ");
  return absl::StrCat("it is between ", Clock(guard.low), " and ", Clock(guard.high),
                      " in London, ", days);
}

std::string DateWindow(const Guard& guard) {
  const absl::Time from = absl::FromUnixSeconds(guard.low);
  const absl::Time until = absl::FromUnixSeconds(guard.high) - absl::Seconds(1);
  const bool open_start = guard.low < 0;
  const bool open_end = guard.high > absl::ToUnixSeconds(LondonMidnight(Date(2200, 1, 1)));
  return absl::StrCat("the day is", open_start ? "" : " from " + FormatDate(LondonDate(from)),
                      open_end ? "" : " until " + FormatDate(LondonDate(until)));
}

std::string Quantified(policy_proto::Quantifier quantifier, const std::string& all_of,
                       const std::string& any_of) {
  switch (quantifier) {
    case policy_proto::QUANTIFIER_ALL: return absl::StrCat("all of: ", all_of);
    case policy_proto::QUANTIFIER_ANY: return absl::StrCat("any of: ", any_of);
    default: return absl::StrCat("none of: ", any_of);
  }
}

std::string Flags(const Guard& guard, const Vocabulary& vocabulary) {
  std::vector<std::string> titles;
  for (int i = 0; i < vocabulary.flags.size(); ++i) {
    if ((guard.bits & vocabulary.flag_bits[i]) != 0) titles.push_back(vocabulary.flags[i].title);
  }
  const std::string list = absl::StrJoin(titles, ", ");
  return absl::StrCat("the child has ", Quantified(guard.quantifier, list, list),
                      " (where the custodian has not cleared the caller)");
}

std::string Age(const Guard& guard) {
  if (guard.low > 0 && guard.high < 1000) {
    return absl::StrCat("the child is ", guard.low, " to ", guard.high, " years old");
  }
  if (guard.high < 1000) return absl::StrCat("the child is at most ", guard.high, " years old");
  return absl::StrCat("the child is at least ", guard.low, " years old");
}

std::string Relationship(const Guard& guard) {
  static const char* const kRelations[] = {"named institution",
                                           "responsible commissioner",
                                           "on roll",
                                           "provider of the key worker",
                                           "maintaining authority",
                                           "representative",
                                           "corporate parent"};
  const std::string list = Listed(guard.bits, kRelations, ", ");
  return absl::StrCat("the ", guard.of_caller ? "caller" : "custodian", " is, for the child, ",
                      Quantified(guard.quantifier, list, list));
}

}  // namespace

std::string GuardSentence(const Guard& guard, const Vocabulary& vocabulary) {
  static const char* const kStatements[] = {"", "a case reference", "who considered it",
                                            "the assessment of detriment"};
  static const char* const kStates[] = {"",
                                        "given",
                                        "refused",
                                        "withdrawn",
                                        "expired",
                                        "superseded by adulthood",
                                        "in conflict",
                                        "not asked"};
  static const char* const kMakers[] = {"", "a parent", "the competent child", "the young person",
                                        "a representative"};
  switch (guard.kind) {
    case GuardKind::kDateWindow: return DateWindow(guard);
    case GuardKind::kHours: return Hours(guard);
    case GuardKind::kStatement:
      return absl::StrCat("the request states ", Listed(guard.bits, kStatements, " and "));
    case GuardKind::kSecondPerson: return "a second person has approved this request";
    case GuardKind::kTraining:
      return "the acting person's information-governance training is in date";
    case GuardKind::kRegion:
      return absl::StrCat("the caller's area is ", absl::StrJoin(guard.codes, " or "));
    case GuardKind::kStrongAuthentication:
      return "the acting person signed in with more than a password";
    case GuardKind::kRate:
      return absl::StrCat("the acting person has had fewer than ", guard.high,
                          " disclosures from the custodian today");
    case GuardKind::kConsentState:
      return absl::StrCat("consent to the part is ", Listed(guard.bits, kStates, " or "));
    case GuardKind::kDecisionMaker:
      return absl::StrCat("who decides for the child is ", Listed(guard.bits, kMakers, " or "));
    case GuardKind::kSubjectFlag: return Flags(guard, vocabulary);
    case GuardKind::kAge: return Age(guard);
    case GuardKind::kSchoolLeaving:
      return guard.bits == policy_proto::SCHOOL_LEAVING_SIDE_AFTER
                 ? "the school leaving date has passed"
                 : "the school leaving date has not passed";
    case GuardKind::kRelationship: return Relationship(guard);
    case GuardKind::kArea:
      return absl::StrCat("the child's home authority is ", absl::StrJoin(guard.codes, " or "));
  }
  return "";
}

}  // namespace ehc
