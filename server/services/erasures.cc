#include "server/services/erasures.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/crypto.h"
#include "server/model/dossier.h"
#include "server/model/joined.h"
#include "server/services/legal_holds.h"
#include "server/services/vocabulary_words.h"

namespace ehc {
namespace {

using store::v1::ErasureBody;

constexpr size_t kIdSize = 16;

std::string UserOf(const CaseFile& file) {
  return file.caller.person().has_value() ? file.caller.person()->user : std::string();
}

std::string RoleOf(const CaseFile& file) {
  return file.caller.person().has_value() ? file.caller.person()->role : std::string();
}

absl::Status NothingKept() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "record_types: your unit keeps no such records about this child");
}

// Every record about a child, by type.
struct Kept {
  std::map<std::string, std::vector<RecordHead>> own;
  bool by_others = false;
};

absl::StatusOr<Kept> ReadKept(const CaseFile& file, ReadView& view) {
  Kept kept;
  for (const std::string& type : VocabularyWords(PolicyOf(file)).RecordTypes()) {
    EHC_ASSIGN_OR_RETURN(std::vector<RecordHead> heads, view.ListRecords(file.subject, type));
    for (RecordHead& head : heads) {
      if (head.custodian != file.caller.agency()) {
        kept.by_others = true;
      } else {
        kept.own[type].push_back(std::move(head));
      }
    }
  }
  return kept;
}

// What an erasure is to do, worked out anew each time that it is asked for.
class Scope {
 public:
  static absl::StatusOr<Scope> Of(const CaseFile& file, ReadView& view, const ErasureBody& body) {
    EHC_ASSIGN_OR_RETURN(Kept kept, ReadKept(file, view));
    Scope scope(file, body, std::move(kept));
    EHC_RETURN_IF_ERROR(scope.CheckKept());
    EHC_ASSIGN_OR_RETURN(const HoldsInForce holds,
                         HoldsInForce::Read(view, file.caller.agency(), file.subject));
    EHC_RETURN_IF_ERROR(scope.CheckHolds(holds));
    if (body.ground() == hub::v1::ERASURE_GROUND_RETENTION_ENDED) {
      EHC_RETURN_IF_ERROR(scope.CheckRetention());
    }
    return scope;
  }

  bool everything() const { return body_.scope() == hub::v1::ERASURE_SCOPE_SUBJECT; }
  const std::vector<std::string>& types() const { return types_; }
  const std::set<std::string>& rules() const { return rules_; }

  // Nobody else has registered the child or keeps anything about it.
  bool ForgetsSubject() const {
    const auto& agencies = file_.dossier.registered_by();
    return everything() && !kept_.by_others &&
           std::all_of(agencies.begin(), agencies.end(), [&](const std::string& agency) {
             return agency == file_.caller.agency().value();
           });
  }

  int32_t records() const {
    size_t count = 0;
    for (const std::string& type : types_) {
      const auto found = kept_.own.find(type);
      if (found != kept_.own.end()) count += found->second.size();
    }
    return static_cast<int32_t>(count);
  }

  // Under every number of the child: what was joined is erased together.
  std::vector<KeyScope> Keys() const {
    std::vector<KeyScope> keys;
    AddKeysOf(file_.subject, &keys);
    for (const store::v1::JoinedSubject& joined : file_.dossier.joined()) {
      AddKeysOf(SubjectId{joined.subject()}, &keys);
    }
    return keys;
  }

 private:
  Scope(const CaseFile& file, const ErasureBody& body, Kept kept)
      : file_(file), body_(body), kept_(std::move(kept)) {
    if (everything()) {
      for (const auto& [type, heads] : kept_.own) types_.push_back(type);
    } else {
      const std::set<std::string> once(body.record_types().begin(), body.record_types().end());
      types_.assign(once.begin(), once.end());
    }
  }

  void AddKeysOf(SubjectId number, std::vector<KeyScope>* keys) const {
    for (const std::string& type : types_) {
      keys->push_back(RecordKeys{number, file_.caller.agency(), type});
    }
    if (!everything()) return;
    if (!ForgetsSubject()) {
      keys->push_back(RegistrationOf{number, file_.caller.agency()});
      return;
    }
    keys->push_back(MatterKeys{number});
    keys->push_back(OpeningKeys{number});
    keys->push_back(DossierKey{number});
  }

  // All of a type goes with its key: so all of it has to be the unit's.
  absl::Status CheckKept() const {
    for (const std::string& type : types_) {
      const auto found = kept_.own.find(type);
      if (found == kept_.own.end()) return NothingKept();
      for (const RecordHead& head : found->second) {
        if (!IsOfUnit(file_, head.unit.value())) return NothingKept();
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckHolds(const HoldsInForce& holds) const {
    const bool held = everything()
                          ? holds.CoverAnything()
                          : std::any_of(types_.begin(), types_.end(),
                                        [&](const auto& type) { return holds.Cover(type); });
    return held
               ? StateConflict("subject: a legal hold stands; nothing is erased until it is lifted")
               : absl::OkStatus();
  }

  absl::Status CheckRetention() {
    for (const std::string& type : types_) {
      for (const RecordHead& head : kept_.own.at(type)) {
        const Retention retention = RetentionOf(file_, head, file_.dossier);
        if (!retention.IsOver(file_.facts.today)) {
          return StateConflict(
              "ground: retention has not ended, or no rule covers it; see the list of what is due");
        }
        rules_.insert(retention.rule->code);
      }
    }
    return absl::OkStatus();
  }

  const CaseFile& file_;
  const ErasureBody& body_;
  const Kept kept_;
  std::vector<std::string> types_;
  std::set<std::string> rules_;
};

absl::Status CheckNoneOpen(const CaseFile& file, ReadView& view) {
  MatterFilter filter;
  filter.kind = Erasures::kKind;
  filter.opener = file.caller.agency();
  filter.only_open = true;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(const Opened<Erasures> one, Unpack<Erasures>(std::move(matter)));
      EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(SubjectId{one.body.subject()}));
      if (root == file.subject) {
        return StateConflict("subject: an erasure waits for approval; approve or cancel it first");
      }
    }
    if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
  }
}

// Those under which the calling agency itself registered the child, by their order.
std::vector<int64_t> OwnNumbers(const CaseFile& file) {
  std::vector<int64_t> numbers;
  const auto add = [&](SubjectId number) {
    if (IsRegisteredAs(file.dossier, file.subject, number, file.caller.agency())) {
      numbers.push_back(number.value);
    }
  };
  add(file.subject);
  for (const store::v1::JoinedSubject& one : file.dossier.joined()) add(SubjectId{one.subject()});
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Whoever approves reads what was asked. Of others' registrations it tells nothing.
absl::Status CheckIsTheSameChild(const CaseFile& file, const ErasureBody& asked) {
  const std::vector<int64_t> then(asked.numbers().begin(), asked.numbers().end());
  if (then.empty() || then == OwnNumbers(file)) return absl::OkStatus();
  return StateConflict(
      "name: your agency's registrations of the child were joined or parted since; cancel it and "
      "ask "
      "anew");
}

// The matter is about nobody, so that nothing else hides it with the child.
bool IsSevered(const Rooms& rooms, SubjectId child) {
  const auto is_severed = [&]() -> absl::StatusOr<bool> {
    EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, rooms.store.Read());
    EHC_ASSIGN_OR_RETURN(const SubjectId root, view->RootOf(child));
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view->ReadDossier(root));
    return dossier.severed();
  };
  return is_severed().value_or(true);
}

class Requesting : public Mutation {
 public:
  Requesting(const Desks& desks, const Calendar& calendar,
             const hub::v1::RequestErasureRequest& request)
      : desks_(desks), calendar_(calendar), request_(request), show_(ErasureShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    EHC_RETURN_IF_ERROR(CheckNoneOpen(file, view));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(Opened<Erasures> erasure,
                         NewMatter<Erasures>(desks_.rooms.store, own, own, SubjectId{}));
    ErasureBody& body = erasure.body;
    body.set_scope(request_.scope());
    body.mutable_record_types()->CopyFrom(request_.record_types());
    body.set_ground(request_.ground());
    EHC_ASSIGN_OR_RETURN(const Scope scope, Scope::Of(file, view, body));
    EHC_ASSIGN_OR_RETURN(erasure.matter.due_at,
                         ClockDue(file, calendar_, "ERASURE_APPROVAL", file.received_at));
    for (const std::string& rule : scope.rules()) body.add_rules(rule);
    body.set_unit(ActingUnit(file.caller, request_.unit()).value());
    body.set_reason(request_.reason());
    body.set_state(hub::v1::ERASURE_STATE_REQUESTED);
    body.set_requested_ms(absl::ToUnixMillis(file.received_at));
    body.set_requested_by(UserOf(file));
    body.set_requested_by_role(RoleOf(file));
    body.set_subject(NumberMeantBy(file.dossier, file.subject, file.named, own).value);
    for (const int64_t number : OwnNumbers(file)) body.add_numbers(number);
    Plan plan;
    plan.parts = scope.types();
    plan.changes.push_back(Put(erasure));
    plan.written = DescribeMatter(file, erasure, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Erasures> erasure,
                         FindMatterOf<Erasures>(view, MatterOfResource(resource),
                                                file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, erasure, show_);
  }

 private:
  const Desks& desks_;
  const Calendar& calendar_;
  const hub::v1::RequestErasureRequest request_;
  const MatterShow<Erasures> show_;
};

class Approving : public Mutation {
 public:
  Approving(const Desks& desks, MatterId id, std::string etag)
      : id_(id), etag_(std::move(etag)), show_(ErasureShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Erasures> erasure, Find(file, view, id_));
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, erasure.matter.revision));
    ErasureBody& body = erasure.body;
    if (body.state() != hub::v1::ERASURE_STATE_REQUESTED) {
      return StateConflict("name: it is done or was cancelled");
    }
    if (body.requested_by() == UserOf(file)) {
      return RefusalError(absl::StatusCode::kFailedPrecondition, "SECOND_PERSON_REQUIRED",
                          "an erasure is approved by somebody else than whoever asked for it");
    }
    if (!file.facts.subject_known) return NotRegistered();
    EHC_RETURN_IF_ERROR(CheckIsTheSameChild(file, body));
    const ErasureBody asked = body;
    EHC_ASSIGN_OR_RETURN(const Scope scope, Scope::Of(file, view, asked));
    EraseKeys erase{RandomBytes(kIdSize), file.received_at, scope.Keys()};
    body.set_state(hub::v1::ERASURE_STATE_DONE);
    body.set_closed_ms(absl::ToUnixMillis(file.received_at));
    body.set_closed_by_role(RoleOf(file));
    body.set_records_erased(scope.records());
    body.set_subject_forgotten(scope.ForgetsSubject());
    body.set_done(erase.id);
    erasure.matter.open = false;
    ++erasure.matter.revision;
    Plan plan;
    plan.parts = scope.types();
    plan.reads = {MatterKey(id_), HoldsInForce::KeyOf(file.caller.agency())};
    plan.changes.push_back(std::move(erase));
    if (scope.everything() && !scope.ForgetsSubject()) {  // said once more, to whoever watches
      store::v1::Dossier left = file.dossier;
      DropRegistration(file.caller.agency(), left.last_number(), left);
      plan.changes.push_back(PutSubject{file.subject, std::move(left)});
    }
    plan.changes.push_back(Put(erasure));
    plan.written = DescribeMatter(file, erasure, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Erasures> erasure,
                         Find(file, view, MatterOfResource(resource)));
    return DescribeMatter(file, erasure, show_);
  }

 private:
  static absl::StatusOr<Opened<Erasures>> Find(const CaseFile& file, ReadView& view, MatterId id) {
    EHC_ASSIGN_OR_RETURN(Opened<Erasures> erasure,
                         FindMatterOf<Erasures>(view, id, file.caller.agency(), Side::kOpener));
    if (!IsOfUnit(file, erasure.body.unit())) return NoSuchMatter();
    return erasure;
  }

  const MatterId id_;
  const std::string etag_;
  const MatterShow<Erasures> show_;
};

}  // namespace

std::string Erasures::UnitOf(const Opened<Erasures>& opened, Side) { return opened.body.unit(); }

Retention RetentionOf(const CaseFile& file, const RecordHead& head,
                      const store::v1::Dossier& dossier) {
  Retention retention;
  retention.rule = PolicyOf(file).FindRetentionRule(head.record_type, file.caller.agency_type(),
                                                    head.custodian, file.received_at);
  if (retention.rule == nullptr) return retention;
  std::optional<Date> born;
  if (absl::StatusOr<Date> day = ParseIsoDate(dossier.person().date_of_birth()); day.ok()) {
    born = *day;
  }
  retention.ends = RetentionEnds(*retention.rule, born, LondonDate(head.published_at));
  return retention;
}

MatterShow<Erasures> ErasureShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<Erasures>& erasure) {
    const ErasureBody& body = erasure.body;
    hub::v1::Erasure out;
    ShowHeader(rooms, file, erasure, out);
    const SubjectId child{body.subject()};
    if (!IsSevered(rooms, child)) {
      out.set_subject(rooms.names.SubjectName(file.caller.agency(), child));
    }
    out.set_unit(body.unit());
    out.set_scope(static_cast<hub::v1::ErasureScope>(body.scope()));
    out.mutable_record_types()->CopyFrom(body.record_types());
    out.set_ground(static_cast<hub::v1::ErasureGround>(body.ground()));
    out.mutable_retention_rules()->CopyFrom(body.rules());
    out.set_reason(body.reason());
    out.set_state(static_cast<hub::v1::ErasureState>(body.state()));
    *out.mutable_requested_at() = ToTimestamp(absl::FromUnixMillis(body.requested_ms()));
    out.set_requested_by_role(body.requested_by_role());
    if (body.closed_ms() == 0) return out;
    *out.mutable_closed_at() = ToTimestamp(absl::FromUnixMillis(body.closed_ms()));
    out.set_closed_by_role(body.closed_by_role());
    out.set_records_erased(static_cast<uint32_t>(body.records_erased()));
    out.set_subject_forgotten(body.subject_forgotten());
    return out;
  };
}

std::shared_ptr<const Mutation> RequestingErasure(const Desks& desks, const Calendar& calendar,
                                                  const hub::v1::RequestErasureRequest& request) {
  return std::make_shared<Requesting>(desks, calendar, request);
}

std::shared_ptr<const Mutation> ApprovingErasure(const Desks& desks, MatterId id,
                                                 const std::string& etag) {
  return std::make_shared<Approving>(desks, id, etag);
}

MatterEdit<Erasures>::Edit CancellingErasure(const hub::v1::CancelErasureRequest& request) {
  return
      [request](const CaseFile& file, ReadView&, Opened<Erasures>& erasure, Plan&) -> absl::Status {
        if (erasure.body.state() != hub::v1::ERASURE_STATE_REQUESTED) {
          return StateConflict("name: it is done or was cancelled");
        }
        erasure.body.set_state(hub::v1::ERASURE_STATE_CANCELLED);
        erasure.body.set_closed_ms(absl::ToUnixMillis(file.received_at));
        erasure.body.set_closed_by_role(RoleOf(file));
        erasure.body.set_cancelled_because(request.reason());
        erasure.matter.open = false;
        return absl::OkStatus();
      };
}

absl::StatusOr<SubjectRef> ChildOfErasure(const Desks& desks, const Caller& caller, MatterId id) {
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view->FindMatter(Erasures::kKind, id));
  if (!matter.has_value() || matter->opener != caller.agency()) {
    return SubjectRef{std::nullopt, SubjectId{}};
  }
  EHC_ASSIGN_OR_RETURN(const Opened<Erasures> erasure, Unpack<Erasures>(*std::move(matter)));
  return SubjectRef{std::nullopt, SubjectId{erasure.body.subject()}};
}

}  // namespace ehc
