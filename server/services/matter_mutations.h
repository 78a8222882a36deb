// Opening a matter, and moving it on.
#ifndef EHC_SERVER_SERVICES_MATTER_MUTATIONS_H_
#define EHC_SERVER_SERVICES_MATTER_MUTATIONS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/services/matters.h"

namespace ehc {

template <typename Kind>
Written DescribeMatter(const CaseFile& file, const Opened<Kind>& opened,
                       const MatterShow<Kind>& show) {
  Written written;
  written.resource = absl::StrCat("matter/", opened.matter.id.value);
  written.version = opened.matter.revision;
  written.value = std::make_unique<typename Kind::Value>(show(file, opened));
  return written;
}

MatterId MatterOfResource(absl::string_view resource);

// Opens a matter. `fill` makes it, or finds the one that is there already: nothing is then added.
template <typename Kind>
class MatterOpening : public Mutation {
 public:
  // Changes that go with it are added to the plan.
  using Fill = std::function<absl::StatusOr<Opened<Kind>>(const CaseFile&, ReadView&, Plan&)>;
  MatterOpening(Fill fill, MatterShow<Kind> show)
      : fill_(std::move(fill)), show_(std::move(show)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, fill_(file, view, plan));
    plan.written = DescribeMatter(file, opened, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(
        const Opened<Kind> opened,
        FindMatterOf<Kind>(view, MatterOfResource(resource), file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, opened, show_);
  }

 private:
  Fill fill_;
  MatterShow<Kind> show_;
};

// Moves a matter on.
template <typename Kind>
class MatterEdit : public Mutation {
 public:
  struct Target {
    MatterId id;
    Side side = Side::kAddressee;  // or kOpener
    std::string etag;
  };
  using Edit = std::function<absl::Status(const CaseFile&, ReadView&, Opened<Kind>&, Plan&)>;
  MatterEdit(Target target, Edit edit, MatterShow<Kind> show)
      : target_(std::move(target)), edit_(std::move(edit)), show_(std::move(show)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Find(file, view, target_.id));
    EHC_RETURN_IF_ERROR(CheckEtag(target_.etag, opened.matter.revision));
    Plan plan;
    const std::string before = opened.body.SerializeAsString();
    EHC_RETURN_IF_ERROR(edit_(file, view, opened, plan));
    plan.reads.push_back(MatterKey(opened.matter.id));
    if (opened.body.SerializeAsString() != before) {
      ++opened.matter.revision;
      plan.changes.push_back(Put(opened));
    }
    plan.written = DescribeMatter(file, opened, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, Find(file, view, MatterOfResource(resource)));
    return DescribeMatter(file, opened, show_);
  }

 private:
  absl::StatusOr<Opened<Kind>> Find(const CaseFile& file, ReadView& view, MatterId id) const {
    EHC_ASSIGN_OR_RETURN(Opened<Kind> opened,
                         FindMatterOf<Kind>(view, id, file.caller.agency(), target_.side));
    if (!IsOfUnit(file, Kind::UnitOf(opened, target_.side))) return NoSuchMatter();
    return opened;
  }

  Target target_;
  Edit edit_;
  MatterShow<Kind> show_;
};

// The response's first field is what was written.
template <typename Resp>
void ShapeFirstField(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.GetReflection()
      ->MutableMessage(&response, Resp::descriptor()->field(0))
      ->CopyFrom(*audited.value().value);
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATTER_MUTATIONS_H_
