#include "server/services/publication.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/records.pb.h"
#include "server/base/status_macros.h"
#include "server/services/dossier_items.h"
#include "server/services/plan_transfers.h"

namespace ehc {
namespace {

absl::Status RepeatedPart() {
  return FieldInvalid("parts: a part stands more than once; send each part once");
}

bool SameParts(std::vector<Part> a, std::vector<Part> b) {
  auto by_code = [](const Part& x, const Part& y) { return x.code < y.code; };
  std::sort(a.begin(), a.end(), by_code);
  std::sort(b.begin(), b.end(), by_code);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Part& x, const Part& y) {
    return x.code == y.code && x.content == y.content && x.location_checked == y.location_checked;
  });
}

class PublishMutation : public Mutation {
 public:
  PublishMutation(const Desks& desks, Publication publication)
      : rooms_(desks.rooms), publication_(std::move(publication)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckMethod(file));
    if (!file.facts.subject_known) return NotRegistered();
    if (file.decision.schema->moves_with_plan) EHC_RETURN_IF_ERROR(CheckMaintains(file));
    EHC_RETURN_IF_ERROR(CheckParts());
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> previous, Previous(file, view));
    EHC_RETURN_IF_ERROR(CheckEtag(publication_.etag, previous.has_value() ? previous->version : 0));
    if (previous.has_value()) {
      EHC_ASSIGN_OR_RETURN(bool same, IsNewest(*previous, view));
      if (same) return Plan{Describe(file, *previous), {}, {}};
    }
    EHC_ASSIGN_OR_RETURN(RecordHead head, NextHead(file, previous));
    Plan plan;
    plan.written = Describe(file, head);
    for (const Part& part : publication_.parts) plan.parts.push_back(part.code);
    plan.content_digest = DigestOf(publication_.parts);
    plan.changes.push_back(PutRecord{Record{std::move(head), publication_.parts}});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string&) const override {
    if (!file.facts.subject_known) return NotRegistered();
    EHC_ASSIGN_OR_RETURN(std::optional<RecordHead> head, Previous(file, view));
    if (!head.has_value()) return NotRegistered();
    return Describe(file, *head);
  }

 private:
  // A plan is not published as a care record: its form would not be a plan's.
  absl::Status CheckMethod(const CaseFile& file) const {
    const RecordSchema* schema = file.decision.schema;
    if (schema != nullptr && schema->published_with == file.ask.method) return absl::OkStatus();
    return StateConflict("record_type: is not published with this method; see the record types");
  }

  absl::Status CheckParts() const {
    std::vector<std::string> codes;
    for (const Part& part : publication_.parts) codes.push_back(part.code);
    std::sort(codes.begin(), codes.end());
    const bool repeated = std::adjacent_find(codes.begin(), codes.end()) != codes.end();
    return repeated ? RepeatedPart() : absl::OkStatus();
  }

  absl::StatusOr<std::optional<RecordHead>> Previous(const CaseFile& file, ReadView& view) const {
    return view.FindRecordByLocalId(file.subject, file.caller.agency(), publication_.record_type,
                                    LocalId(file));
  }

  // Ids are unique for a custodian and type; the only record of a child is called by the child.
  std::string LocalId(const CaseFile& file) const {
    return publication_.local_id.empty() ? absl::StrCat("subject/", file.known_as.value)
                                         : publication_.local_id;
  }

  absl::StatusOr<bool> IsNewest(const RecordHead& previous, ReadView& view) const {
    if (previous.badge != publication_.badge || previous.as_at != publication_.as_at ||
        previous.expires_at != publication_.expires_at ||
        previous.contact != publication_.contact || previous.quarantined) {
      return false;
    }
    std::vector<absl::string_view> codes;
    for (const Part& part : publication_.parts) codes.push_back(part.code);
    EHC_ASSIGN_OR_RETURN(std::vector<Part> parts, view.ReadParts(previous, codes));
    return SameParts(std::move(parts), publication_.parts);
  }

  absl::StatusOr<RecordHead> NextHead(const CaseFile& file,
                                      const std::optional<RecordHead>& previous) const {
    RecordHead head;
    if (previous.has_value()) {
      head.id = previous->id;
    } else {
      EHC_ASSIGN_OR_RETURN(head.id, rooms_.store.NewRecordId());
    }
    head.subject = previous.has_value() ? previous->subject : file.known_as;
    head.custodian = file.caller.agency();
    head.unit = file.ask.request.custodian_unit;
    head.record_type = publication_.record_type;
    head.version = previous.has_value() ? previous->version + 1 : 1;
    head.local_id = LocalId(file);
    head.badge = publication_.badge;
    head.as_at = publication_.as_at;
    head.published_at = file.received_at;
    head.expires_at = publication_.expires_at;
    head.contact = publication_.contact;
    return head;
  }

  Written Describe(const CaseFile& file, const RecordHead& head) const {
    auto published = std::make_unique<hub::v1::PublishedRecord>();
    published->set_name(rooms_.names.RecordName(file.caller.agency(), head.id));
    published->set_version(static_cast<uint32_t>(head.version));
    published->set_etag(EtagOf(head.version));
    *published->mutable_published_at() = ToTimestamp(head.published_at);
    return Written{absl::StrCat("record/", head.id.value), head.version, std::move(published),
                   false};
  }

  const Rooms& rooms_;
  Publication publication_;
};

}  // namespace

std::shared_ptr<const Mutation> MakePublication(const Desks& desks, Publication publication) {
  return std::make_shared<PublishMutation>(desks, std::move(publication));
}

}  // namespace ehc
