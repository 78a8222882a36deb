#include "client-sdk/cli/labelled_match.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client-sdk/cli/import_csv.h"
#include "server/base/status_macros.h"
#include "server/matching/index.h"
#include "server/model/date.h"

namespace ehchub {
namespace {

using ehc::AgencyId;
using ehc::Demographics;
using ehc::MatchBand;
using ehc::MatchIndex;
using ehc::SubjectId;

const AgencyId kOwner("labelled");
const ehc::Date kAnyDay(2200, 1, 1);  // the newest rules

struct Columns {
  int given = -1;
  int family = -1;
  int birth = -1;
  int label = -1;
  int postcode = -1;
  int sex = -1;
};

// "First Name" -> "firstname"
std::string Plain(absl::string_view heading) {
  std::string plain;
  for (char c : heading) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      plain.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

int Find(const std::vector<std::string>& headings, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (size_t i = 0; i < headings.size(); ++i) {
      if (Plain(headings[i]) == name) return static_cast<int>(i);
    }
  }
  return -1;
}

absl::StatusOr<Columns> ReadHeader(const std::vector<std::string>& headings) {
  Columns columns;
  columns.given = Find(headings, {"firstname", "forename", "givenname", "givennames", "given"});
  columns.family = Find(headings, {"surname", "lastname", "familyname", "family"});
  columns.birth = Find(headings, {"dob", "dateofbirth", "birthdate", "born"});
  columns.label =
      Find(headings, {"cluster", "clusterid", "group", "entity", "entityid", "personid"});
  columns.postcode = Find(headings, {"postcode", "postcodefake", "zip"});
  columns.sex = Find(headings, {"sex", "gender"});
  const std::pair<int, const char*> needed[] = {{columns.given, "first_name"},
                                                {columns.family, "surname"},
                                                {columns.birth, "dob"},
                                                {columns.label, "cluster"}};
  for (const auto& [column, name] : needed) {
    if (column >= 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("the file has no column ", name));
  }
  return columns;
}

std::string Cell(const ehchub::CsvRow& row, int column) {
  if (column < 0 || static_cast<size_t>(column) >= row.cells.size()) return "";
  return row.cells[static_cast<size_t>(column)];
}

Demographics PersonIn(const CsvRow& row, const Columns& columns) {
  Demographics person;
  person.given_names = Cell(row, columns.given);
  person.family_name = Cell(row, columns.family);
  person.postcode = Cell(row, columns.postcode);
  const auto birth = ehc::ParseExtractDate(Cell(row, columns.birth));
  if (birth.ok()) person.birth = *birth;
  const std::string sex = Plain(Cell(row, columns.sex));
  if (!sex.empty() && sex[0] == 'm') person.sex = ehc::RecordedSex::kMale;
  if (!sex.empty() && sex[0] == 'f') person.sex = ehc::RecordedSex::kFemale;
  return person;
}

struct Labelled {
  Demographics person;
  std::string label;
};

// Registers the first of each person, but every second of those who have one row alone; the rest
// are asked.
class LabelledTrial {
 public:
  explicit LabelledTrial(MatchIndex& index) : index_(index) {}

  LabelledResult Run(const std::vector<Labelled>& rows) {
    result_.rows = static_cast<int64_t>(rows.size());
    std::map<std::string, std::vector<const Labelled*>> people;
    for (const Labelled& row : rows) people[row.label].push_back(&row);
    std::vector<std::pair<const Labelled*, SubjectId>> questions;
    int64_t number = 0;
    int64_t alone = 0;
    for (const auto& [label, own] : people) {
      const bool held_out = own.size() == 1 && ++alone % 2 == 0;
      const SubjectId subject = held_out ? SubjectId{} : SubjectId{++number};
      if (held_out) {
        questions.emplace_back(own[0], SubjectId{});
      } else if (!index_.Put(subject, kOwner, own[0]->person).ok()) {
        ++result_.unreadable;
        continue;
      }
      for (size_t i = 1; i < own.size(); ++i) questions.emplace_back(own[i], subject);
    }
    result_.registered = index_.accounts();
    for (const auto& [row, meant] : questions) Ask(*row, meant);
    return result_;
  }

 private:
  void Ask(const Labelled& row, SubjectId meant) {
    const auto found = index_.Find({row.person, kOwner, {}, kAnyDay});
    if (!found.ok()) {
      ++result_.unreadable;
      return;
    }
    ++result_.asked;
    result_.meant += meant.known() ? 1 : 0;
    if (found->band == MatchBand::kMatch) {
      ++(meant.known() && found->unique == meant ? result_.right : result_.wrong);
      return;
    }
    const bool review =
        found->band == MatchBand::kPotentialMatch || found->band == MatchBand::kManyMatch;
    result_.potential += found->band == MatchBand::kPotentialMatch ? 1 : 0;
    result_.many += found->band == MatchBand::kManyMatch ? 1 : 0;
    const bool has = std::any_of(found->candidates.begin(), found->candidates.end(),
                                 [&](const auto& one) { return one.subject == meant; });
    result_.review_has += review && has ? 1 : 0;
  }

  MatchIndex& index_;
  LabelledResult result_;
};

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double LabelledResult::precision() const { return Share(right, right + wrong); }
double LabelledResult::recall() const { return Share(right, meant); }
double LabelledResult::f1() const {
  const double sum = precision() + recall();
  return sum == 0 ? 0 : 2 * precision() * recall() / sum;
}

absl::StatusOr<LabelledResult> MatchLabelled(const std::string& csv, const std::string& policies) {
  EHC_ASSIGN_OR_RETURN(auto rules, ehc::MatchRules::Load(absl::StrCat(policies, "/matching")));
  const std::vector<CsvRow> rows = ReadCsv(csv);
  if (rows.empty()) return absl::InvalidArgumentError("the file is empty");
  EHC_ASSIGN_OR_RETURN(const Columns columns, ReadHeader(rows[0].cells));
  std::vector<Labelled> labelled;
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].fault != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("line ", rows[i].line, ": ", rows[i].fault));
    }
    labelled.push_back({PersonIn(rows[i], columns), Cell(rows[i], columns.label)});
  }
  MatchIndex index(std::move(rules));
  return LabelledTrial(index).Run(labelled);
}

}  // namespace ehchub
