#include "tests/bench/match/startup.h"

#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/merkle.h"
#include "server/base/status_macros.h"
#include "server/model/text_file.h"
#include "server/pipeline/match_feed.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/scratch_folder.h"

namespace ehc {
namespace {

constexpr size_t kDossiersOfCommit = 100;

using SteadyTime = std::chrono::steady_clock::time_point;

double Since(SteadyTime begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

store::v1::Dossier DossierOf(const Demographics& child) {
  store::v1::Dossier dossier;
  dossier.add_registered_by("bromley");
  hub::v1::PersonDetails& person = *dossier.mutable_person();
  person.set_given_names(child.given_names);
  person.set_family_name(child.family_name);
  person.set_date_of_birth(FormatDate(*child.birth));
  person.set_sex(child.sex == RecordedSex::kMale ? hub::v1::SEX_MALE : hub::v1::SEX_FEMALE);
  person.set_postcode(child.postcode);
  store::v1::IdentifierItem& item = *dossier.add_identifiers();
  item.mutable_origin()->set_agency("bromley");
  item.mutable_value()->set_type(hub::v1::IDENTIFIER_TYPE_NHS_NUMBER);
  item.mutable_value()->set_value("9000000009");
  return dossier;
}

absl::Status Append(Store& store, std::vector<Change> changes, int64_t number) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.entry.leaf_hash = LeafHash(absl::StrCat("commit ", number));
  commit.entry.recorded_at = absl::FromUnixSeconds(1'790'000'000);
  commit.entry.opening = "an opening";
  commit.entry.searcher = AgencyId("bromley");
  std::promise<absl::Status> done;
  store.Append(std::move(commit),
               [&](absl::StatusOr<Committed> outcome) { done.set_value(outcome.status()); });
  return done.get_future().get();
}

absl::Status FillStore(Store& store, const Population& population, int64_t children) {
  std::vector<Change> changes;
  int64_t put = 0;
  for (uint64_t household = 0; put < children; ++household) {
    for (const Demographics& child : population.At(household).children) {
      EHC_ASSIGN_OR_RETURN(const SubjectId subject, store.NewSubjectId());
      changes.push_back(PutSubject{subject, DossierOf(child)});
      ++put;
    }
    if (changes.size() < kDossiersOfCommit && put < children) continue;
    EHC_RETURN_IF_ERROR(Append(store, std::exchange(changes, {}), put));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TimeStart(const TrialOptions& options, const std::string& policies,
                       std::ostream& out) {
  EHC_ASSIGN_OR_RETURN(const auto names, LoadText<policy::v1::NameLore>(
                                             absl::StrCat(policies, "/matching/names.textproto")));
  EHC_ASSIGN_OR_RETURN(auto rules, MatchRules::Load(absl::StrCat(policies, "/matching")));
  const ScratchFolder folder;
  const SqliteOptions store_options{
      .path = folder.path() + "/hub.db", .key_file = folder.path() + "/store.key", .create = true};
  const Population population(options.seed, names);
  {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenSqliteStore(store_options));
    const auto begun = std::chrono::steady_clock::now();
    EHC_RETURN_IF_ERROR(FillStore(*store, population, options.people));
    out << absl::StreamFormat("stored: %d dossiers in %.1f s, %d a commit\n", options.people,
                              Since(begun), kDossiersOfCommit);
  }
  const auto begun = std::chrono::steady_clock::now();
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenSqliteStore(store_options));
  MatchIndex index(std::move(rules));
  MatchFeed feed(index, SystemClock());
  EHC_RETURN_IF_ERROR(feed.Start(dynamic_cast<DossierFeed&>(*store)));
  out << absl::StreamFormat("start: %d accounts in %.1f s, store opened and index built\n",
                            index.accounts(), Since(begun));
  return absl::OkStatus();
}

}  // namespace ehc
