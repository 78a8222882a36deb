#include "server/pipeline/match_feed.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/model/joined.h"

namespace ehc {
namespace {

constexpr int kPage = 1000;
constexpr int64_t kTellEvery = 100000;

RecordedSex SexOf(hub::v1::Sex sex) {
  switch (sex) {
    case hub::v1::SEX_MALE: return RecordedSex::kMale;
    case hub::v1::SEX_FEMALE: return RecordedSex::kFemale;
    default: return RecordedSex::kUnknown;
  }
}

bool Severs(hub::v1::ProtectionLabel label) {
  return label == hub::v1::PROTECTION_LABEL_ADOPTED ||
         label == hub::v1::PROTECTION_LABEL_IDENTITY_SEVERED;
}

// Holds, or will: one that begins tomorrow hides today already.
template <typename IsMeant>
bool IsProtected(const store::v1::Dossier& dossier, const std::string& today, IsMeant is_meant) {
  return std::any_of(dossier.protections().begin(), dossier.protections().end(),
                     [&](const store::v1::ProtectionItem& item) {
                       const hub::v1::Protection& value = item.value();
                       return is_meant(value.label()) &&
                              (value.valid_to().empty() || value.valid_to() >= today);
                     });
}

// Numbers of the same child, where dossiers know such.
template <typename Dossier>
std::vector<int64_t> MembersOf(const Dossier& dossier) {
  std::vector<int64_t> members;
  if constexpr (requires { dossier.joined(); }) {
    for (const auto& joined : dossier.joined()) members.push_back(joined.subject());
  }
  return members;
}

}  // namespace

Demographics DemographicsOf(const hub::v1::PersonDetails& person) {
  Demographics out;
  out.given_names = person.given_names();
  out.family_name = person.family_name();
  out.birth_expected = !person.expected_date_of_birth().empty();
  const std::string& birth =
      out.birth_expected ? person.expected_date_of_birth() : person.date_of_birth();
  if (absl::StatusOr<Date> date = ParseIsoDate(birth); date.ok()) out.birth = *date;
  out.sex = SexOf(person.sex());
  out.postcode = person.postcode();
  return out;
}

MatchAccounts AccountsOf(const store::v1::Dossier& dossier, Date day) {
  const std::string today = FormatDate(day);
  MatchAccounts accounts;
  if (dossier.registered_by().empty() || dossier.severed() || IsProtected(dossier, today, Severs)) {
    return accounts;
  }
  const bool hides_home = IsProtected(dossier, today, [](hub::v1::ProtectionLabel label) {
    return label == hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED;
  });
  bool first_has_one = false;
  const auto add = [&](const std::string& agency, const hub::v1::PersonDetails& said) {
    Demographics person = DemographicsOf(said);
    if (hides_home) person.postcode.clear();
    accounts.emplace_back(AgencyId(agency), std::move(person));
    first_has_one = first_has_one || agency == dossier.registered_by(0);
  };
  for (const store::v1::AccountItem& item : dossier.accounts()) {
    if (IsRegisteredBy(dossier, AgencyId(item.origin().agency()))) {
      add(item.origin().agency(), item.value());
    }
  }
  if (!first_has_one) add(dossier.registered_by(0), dossier.person());
  return accounts;
}

bool MatchFeed::LearnJoins(SubjectId subject, const store::v1::Dossier& dossier) {
  std::vector<int64_t> members = MembersOf(dossier);
  const std::lock_guard lock(mutex_);
  if (const auto before = members_.find(subject.value); before != members_.end()) {
    for (const int64_t member : before->second) others_.erase(member);
    members_.erase(before);
  }
  for (const int64_t member : members) {
    others_.insert(member);
    index_.Remove(SubjectId{member});
  }
  if (!members.empty()) members_.emplace(subject.value, std::move(members));
  return others_.contains(subject.value);
}

void MatchFeed::Follow(SubjectId subject, const store::v1::Dossier* dossier) {
  // Names that cannot be compared find nobody; the child is found by its identifiers.
  MatchAccounts accounts;
  if (dossier != nullptr && !LearnJoins(subject, *dossier)) {
    accounts = AccountsOf(*dossier, LondonDate(clock_.Now()));
  }
  const bool changed = index_.Replace(subject, accounts);
  if (changed && !accounts.empty() && filed_) filed_(subject);
}

absl::Status MatchFeed::Start(DossierFeed& store) {
  const absl::Time begun = absl::Now();
  std::function<void(SubjectId)> filed = std::exchange(filed_, nullptr);
  store.WatchDossiers(
      [this](SubjectId subject, const store::v1::Dossier* dossier) { Follow(subject, dossier); });
  SubjectId last;
  int64_t read = 0;
  for (;;) {
    EHC_ASSIGN_OR_RETURN(const std::vector<SubjectDossier> page, store.ListDossiers(last, kPage));
    if (page.empty()) break;
    for (const SubjectDossier& one : page) Follow(one.subject, &one.dossier);
    const int64_t before = read;
    read += static_cast<int64_t>(page.size());
    last = page.back().subject;
    if (read / kTellEvery == before / kTellEvery) continue;
    LogInfo("match_index_building", {{"children", read}, {"after", absl::Now() - begun}});
  }
  filed_ = std::move(filed);
  LogInfo("match_index_ready",
          {{"children", read}, {"accounts", index_.accounts()}, {"after", absl::Now() - begun}});
  return absl::OkStatus();
}

}  // namespace ehc
