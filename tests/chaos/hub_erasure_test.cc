// kill -9 while children are erased: what was acknowledged stays erased, nothing is erased by half,
// and the log's proofs hold.
#include <signal.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/merkle.h"
#include "tests/chaos/hub_chaos.h"

namespace ehc {
namespace {

constexpr int kChildren = 24;
constexpr int kKills = 4;

class HubErasureCrash : public ChaosTest {
 protected:
  struct Child {
    std::string subject;
    std::string leaf;  // of a disclosure
    std::string erasure;
    std::string approval;  // its request id
    bool acknowledged = false;
  };

  void SetUp() override {
    ChaosTest::SetUp();
    StartHub();
    world_.EnrolAgencies();
    const Clients caseworker = world_.As(kCaseworker);
    const Clients paediatrician = world_.As(kPaediatrician);
    for (int i = 0; i < kChildren; ++i) {
      Child& child = children_.emplace_back();
      child.subject = MakeChild(caseworker, i + 1);
      ASSERT_EQ(
          ReasonIn(caseworker.consents.RecordConsent(ConsentOf(child.subject, "mother", {"C"}))),
          "OK");
      auto read = paediatrician.records.GetPlanSummary(SummaryForTrust(child.subject));
      ASSERT_TRUE(read.ok()) << read.status();
      child.leaf = read->disclosure().receipt().leaf_hash();
    }
  }

  // Asks and approves, child by child, until the hub no longer answers.
  void EraseFrom(size_t first) {
    const Clients records = world_.As(kRecords);
    const Clients governance = world_.As(kGovernance);
    for (size_t i = first; i < children_.size(); ++i) {
      Child& child = children_[i];
      v1::RequestErasureRequest ask;
      ask.set_unit("send");
      ask.set_subject(child.subject);
      ask.set_scope(v1::ERASURE_SCOPE_SUBJECT);
      ask.set_ground(v1::ERASURE_GROUND_COURT_ORDER);
      ask.set_reason("an order");
      if (child.erasure.empty()) {
        auto asked = records.retention.RequestErasure(ask);
        if (!asked.ok()) return;
        child.erasure = asked->erasure().name();
      }
      v1::ApproveErasureRequest approve;
      approve.set_unit("send");
      approve.set_name(child.erasure);
      if (!governance.retention.ApproveErasure(approve).ok()) return;
      child.acknowledged = true;
    }
  }

  static bool IsKnown(const Clients& caseworker, const std::string& subject) {
    v1::ListRelationshipsRequest request;
    request.set_subject(subject);
    return ReasonIn(caseworker.subjects.ListRelationships(request)) == "OK";
  }

  void Check() {
    const Clients caseworker = world_.As(kCaseworker);
    const Clients paediatrician = world_.As(kPaediatrician);
    auto head = paediatrician.audit.GetCheckpoint({});
    ASSERT_TRUE(head.ok()) << head.status();
    for (const Child& child : children_) {
      const bool known = IsKnown(caseworker, child.subject);
      if (child.acknowledged) {
        EXPECT_FALSE(known);
      }
      // All of it or none of it: a child that is known has its plan, one that is not has none.
      const std::string read =
          ReasonIn(paediatrician.records.GetPlanSummary(SummaryForTrust(child.subject)));
      EXPECT_EQ(read, known ? "OK" : "NOT_AVAILABLE");
      v1::GetInclusionProofRequest request;
      request.set_leaf_hash(child.leaf);
      request.set_tree_size(head->checkpoint().tree_size());
      auto proof = paediatrician.audit.GetInclusionProof(request);
      ASSERT_TRUE(proof.ok()) << proof.status();
      std::vector<Digest> path;
      for (const std::string& node : proof->path()) path.push_back(*DigestFromBytes(node));
      EXPECT_TRUE(VerifyInclusion(*DigestFromBytes(child.leaf), proof->leaf_index(),
                                  head->checkpoint().tree_size(), path,
                                  *DigestFromBytes(head->checkpoint().root_hash()))
                      .ok());
    }
  }

  std::vector<Child> children_;
};

TEST_F(HubErasureCrash, WhatWasAcknowledgedStaysErasedAndNothingIsErasedByHalf) {
  for (int kill = 0; kill < kKills; ++kill) {
    const auto next = std::find_if(children_.begin(), children_.end(),
                                   [](const Child& child) { return !child.acknowledged; });
    std::thread eraser(
        [this, first = static_cast<size_t>(next - children_.begin())] { EraseFrom(first); });
    absl::SleepFor(absl::Milliseconds(30 + 40 * kill));
    hub_->Kill();
    eraser.join();
    StartHub();
    Check();
  }
  EraseFrom(0);
  Check();
  hub_->Signal(SIGTERM);
  EXPECT_EQ(hub_->AwaitExit(absl::Seconds(60)), 0);
  EXPECT_EQ(IntegrityOf(world_.data_folder() + "/hub.db"), "ok");
}

}  // namespace
}  // namespace ehc
