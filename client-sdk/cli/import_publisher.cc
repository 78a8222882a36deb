#include "client-sdk/cli/import_publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ehchub/error.h"
#include "ehchub/pages.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"

namespace ehchub {
namespace {

constexpr int kPageSize = 200;

// Bytes that stand for the row in request ids: its table and its key.
std::string NameOf(const Row& row) {
  std::string name = row.table->name;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (row.table->columns[i].key) absl::StrAppend(&name, "\x1f", row.cells[i]);
  }
  return name;
}

absl::Time MomentOf(const google::protobuf::Timestamp& moment) {
  return absl::FromUnixSeconds(moment.seconds()) + absl::Nanoseconds(moment.nanos());
}

std::string FirstPathOf(const HubError& error) {
  return error.violations.empty() ? "" : absl::StrCat(" ", error.violations[0].field);
}

}  // namespace

void Ledger::Settle(const Rows& rows, Fate fate) {
  const absl::MutexLock lock(&mutex_);
  for (Row* row : rows) row->Settle(fate);
}

void Ledger::Refuse(const Rows& rows, const absl::Status& status) {
  const HubError error = HubError::FromStatus(status);
  const absl::MutexLock lock(&mutex_);
  extract_.Blame(*rows.front(), "", absl::StrCat("HUB:", error.reason_name, FirstPathOf(error)));
}

std::string RequestIdFor(std::initializer_list<absl::string_view> what) {
  ehc::Sha256Hasher hasher;
  for (absl::string_view part : what) {
    hasher.Update(absl::StrCat(part.size(), ":")).Update(part);
  }
  ehc::Digest digest = hasher.Finish();
  digest[6] = 0x40 | (digest[6] & 0x0f);
  digest[8] = 0x80 | (digest[8] & 0x3f);
  std::string hex = ehc::HexEncode(ehc::DigestView(digest).substr(0, 16));
  for (const size_t at : {20, 16, 12, 8}) hex.insert(at, "-");
  return hex;
}

bool ConcernsOneCall(const absl::Status& status) {
  switch (HubError::FromStatus(status).reason) {
    case v1::ERROR_REASON_FIELD_INVALID:
    case v1::ERROR_REASON_NOT_AVAILABLE:
    case v1::ERROR_REASON_STATE_CONFLICT:
    case v1::ERROR_REASON_RESOURCE_NOT_FOUND:
    case v1::ERROR_REASON_ETAG_MISMATCH:
    case v1::ERROR_REASON_REQUEST_ID_REUSED: return true;
    default: return false;
  }
}

// The calls of one child, one after the other.
class Publisher::Child {
 public:
  Child(const Publisher& publisher, const ChildPosts& posts) : run_(publisher), posts_(posts) {}

  // Every step goes on only where those before it left the child fit for it.
  absl::Status Publish() {
    const std::initializer_list<void (Child::*)()> steps = {
        &Child::LookUp, &Child::Register, &Child::Protect, &Child::Relate, &Child::PublishRecords};
    for (const auto step : steps) {
      if (stopped_ || !error_.ok()) break;
      (this->*step)();
    }
    SettlePerson();
    return error_;
  }

 private:
  // Of a child about whom there is nothing else to publish, only this tells whether the hub knew
  // them. Of all others the answers to what follows do, at no cost.
  void LookUp() {
    const bool bare = !posts_.HasRecords() &&
                      std::all_of(posts_.relationships.begin(), posts_.relationships.end(),
                                  [](const RelationshipPost& post) { return post.over; });
    if (!bare || posts_.identifiers.empty()) return;
    v1::ListRelationshipsRequest list;
    list.set_subject(absl::StrCat("la:", posts_.identifiers[0].value()));
    known_ = run_.subjects_.ListRelationships(list).ok();
  }

  void Register() {
    v1::RegisterSubjectRequest request;
    request.set_unit(posts_.registration.unit);
    *request.mutable_person() = posts_.registration.message;
    for (const v1::Identifier& identifier : posts_.identifiers) {
      *request.add_identifiers() = identifier;
    }
    request.set_request_id(IdOf("RegisterSubject", posts_.registration.rows, 0, request));
    const auto response = run_.subjects_.RegisterSubject(request);
    if (!response.ok()) return Stop(posts_.registration.rows, response.status());
    subject_ = response->subject();
  }

  // Before anything else about the child. Where one cannot be set, nothing else is published.
  void Protect() {
    if (posts_.protections.empty()) return;
    std::vector<v1::Protection> held;
    v1::ListProtectionsRequest list;
    list.set_subject(subject_);
    list.set_include_ended(true);
    list.set_page_size(kPageSize);
    const absl::Status listed = ForEachPage(
        list, [&](const auto& r) { return run_.subjects_.ListProtections(r); },
        [&](const v1::ListProtectionsResponse& page) {
          held.insert(held.end(), page.protections().begin(), page.protections().end());
          return absl::OkStatus();
        });
    if (!listed.ok()) return Stop(posts_.protections[0].rows, listed);
    known_ = known_ || !held.empty();
    const auto steps = ReconcileProtections(posts_.protections, held, run_.importer_.extract.as_at);
    for (size_t i = 0; i < steps.size() && !stopped_; ++i) {
      CreateProtection(posts_.protections[i], steps[i]);
    }
  }

  void CreateProtection(const Post<v1::Protection>& post, const Step& step) {
    if (!step.create) return run_.ledger_.Settle(post.rows, Fate::kUnchanged);
    v1::CreateProtectionRequest request = To<v1::CreateProtectionRequest>(post);
    *request.mutable_protection() = post.message;
    request.set_request_id(IdOf("CreateProtection", post.rows, step.round, request));
    const absl::Status status = run_.subjects_.CreateProtection(request).status();
    if (!status.ok()) return Stop(post.rows, status);
    run_.ledger_.Settle(post.rows, Fate::kPublished);
  }

  void Relate() {
    if (posts_.relationships.empty()) return;
    std::vector<v1::Relationship> held;
    v1::ListRelationshipsRequest list;
    list.set_subject(subject_);
    list.set_include_ended(true);
    list.set_page_size(kPageSize);
    const absl::Status listed = ForEachPage(
        list, [&](const auto& r) { return run_.subjects_.ListRelationships(r); },
        [&](const v1::ListRelationshipsResponse& page) {
          held.insert(held.end(), page.relationships().begin(), page.relationships().end());
          return absl::OkStatus();
        });
    if (!listed.ok()) return Stop(posts_.relationships[0].rows, listed);
    known_ = known_ || !held.empty();
    const auto steps =
        ReconcileRelationships(posts_.relationships, held, run_.importer_.extract.as_at);
    for (size_t i = 0; i < steps.size() && error_.ok(); ++i) {
      TakeStep(posts_.relationships[i], steps[i]);
    }
  }

  // A relation that is replaced is recorded anew before the old one ends, so that a half-finished
  // run leaves nobody without.
  void TakeStep(const RelationshipPost& post, const Step& step) {
    absl::Status status;
    if (step.create) status = CreateRelationship(post, step.round);
    for (const v1::Relationship& held : step.end) {
      if (status.ok()) status = EndRelationship(post, held, step.last_day);
    }
    if (!status.ok()) return Note(post.rows, status);
    if (step.IsNothing() && post.over) return;
    run_.ledger_.Settle(post.rows, step.IsNothing() ? Fate::kUnchanged : Fate::kPublished);
  }

  absl::Status CreateRelationship(const RelationshipPost& post, int round) {
    v1::CreateRelationshipRequest request = To<v1::CreateRelationshipRequest>(post);
    *request.mutable_relationship() = post.message;
    request.set_request_id(IdOf("CreateRelationship", post.rows, round, request));
    return run_.subjects_.CreateRelationship(request).status();
  }

  absl::Status EndRelationship(const RelationshipPost& post, const v1::Relationship& held,
                               const std::string& last_day) {
    v1::EndRelationshipRequest request;
    request.set_name(held.name());
    request.set_etag(held.etag());
    request.set_valid_to(last_day);
    request.set_request_id(IdOf("EndRelationship", post.rows, 0, request));
    return run_.subjects_.EndRelationship(request).status();
  }

  void PublishRecords() {
    for (const auto& post : posts_.plans) {
      auto request = To<v1::PublishPlanRequest>(post);
      *request.mutable_plan() = post.message;
      Send("PublishPlan", &RecordExchangeClient::PublishPlan, std::move(request), post.rows);
    }
    for (const auto& post : posts_.statuses) {
      auto request = To<v1::PublishSupportStatusRequest>(post);
      *request.mutable_support_status() = post.message;
      *request.mutable_as_at() = FirstInstantOf(run_.importer_.extract.as_at);
      Send("PublishSupportStatus", &RecordExchangeClient::PublishSupportStatus, std::move(request),
           post.rows);
    }
    for (const auto* posts : {&posts_.care_records, &posts_.episodes}) {
      for (const auto& post : *posts) {
        auto request = To<v1::PublishCareRecordRequest>(post);
        *request.mutable_care_record() = post.message;
        Send("PublishCareRecord", &RecordExchangeClient::PublishCareRecord, std::move(request),
             post.rows);
      }
    }
    for (const auto& post : posts_.health_records) {
      auto request = To<v1::PublishHealthRecordRequest>(post);
      *request.mutable_health_record() = post.message;
      Send("PublishHealthRecord", &RecordExchangeClient::PublishHealthRecord, std::move(request),
           post.rows);
    }
    for (const auto& post : posts_.flags) {
      auto request = To<v1::PublishFlagRequest>(post);
      *request.mutable_flag() = post.message;
      Send("PublishFlag", &RecordExchangeClient::PublishFlag, std::move(request), post.rows);
    }
  }

  template <typename Request, typename Response>
  void Send(const char* method,
            absl::StatusOr<Response> (RecordExchangeClient::*call)(const Request&) const,
            Request request, const Rows& rows) {
    if (!error_.ok()) return;
    request.set_request_id(IdOf(method, rows, 0, request));
    const absl::StatusOr<Response> response = (run_.records_.*call)(request);
    if (!response.ok()) return Note(rows, response.status());
    // The hub answers with the version that it has; an older one was not made by this run.
    const bool old = MomentOf(response->published().published_at()) < run_.began_;
    known_ = known_ || old;
    run_.ledger_.Settle(rows, old ? Fate::kUnchanged : Fate::kPublished);
  }

  template <typename Request, typename P>
  Request To(const P& post) const {
    Request request;
    request.set_unit(post.unit);
    request.set_subject(subject_);
    return request;
  }

  // `request` has no request_id yet.
  template <typename Request>
  std::string IdOf(const char* method, const Rows& rows, int round, const Request& request) const {
    return RequestIdFor({"ehcctl import ssd", run_.importer_.agency, method, NameOf(*rows.front()),
                         absl::StrCat(round), request.SerializeAsString()});
  }

  // The registration itself says nothing of whether the hub knew the child before.
  void SettlePerson() {
    if (subject_.empty()) return;
    run_.ledger_.Settle(posts_.registration.rows, known_ ? Fate::kUnchanged : Fate::kPublished);
  }

  void Note(const Rows& rows, const absl::Status& status) {
    if (ConcernsOneCall(status)) return run_.ledger_.Refuse(rows, status);
    error_ = status;
  }

  void Stop(const Rows& rows, const absl::Status& status) {
    stopped_ = true;
    Note(rows, status);
  }

  const Publisher& run_;
  const ChildPosts& posts_;
  std::string subject_;
  bool known_ = false;    // to the hub, before this run
  bool stopped_ = false;  // nothing more of this child
  absl::Status error_;    // nothing more at all
};

Publisher::Publisher(SubjectClient subjects, RecordExchangeClient records, const Importer& importer,
                     Ledger& ledger)
    : subjects_(std::move(subjects)),
      records_(std::move(records)),
      importer_(importer),
      ledger_(ledger),
      began_(absl::Now()) {}

absl::Status Publisher::Publish(const ChildPosts& posts) const {
  return Child(*this, posts).Publish();
}

}  // namespace ehchub
