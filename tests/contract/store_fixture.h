// What every contract test starts from: a store of the backend under test, and short ways to make
// commits and wait for them. Only synthetic people.
#ifndef EHC_TESTS_CONTRACT_STORE_FIXTURE_H_
#define EHC_TESTS_CONTRACT_STORE_FIXTURE_H_

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/clock.h"
#include "server/storage/store.h"
#include "tests/contract/store_home.h"

namespace ehc {

inline absl::StatusOr<Committed> AppendAndWait(Store& store, Commit commit) {
  // Shared, because the waiting thread may wake before set_value() has returned.
  const auto outcome = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
  store.Append(std::move(commit), [outcome](absl::StatusOr<Committed> result) {
    outcome->set_value(std::move(result));
  });
  return outcome->get_future().get();
}

// An entry whose leaf and opening follow from `text`, so that a test can tell them again.
inline EntryRow EntryOf(absl::string_view text) {
  EntryRow entry;
  entry.leaf_hash = LeafHash(text);
  entry.recorded_at = absl::FromUnixMillis(1'790'000'000'123);
  entry.opening = absl::StrCat("opening of ", text);
  entry.searcher = AgencyId("trust");
  return entry;
}

inline Commit CommitOf(absl::string_view text, std::vector<Change> changes = {}) {
  Commit commit;
  commit.changes = std::move(changes);
  commit.entry = EntryOf(text);
  return commit;
}

// A commit whose decision read `key` at `position`.
inline Commit CommitOfRead(absl::string_view text, uint64_t position, const VersionKey& key,
                           std::vector<Change> changes = {}) {
  Commit commit = CommitOf(text, std::move(changes));
  commit.reads.position = position;
  commit.reads.registry_position = position;
  commit.reads.policy_position = position;
  commit.reads.keys.push_back(key);
  return commit;
}

inline store::v1::Dossier DossierOf(absl::string_view family_name) {
  store::v1::Dossier dossier;
  dossier.mutable_person()->set_family_name(std::string(family_name));
  dossier.add_registered_by("bromley");
  return dossier;
}

// A plan of Bromley's about the child, with one part per code.
inline Record PlanOf(RecordId id, SubjectId subject, int64_t version,
                     std::vector<std::string> codes) {
  Record record;
  record.head.id = id;
  record.head.subject = subject;
  record.head.custodian = AgencyId("bromley");
  record.head.unit = UnitId("send");
  record.head.record_type = "EHC_PLAN";
  record.head.version = version;
  record.head.local_id = absl::StrCat("plan of ", id.value);
  record.head.badge = Badge::kFinal;
  record.head.as_at = absl::FromUnixSeconds(1'780'000'000) + absl::Nanoseconds(7);
  record.head.published_at = absl::FromUnixSeconds(1'785'000'000 + version);
  record.head.contact = "a contact";
  record.head.summary = "a summary";
  for (std::string& code : codes) {
    record.parts.push_back({code, absl::StrCat("text of ", code, " in ", version), code == "C"});
  }
  return record;
}

class StoreContract : public testing::TestWithParam<StoreBackend> {
 protected:
  StoreContract() : home_(GetParam().make()), clock_(absl::FromUnixSeconds(1'790'000'000)) {
    Reopen();
  }

  void Reopen() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> store = home_->Open(clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Close() { store_.reset(); }

  absl::StatusOr<Committed> Append(Commit commit) {
    return AppendAndWait(*store_, std::move(commit));
  }
  // Commits the changes, each time under another leaf.
  void MustCommit(std::vector<Change> changes) {
    const std::string leaf = absl::StrCat("change ", ++changes_made_);
    const absl::StatusOr<Committed> outcome = Append(CommitOf(leaf, std::move(changes)));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }

  std::unique_ptr<ReadView> View() {
    absl::StatusOr<std::unique_ptr<ReadView>> view = store_->Read();
    EXPECT_TRUE(view.ok()) << view.status();
    return *std::move(view);
  }

  SubjectId NewSubject() { return store_->NewSubjectId().value(); }
  RecordId NewRecord() { return store_->NewRecordId().value(); }

  std::unique_ptr<StoreHome> home_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
  int changes_made_ = 0;
};

}  // namespace ehc

#endif  // EHC_TESTS_CONTRACT_STORE_FIXTURE_H_
