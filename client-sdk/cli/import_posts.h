// What one child's rows become: the messages to publish, each with the rows that it was made of.
#ifndef EHC_CLIENT_SDK_CLI_IMPORT_POSTS_H_
#define EHC_CLIENT_SDK_CLI_IMPORT_POSTS_H_

#include <optional>
#include <string>
#include <vector>

#include "client-sdk/cli/import_extract.h"
#include "client-sdk/cli/import_guard.h"
#include "ehc/hub/v1/plan.pb.h"
#include "ehc/hub/v1/protection.pb.h"
#include "ehc/hub/v1/records.pb.h"
#include "ehc/hub/v1/relationship.pb.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "ehc/hub/v1/support_status.pb.h"

namespace ehchub {

namespace v1 = ::ehc::hub::v1;

// Who imports, and which of the authority's units hold what.
struct Importer {
  ExtractHead extract;
  std::string agency;  // "agencies/bromley"
  std::string unit;    // the acting person's; empty: all units of the agency
  std::string send_unit = "send";
  std::string care_unit = "social-care";

  bool IsAuthority() const { return agency == extract.agency; }
  // Whether this run publishes what `custodian`'s unit holds.
  bool Holds(absl::string_view custodian, absl::string_view custodian_unit) const {
    return custodian == agency && (unit.empty() || unit == custodian_unit);
  }
  bool HoldsPlans() const { return Holds(extract.agency, send_unit); }
  bool HoldsCare() const { return Holds(extract.agency, care_unit); }
  // Registrations, relations and protections are the authority's as a whole: the first run of
  // either unit publishes them, the other finds them there.
  bool HoldsFacts() const { return HoldsPlans() || HoldsCare(); }
  std::string FactsUnit() const { return unit.empty() ? send_unit : unit; }
};

template <typename Message>
struct Post {
  Message message;
  Rows rows;
  std::string unit;
};

struct RelationshipPost : Post<v1::Relationship> {
  bool over = false;  // ended before the extract was taken: to be ended where the hub still has it
};

struct ChildPosts {
  Row* person = nullptr;
  Post<v1::PersonDetails> registration;
  std::vector<v1::Identifier> identifiers;
  std::vector<Post<v1::Protection>> protections;
  std::vector<RelationshipPost> relationships;
  std::vector<Post<v1::Plan>> plans;
  std::vector<Post<v1::SupportStatus>> statuses;
  std::vector<Post<v1::RecordContent>> care_records;
  std::vector<Post<v1::RecordContent>> episodes;  // social care's, each a record of its own
  std::vector<Post<v1::RecordContent>> health_records;
  std::vector<Post<v1::RecordContent>> flags;

  bool HasRecords() const {
    return !plans.empty() || !statuses.empty() || !care_records.empty() || !episodes.empty() ||
           !health_records.empty() || !flags.empty();
  }
};

// Makes posts of one child at a time. Thread safe, except that settling rows is the caller's.
class PostMaker {
 public:
  PostMaker(const Extract& extract, const ImportGuard& guard, const Importer& importer)
      : extract_(extract), guard_(guard), importer_(importer) {}

  // Nothing where there is nothing to publish in this run. Settles what is withheld.
  std::optional<ChildPosts> Make(Row& person) const;

 private:
  std::string UnitOf(const ChildPosts& posts) const;  // import_person.cc
  void AddPerson(ChildPosts& posts) const;
  void AddIdentifiers(ChildPosts& posts) const;
  void AddLinked(ChildPosts& posts) const;
  void AddPostcode(ChildPosts& posts) const;
  void AddProtections(ChildPosts& posts) const;  // import_facts.cc
  void AddRelationships(ChildPosts& posts) const;
  void AddMaintainer(ChildPosts& posts) const;
  void AddPlans(ChildPosts& posts) const;          // import_plan.cc
  void AddSupportStatus(ChildPosts& posts) const;  // import_status.cc
  void AddCareRecord(ChildPosts& posts) const;     // import_care.cc
  void AddEpisodes(ChildPosts& posts) const;       // import_wider.cc
  void AddHealthRecords(ChildPosts& posts) const;  // import_records.cc
  void AddFlags(ChildPosts& posts) const;

  const Extract& extract_;
  const ImportGuard& guard_;
  const Importer& importer_;
};

// Shared by those files.

// The current address with the latest start; null: none.
Row* CurrentAddress(const Extract& extract, absl::string_view person);
// As supplement_contacts has it; the row joins `rows`.
v1::NamedContact ContactOf(const Extract& extract, const std::string& ref, Rows* rows);
std::string ContactLine(const v1::NamedContact& contact);
// Where no worker is known.
std::string DutyDesk(const std::string& unit);
// Nothing where the value is empty.
void AddField(v1::RecordPart& part, const std::string& name, const std::string& value);
// How long what has ended is still told of (as the national child protection system does).
inline constexpr int kMonthsAfterEnd = 12;
// The request's rows of the plan that is maintained.
const Rows& ActivePlansOf(const Extract& extract, const Row& named);
// The first instant of an ISO date in London.
google::protobuf::Timestamp FirstInstantOf(const std::string& date);
// When, and until when, a plan was maintained; null: it has no such row.
Row* NamedPlan(const Extract& extract, const Row& headline);

bool IsMaintained(const std::string& status);
v1::SenProvision ProvisionOf(const std::string& code);  // E, K, N
struct PlanDates {
  std::string issued;
  std::string review_due;  // empty: the plan is not in force
};
// What they were read from joins `rows`.
PlanDates DatesOf(const Extract& extract, const Row& headline, Rows* rows);

// Joins a post that says the same, otherwise adds one.
template <typename Posts, typename P>
void AddOnce(Posts& posts, P post) {
  const std::string bytes = post.message.SerializeAsString();
  for (auto& other : posts) {
    if (other.message.SerializeAsString() != bytes) continue;
    other.rows.insert(other.rows.end(), post.rows.begin(), post.rows.end());
    return;
  }
  posts.push_back(std::move(post));
}

}  // namespace ehchub

#endif  // EHC_CLIENT_SDK_CLI_IMPORT_POSTS_H_
