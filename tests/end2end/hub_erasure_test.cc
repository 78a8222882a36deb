// Legal holds, what is due, erasure by two people: what was erased is gone, also from a backup that
// is put back, and the log's proofs hold.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ehchub/receipts.h"
#include "server/base/merkle.h"
#include "tests/end2end/hub_suite.h"

namespace ehc {
namespace {

namespace fs = std::filesystem;

class ErasureTest : public HubTest {
 protected:
  static v1::RequestErasureRequest RecordsOf(const std::string& subject) {
    v1::RequestErasureRequest request;
    request.set_unit("send");
    request.set_subject(subject);
    request.set_scope(v1::ERASURE_SCOPE_RECORDS);
    request.add_record_types("EHC_PLAN");
    request.set_ground(v1::ERASURE_GROUND_UNLAWFULLY_HELD);
    request.set_reason("was never ours to keep");
    return request;
  }
  static v1::RequestErasureRequest EverythingOf(const std::string& subject) {
    v1::RequestErasureRequest request = RecordsOf(subject);
    request.set_scope(v1::ERASURE_SCOPE_SUBJECT);
    request.clear_record_types();
    return request;
  }
  static v1::ApproveErasureRequest Approval(const std::string& name) {
    v1::ApproveErasureRequest request;
    request.set_unit("send");
    request.set_name(name);
    return request;
  }

  // Asked for by the records officer, approved by the governance officer.
  v1::Erasure Erase(const v1::RequestErasureRequest& request) {
    auto asked = records_.retention.RequestErasure(request);
    EXPECT_TRUE(asked.ok()) << asked.status();
    if (!asked.ok()) return {};
    auto done = governance_.retention.ApproveErasure(Approval(asked->erasure().name()));
    EXPECT_TRUE(done.ok()) << done.status();
    return done.ok() ? done->erasure() : v1::Erasure();
  }

  std::string ReadByTrust(const std::string& subject) {
    EXPECT_EQ(ReasonIn(caseworker_.consents.RecordConsent(
                  ConsentOf(subject, "mother", {"C", "E", "G", "B_HEADLINE"}))),
              "OK");
    auto read = paediatrician_.records.GetPlanSummary(SummaryForTrust(subject));
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->disclosure().receipt().leaf_hash() : "";
  }

  // The log still holds the leaf, by its own proof.
  static void ExpectProven(const Clients& who, const std::string& leaf) {
    absl::SleepFor(absl::Milliseconds(300));  // a head is signed that has it
    auto head = who.audit.GetCheckpoint({});
    ASSERT_TRUE(head.ok()) << head.status();
    v1::GetInclusionProofRequest request;
    request.set_leaf_hash(leaf);
    request.set_tree_size(head->checkpoint().tree_size());
    auto proof = who.audit.GetInclusionProof(request);
    ASSERT_TRUE(proof.ok()) << proof.status();
    std::vector<Digest> path;
    for (const std::string& node : proof->path()) path.push_back(*DigestFromBytes(node));
    EXPECT_TRUE(VerifyInclusion(*DigestFromBytes(leaf), proof->leaf_index(),
                                head->checkpoint().tree_size(), path,
                                *DigestFromBytes(head->checkpoint().root_hash()))
                    .ok());
  }

  v1::PlaceLegalHoldRequest Hold() {
    v1::PlaceLegalHoldRequest request;
    request.set_unit("send");
    request.set_reference("Inquiry 7");
    request.set_reason("nothing is to be destroyed");
    return request;
  }
  std::string Lift(const std::string& name) {
    v1::LiftLegalHoldRequest request;
    request.set_unit("send");
    request.set_name(name);
    request.set_reason("the inquiry has reported");
    return ReasonIn(governance_.retention.LiftLegalHold(request));
  }

  const Clients records_ = world().As(kRecords);
  const Clients governance_ = world().As(kGovernance);
  const Clients auditor_ = world().As(kAuditor);
};

TEST_F(ErasureTest, TwoPeopleEraseAndTheProofsHold) {
  const std::string child = NewChild();
  const std::string leaf = ReadByTrust(child);
  auto asked = records_.retention.RequestErasure(RecordsOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->erasure().state(), v1::ERASURE_STATE_REQUESTED);
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))), "OK");
  EXPECT_EQ(ReasonIn(records_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(RecordsOf(child))), "STATE_CONFLICT");
  auto done = governance_.retention.ApproveErasure(Approval(asked->erasure().name()));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->erasure().state(), v1::ERASURE_STATE_DONE);
  EXPECT_EQ(done->erasure().records_erased(), 1u);
  EXPECT_FALSE(done->erasure().subject_forgotten());
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))),
            "NOT_AVAILABLE");
  ExpectProven(paediatrician_, leaf);
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "STATE_CONFLICT");
  // What is published afterwards is a record like any other.
  EXPECT_EQ(ReasonIn(caseworker_.records.PublishPlan(
                PlanOf(child, "again", absl::StrCat("again-", NewSerial())))),
            "OK");
  EXPECT_EQ(ReasonIn(paediatrician_.records.GetPlanSummary(SummaryForTrust(child))), "OK");
}

TEST_F(ErasureTest, WhoeverAskedDoesNotApprove) {
  const std::string child = NewChild();
  auto asked = governance_.retention.RequestErasure(RecordsOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "SECOND_PERSON_REQUIRED");
  v1::CancelErasureRequest cancel;
  cancel.set_unit("send");
  cancel.set_name(asked->erasure().name());
  cancel.set_reason("a mistake");
  EXPECT_EQ(ReasonIn(records_.retention.CancelErasure(cancel)), "OK");
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "STATE_CONFLICT");
}

TEST_F(ErasureTest, ChildOfWhomNothingIsLeftIsUnknownAndItsEntriesAreSealedForEver) {
  const std::string child = NewChild();
  const std::string leaf = ReadByTrust(child);
  const v1::Erasure done = Erase(EverythingOf(child));
  EXPECT_TRUE(done.subject_forgotten());
  ExpectProven(paediatrician_, leaf);
  const Clients trust = world().As(kTrustGovernance);
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_SEARCHER);
  list.set_page_size(200);
  int erased = 0;
  do {
    auto page = trust.audit.ListAuditEntries(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::AuditEntry& entry : page->entries()) {
      if (entry.leaf_hash() != leaf) continue;
      ++erased;
      EXPECT_TRUE(entry.erased());
      EXPECT_EQ(entry.fields_size(), 0);
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  // Whose audit it is in, and to whom, is kept beside the entry; not about whom.
  EXPECT_LE(erased, 1);
  v1::ListRelationshipsRequest relationships;
  relationships.set_subject(child);
  EXPECT_EQ(ReasonIn(caseworker_.subjects.ListRelationships(relationships)), "NOT_AVAILABLE");
  // That it was erased, by whom and why, is in the log.
  v1::ListErasuresRequest erasures;
  erasures.set_unit("send");
  erasures.set_page_size(200);
  auto listed = governance_.retention.ListErasures(erasures);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->erasures(listed->erasures_size() - 1).name(), done.name());
}

TEST_F(ErasureTest, WhatAnotherAgencyKeepsStays) {
  const int serial = NewSerial();
  const std::string child = MakeChild(caseworker_, serial);
  const Clients trust = world().As(kTrustRecords);
  EXPECT_EQ(ReasonIn(trust.subjects.RegisterSubject(Registration(serial, "community-paediatrics"))),
            "OK");
  const v1::Erasure done = Erase(EverythingOf(child));
  EXPECT_FALSE(done.subject_forgotten());
  v1::ListRelationshipsRequest own;
  own.set_subject(child);
  EXPECT_EQ(ReasonIn(caseworker_.subjects.ListRelationships(own)), "NOT_AVAILABLE");
  EXPECT_EQ(ReasonIn(trust.subjects.ListRelationships(own)), "OK");
}

TEST_F(ErasureTest, HoldOnATypeThatThereIsNotIsRefused) {
  v1::PlaceLegalHoldRequest hold = Hold();
  hold.set_subject(NewChild());
  hold.add_record_types("EHC_PLAN");
  hold.add_record_types("EHC_PLANS");
  const auto refused = governance_.retention.PlaceLegalHold(hold);
  EXPECT_EQ(ReasonIn(refused), "FIELD_INVALID");
  EXPECT_THAT(refused.status().ToString(), ::testing::HasSubstr("record_types[1]"));
}

TEST_F(ErasureTest, TypeNamedTwiceIsErasedOnce) {
  v1::RequestErasureRequest request = RecordsOf(NewChild());
  request.add_record_types("EHC_PLAN");
  EXPECT_EQ(Erase(request).records_erased(), 1u);
}

TEST_F(ErasureTest, LegalHoldSuspendsErasureUntilItIsLifted) {
  const std::string child = NewChild();
  auto asked = records_.retention.RequestErasure(RecordsOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  v1::PlaceLegalHoldRequest hold = Hold();
  hold.set_subject(child);
  hold.add_record_types("EHC_PLAN");
  auto placed = governance_.retention.PlaceLegalHold(hold);
  ASSERT_TRUE(placed.ok()) << placed.status();
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(paediatrician_.retention.PlaceLegalHold(hold)), "FIELD_INVALID");  // its unit
  EXPECT_EQ(Lift(placed->hold().name()), "OK");
  auto all = governance_.retention.PlaceLegalHold(Hold());  // about every child
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "STATE_CONFLICT");
  EXPECT_EQ(Lift(all->hold().name()), "OK");
  EXPECT_EQ(Lift(all->hold().name()), "STATE_CONFLICT");
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(Approval(asked->erasure().name()))),
            "OK");
}

TEST_F(ErasureTest, DueListSaysWhatMayGoAndTheGroundIsHeldToIt) {
  const int serial = NewSerial();
  const std::string grown = SubjectOf(serial);
  EXPECT_EQ(
      ReasonIn(caseworker_.subjects.RegisterSubject(Registration(serial, "send", "1985-02-28"))),
      "OK");
  EXPECT_EQ(
      ReasonIn(caseworker_.records.PublishPlan(PlanOf(grown, "v1", absl::StrCat("plan-", serial)))),
      "OK");
  const std::string young = NewChild();
  v1::ListRetentionDueRequest list;
  list.set_unit("send");
  list.set_record_type("EHC_PLAN");
  list.set_page_size(200);
  int due = 0;
  do {
    auto page = governance_.retention.ListRetentionDue(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::RetentionItem& item : page->items()) {
      ++due;
      EXPECT_EQ(item.rule(), "EHC_FILE");
      EXPECT_GT(item.due_on(), "2020-02-28");  // the birthday is past: the newest version counts
      EXPECT_TRUE(item.due());
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(due, 1);
  v1::RequestErasureRequest request = RecordsOf(young);
  request.set_ground(v1::ERASURE_GROUND_RETENTION_ENDED);
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(request)), "STATE_CONFLICT");
  request.set_subject(grown);
  const v1::Erasure done = Erase(request);
  ASSERT_EQ(done.retention_rules_size(), 1);
  EXPECT_EQ(done.retention_rules(0), "EHC_FILE");
}

TEST_F(ErasureTest, RequestsThatMakeNoSenseAreRefused) {
  const std::string child = NewChild();
  v1::RequestErasureRequest request = RecordsOf(child);
  request.clear_record_types();
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(request)), "FIELD_INVALID");
  request = RecordsOf(child);
  request.add_record_types("HEALTH_RECORD");  // none is kept
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(request)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(records_.retention.RequestErasure(RecordsOf(SubjectOf(888888)))),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonIn(caseworker_.retention.RequestErasure(RecordsOf(child))), "POLICY_DENIED");
  EXPECT_EQ(ReasonIn(governance_.retention.ApproveErasure(
                Approval("erasures/00000000000000000000000000"))),
            "RESOURCE_NOT_FOUND");
}

// A hub of its own, whose database an operator replaces by an older copy.
class RestoreTest : public ErasureTest {
 protected:
  void SetUp() override {
    own_ = std::make_unique<HubWorld>();
    own_->Serve();
    own_->EnrolAgencies();
  }

  void CopyStore(const std::string& from, const std::string& to) {
    for (const char* name : {"hub.db", "hub.db-wal", "hub.db-shm"}) {
      fs::remove(to + "/" + name);
      if (fs::exists(from + "/" + name)) fs::copy_file(from + "/" + name, to + "/" + name);
    }
  }

  std::unique_ptr<HubWorld> own_;
};

TEST_F(RestoreTest, RestoredBackupForgetsAgainBeforeAnybodyIsServed) {
  const std::string child = MakeChild(own_->As(kCaseworker), 1);
  const std::string other = MakeChild(own_->As(kCaseworker), 2);
  own_->Stop();
  const std::string backup = own_->folder() + "/backup";
  fs::create_directory(backup);
  CopyStore(own_->data_folder(), backup);

  own_->Serve();
  auto asked = own_->As(kRecords).retention.RequestErasure(EverythingOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(
      ReasonIn(own_->As(kGovernance).retention.ApproveErasure(Approval(asked->erasure().name()))),
      "OK");
  // Whoever comes later, under numbers that the backup never gave out, keeps what is theirs.
  own_->Stop();
  CopyStore(backup, own_->data_folder());
  own_->Serve(SystemClock(),
              [](HouseOptions& options) { options.word.accept_restored_log = true; });
  v1::ListRelationshipsRequest relationships;
  relationships.set_subject(child);
  EXPECT_EQ(ReasonIn(own_->As(kCaseworker).subjects.ListRelationships(relationships)),
            "NOT_AVAILABLE");
  EXPECT_EQ(ReasonIn(own_->As(kCaseworker).records.PublishPlan(PlanOf(child, "v2", "plan-1"))),
            "RESOURCE_NOT_FOUND");
  relationships.set_subject(other);
  EXPECT_EQ(ReasonIn(own_->As(kCaseworker).subjects.ListRelationships(relationships)), "OK");
  v1::ListAuditEntriesRequest list;
  list.set_audience(v1::AUDIT_AUDIENCE_OFFICER);
  list.set_page_size(200);
  auto entries = own_->As(kAuditor).audit.ListAuditEntries(list);
  ASSERT_TRUE(entries.ok()) << entries.status();
  int replays = 0;
  for (const v1::AuditEntry& entry : entries->entries()) {
    for (const v1::AuditField& field : entry.fields()) {
      replays += field.name() == "action" && field.value() == "erasure.replay" ? 1 : 0;
    }
  }
  EXPECT_EQ(replays, 1);
  const std::string again = MakeChild(own_->As(kCaseworker), 1);  // the child comes back
  own_->Restart();
  relationships.set_subject(again);
  EXPECT_EQ(ReasonIn(own_->As(kCaseworker).subjects.ListRelationships(relationships)), "OK");
}

TEST_F(RestoreTest, JournalThatWasAlteredOrIsAnothersStopsTheHub) {
  const std::string child = MakeChild(own_->As(kCaseworker), 1);
  auto asked = own_->As(kRecords).retention.RequestErasure(RecordsOf(child));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(
      ReasonIn(own_->As(kGovernance).retention.ApproveErasure(Approval(asked->erasure().name()))),
      "OK");
  own_->Stop();
  const std::string journal = own_->data_folder() + "/hub.db.erasures";
  std::string text;
  std::getline(std::ifstream(journal), text, '\0');
  const auto open = [&](const std::string& with) {
    std::ofstream(journal, std::ios::trunc) << with;
    HouseOptions options;
    options.data_folder = own_->data_folder();
    options.policy_folder = HubWorld::policy_folder();
    options.development = true;
    options.server.tls = TlsFiles::InDirectory(own_->tls_folder());
    return House::Open(options, SystemClock()).status();
  };
  std::string altered = text;
  altered[altered.find('\n') + 3] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(open(altered)));
  EXPECT_TRUE(absl::IsFailedPrecondition(open("ehc erasures v1 00\n")));
  EXPECT_TRUE(open(text).ok());
  // A last line cut short was never acknowledged without the database: it is written again.
  EXPECT_TRUE(open(text.substr(0, text.size() - 5)).ok());
  std::string healed;
  std::getline(std::ifstream(journal), healed, '\0');
  EXPECT_EQ(healed, text);
}

}  // namespace
}  // namespace ehc
