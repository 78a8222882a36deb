#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/policy/guard.h"

namespace ehc {
namespace {

constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

// Minutes of the day for HH:MM, 1440 for 24:00, -1 for anything else.
int64_t MinutesOf(const std::string& text) {
  if (text.size() != 5 || text[2] != ':') return -1;
  for (size_t i : {0, 1, 3, 4}) {
    if (!absl::ascii_isdigit(text[i])) return -1;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  const bool valid = (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
  return valid ? hours * 60 + minutes : -1;
}

uint32_t RelationshipBitOf(int relationship) {
  switch (relationship) {
    case policy_proto::RELATIONSHIP_NAMED_INSTITUTION: return kNamedInstitution;
    case policy_proto::RELATIONSHIP_RESPONSIBLE_COMMISSIONER: return kResponsibleCommissioner;
    case policy_proto::RELATIONSHIP_ENROLLED: return kEnrolled;
    case policy_proto::RELATIONSHIP_KEY_WORKER: return kKeyWorker;
    case policy_proto::RELATIONSHIP_MAINTAINING_AUTHORITY: return kMaintainingAuthority;
    case policy_proto::RELATIONSHIP_REPRESENTATIVE: return kRepresentative;
    case policy_proto::RELATIONSHIP_CORPORATE_PARENT: return kCorporateParent;
    default: return 0;
  }
}

// One guard on its way from the file.
class GuardReader {
 public:
  GuardReader(const Located& at, const Vocabulary& vocabulary, Problems* problems)
      : at_(at), vocabulary_(vocabulary), problems_(problems) {
    guard_.place = at.place();
  }

  void Read(const policy_proto::DateWindowGuard& window) {
    guard_.kind = GuardKind::kDateWindow;
    const absl::Time from = LondonInstant(window.from(), false, absl::InfinitePast(),
                                          at_.PlaceOf(window, "from"), "from", problems_);
    const absl::Time until = LondonInstant(window.until(), true, absl::InfiniteFuture(),
                                           at_.PlaceOf(window, "until"), "until", problems_);
    if (from >= until) Wrong("date_window", "ends before it begins; put the days right");
    guard_.low = absl::ToUnixSeconds(from);
    guard_.high = absl::ToUnixSeconds(until);
  }

  void Read(const policy_proto::HoursGuard& hours) {
    guard_.kind = GuardKind::kHours;
    ReadBits(hours.weekday(), "weekday", /*may_be_empty=*/true);
    guard_.low = MinutesOf(hours.start());
    guard_.high = MinutesOf(hours.end());
    if (guard_.low < 0 || guard_.high <= guard_.low) {
      Wrong("hours", "start and end are HH:MM, end later than start; 24:00 is midnight");
    }
  }

  void Read(const policy_proto::ConsentStateGuard& consent) {
    guard_.kind = GuardKind::kConsentState;
    ReadBits(consent.state(), "state", false);
  }

  void Read(const policy_proto::DecisionMakerGuard& maker) {
    guard_.kind = GuardKind::kDecisionMaker;
    ReadBits(maker.one_of(), "one_of", false);
  }

  void Read(const policy_proto::FlagGuard& flags) {
    guard_.kind = GuardKind::kSubjectFlag;
    ReadQuantifier(flags.quantifier());
    for (int i = 0; i < flags.flag_size(); ++i) {
      const int number = vocabulary_.flags.Find(flags.flag(i));
      if (number < 0) {
        problems_->Add(at_.PlaceOf(flags, "flag", i), "flag",
                       absl::StrCat("'", flags.flag(i), "' is not in the vocabulary"));
      } else {
        guard_.bits |= vocabulary_.flag_bits[number];
      }
    }
    if (flags.flag().empty()) Wrong("flag", "left out; name at least one");
  }

  void Read(const policy_proto::AgeGuard& age) {
    guard_.kind = GuardKind::kAge;
    guard_.low = age.min_years();
    guard_.high = age.max_years() == 0 ? kFar : age.max_years();
    if (age.min_years() < 0 || age.max_years() < 0 || guard_.low > guard_.high) {
      Wrong("age", "min_years and max_years are years, min not above max");
    }
  }

  void Read(const policy_proto::SchoolLeavingGuard& leaving) {
    guard_.kind = GuardKind::kSchoolLeaving;
    guard_.bits = static_cast<uint32_t>(leaving.side());
    if (guard_.bits == 0 || guard_.bits > 2) Wrong("side", "say UP_TO or AFTER");
  }

  void Read(const policy_proto::RelationshipGuard& relation) {
    guard_.kind = GuardKind::kRelationship;
    ReadQuantifier(relation.quantifier());
    guard_.of_caller = relation.holder() == policy_proto::HOLDER_CALLER;
    if (relation.holder() == policy_proto::HOLDER_UNSPECIFIED) Wrong("holder", "left out");
    for (int value : relation.relationship()) {
      const uint32_t bit = RelationshipBitOf(value);
      if (bit == 0) Wrong("relationship", "UNSPECIFIED says nothing");
      guard_.bits |= bit;
    }
    if (relation.relationship().empty()) Wrong("relationship", "left out; name at least one");
  }

  void Read(const policy_proto::StatementGuard& statement) {
    guard_.kind = GuardKind::kStatement;
    ReadBits(statement.statement(), "statement", false);
  }

  void Read(const policy_proto::RateGuard& rate) {
    guard_.kind = GuardKind::kRate;
    guard_.high = rate.max_per_person_per_day();
    if (guard_.high < 1) Wrong("max_per_person_per_day", "at least 1");
  }

  template <typename Codes>
  void ReadCodes(GuardKind kind, const Codes& codes, absl::string_view field) {
    guard_.kind = kind;
    guard_.codes = vocabulary_.WithSuccessors({codes.begin(), codes.end()});
    if (guard_.codes.empty()) Wrong(field, "left out; name at least one area");
  }

  void ReadPlain(GuardKind kind) { guard_.kind = kind; }

  void Wrong(absl::string_view field, absl::string_view what) {
    problems_->Add(at_.place(), field, what);
  }

  Guard Take() { return std::move(guard_); }

 private:
  template <typename Values>
  void ReadBits(const Values& values, absl::string_view field, bool may_be_empty) {
    for (int value : values) {
      if (value <= 0 || value > 31) Wrong(field, "UNSPECIFIED says nothing");
      guard_.bits |= 1u << (value & 31);
    }
    if (values.empty() && !may_be_empty) Wrong(field, "left out; name at least one");
  }

  void ReadQuantifier(policy_proto::Quantifier quantifier) {
    guard_.quantifier = quantifier;
    if (quantifier == policy_proto::QUANTIFIER_UNSPECIFIED) {
      Wrong("quantifier", "left out; say ALL, ANY or NONE");
    }
  }

  const Located& at_;
  const Vocabulary& vocabulary_;
  Problems* problems_;
  Guard guard_;
};

}  // namespace

std::optional<Guard> CompileGuard(const policy_proto::Guard& guard, const Located& at,
                                  const Vocabulary& vocabulary, Problems* problems) {
  using Kind = policy_proto::Guard;
  const auto* field = Kind::descriptor()->FindFieldByNumber(guard.kind_case());
  const Located inner = field == nullptr ? at : at.Nested(guard, field->name());
  GuardReader reader(inner, vocabulary, problems);
  const size_t before = problems->lines().size();
  switch (guard.kind_case()) {
    case Kind::kDateWindow: reader.Read(guard.date_window()); break;
    case Kind::kHours: reader.Read(guard.hours()); break;
    case Kind::kConsentState: reader.Read(guard.consent_state()); break;
    case Kind::kDecisionMaker: reader.Read(guard.decision_maker()); break;
    case Kind::kSubjectFlag: reader.Read(guard.subject_flag()); break;
    case Kind::kAge: reader.Read(guard.age()); break;
    case Kind::kSchoolLeaving: reader.Read(guard.school_leaving()); break;
    case Kind::kRelationship: reader.Read(guard.relationship()); break;
    case Kind::kStatement: reader.Read(guard.statement()); break;
    case Kind::kSecondPerson: reader.ReadPlain(GuardKind::kSecondPerson); break;
    case Kind::kTraining: reader.ReadPlain(GuardKind::kTraining); break;
    case Kind::kRate: reader.Read(guard.rate()); break;
    case Kind::kRegion:
      reader.ReadCodes(GuardKind::kRegion, guard.region().one_of(), "one_of");
      break;
    case Kind::kStrongAuthentication: reader.ReadPlain(GuardKind::kStrongAuthentication); break;
    case Kind::KIND_NOT_SET: reader.Wrong("guard", "empty; say which condition, or remove it");
  }
  if (problems->lines().size() != before) return std::nullopt;
  return reader.Take();
}

void CompileCohort(const policy_proto::Cohort& cohort, const Located& at,
                   const Vocabulary& vocabulary, Problems* problems, std::vector<Guard>* guards) {
  const auto add = [&](absl::string_view field, const auto& read) {
    const Located inner = at.Nested(cohort, field);
    GuardReader reader(inner, vocabulary, problems);
    read(&reader);
    guards->push_back(reader.Take());
  };
  if (cohort.has_age()) add("age", [&](GuardReader* reader) { reader->Read(cohort.age()); });
  if (cohort.has_flag()) add("flag", [&](GuardReader* reader) { reader->Read(cohort.flag()); });
  if (!cohort.area().empty()) {
    add("area",
        [&](GuardReader* reader) { reader->ReadCodes(GuardKind::kArea, cohort.area(), "area"); });
  }
  if (!cohort.has_age() && !cohort.has_flag() && cohort.area().empty()) {
    problems->Add(at.place(), "cohort", "says nothing; remove it if every child is meant");
  }
}

}  // namespace ehc
